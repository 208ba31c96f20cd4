"""The `[placeholders]` of a prompt template: finding them, filling them in, taking them over from other notations.

A variable is a name in square brackets: 1 to 60 characters, a letter first, then letters, digits, spaces and
`_ - ' ’ / & + # .`, no space at the end. Not variables, because people write them for other reasons: Markdown links
`[text](address)`, tick boxes `[x]`, footnotes `[1]`, and anything behind a backslash `\\[like this]`.

Everything here is pure and linear in the length of the text. What stands outside the placeholders is never touched.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

LONGEST_NAME = 60
LONGEST_RESULT = 2_000_000  # characters; a short value may be wanted in very many places

# Beside letters and digits: signs that some scripts write words with, which \w leaves out.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e00-\u0eff\u200c\u200d"
_END = rf"[\w'’/&+#.\-{_MARKS}]"
_NAME = rf"[^\W\d_](?:[\w '’/&+#.\-{_MARKS}]{{0,58}}{_END})?"
# The address of a link, optionally with a title: `(https://…)`, `(#part "Part")`, `()`.
_LINK = r"""\((?:[^\s()\[\]]{1,2000}(?:[ \t]{1,4}(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'))?)?\)"""
_PLACEHOLDER = re.compile(rf"\[({_NAME})\](?!{_LINK})")
_TICK = frozenset("xX")

_DOLLAR = rf"\$\{{[ \t]{{0,8}}(?P<dollar>{_NAME})[ \t]{{0,8}}(?::(?P<dollar_default>[^{{}}]{{0,2000}}))?\}}"
_BRACES = rf"\{{\{{[ \t]{{0,8}}(?P<braces>{_NAME})[ \t]{{0,8}}(?:\|(?P<braces_default>[^{{}}]{{0,2000}}))?\}}\}}"
_FOREIGN = re.compile(rf"{_DOLLAR}|{_BRACES}")
_LINK_HERE = re.compile(_LINK)
_DEFAULT_FILTER = re.compile(r"default[ \t]*(?:\([ \t]*(.*?)[ \t]*\)|:[ \t]*(.*))", re.DOTALL)
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\s]+")


Span = tuple[int, int, str]


class BadValues(ValueError):
    """Values that cannot be filled in; `errors` says why for each, by the variable's name."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(_("Some values cannot be used."))


@dataclass(frozen=True, slots=True)
class Variable:
    """What a template's placeholder means to the person who fills it in."""

    name: str
    label: str = ""
    help: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    long: bool = False

    @property
    def shown(self) -> str:
        """The label, or the name made readable."""
        return self.label or label_for(self.name)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "choices": list(self.choices)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Variable":
        return cls(
            name=data["name"],
            label=data.get("label") or "",
            help=data.get("help") or "",
            default=data.get("default") or "",
            choices=tuple(data.get("choices") or ()),
            long=bool(data.get("long")),
        )


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled-in template: variables left open, and values that no placeholder asked for."""

    text: str
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def is_name(text: str) -> bool:
    return text not in _TICK and re.fullmatch(_NAME, text) is not None


def find(template: str) -> list[str]:
    """The names of a template's variables, each once, in the order they first appear."""
    return list(dict.fromkeys(name for _start, _end, name in spans(template)))


def spans(template: str) -> Iterator[Span]:
    """Where each placeholder stands, brackets included, with its name."""
    for match in _PLACEHOLDER.finditer(template):
        name, start = match[1], match.start()
        if name not in _TICK and not _escaped(template, start):
            yield start, match.end(), name


def render(template: str, values: Mapping[str, object], variables: Iterable[Variable] = ()) -> Rendered:
    """Fill in the template, once through: nothing inside a value or a default is looked at again.

    A variable without value or default stays in the text as it is and is named as missing. Raises BadValues.
    """
    places = list(spans(template))
    names = dict.fromkeys(name for _start, _end, name in places)
    filling = _filling(names, values, {variable.name: variable for variable in variables})
    _refuse_a_flood(template, places, filling)
    return Rendered(
        "".join(_pieces(template, places, filling)),
        missing=tuple(name for name in names if name not in filling),
        unknown=tuple(name for name in values if name not in names),
    )


def describe(template: str, variables: Iterable[Variable]) -> list[Variable]:
    """One Variable for each placeholder of the template, in its order: as described, or bare where nobody did."""
    known = {variable.name: variable for variable in variables}
    return [known.get(name) or Variable(name) for name in find(template)]


def check(variables: Sequence[Variable]) -> dict[str, str]:
    """What is wrong with the seller's description of variables, by name; empty when all is well."""
    errors: dict[str, str] = {}
    for variable in variables:
        if not is_name(variable.name):
            errors[variable.name] = _("A variable's name starts with a letter and has at most 60 letters and digits.")
        elif any(not choice.strip() for choice in variable.choices):
            errors[variable.name] = _("A choice cannot be empty.")
        elif len(set(variable.choices)) != len(variable.choices):
            errors[variable.name] = _("Each choice can be there only once.")
        elif variable.choices and variable.default and variable.default not in variable.choices:
            errors[variable.name] = _("The default must be one of the choices.")
    names = [variable.name for variable in variables]
    errors.update({name: _("This variable is described twice.") for name in names if names.count(name) > 1})
    return errors


def normalise(text: str) -> tuple[str, list[Variable]]:
    """Take over a text that uses `${name}`, `${name:default}`, `{{name}}` or `{{ name | default }}`.

    Returns the template in our notation and its variables, defaults kept. What would not be a variable of ours
    afterwards, and everything else, stays exactly as it was.
    """
    defaults: dict[str, str] = {}

    def taken_over(match: re.Match[str]) -> str:
        name = match["dollar"] or match["braces"]
        name = f"{name} value" if name in _TICK else name
        link = _LINK_HERE.match(text, match.end())
        if _escaped(text, match.start()) or (link and not _FOREIGN.search(link[0])):
            return match[0]
        default = match["dollar_default"] if match["dollar"] else _plain_default(match["braces_default"])
        defaults[name] = defaults.get(name) or (default or "").strip()
        return f"[{name}]"

    template = _FOREIGN.sub(taken_over, text)
    return template, [Variable(name, default=defaults.get(name, "")) for name in find(template)]


def label_for(name: str) -> str:
    """`camelCase_name` -> "Camel case name"; capitals that were meant stay."""
    words = [word for word in _WORD_ENDS.split(name) if word]
    if not words:
        return name
    rest = words[1:] if " " in name else [word if word.isupper() else word[:1].lower() + word[1:] for word in words[1:]]
    return " ".join([words[0][:1].upper() + words[0][1:], *rest])


def _escaped(text: str, position: int) -> bool:
    """Whether a backslash stands before it that is not itself escaped by another."""
    start = position
    while start and text[start - 1] == "\\":
        start -= 1
    return (position - start) % 2 == 1


def _pieces(template: str, places: Iterable[Span], filling: Mapping[str, str]) -> Iterator[str]:
    position = 0
    for start, end, name in places:
        if name in filling:
            yield template[position:start]
            yield filling[name]
            position = end
    yield template[position:]


def _filling(names: Iterable[str], values: Mapping[str, object], known: Mapping[str, Variable]) -> dict[str, str]:
    """What goes in for each name: the value given, else the default; nothing for those without either."""
    filling: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in names:
        variable = known.get(name) or Variable(name)
        value = values.get(name, "")
        if not isinstance(value, str):
            errors[name] = _("This value must be text.")
        elif value and variable.choices and value not in variable.choices:
            errors[name] = _("Choose one of: %(choices)s.") % {"choices": ", ".join(variable.choices)}
        elif value or variable.default:
            filling[name] = value or variable.default
    if errors:
        raise BadValues(errors)
    return filling


def _refuse_a_flood(template: str, places: Iterable[Span], filling: Mapping[str, str]) -> None:
    growth = Counter(dict.fromkeys(filling, 0))
    for start, end, name in places:
        if name in filling:
            growth[name] += len(filling[name]) - (end - start)
    if len(template) + growth.total() > LONGEST_RESULT:
        raise BadValues({growth.most_common(1)[0][0]: _("With this value the text becomes too long.")})


def _plain_default(text: str | None) -> str:
    """The default in `{{ name | default("x") }}` or in the plain `{{ name | x }}`."""
    text = (text or "").strip()
    if matched := _DEFAULT_FILTER.fullmatch(text):
        text = (matched[1] or matched[2] or "").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text
