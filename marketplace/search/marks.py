"""What a listing is besides its words, as lexemes beside them: one look into the index answers words and filters.

Each document also carries `facts`, the same in one number of 64 bits, which facets count by the thousand:
model 16 · category 16 · language 20 · medium 3 · band of price 3 · step of rating 2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf.locale import LANG_INFO

from accounts.models import SellerProfile
from marketplace import shelves
from marketplace.models.catalogue import Medium
from marketplace.search import standing
from marketplace.search.query import PRICE_BANDS, RATINGS, Query

NOTHING = "'@nothing'"
ALL = "'@all'"  # every document has it
MEDIA = tuple(Medium.values)
# Band 0 is free; the others are those of PRICE_BANDS.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 0), *PRICE_BANDS.values())
STEPS = tuple(sorted(map(float, RATINGS)))  # of rating; step 0 is below all of them
ID = 0xFFFF


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a listing to narrow by."""

    model_id: int
    category_id: int
    shelf_id: int  # the category it stands on, 0 for none
    seller_id: int
    medium: str
    language: str  # of the prompt
    price: int
    rating: float  # 0 without a review
    changed_at: datetime

    def packed(self) -> int:
        medium = MEDIA.index(self.medium) if self.medium in MEDIA else len(MEDIA)
        low = medium << 5 | band(self.price) << 2 | step(self.rating)
        return (self.model_id & ID) << 44 | (self.category_id & ID) << 28 | letters(self.language) << 8 | low

    def marks(self, tags: Iterable[str]) -> list[str]:
        lasting = [f"@m{self.model_id}", f"@c{self.category_id}", f"@c{self.shelf_id}", f"@s{self.seller_id}"]
        kinds = [f"@k{self.medium}", f"@l{self.language.lower()}", f"@p{band(self.price)}"]
        return ["@all", *dict.fromkeys(lasting), *kinds, *(f"@g{slug}" for slug in tags), *rated(self.rating)]


def band(price: int) -> int:
    return next((at for at in reversed(range(len(BANDS))) if price >= BANDS[at][0]), 0)


def step(rating: float) -> int:
    return sum(rating >= least for least in STEPS)


def rated(rating: float) -> list[str]:
    """A mark for having a rating, and one for every step reached."""
    return [f"@r{number}" for number in range(step(rating) + 1)] if rating else []


# Marks that come and go with a listing's figures.
MOVING = [*(f"@r{number}" for number in range(len(STEPS) + 1)), *standing.every_mark()]


def letters(code: str) -> int:
    """A language in 20 bits: its first two letters and its last two."""
    bare = "".join(mark for mark in code.lower() if mark.isascii() and mark.isalpha())
    number = 0
    for mark in (bare[:2] + bare[2:][-2:]).ljust(4, "`"):
        number = number << 5 | (ord(mark) - 96)
    return number


@lru_cache(maxsize=512)
def language(number: int) -> str:
    """The code behind `letters`."""
    if number in _known():
        return _known()[number]
    marks = "".join(chr(96 + (number >> shift & 31)) for shift in (15, 10, 5, 0)).replace("`", "")
    return marks if len(marks) < 3 else f"{marks[:2]}-{marks[2:]}"


@lru_cache(maxsize=1)
def _known() -> dict[int, str]:
    return {letters(code): code for code in (*LANG_INFO, "zh-hans", "zh-hant")}


# ---- The filters of a question ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Fit:
    """What documents must fulfil: marks that the index knows, and conditions on columns."""

    marks: list[str] = field(default_factory=list)  # parts of a tsquery, all of which must hold
    conditions: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)

    def column(self, condition: str, value: Any) -> None:
        self.conditions.append(condition)
        self.params.append(value)

    def where(self) -> str:
        return "".join(f" AND {condition}" for condition in self.conditions)


def fit(query: Query, *, leave: str = "") -> Fit:
    """Every filter of the query but the one left out."""
    found = Fit()
    if query.model and leave != "model":
        found.marks.append(_any("@m", (maker.pk for maker in shelves.models() if maker.slug in query.model)))
    if query.category and leave != "category":
        found.marks.append(_any("@c", (shelf.pk for shelf in shelves.categories() if shelf.slug in query.category)))
    if query.medium and leave != "medium":
        found.marks.append(_any("@k", query.medium))
    if query.language and leave != "language":
        found.marks.append(_any("@l", (code.lower() for code in query.language)))
    if query.seller:
        people = SellerProfile.objects.filter(handle__in=query.seller).values_list("user_id", flat=True)
        found.marks.append(_any("@s", people))
    found.marks += [_any("@g", [tag]) for tag in query.tag]
    if leave != "price":
        _add_prices(found, query)
    if query.free and leave != "free":
        found.marks.append("'@p0'")
    if query.rating_min is not None and leave != "rating_min":
        found.marks.append(f"'@r{step(query.rating_min)}'")
        found.column("rating >= %s", query.rating_min)
    if query.updated_since is not None:
        found.column("changed_at >= %s", query.updated_since)
    return found


def _add_prices(found: Fit, query: Query) -> None:
    if query.price:
        names = list(PRICE_BANDS)
        found.marks.append(_any("@p", (names.index(name) + 1 for name in query.price)))
    if query.price_min is None and query.price_max is None:
        return
    least, most = query.price_min or 0, query.price_max
    touched = [at for at, (low, high) in enumerate(BANDS) if (high is None or high >= least) and _below(low, most)]
    found.marks.append(_any("@p", touched))
    if query.price_min is not None:
        found.column("price >= %s", query.price_min)
    if query.price_max is not None:
        found.column("price <= %s", query.price_max)


def _below(low: int, most: int | None) -> bool:
    return most is None or low <= most


def _any(prefix: str, values: Iterable[Any]) -> str:
    marks = [quoted(f"{prefix}{value}") for value in values]
    return f"({' | '.join(marks)})" if marks else NOTHING


def quoted(mark: str) -> str:
    """One lexeme as the text of a tsquery or a tsvector."""
    return "'" + mark.replace("\\", "\\\\").replace("'", "''") + "'"


def together(parts: Sequence[str]) -> str:
    """All of these; every document when there are none."""
    return " & ".join(part for part in parts if part) or ALL
