"""What was asked for and what was found, in the words of the address bar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.models import Listing
from marketplace.models.catalogue import Medium
from marketplace.models.listings import HIGHEST_PRICE
from marketplace.shelves import Maker, Shelf

COUNTED_TO = 1000  # a count of this means “at least”
LONGEST_WORDS = 200
MOST_VALUES = 20  # of one filter

SORTS = {
    "relevance": gettext_lazy("Best match"),
    "trending": gettext_lazy("Trending"),
    "newest": gettext_lazy("Newest"),
    "top_rated": gettext_lazy("Top rated"),
    "best_selling": gettext_lazy("Best selling"),
    "price": gettext_lazy("Price, low to high"),
    "-price": gettext_lazy("Price, high to low"),
}
# Name in the address -> least and most in minor units, both included; None is no limit.
PRICE_BANDS: dict[str, tuple[int, int | None]] = {
    "under-500": (1, 499),
    "500-999": (500, 999),
    "1000-1999": (1000, 1999),
    "from-2000": (2000, None),
}
RATINGS = ("4.5", "4", "3")
_YES = {"1", "true", "on", "yes"}
_MANY = ("model", "category", "medium", "tag", "seller", "language", "price")

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a filter and how many results it would leave under all other filters."""

    value: str
    label: str
    count: int
    selected: bool = False
    parent: str = ""  # of a category: the shelf it stands on


@dataclass(frozen=True, slots=True)
class Query:
    """Words, filters and an order; several values of one filter widen it, except tags, which narrow."""

    words: str = ""
    model: tuple[str, ...] = ()
    category: tuple[str, ...] = ()  # a shelf stands for everything on it
    medium: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    seller: tuple[str, ...] = ()  # handles
    language: tuple[str, ...] = ()  # of the prompt
    price: tuple[str, ...] = ()  # names of PRICE_BANDS
    price_min: int | None = None  # minor units
    price_max: int | None = None
    free: bool = False
    rating_min: float | None = None
    updated_since: datetime | None = None
    sort: str = ""  # as asked for; `order` is what it comes to
    reader: str = "en"  # language of the person who asks
    asker: str = field(default="", compare=False)  # a digest that tells people apart for a moment (search/demand.py)
    only_keys: bool = False  # the results as keys instead of listings
    # What could not be understood, by parameter: the API refuses it, a page passes over it.
    errors: Errors = field(default_factory=dict, compare=False)

    @classmethod
    def from_params(cls, params: Mapping[str, Any], language: str = "en") -> "Query":
        """Read a QueryDict or a plain dictionary; what cannot be understood is left out and named in `errors`."""
        errors: Errors = {}
        many = {name: _values(params, name) for name in _MANY}
        if unknown := [value for value in many["price"] if value not in PRICE_BANDS]:
            errors["price"] = [_choose(PRICE_BANDS)]
            many["price"] = tuple(value for value in many["price"] if value not in unknown)
        if any(value not in Medium.values for value in many["medium"]):
            errors["medium"] = [_choose(Medium.values)]
            many["medium"] = tuple(value for value in many["medium"] if value in Medium.values)
        sort = _one(params, "sort")
        if sort and sort not in SORTS:
            errors["sort"], sort = [_choose(SORTS)], ""
        return cls(
            words=" ".join(_one(params, "q").replace("\x00", "").split())[:LONGEST_WORDS],
            **many,
            only_keys=False,
            price_min=_amount(params, "price_min", errors),
            price_max=_amount(params, "price_max", errors),
            free=_one(params, "free").lower() in _YES,
            rating_min=_rating(params, errors),
            updated_since=_moment(params, errors),
            sort=sort,
            reader=language,
            asker="",
            errors=errors,
        )

    @property
    def order(self) -> str:
        """The order that counts: best match needs words."""
        if self.sort in {"", "relevance"}:
            return "relevance" if self.words else "trending"
        return self.sort

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters())

    def filters(self) -> list[tuple[str, str]]:
        """Every filter that is set as (parameter, value), without words and order."""
        found = [(name, value) for name in _MANY for value in getattr(self, name)]
        singles = {"price_min": self.price_min, "price_max": self.price_max, "rating_min": self.rating_min}
        found += [(name, _written(value)) for name, value in singles.items() if value is not None]
        if self.free:
            found.append(("free", "1"))
        if self.updated_since is not None:
            found.append(("updated_since", self.updated_since.isoformat()))
        return found

    def params(self) -> list[tuple[str, str]]:
        """The whole question as pairs for an address, always in the same order."""
        words = [("q", self.words)] if self.words else []
        return [*words, *self.filters(), *([("sort", self.sort)] if self.sort else [])]

    def without(self, *names: str) -> "Query":
        """The same question with these filters left open."""
        empty = Query()
        return replace(self, **{name: getattr(empty, name) for name in names})


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `next` and `previous` are cursors; `count` is None when nobody asked for facets."""

    results: list[Any]  # listings, or keys where the question wants no more
    next: str | None = None
    previous: str | None = None
    count: int | None = None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    corrected: str | None = None  # the words that were searched for instead
    words: str = ""  # as asked
    newcomers: list[Any] = field(default_factory=list)  # good new work beside the results, in turn
    rows: dict[int, Any] = field(default_factory=dict)  # what cards are made of (marketplace.cards.Row), as far as read

    @property
    def is_capped(self) -> bool:
        return self.count is not None and self.count >= COUNTED_TO


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What somebody who is typing may mean."""

    listings: list[Listing] = field(default_factory=list)
    models: list[Maker] = field(default_factory=list)
    categories: list[Shelf] = field(default_factory=list)
    sellers: list[Any] = field(default_factory=list)  # accounts.models.SellerProfile
    queries: list[str] = field(default_factory=list)
    corrected: str | None = None

    def __bool__(self) -> bool:
        return bool(self.listings or self.models or self.categories or self.sellers or self.queries)


