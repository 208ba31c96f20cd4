"""Templates that are filled very often: rendered once for each shape of values, then only the texts are put in.

A card is rendered twenty-four times a page, and the engine would walk the same tags each time. Here the template is
rendered once with marks in place of the texts, for every combination of what is there and what is not; after that a
card is the joining of some thirty strings. The template must use its values as they are: without filters on them, and
comparing them only with nothing.

Values that name what they are made of under "key" (anything that changes whenever one of the texts does) are put in
once: the finished piece is kept for the next page with the same card.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

MARK = "\x01"
TEXT = "text"

MOST_KEPT = 4096  # finished pieces a process keeps; a card is about 1.5 KB

Shape = tuple[tuple[str, Any], ...]
_kept_pieces: dict[Any, SafeString] = {}


def cast(template: str, name: str, values: Mapping[str, Any], **fixed: Any) -> SafeString:
    """The template with `values` under `name`; what is `fixed` belongs to the mould. Texts are escaped unless safe."""
    return cast_all(template, name, [values], **fixed)


def cast_all(template: str, name: str, many: Iterable[Mapping[str, Any]], **fixed: Any) -> SafeString:
    """The same for each of `many`, one after the other."""
    same = (template, tuple(fixed.items()), get_language())
    return mark_safe("".join([_cast(same, name, values, fixed) for values in many]))  # noqa: S308 — rendered templates


def _cast(same: tuple[Any, ...], name: str, values: Mapping[str, Any], fixed: dict[str, Any]) -> SafeString:
    key = values.get("key")
    if key is None or settings.DEBUG:
        return _filled(same[0], name, values, fixed)
    whole = (key, values.get("is_favourite"), same)
    piece = _kept_pieces.get(whole)
    if piece is None:
        if len(_kept_pieces) >= MOST_KEPT:
            _kept_pieces.clear()
        piece = _kept_pieces[whole] = _filled(same[0], name, values, fixed)
    return piece


def _filled(template: str, name: str, values: Mapping[str, Any], fixed: dict[str, Any]) -> SafeString:
    flat = dict(_flat(values, ""))
    shape = tuple((path, TEXT if isinstance(value, str) else value) for path, value in flat.items())
    build = _mould.__wrapped__ if settings.DEBUG else _mould
    parts = build(template, name, shape, tuple(fixed.items()), get_language())
    return mark_safe("".join([part if at % 2 == 0 else flat[part] for at, part in enumerate(parts)]))  # noqa: S308


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Every leaf by its path: texts escaped, True, False, None and what is empty as it is."""
    for key, value in values.items():
        if key == "key":
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif value is True or not value:
            # An empty text and nothing at all are the same to a template, and to the number of moulds.
            yield prefix + key, bool(value) if isinstance(value, str) else value
        else:
            yield prefix + key, conditional_escape(value)


@lru_cache(maxsize=1024)
def _mould(
    template: str, name: str, shape: Shape, fixed: tuple[tuple[str, Any], ...], _language: str | None
) -> list[str]:
    """The rendered template in pieces: markup at even places, the path of a text at odd ones."""
    marked: dict[str, Any] = {}
    for path, value in shape:
        *outer, last = path.split(".")
        inside = marked
        for step in outer:
            inside = inside.setdefault(step, {})
        inside[last] = mark_safe(f"{MARK}{path}{MARK}") if value == TEXT else _kept(value)  # noqa: S308
    return get_template(template).render({name: marked, **dict(fixed)}).split(MARK)


def _kept(value: Any) -> Any:
    return "" if value is False else value
