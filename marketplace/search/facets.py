"""How much there is under each value of each filter, and in all."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from marketplace import shelves
from marketplace.models.catalogue import Medium
from marketplace.search.narrowing import Statement, listings
from marketplace.search.query import COUNTED_TO, PRICE_BANDS, RATINGS, Facet, Query

FACETS = ("model", "category", "medium", "price", "free", "rating_min", "language")
LOOKED_AT = 10_000  # rows that one facet counts at the most


def counted(query: Query, candidates: Statement | None = None) -> tuple[dict[str, list[Facet]], int]:
    """All facets and the count in one statement; each facet is counted without its own filter."""
    is_open = candidates is None and not query.is_filtered
    rows = _of_everything(query.reader) if is_open else _fetched(*_statement(query, candidates))
    count = min(sum(row["number"] for row in rows if row["facet"] == "count"), COUNTED_TO)
    return {name: _facet(name, query, [row for row in rows if row["facet"] == name]) for name in FACETS}, count


def _of_everything(reader: str) -> list[dict[str, Any]]:
    """Everybody's first page: its statement is always the same, and writing it takes longer than running it."""
    return _fetched(*_written(reader))


@lru_cache(maxsize=8)
def _written(reader: str) -> tuple[str, tuple[Any, ...]]:
    return _statement(Query(reader=reader), None)


def _fetched(sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [dict(zip(_ROW, row, strict=True)) for row in cursor.fetchall()]


_ROW = ("facet", "value", "label", "parent_slug", "number")
_COLUMNS = ("pk", "model_id", "category_id", "medium", "price", "rating_average", "rating_count", "language")


def _statement(query: Query, candidates: Statement | None) -> tuple[str, tuple[Any, ...]]:
    """What fits is found once, and once more for each filter that is set, without it; then counted by every facet."""
    sets: dict[str, Any] = {"found": listings(query, candidates)}
    sets |= {f"without_{name}": listings(query, candidates, leave=name) for name in FACETS if _is_set(name, query)}
    parts, values = [], []
    for name, rows in sets.items():
        sql, params = rows.order_by().values(*_COLUMNS)[:LOOKED_AT].query.sql_with_params()
        parts.append(f"{name} AS MATERIALIZED ({sql})")
        values += params
    label = "coalesce(nullif(category.name_fr, ''), category.name_en)"
    label = label if query.reader.startswith("fr") else "category.name_en"
    counts = ["SELECT 'count', '', '', '', count(*) FROM found"]
    for name in FACETS:
        source = f"without_{name}" if f"without_{name}" in sets else "found"
        counts.append(_COUNTS[name].format(source=source, label=label))
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(counts)}", tuple(values)


def _is_set(name: str, query: Query) -> bool:
    if name == "price":
        return bool(query.price) or query.price_min is not None or query.price_max is not None
    return bool(_chosen(name, query)) or (name == "free" and query.free)


def _plain(name: str) -> str:
    return f"SELECT '{name}', {name}, '', '', count(*) FROM {{source}} GROUP BY {name}"  # noqa: S608


def _cases(name: str, conditions: dict[str, str]) -> str:
    """Counted by the first condition that holds."""
    whens = " ".join(f"WHEN {condition} THEN '{value}'" for value, condition in conditions.items())
    return f"SELECT '{name}', CASE {whens} ELSE '' END, '', '', count(*) FROM {{source}} GROUP BY 2"  # noqa: S608


def _band(least: int, most: int | None) -> str:
    return f"price >= {least}" if most is None else f"price BETWEEN {least} AND {most}"


_COUNTS = {
    "model": """SELECT 'model', model.slug, model.name, '', number
        FROM (SELECT model_id, count(*) AS number FROM {source} GROUP BY model_id) AS counted
        JOIN marketplace_generativemodel AS model ON model.id = counted.model_id""",
    "category": """SELECT 'category', category.slug, {label}, coalesce(parent.slug, ''), number
        FROM (SELECT category_id, count(*) AS number FROM {source} GROUP BY category_id) AS counted
        JOIN marketplace_category AS category ON category.id = counted.category_id
        LEFT JOIN marketplace_category AS parent ON parent.id = category.parent_id""",
    "medium": _plain("medium"),
    "language": _plain("language"),
    "price": _cases("price", {band: _band(*limits) for band, limits in PRICE_BANDS.items()}),
    "free": _cases("free", {"1": "price = 0"}),
    "rating_min": _cases("rating_min", {step: f"rating_average >= {step} AND rating_count > 0" for step in RATINGS}),
}


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
