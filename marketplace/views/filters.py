"""The filters of a page of results: what can be chosen, what is chosen, and the addresses that change it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import get_template
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import money
from marketplace import languages, shelves
from marketplace.models.catalogue import Medium
from marketplace.search import COUNTED_TO, PRICE_BANDS, SORTS, Facet, Found, Query

MANY = ("tag", "seller")  # filters without a box of their own: kept in hidden fields, taken off by their chip


@dataclass(frozen=True, slots=True)
class Group:
    """One filter with its values."""

    name: str  # of the parameter
    label: str
    choices: list[dict[str, Any]]
    is_open: bool
    is_useful: bool

    @property
    def html(self) -> str:
        return self._drawn(swapped=False)

    @property
    def swapped_html(self) -> str:
        """For htmx, which puts it where the old choices are."""
        return self._drawn(swapped=True)

    def _drawn(self, *, swapped: bool) -> str:
        draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
        return draw(self.name, self.label, tuple(tuple(one.items()) for one in self.choices), swapped, get_language())


@lru_cache(maxsize=1024)
def _drawn(name: str, label: str, choices: tuple[Any, ...], swapped: bool, _language: str | None) -> str:
    """The list of one filter; what is the same on the next page is not drawn again."""
    group = {"name": name, "label": label, "choices": [dict(one) for one in choices]}
    return get_template("marketplace/browse/choices.html").render({"group": group, "swapped": swapped})


def rail(query: Query, facets: dict[str, list[Facet]]) -> list[Group]:
    """The filters beside the results; one with nothing to choose between is there, but hidden."""
    prices = [_choice(one, label=price_label(one.value)) for one in facets.get("price", [])]
    free = [_choice(one, name="free") for one in facets.get("free", [])]
    _draw_bars(free + prices)
    ratings = [_choice(one, label=rating_label(one.value)) for one in facets.get("rating_min", [])]
    return [
        _group("medium", _("Medium"), [_choice(one) for one in facets.get("medium", [])]),
        _group("model", _("Model"), [_choice(one) for one in facets.get("model", [])]),
        _group("category", _("Category"), _shelves(facets.get("category", []))),
        _group("price", _("Price"), free + prices),
        _group("rating_min", _("Rating"), _with_any(query, ratings), kind="radio"),
        _group("language", _("Language of the prompt"), _languages(facets), is_open=bool(query.language)),
    ]


def chips(path: str, query: Query) -> list[dict[str, str]]:
    """What is chosen, each with the address of the same page without it."""
    found = []
    for name, value in query.filters():
        found.append({"label": _said(name, value), "url": address(path, _without(query, name, value))})
    return found


def sorts(query: Query) -> list[dict[str, Any]]:
    chosen = query.order
    names = [name for name in SORTS if name != "relevance" or query.words]
    return [{"value": name, "label": SORTS[name], "selected": name == chosen} for name in names]


def hidden(query: Query) -> list[tuple[str, str]]:
    """What the form carries along without showing a field for it."""
    named = {*MANY, "price_min", "price_max", "updated_since"}
    words = [("q", query.words)] if query.words else []
    return words + [pair for pair in query.filters() if pair[0] in named]


def address(path: str, query: Query) -> str:
    """Where the same question is asked; the order that holds anyway is not named."""
    usual = "relevance" if query.words else "trending"
    pairs = (query.without("sort") if query.order == usual else query).params()
    return f"{path}?{urlencode(pairs)}" if pairs else path


def count_text(found: Found) -> str:
    """“1,000+ prompts”; nothing where nobody counted."""
    if found.count is None:
        return ""
    if found.count >= COUNTED_TO:
        return _("%(count)s+ prompts") % {"count": number_format(COUNTED_TO, 0, force_grouping=True)}
    return ngettext("%(count)d prompt", "%(count)d prompts", found.count) % {"count": found.count}


def price_label(band: str) -> str:
    least, most = PRICE_BANDS[band]
    if most is None:
        return _("%(price)s and more") % {"price": _money(least)}
    if least < settings.MIN_PRICE:
        return _("Under %(price)s") % {"price": _money(most + 1)}
    return _("%(least)s to %(most)s") % {"least": _money(least), "most": _money(most)}


def rating_label(step: str) -> str:
    return _("%(rating)s stars and more") % {"rating": number_format(float(step), 1 if "." in step else 0)}


def _group(
    name: str, label: str, choices: list[dict[str, Any]], *, kind: str = "checkbox", is_open: bool = True
) -> Group:
    for choice in choices:
        choice["kind"] = kind
        choice["id"] = f"pick-{name}-{choice['value'] or 'any'}"
        choice["name"] = choice["name"] or name
    is_useful = any(choice["count"] or choice["selected"] for choice in choices)
    return Group(name, label, choices, is_open=is_open, is_useful=is_useful)


def _choice(facet: Facet, *, label: str = "", name: str = "") -> dict[str, Any]:
    """What browse/choice.html puts in; `name` where it is not the group's."""
    is_idle = not facet.count and not facet.selected
    return {
        "value": facet.value,
        "label": label or facet.label,
        "count": facet.count,
        "count_text": _count(facet.count, get_language()),
        "bar": "",
        "selected": facet.selected,
        "classes": (" facet-inner" if facet.parent else "") + (" facet-none" if is_idle else ""),
        "name": name,
    }


