"""How much there is under each value of each filter, and in all.

The database sends one number for each listing that fits (marketplace/search/marks.py), and they are counted here: a
thousand of them take less time than one of its GROUP BYs. Each facet is counted without its own filter.
"""

from collections import Counter
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from marketplace import shelves
from marketplace.models.catalogue import Medium
from marketplace.search import candidates, marks, statements, vocabulary
from marketplace.search.query import COUNTED_TO, PRICE_BANDS, RATINGS, Facet, Query
from marketplace.search.ranking import Plan

FACETS = ("model", "category", "medium", "price", "free", "rating_min", "language")
LOOKED_AT, LOOKED_AT_IN_LARGE = 10_000, COUNTED_TO  # listings that are counted at the most, best standing first
SURELY = 2  # times as many as are counted are expected: what is near besides would change nothing

Counts = dict[str, dict[str, int]]  # of each facet, by value


def counted(query: Query, plan: Plan | None = None) -> tuple[dict[str, list[Facet]], int]:
    """All facets and the count in one statement."""
    sql, params = statement(query, plan)
    [[value]] = statements.fetched(f"SELECT {sql}", params)
    return read(query, value)


def read(query: Query, fetched: list[bytes | None]) -> tuple[dict[str, list[Facet]], int]:
    """Facets and the count from what the statement gives."""
    filtered = [name for name in FACETS if _is_set(name, query)]
    names = ["", *filtered]
    numbers = {name: np.frombuffer(facts or b"", ">i8") for name, facts in zip(names, fetched, strict=True)}
    counts = {name: _values(name, numbers[name if name in filtered else ""]) for name in FACETS}
    return {name: _facet(name, query, counts[name]) for name in FACETS}, min(len(numbers[""]), COUNTED_TO)


def is_more(query: Query, plan: Plan | None, least: int) -> bool:
    """Whether so many or more are found; they are counted only where words and filters do not make it plain."""
    fit = marks.fit(query)
    expected = candidates.likely(plan, fit) if plan else None
    if expected is not None and expected > SURELY * SURELY * least:
        return True
    sql, params = _facts(query, plan, "", least)
    [[found]] = statements.fetched(f"SELECT count(*) FROM ({sql}) AS found", params)  # noqa: S608
    return bool(found >= least)


def none(query: Query) -> tuple[dict[str, list[Facet]], int]:
    """Of a question that nothing can answer."""
    return {name: _facet(name, query, {}) for name in FACETS}, 0


def statement(query: Query, plan: Plan | None) -> candidates.Statement:
    """One value: the facts of all that fits, and once more for each filter that is set, without it."""
    parts: list[str] = []
    params: list[Any] = []
    for name in ["", *(name for name in FACETS if _is_set(name, query))]:
        sql, given = _facts(query, plan, name)
        parts.append(f"(SELECT string_agg(int8send(facts), '') FROM ({sql}) AS found)")  # noqa: S608
        params += given
    return f"ARRAY[{', '.join(parts)}]", params


def _facts(query: Query, plan: Plan | None, leave: str, least: int = 0) -> candidates.Statement:
    fit = marks.fit(query, leave=leave)
    most = least or (LOOKED_AT if vocabulary.current().documents < vocabulary.LARGE else LOOKED_AT_IN_LARGE)
    if plan is None:
        if not fit.marks:
            sql = f"""SELECT facts FROM marketplace_searchdocument WHERE true{fit.where()}
                ORDER BY standing DESC, listing_id DESC LIMIT {most}"""  # noqa: S608
            return sql, fit.params
        held = candidates.shelves("", fit, vocabulary.current().documents, "facts", wanted=most)
        return f"SELECT facts FROM ({held.sql}) AS shelf LIMIT {most}", held.params  # noqa: S608
    parts, params = [], []
    is_enough = False
    if plan.words:
        held = candidates.shelves(plan.words, fit, candidates.expected(plan), "facts", wanted=SURELY * most)
        is_enough = (candidates.likely(plan, fit) or 0) > SURELY * most
        parts.append(f"(SELECT facts FROM ({held.sql}) AS shelf LIMIT {most})")  # noqa: S608
        params += held.params
    if plan.near and not is_enough:
        sql, given = candidates.near(list(plan.near), plan.hard, fit, "facts")
        if plan.words:
            sql += " AND NOT vector @@ %s::tsquery"
            given.append(plan.words)
        parts.append(sql)
        params += given
    return " UNION ALL ".join(parts), params


