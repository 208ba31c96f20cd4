"""Answers to questions: a page of what fits, completions while somebody types, what stands near a listing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from accounts.models import SellerProfile
from common.pagination import PAGE_SIZE, Keyset
from common.prepared import Prepared
from marketplace import cards, shelves
from marketplace.models import GenerativeModel, Listing
from marketplace.search import candidates, demand, marks, narrowing, ranking, statements, vocabulary
from marketplace.search import facets as facets_
from marketplace.search import newcomers as new
from marketplace.search.marks import Fit
from marketplace.search.pages import Page
from marketplace.search.query import COUNTED_TO, Facet, Found, Query, Suggestions
from marketplace.search.ranking import Plan
from marketplace.search.understanding import Understood, understand

ORDERS = {
    "trending": ("-trending", "-id"),
    "newest": ("-published_at", "-id"),
    "top_rated": ("-rating_bayesian", "-id"),
    "best_selling": ("-sales_count", "-id"),
    "price": ("price", "id"),
    "-price": ("-price", "-id"),
}
Named = TypeVar("Named")
_OPERATORS = {"model": "model", "seller": "seller", "tag": "tag", "category": "category"}


def find(
    query: Query, *, cursor: str | None = None, size: int = PAGE_SIZE, facets: bool = False, newcomers: bool = False
) -> Found:
    """A page of what is live and fits; with facets also how much there is, with newcomers some good new work beside."""
    if not query.words:
        found = _browsed(query, None, cursor, size, facets=facets)
        return _welcoming(query, marks.fit(query), "", found) if newcomers else found
    found = _searched(query, cursor, size, facets=facets, newcomers=newcomers)
    if cursor is None and not query.is_filtered:
        demand.count(query.words, query.asker)
    return found


def _searched(query: Query, cursor: str | None, size: int, *, facets: bool, newcomers: bool) -> Found:
    asked = understand(query.words, reader=query.reader)
    query = _with_operators(query, asked)
    fit = marks.fit(query)
    plan = ranking.plan(asked, fit)
    if not plan.words and not plan.near:
        asks_nothing = not asked.terms and asked.operators
        return _browsed(query, None, cursor, size, facets=facets, is_none=not asks_nothing)
    if query.order != "relevance":
        plan.near = {} if plan.matching else plan.near
        return _browsed(query, plan, cursor, size, facets=facets)
    found = _ranked(query, plan, fit, cursor, size, facets=facets)
    return _welcoming(query, fit, plan.words, found) if newcomers and plan.words else found


def _welcoming(query: Query, fit: Fit, words: str, found: Found) -> Found:
    """The page with the places it keeps for good new work."""
    shown = found.results if query.only_keys else [one.pk for one in found.results]
    if not shown:
        return found
    return replace(found, newcomers=_cards(query, new.turn(query, fit, words, shown)))


_NOTHING: narrowing.Statement = ("SELECT NULL::bigint WHERE false", [])


def _browsed(
    query: Query, plan: Plan | None, cursor: str | None, size: int, *, facets: bool, is_none: bool = False
) -> Found:
    """In an order of columns: what is planned, or everything, or nothing."""
    order = ORDERS.get(query.order, ORDERS["trending"])
    is_plain = plan is None and not is_none and not narrowing.narrows(query)
    counted, count = facets_.none(query) if is_none else _counted(query, plan, wanted=facets)
    over = _NOTHING if is_none else None if is_plain else _walked_over(query, plan, count)
    first = partial(_first_keys if query.only_keys else _first_page, order, size) if is_plain else None
    page = Keyset(_as_asked(query, narrowing.listings(query, over), order), order, cursor, size, first=first)
    corrected = plan.asked.corrected if plan and page.items else None
    items = [row["id"] for row in page.items] if query.only_keys else page.items
    rows = {row["id"]: row["row"] for row in page.items if "row" in row} if query.only_keys else {}
    return Found(items, page.next, page.previous, count, counted, corrected, words=query.words, rows=rows)


def _walked_over(query: Query, plan: Plan | None, count: int | None) -> narrowing.Statement | None:
    """What an order by columns asks of its listings.

    Where many match, one meets enough of them soon and asks each on the way; where few do, they are gathered before.
    """
    if plan is None and vocabulary.current().documents < vocabulary.LARGE:
        return None
    is_many = (count is None or count >= COUNTED_TO) and facets_.is_more(query, plan, candidates.worth_walking())
    if plan is None:
        return None if is_many else candidates.everywhere("", marks.fit(query), "listing_id")
    return ranking.candidates(plan, marks.fit(query), is_many=is_many)


def _first_keys(order: tuple[str, ...], size: int) -> list[dict[str, Any]]:
    """The page that most people open, without filters, and one more: as keys, with the rows of their cards."""
    columns = [name.removeprefix("-") for name in order]
    turns = ", ".join(f"listing.{name[1:]} DESC" if name.startswith("-") else f"listing.{name}" for name in order)
    found = cards.rows(f"ORDER BY {turns} LIMIT %(size)s", {"size": size + 1}, columns)
    return [{**dict(zip(columns, values, strict=True)), "row": row} for row, values in found]


def _first_page(order: tuple[str, ...], size: int) -> list[Listing]:
    return _first_listings(order, size).rows(Listing.Status.LIVE.value)


@lru_cache(maxsize=64)
def _first_listings(order: tuple[str, ...], size: int) -> Prepared[Listing]:
    """The same as listings: written once for each order."""
    return Prepared[Listing](
        lambda status: (
            Listing.objects.filter(status=status, seller__suspended_at=None)
            .for_cards()
            .defer("description")
            .order_by(*order)[: size + 1]
        ),
        Listing.Status.LIVE.value,
    )


def _ranked(query: Query, plan: Plan, fit: Fit, cursor: str | None, size: int, *, facets: bool) -> Found:
    """Best match first."""
    page = Page(plan, fit, cursor, size, facets_.statement(query, plan) if facets else None)
    if not page.keys and ranking.loosened(plan):
        page = Page(plan, fit, cursor, size, facets_.statement(query, plan) if facets else None)
    shown = _cards(query, page.keys)
    counted, count = facets_.read(query, page.besides) if facets else ({}, None)
    corrected = plan.asked.corrected if page.keys else None
    return Found(shown, page.next, page.previous, count, counted, corrected, words=query.words)


def _as_asked(query: Query, rows: Any, order: tuple[str, ...]) -> Any:
    """What cards show, or what names the place of a row in the order."""
    if not query.only_keys:
        return rows.for_cards().defer("description")
    return rows.values(*dict.fromkeys(("id", *(name.removeprefix("-") for name in order))))


def _cards(query: Query, keys: list[int]) -> list[Any]:
    """What is asked of these, in their order; what went off the shelves in this moment is left out."""
    if not keys or query.only_keys:
        return list(keys)
    held = {row.pk: row for row in _of_keys.rows(keys)}
    return [held[pk] for pk in keys if pk in held]


def _counted(query: Query, plan: Plan | None, *, wanted: bool) -> tuple[dict[str, list[Facet]], int | None]:
    return facets_.counted(query, plan) if wanted else ({}, None)


def _with_operators(query: Query, asked: Understood) -> Query:
    """`model:` and its like narrow as the filters of the same name do."""
    changes: dict[str, Any] = {}
    for name, values in asked.operators.items():
        known = tuple(_slug(name, value) for value in values)
        changes[name] = (*getattr(query, _OPERATORS[name]), *known)
    return replace(query, **changes) if changes else query


def _slug(name: str, value: str) -> str:
    """People write `model:mj` and `model:chatgpt`."""
    if name == "model" and all(maker.slug != value for maker in shelves.models()):
        found = GenerativeModel.objects.filter(Q(aliases__contains=[value.replace("-", " ")]) | Q(slug=value)).first()
        return found.slug if found else value
    return value


# ---- While somebody types --------------------------------------------------------------------------------------------

MOST_LISTINGS, WEIGHED_TO_SUGGEST = 5, 60


def suggest(text: str, language: str = "en") -> Suggestions:
    """Words and names that go on as the text does, popular questions, and the listings they lead to."""
    text = " ".join(text.replace("\x00", "").split())[:80]
    if not text:
        return Suggestions()
    asked = understand(text, reader=language)
    return Suggestions(
        listings=_titles(ranking.plan_of_words(asked)),
        models=sorted(_begun(shelves.models(), text, "name", "slug"), key=lambda model: model.name)[:3],
        categories=_begun(shelves.categories(), text, "name_en", "name_fr")[:3],
        sellers=_sellers(text),
        queries=demand.popular(text),
        corrected=asked.corrected,
    )


def _sellers(text: str) -> list[SellerProfile]:
    """Those whose name or handle has all these words, of which the last is still being typed."""
    words = re.findall(r"\w+", text.casefold())
    return _of_words.rows(" & ".join(f"'{word}'" for word in words) + ":*") if words else []


_of_words = Prepared[SellerProfile](
    lambda asked: (
        SellerProfile.objects.alias(said=SearchVector("name", "handle", config="simple"))
        .filter(said=SearchQuery(asked, config="simple", search_type="raw"), user__suspended_at=None)
        .order_by("name")[:3]
    ),
    "'no-such-seller':*",
)


def _begun(known: Sequence[Named], text: str, *names: str) -> list[Named]:
    """Those one of whose names begins so, or has a word that does."""
    beginning = f" {text.casefold()}"
    return [one for one in known if any(beginning in f" {getattr(one, name)}".casefold() for name in names)]


def _titles(plan: Plan) -> list[Listing]:
    plan.pool = WEIGHED_TO_SUGGEST
    return _cards(Query(), Page(plan, Fit(), None, MOST_LISTINGS).keys) if plan.matching else []


# ---- More like this --------------------------------------------------------------------------------------------------

SAME_SHELF, SAME_MODEL = 0.08, 0.03


def similar(listing: Listing, size: int = 6) -> list[int]:
    """Keys of what means nearly the same, rather from the same shelf; without meanings, shelf and model alone."""
    asked = {"listing": listing.pk, "category": listing.category_id, "model": listing.model_id, "size": size}
    near = [
        row[0] for row in statements.fetched(_NEAREST, asked | {"same_shelf": SAME_SHELF, "same_model": SAME_MODEL})
    ]
    return near if len(near) >= size else _filled_up(near, listing, size)


def _filled_up(near: list[int], listing: Listing, size: int) -> list[int]:
    """With the most popular of the same category, then of the same model."""
    with connection.cursor() as cursor:
        cursor.execute(_POPULAR, {"shelf": listing.category_id, "model": listing.model_id, "size": size + 1})
        popular = [row[0] for row in cursor.fetchall()]
    return [pk for pk in dict.fromkeys([*near, *popular]) if pk != listing.pk][:size]


_of_keys = Prepared[Listing](
    lambda keys: (
        Listing.objects.live()
        .for_cards()
        .defer("description")
        .filter(RawSQL('"marketplace_listing"."id" = ANY(%s)', [keys], BooleanField()))
    ),
    [-(2**40) + 9],
)
_POPULAR = """
    (SELECT listing.id FROM marketplace_listing AS listing
        JOIN accounts_user AS seller ON seller.id = listing.seller_id AND seller.suspended_at IS NULL
        WHERE listing.status = 'live' AND listing.category_id = %(shelf)s
        ORDER BY listing.trending DESC, listing.id DESC LIMIT %(size)s)
    UNION ALL
    (SELECT listing.id FROM marketplace_listing AS listing
        JOIN accounts_user AS seller ON seller.id = listing.seller_id AND seller.suspended_at IS NULL
        WHERE listing.status = 'live' AND listing.model_id = %(model)s
        ORDER BY listing.trending DESC, listing.id DESC LIMIT %(size)s)
"""
_NEAREST = """
    WITH own AS MATERIALIZED (SELECT embedding FROM marketplace_searchmeaning WHERE listing_id = %(listing)s)
    SELECT near.listing_id FROM (
        SELECT listing_id, -(embedding <#> (SELECT embedding FROM own)) AS similarity FROM marketplace_searchmeaning
        ORDER BY embedding <#> (SELECT embedding FROM own) LIMIT 41
    ) AS near
    JOIN marketplace_listing AS listing ON listing.id = near.listing_id AND listing.status = 'live'
    JOIN accounts_user AS seller ON seller.id = listing.seller_id AND seller.suspended_at IS NULL
    JOIN marketplace_searchdocument AS document ON document.listing_id = near.listing_id
    WHERE near.listing_id <> %(listing)s AND near.similarity IS NOT NULL
    ORDER BY near.similarity + (listing.category_id = %(category)s)::int * %(same_shelf)s
        + (listing.model_id = %(model)s)::int * %(same_model)s + 0.03 * document.standing DESC, near.listing_id DESC
    LIMIT %(size)s
"""
