"""What the workbench of an owned prompt shows: the filled-in text in pieces, the form, the places to take it to.

Everything here is made from a Prompt that marketplace.library has opened for its owner, and goes nowhere but into the
answer to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace import variables
from marketplace.models import Listing
from marketplace.variables import BadValues, Variable

LONGEST_VALUE = 20_000  # characters
CHAT = (("chatgpt", "ChatGPT"), ("claude", "Claude"), ("gemini", "Gemini"))
DRAWING = (("midjourney", "Midjourney"), ("stable-diffusion", "Stable Diffusion"), ("chatgpt", "ChatGPT"))
DOWNLOADS = (
    ("md", _("Markdown, with everything")),
    ("json", _("JSON, for programs")),
    ("txt", _("Plain text, the prompt alone")),
    ("prompt.yml", _("prompt.yml, for repositories")),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text; `slot` names the variable whose place it is."""

    text: str
    slot: str = ""
    is_filled: bool = False


def pieces(template: str, values: Mapping[str, str], described: Sequence[Variable]) -> list[Piece]:
    """The template with its values, so that a page can mark what was filled in and what is still open."""
    defaults = {variable.name: variable.default for variable in described}
    found, position = [], 0
    for start, end, name in variables.spans(template):
        if start > position:
            found.append(Piece(template[position:start]))
        filling = values.get(name, "") or defaults.get(name, "")
        found.append(Piece(filling or template[start:end], name, is_filled=bool(filling)))
        position = end
    if position < len(template):
        found.append(Piece(template[position:]))
    return found


def text_of(parts: Sequence[Piece]) -> str:
    return "".join(part.text for part in parts)


def form(described: Sequence[Variable], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The variables as the form shows them."""
    return [
        {**variable.as_json(), "label": variable.shown, "value": values.get(variable.name, "")}
        for variable in described
    ]


def sent_values(sent: Mapping[str, Any], described: Sequence[Variable]) -> dict[str, str]:
    """What was typed for the prompt's own variables, with plain line ends; a browser sends others."""
    found = {}
    for variable in described:
        if (value := sent.get(variable.name)) is not None:
            found[variable.name] = str(value).replace("\r\n", "\n")[:LONGEST_VALUE]
    return found


def first_values(described: Sequence[Variable]) -> dict[str, str]:
    """What the form holds before anybody has typed: a list of choices always has one chosen."""
    return {one.name: one.choices[0] for one in described if one.choices and not one.default}


def check(values: Mapping[str, str], described: Sequence[Variable], *templates: str) -> dict[str, str]:
    """What cannot be used, by the variable's name; empty when all is well."""
    try:
        for template in templates:
            variables.render(template, values, described)
    except BadValues as refusal:
        return refusal.errors
    return {}


def missing(values: Mapping[str, str], described: Sequence[Variable]) -> list[str]:
    """The labels of what is still open."""
    return [one.shown for one in described if not values.get(one.name) and not one.default]


def targets(listing: Listing) -> list[tuple[str, str]]:
    """Where the text may be pasted, the prompt's own model first."""
    usual = DRAWING if listing.medium == "image" else CHAT if listing.medium in {"text", "code"} else ()
    own = [(listing.model.slug, listing.model.name)] if listing.model else []
    return list(dict([*own, *usual]).items())
