"""What an edit changes on a listing's page, field by field, for the one who has to approve it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common import money
from marketplace import languages, showing
from marketplace.models import Revision


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    before: str
    after: str


def changes(before: Revision, after: Revision) -> list[Change]:
    """The fields that differ; pictures and variables as lines, so that a diff can be read."""
    then, now = dict(_texts(before)), dict(_texts(after))
    return [Change(label, then[label], now[label]) for label in now if then[label] != now[label]]


def _texts(revision: Revision) -> Iterator[tuple[str, str]]:
    model = " ".join(str(part) for part in (revision.model, revision.model_version) if part)
    version = revision.version
    yield _("Title"), revision.title
    yield _("Summary"), revision.summary
    yield _("Description"), revision.description
    yield _("Price"), money.format_money(revision.price, revision.listing.currency)
    yield _("Model"), model
    yield _("Tested on"), revision.tested_on.isoformat() if revision.tested_on else ""
    yield _("Category"), showing.shelf(revision.category)
    yield _("Tags"), ", ".join(revision.tags)
    yield _("Language"), languages.name(revision.language)
    yield _("Examples"), "\n\n".join(_example(example) for example in revision.examples)
    yield _("Pictures"), "\n".join(_picture(picture) for picture in revision.pictures)
    yield _("Variables"), "\n".join(_variable(variable) for variable in (version.variables if version else []))


def _example(example: dict[str, Any]) -> str:
    inputs = [f"{name}: {value}" for name, value in example.get("inputs", {}).items()]
    return "\n".join([*inputs, "→ " + example.get("output", "")])


def _picture(picture: dict[str, Any]) -> str:
    inputs = [f"{name}: {value}" for name, value in picture.get("inputs", {}).items()]
    return " · ".join([picture["id"][-6:], picture.get("alt") or _("without a description"), *inputs])


def _variable(variable: dict[str, Any]) -> str:
    choices = " / ".join(variable.get("choices") or [])
    parts = (variable.get("label"), variable.get("help"), variable.get("default"), choices)
    return " · ".join([f"[{variable['name']}]", *(part for part in parts if part)])