def _values(params: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Every value of a parameter, also `a,b` in one, each once."""
    if hasattr(params, "getlist"):
        given: Iterable[Any] = params.getlist(name)
    else:
        value = params.get(name) or ()
        given = value if isinstance(value, list | tuple) else (value,)
    parts = [part.strip().replace("\x00", "")[:80] for value in given for part in str(value).split(",")]
    # Codes of languages keep their capitals (pt-BR); everything else is a slug.
    kept = (part if name == "language" else part.lower() for part in parts if part)
    return tuple(dict.fromkeys(kept))[:MOST_VALUES]


def _one(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    if isinstance(value, list | tuple):
        value = value[-1] if value else ""
    return "" if value is None else str(value).strip()


def _amount(params: Mapping[str, Any], name: str, errors: Errors) -> int | None:
    text = _one(params, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        errors[name] = [_("Write the price as a whole number of minor units, such as 499 for 4.99.")]
        return None
    return min(int(text), HIGHEST_PRICE + 1)


def _rating(params: Mapping[str, Any], errors: Errors) -> float | None:
    text = _one(params, "rating_min").replace(",", ".")
    if not text:
        return None
    try:
        rating = float(text)
    except ValueError:
        rating = -1
    if not 0 <= rating <= 5:
        errors["rating_min"] = [_("Write the rating as a number from 0 to 5.")]
        return None
    return rating


def _moment(params: Mapping[str, Any], errors: Errors) -> datetime | None:
    text = _one(params, "updated_since").replace(" ", "+")
    if not text:
        return None
    moment: datetime | None = None
    try:
        moment = parse_datetime(text)
        day = parse_date(text) if moment is None else None
        if day is not None:
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        moment = None
    if moment is None:
        errors["updated_since"] = [_("Write the moment as in 2026-01-31T12:00:00Z.")]
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _choose(names: Iterable[str]) -> str:
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(names)}
