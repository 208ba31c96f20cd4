"""What a reader is told by a page, and whose words those are."""

import re
from functools import cache
from html.parser import HTMLParser

import polib
from django.utils.translation import override

from accounts import countries
from config import messages
from marketplace.models import Category, GenerativeModel, ModelVersion

# Attributes that people read or hear.
SPOKEN = {"title", "alt", "aria-label", "aria-description", "placeholder", "label", "content"}
META = {"description", "og:title", "og:description", "og:site_name", "twitter:title", "apple-mobile-web-app-title"}
# What stands in them is code, somebody's writing, or another language on purpose.
SILENT = {"script", "style", "code", "kbd", "pre", "textarea", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The same in both languages: names, formats, and what a program calls itself.
NAMES = """
    Promptuary Stripe Markdown JSON CSV PDF API OpenAPI UTC JPEG PNG WebP MCP English Français mail com net org example
    localhost testserver min txt yml csv prompt www https http USD EUR Europe Django MB md Hindi
"""
WORD = re.compile(r"[^\W\d_]{2,}")
OURS = re.compile(
    r"\S*zz\S*|PR-\S+|\b[a-z_]+\.[a-z_]+\b|\S+@\S+|https?://\S+|\S*/\S+|\b[0-9A-Z]{6,}\b|\S*[_=]\S*", re.IGNORECASE
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        foreign = tag != "html" and "lang" in values
        silent = tag in SILENT or foreign or bool(self.open and self.open[-1][1])
        if not silent or tag == "textarea":
            self._attributes(tag, values)
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag):
        while self.open:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        if not (self.open and self.open[-1][1]):
            self._add(data)

    def _attributes(self, tag, values):
        for name, value in values.items():
            if name == "content" and not {values.get("name"), values.get("property")} & META:
                continue
            button = tag == "input" and name == "value" and values.get("type") in {"submit", "button"}
            if value and (name in SPOKEN or button or (name.startswith("data-") and value[0].isupper())):
                self._add(value)

    def _add(self, text):
        if said := " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split()):
            self.texts.add(said)


def texts(html: str) -> frozenset[str]:
    """Everything a page shows or says aloud, in the pieces it is made of; spaces made plain."""
    reader = _Reader()
    reader.feed(html)
    return frozenset(reader.texts)


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    """Each English piece with its French, without what is the same in both."""
    pieces: dict[str, dict[str, str]] = {"en": {}, "fr": {}}
    for entry in polib.pofile(str(messages.FRENCH)):
        pairs = [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:
            pairs = [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]
        for english, french in pairs:
            pieces["en"][plain(english)] = plain(french)
            pieces["fr"].setdefault(plain(french), plain(english))
    return pieces


def plain(text: str) -> str:
    return " ".join(text.replace("%%", "%").replace("\u202f", " ").replace("\u00a0", " ").split())


@cache
def _foreign(language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """What may not be said in this language: the other one's pieces, whole ones and those with something put in."""
    other = "en" if language == "fr" else "fr"
    own = _catalogue()[language]
    banned = {said: meant for said, meant in _catalogue()[other].items() if said != meant and said not in own}
    # Those with at least two words of their own; “by %(name)s” alone would be found in a seller's name.
    filled = [said for said in banned if PLACEHOLDER.search(said) and len(WORD.findall(PLACEHOLDER.sub("", said))) > 1]
    patterns = [".{1,80}?".join(re.escape(part) for part in PLACEHOLDER.split(said)) for said in filled]
    return banned, re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def foreign_in(said: frozenset[str], language: str) -> list[str]:
    """The pieces that are in the other language."""
    # “Images” is a category in English and a word for pictures in French.
    named = set(Category.objects.values_list("name_en" if language == "en" else "name_fr", flat=True))
    return sorted(text for text in said if text not in named and _is_foreign(text, language))


@cache
def _is_foreign(text: str, language: str) -> bool:
    banned, pattern = _foreign(language)
    return text in banned or pattern.fullmatch(text) is not None


def shared(french: frozenset[str], english: frozenset[str]) -> list[str]:
    """What both pages say in the same words, though it is nobody's name and nothing that people wrote."""
    return sorted(text for text in french & english if not _is_international(text))


@cache
def _is_international(text: str) -> bool:
    return all(word.lower() in _international() for word in WORD.findall(OURS.sub(" ", text)))


@cache
def _international() -> set[str]:
    """Words of the names that are the same in both languages, and of messages whose French is the same."""
    phrases = [NAMES]
    phrases += GenerativeModel.objects.values_list("name", flat=True)
    phrases += GenerativeModel.objects.values_list("maker", flat=True)
    phrases += ModelVersion.objects.values_list("name", flat=True)
    for category in Category.objects.all():
        with override("fr"):
            french = category.name
        if french == category.name_en:
            phrases.append(french)
    phrases += [names["en"] for names in countries._names().values() if names["en"] == names["fr"]]
    phrases += [english for english, french in _catalogue()["en"].items() if english == french]
    return {word.lower() for phrase in phrases for word in WORD.findall(phrase)}
