"""Text from people: what is refused, what is taken out, what is shortened."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Tab, line feed and carriage return are the only control characters that text needs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_LINE_BREAKS = re.compile("[\n\r\u2028\u2029]")
_SPACES = re.compile(r"\s+")


class BadText(ValueError):
    """The text holds what no text may hold; the message is for people and quotes nothing."""


def clean(text: str, *, newlines: bool = False) -> str:
    """The same text, or BadText; with `newlines` every line end becomes a line feed.

    Prompt texts are kept byte for byte, so nothing else is ever changed here.
    """
    if "\x00" in text:
        raise BadText(_("The text contains a null character, which cannot be stored."))
    if has_surrogates(text):
        raise BadText(_("The text contains a broken character. Please paste it again from its source."))
    if found := _CONTROLS.search(text):
        raise BadText(
            _("The text contains an invisible control character (U+%(code)s) at position %(position)d.")
            % {"code": f"{ord(found[0]):04X}", "position": found.start() + 1}
        )
    return _LINE_ENDS.sub("\n", text) if newlines else text


def clean_line(text: str) -> str:
    """A name or title: one line, composed characters, single spaces, nothing that reorders its neighbours."""
    text = strip_bidi(clean(text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def has_surrogates(text: str) -> bool:
    """Whether there are halves of characters in it, which no database or file can hold."""
    return _SURROGATES.search(text) is not None


def strip_bidi(text: str) -> str:
    """Without the controls that turn reading direction around, which can make one name look like another."""
    return _BIDI.sub("", text)


def as_sentence(text: str) -> str:
    """With a full stop at its end, unless it ends with a mark of its own; nothing stays nothing."""
    bare = text.strip()
    return bare if not bare or not (bare[-1].isalnum() or bare[-1] in ")]»”\"'") else f"{bare}."


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of the text on one line, cut between words, at most `length` characters with its ellipsis."""
    # Only as much as could be needed is looked at: the text may be long and mostly spaces.
    line = _SPACES.sub(" ", text[: length * 8]).strip()
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if not line[length - 1].isspace():
        before, gap, _rest = cut.rpartition(" ")
        cut = before if gap and len(before) >= length // 2 else cut
    return cut.rstrip(" ,;:.-–—") + "…"


def validate_text(value: str) -> None:
    """A validator for model, form and serializer fields of many lines."""
    try:
        clean(value)
    except BadText as error:
        raise ValidationError(str(error), code="bad_text") from None


def validate_line(value: str) -> None:
    """A validator for names and titles."""
    validate_text(value)
    if _LINE_BREAKS.search(value):
        raise ValidationError(_("Please keep this to one line."), code="bad_line")
    if _BIDI.search(value):
        raise ValidationError(
            _("Please leave out the invisible characters that change reading direction."), code="bad_line"
        )
