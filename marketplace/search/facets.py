"""How much there is under each value of each filter, and in all."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from marketplace import shelves
from marketplace.models import Listing
from marketplace.models.catalogue import Medium
from marketplace.search.narrowing import Statement, listings
from marketplace.search.query import COUNTED_TO, PRICE_BANDS, RATINGS, Facet, Query

FACETS = ("model", "category", "medium", "price", "free", "rating_min", "language")
LOOKED_AT = 10_000  # rows that one facet counts at the most


def counted(query: Query, candidates: Statement | None = None) -> tuple[dict[str, list[Facet]], int]:
    """All facets and the count in one statement; each facet is counted without its own filter."""
    is_open = candidates is None and not query.is_filtered
    rows = _of_everything(query.reader) if is_open else list(_union(query, candidates))
    count = sum(row["number"] for row in rows if row["facet"] == "count")
    return {name: _facet(name, query, [row for row in rows if row["facet"] == name]) for name in FACETS}, count


def _union(query: Query, candidates: Statement | None) -> Any:
    total = _branch(listings(query, candidates), "count", Value(""), Value(""), most=COUNTED_TO)
    branches = [_branch(listings(query, candidates, leave=name), name, *_grouped(name, query)) for name in FACETS]
    return total.union(*branches, all=True)


def _of_everything(reader: str) -> list[dict[str, Any]]:
    """Everybody's first page: its statement is always the same, and writing it takes longer than running it."""
    sql, values = _written(reader)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@lru_cache(maxsize=8)
def _written(reader: str) -> tuple[str, tuple[Any, ...]]:
    sql, values = _union(Query(reader=reader), None).query.sql_with_params()
    return sql, values


def _branch(found: Any, name: str, value: Any, label: Any, parent: Any = None, *, most: int = LOOKED_AT) -> Any:
    """`SELECT facet, value, label, parent, count(*)` over a bounded number of rows."""
    rows = Listing.objects.filter(pk__in=found.order_by().values("pk")[:most])
    return (
        rows.order_by()
        .annotate(
            facet=Value(name, CharField()),
            value=value,
            label=label,
            parent_slug=parent if parent is not None else Value("", CharField()),
        )
        .values("facet", "value", "label", "parent_slug")
        .annotate(number=Count("pk", output_field=IntegerField()))
    )


def _grouped(name: str, query: Query) -> tuple[Any, ...]:
    """The expressions of a facet's value and label (and of a category's shelf)."""
    if name == "model":
        return F("model__slug"), F("model__name")
    if name == "category":
        english, own = F("category__name_en"), F("category__name_fr")
        label = Coalesce(NullIf(own, Value("")), english) if query.reader.startswith("fr") else english
        return F("category__slug"), label, Coalesce(F("category__parent__slug"), Value("", CharField()))
    if name == "price":
        return _cases({band: _band(*limits) for band, limits in PRICE_BANDS.items()}), Value("", CharField())
    if name == "free":
        return _cases({"1": Q(price=0)}), Value("", CharField())
    if name == "rating_min":
        steps = {step: Q(rating_average__gte=float(step), rating_count__gt=0) for step in RATINGS}
        return _cases(steps), Value("", CharField())
    return F(name), Value("", CharField())


def _cases(conditions: dict[str, Q]) -> Case:
    """The first that holds."""
    whens = [When(condition, then=Value(name)) for name, condition in conditions.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _band(least: int, most: int | None) -> Q:
    return Q(price__gte=least) if most is None else Q(price__gte=least, price__lte=most)


def _facet(name: str, query: Query, rows: list[dict[str, Any]]) -> list[Facet]:
    chosen = _chosen(name, query)
    counts = {row["value"]: row["number"] for row in rows if row["value"]}
    if name == "price":
        return [Facet(band, "", counts.get(band, 0), band in chosen) for band in PRICE_BANDS]
    if name == "rating_min":
        # Who asks for four stars takes four and a half as well.
        running, steps = 0, []
        for step in RATINGS:
            running += counts.get(step, 0)
            steps.append(Facet(step, step, running, step in chosen))
        return steps
    if name == "free":
        return [Facet("1", _("Free"), counts.get("1", 0), query.free)]
    if name == "medium":
        return [Facet(value, str(label), counts.get(value, 0), value in chosen) for value, label in Medium.choices]
    if name == "category":
        return _shelves(rows, chosen)
    labels = {row["value"]: row["label"] or row["value"] for row in rows}
    found = [Facet(value, labels[value], number, value in chosen) for value, number in counts.items()]
    found += [Facet(value, value, 0, selected=True) for value in chosen if value not in counts]
    return sorted(found, key=lambda facet: (-facet.count, facet.label))


def _shelves(rows: list[dict[str, Any]], chosen: tuple[str, ...]) -> list[Facet]:
    """Each category with its own count; a shelf counts what stands on it, too."""
    known = {shelf.slug: shelf for shelf in shelves.categories()}
    counts: dict[str, int] = {}
    for row in rows:
        for slug in {row["value"], row["parent_slug"]} - {"", None}:
            counts[slug] = counts.get(slug, 0) + row["number"]
    counts |= {slug: 0 for slug in chosen if slug not in counts and slug in known}
    return [
        Facet(slug, shelf.name, counts[slug], slug in chosen, shelf.parent)
        for slug, shelf in known.items()
        if slug in counts
    ]


def _chosen(name: str, query: Query) -> tuple[str, ...]:
    if name == "rating_min":
        return () if query.rating_min is None else (f"{query.rating_min:g}",)
    return tuple(getattr(query, name)) if name != "free" else ()
