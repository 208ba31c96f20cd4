"""Which of their columns is which of ours."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

FIELDS = (
    "title",
    "summary",
    "description",
    "category",
    "tags",
    "medium",
    "model",
    "price",
    "prompt",
    "negative",
    "parameters",
    "instructions",
    "examples",
    "language",
    "author",
)
NOTHING = {"", "-", "ignore", "none"}

# Other names people give these columns, the likelier first.
GUESSES: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "act", "heading", "prompttitle", "promptname", "identifier", "slug"),
    "summary": ("summary", "tagline", "subtitle", "shortdescription", "excerpt"),
    "description": ("description", "about", "desc", "details", "longdescription"),
    "category": ("category", "categories", "topic", "genre", "section"),
    "tags": ("tags", "tag", "keywords", "labels"),
    "medium": ("medium", "media", "modality", "type", "kind"),
    "model": ("model", "models", "compatiblemodels", "engine", "platform", "llm", "modelname"),
    "price": ("price", "cost", "amount"),
    "prompt": (
        "prompt",
        "template",
        "systemprompt",
        "prompttemplate",
        "prompttext",
        "systemrole",
        "content",
        "text",
        "body",
    ),
    "negative": ("negative", "negativeprompt"),
    "parameters": ("parameters", "settings", "params", "config"),
    "instructions": ("instructions", "howtouse", "usage"),
    "examples": ("examples", "example", "sampleoutput", "exampleoutput"),
    "language": ("language", "lang", "originallanguage", "locale"),
    "author": ("author", "contributor", "creator", "by", "username"),
}


class BadMap(ValueError):
    """The map given on the command line cannot be understood."""


def parse(text: str) -> dict[str, str]:
    """`act=title,body=prompt` -> their column to our field; `notes=-` leaves a column out."""
    columns: dict[str, str] = {}
    for pair in text.split(","):
        if not pair.strip():
            continue
        theirs, mark, ours = (part.strip() for part in pair.partition("="))
        if not mark or not theirs:
            raise BadMap(_("Write the map as theirs=ours, with commas between: “%(pair)s”.") % {"pair": pair.strip()})
        if ours.lower() not in {*FIELDS, *NOTHING}:
            words = _("There is no field “%(field)s”. There are: %(fields)s.")
            raise BadMap(words % {"field": ours, "fields": ", ".join(FIELDS)})
        columns[theirs] = ours.lower()
    return columns


def resolve(names: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Our field to their column, for a row that has these columns: what was said first, then what is likely."""
    names = list(names)
    said = {_plain(theirs): ours for theirs, ours in columns.items()}
    chosen = {said[_plain(name)]: name for name in names if _plain(name) in said}
    taken = {name for name in names if _plain(name) in said}
    free = {_plain(name): name for name in reversed(names) if name not in taken}
    for ours, likely in GUESSES.items():
        if ours not in chosen:
            found = next((free[guess] for guess in likely if guess in free), None)
            if found is not None:
                chosen[ours] = found
    return {ours: theirs for ours, theirs in chosen.items() if ours in FIELDS}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