def _is_set(name: str, query: Query) -> bool:
    if name == "price":
        return bool(query.price) or query.price_min is not None or query.price_max is not None
    return bool(_chosen(name, query)) or (name == "free" and query.free)


def _values(name: str, numbers: Any) -> dict[str, int]:
    """How many there are of each value."""
    if name == "model":
        return _named(numbers >> 44 & marks.ID, {maker.pk: maker.slug for maker in shelves.models()})
    if name == "category":
        return _named(numbers >> 28 & marks.ID, {shelf.pk: shelf.slug for shelf in shelves.categories()})
    if name == "language":
        found, counts = np.unique(numbers >> 8 & 0xFFFFF, return_counts=True)
        return {marks.language(int(code)): int(count) for code, count in zip(found, counts, strict=True)}
    if name == "medium":
        return dict(zip(marks.MEDIA, map(int, np.bincount(numbers >> 5 & 7, minlength=8)), strict=False))
    if name == "rating_min":
        steps = np.bincount(numbers & 3, minlength=4)
        # Who asks for four stars takes four and a half as well.
        return {value: int(steps[at:].sum()) for at, value in enumerate(reversed(RATINGS), 1)}
    bands = dict(zip(("1", *PRICE_BANDS), map(int, np.bincount(numbers >> 2 & 7, minlength=8)), strict=False))
    return {"1": bands["1"]} if name == "free" else bands


def _named(numbers: Any, names: dict[int, str]) -> dict[str, int]:
    known = {pk & marks.ID: slug for pk, slug in names.items()}
    found, counts = np.unique(numbers, return_counts=True)
    return {known[int(pk)]: int(number) for pk, number in zip(found, counts, strict=True) if int(pk) in known}


def _facet(name: str, query: Query, counts: dict[str, int]) -> list[Facet]:
    chosen = _chosen(name, query)
    if name == "price":
        return [Facet(band, "", counts.get(band, 0), band in chosen) for band in PRICE_BANDS]
    if name == "rating_min":
        return [Facet(step, step, counts.get(step, 0), step in chosen) for step in RATINGS]
    if name == "free":
        return [Facet("1", _("Free"), counts.get("1", 0), query.free)]
    if name == "medium":
        return [Facet(value, str(label), counts.get(value, 0), value in chosen) for value, label in Medium.choices]
    if name == "category":
        return _shelves(counts, chosen)
    labels = {maker.slug: maker.name for maker in shelves.models()} if name == "model" else {}
    found = [Facet(value, labels.get(value, value), number, value in chosen) for value, number in counts.items()]
    found += [Facet(value, value, 0, selected=True) for value in chosen if value not in counts]
    return sorted(found, key=lambda facet: (-facet.count, facet.label))


def _shelves(counted: dict[str, int], chosen: tuple[str, ...]) -> list[Facet]:
    """Each category with its own count; a shelf counts what stands on it, too."""
    known = {shelf.slug: shelf for shelf in shelves.categories()}
    counts: Counter[str] = Counter()
    for slug, number in counted.items():
        counts.update(dict.fromkeys({slug, known[slug].parent} - {""}, number))
    counts.update({slug: 0 for slug in chosen if slug in known})
    return [
        Facet(slug, shelf.name, counts[slug], slug in chosen, shelf.parent)
        for slug, shelf in known.items()
        if slug in counts
    ]


def _chosen(name: str, query: Query) -> tuple[str, ...]:
    if name == "rating_min":
        return () if query.rating_min is None else (f"{query.rating_min:g}",)
    return tuple(getattr(query, name)) if name != "free" else ()
