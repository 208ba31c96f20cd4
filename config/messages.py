"""The catalogues of messages: kept in step with the code, checked, compiled, all without the system's gettext."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import polib

from config.extraction import Message

LOCALES = Path(__file__).resolve().parent / "locale"
FRENCH = LOCALES / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%%|{\w*}")
TAG = re.compile(r"</?[a-z]+[^>]*>")
# What French type would not set like this; U+202F and U+00A0 are the spaces that do not break.
UNFRENCH = {
    "a space that can break before ; ! ?": re.compile(r" [;!?](?!\w)"),
    "a space that can break before :": re.compile(r" :"),
    "a quotation mark without its fixed space": re.compile(r"«(?!\u00a0)|(?<!\u00a0)»"),
    "no space before ; ! ?": re.compile(r"[\w»)][;!?](?=\s|$)"),
    "a space that can break before %": re.compile(r" %%|\d %(?![(sd])"),
    "a straight apostrophe": re.compile(r"[^\W\d_]'[^\W\d_«%<]"),
    "English quotation marks": re.compile("[“”]"),
}


def compile_stale(folder: Path = LOCALES) -> list[Path]:
    """Write each .mo file that is missing or older than its .po file; tells which."""
    made = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(".new")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        # Another process may be reading it just now.
        draft.replace(target)
        made.append(target)
    return made


def update(spoken: Mapping[Message, set[str]], path: Path = FRENCH) -> tuple[int, int]:
    """Take in what the code says now, drop what it no longer says; tells how many were new and how many went."""
    old = polib.pofile(str(path))
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    new = polib.POFile(wrapwidth=110)
    new.header, new.metadata = old.header, old.metadata
    wanted = merged(spoken)
    for message, places in sorted(wanted.items(), key=lambda one: (min(one[1]), one[0].one)):
        entry = polib.POEntry(
            msgid=message.one,
            msgctxt=message.context or None,
            # Without line numbers: they would change every day and say little.
            occurrences=[(place, "") for place in sorted(places)],
            flags=[message.format] if message.format else [],
        )
        before = known.get((message.context, message.one))
        if message.many:
            entry.msgid_plural = message.many
            entry.msgstr_plural = dict(before.msgstr_plural) if before else {}
            entry.msgstr_plural = {0: "", 1: ""} | entry.msgstr_plural
        else:
            entry.msgstr = before.msgstr if before else ""
        if before:
            entry.tcomment = before.tcomment
        new.append(entry)
    new.save(str(path))
    keys = {(message.context, message.one) for message in wanted}
    return len(keys - known.keys()), len(known.keys() - keys)


def merged(spoken: Mapping[Message, set[str]]) -> dict[Message, set[str]]:
    """One message for each key: gettext knows a text and its plural by the text alone."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for message, places in spoken.items():
        many, others = found.get((message.context, message.one), ("", set()))
        found[message.context, message.one] = (many or message.many, others | places)
    return {Message(one, many, context): places for (context, one), (many, places) in found.items()}


def problems(spoken: Mapping[Message, set[str]], path: Path = FRENCH) -> Iterator[str]:
    """Each thing wrong with a catalogue, as a line for whoever keeps it."""
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path))}
    for message in merged(spoken):
        entry = entries.pop((message.context, message.one), None)
        if entry is None or (message.many and entry.msgid_plural != message.many):
            yield f"not in the catalogue: {message.one!r}"
        else:
            yield from (f"{problem}: {message.one!r}" for problem in wrong_with(entry))
    for _context, unused in entries:
        yield f"nothing says it any more: {unused!r}"


def wrong_with(entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "only guessed (fuzzy)"
    if entry.msgid_plural and len(texts) != 2:
        yield "a plural form is missing"
    if not all(texts):
        yield "not translated"
        return
    # One may be spoken as a word, so its form need not carry the number that the other form does.
    sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    for source, text in zip(sources, texts, strict=False):
        if _placeholders(source) != _placeholders(text):
            yield "other placeholders"
        if _tags(source) != _tags(text):
            yield "other HTML tags"
        if _edges(source) != _edges(text):
            yield "other spaces at its ends"
        plain = TAG.sub("\0", text)
        yield from (said for said, pattern in UNFRENCH.items() if pattern.search(plain))


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def _tags(text: str) -> Counter[str]:
    return Counter(TAG.findall(text))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
