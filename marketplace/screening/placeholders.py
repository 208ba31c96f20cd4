"""Variables that examples do not use, and inputs that no variable asks for."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import NOTE, WARNING, Found, Subject

_FOREIGN = re.compile(r"\{\{\s{0,5}\w[\w .-]{0,60}\}\}|\$\{\s{0,5}\w[\w .:-]{0,60}\}")


def check(subject: Subject) -> Iterator[Found]:
    names = subject.variable_names
    given = {
        name
        for shown in (*subject.revision.examples, *subject.revision.pictures)
        for name in (shown.get("inputs") or {})
    }
    if unknown := sorted(given - set(names)):
        yield Found("placeholders", "unknown_inputs", WARNING, {"names": unknown[:10], "count": len(unknown)})
    if given and (unused := [name for name in names if name not in given]):
        yield Found("placeholders", "variables_not_shown", NOTE, {"names": unused[:10], "count": len(unused)})
    described = {one["name"] for one in subject.version.variables if one.get("help") or one.get("label")}
    if bare := [name for name in names if name not in described]:
        yield Found("placeholders", "variables_not_described", NOTE, {"names": bare[:10], "count": len(bare)})
    if foreign := len(_FOREIGN.findall(subject.prompt.template)):
        yield Found("placeholders", "foreign_notation", NOTE, {"count": foreign})