@lru_cache(maxsize=4096)
def _count(number: int, _language: str | None) -> str:
    return number_format(number, 0, force_grouping=True)


def _draw_bars(choices: list[dict[str, Any]]) -> None:
    """How long each bar of a small histogram is, in percent of the longest."""
    most = max((one["count"] for one in choices), default=0)
    for one in choices:
        one["bar"] = str(max(2, round(100 * one["count"] / most))) if one["count"] else ""


def _shelves(facets: list[Facet]) -> list[dict[str, Any]]:
    """Shelves, and under those that are chosen what stands on them."""
    opened = {one.value for one in facets if one.selected} | {one.parent for one in facets if one.selected}
    return [_choice(one) for one in facets if not one.parent or one.parent in opened or one.selected]


def _languages(facets: dict[str, list[Facet]]) -> list[dict[str, Any]]:
    found = facets.get("language", [])
    # One language is no choice.
    worth = len(found) > 1 or any(one.selected for one in found)
    return [_choice(one, label=languages.name(one.value)) for one in found] if worth else []


def _with_any(query: Query, choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Radio buttons need a way back."""
    if not any(choice["count"] for choice in choices) and query.rating_min is None:
        return []
    rest = _choice(Facet("", _("Any rating"), 0, query.rating_min is None)) | {"count_text": "", "classes": ""}
    return [rest, *choices]


def _without(query: Query, name: str, value: str) -> Query:
    kept = getattr(query, name)
    if isinstance(kept, tuple):
        rest: Any = {name: tuple(one for one in kept if one != value)}
        return replace(query, **rest)
    return query.without(name)


def _said(name: str, value: str) -> str:
    """A filter in words."""
    if name == "model":
        return next((one.name for one in shelves.models() if one.slug == value), value)
    if name == "category":
        return next((one.name for one in shelves.categories() if one.slug == value), value)
    words: dict[str, Any] = {
        "medium": lambda: str(Medium(value).label),
        "tag": lambda: f"#{value}",
        "seller": lambda: f"@{value}",
        "language": lambda: languages.name(value),
        "price": lambda: price_label(value),
        "price_min": lambda: _("From %(price)s") % {"price": _money(int(value))},
        "price_max": lambda: _("Up to %(price)s") % {"price": _money(int(value))},
        "free": lambda: _("Free"),
        "rating_min": lambda: rating_label(value),
        "updated_since": lambda: _("Updated since %(day)s") % {"day": value[:10]},
    }
    return str(words[name]())


def _money(amount: int) -> str:
    """Whole units without their zeros: $5, not $5.00."""
    text = money.format_money(amount, settings.CURRENCY)
    return text.replace(".00", "").replace(",00", "") if amount % 100 == 0 else text
