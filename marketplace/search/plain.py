"""Search on plain SQL: every word must stand somewhere in the title, summary, description, tags, model or shelf."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import SellerProfile
from common.pagination import PAGE_SIZE, Keyset
from marketplace import shelves
from marketplace.models import Category, GenerativeModel, Listing, Tag
from marketplace.models.catalogue import Medium
from marketplace.search.query import COUNTED_TO, PRICE_BANDS, RATINGS, Facet, Found, Query, Suggestions

ORDERS = {
    "relevance": ("-trending", "-id"),
    "trending": ("-trending", "-id"),
    "newest": ("-published_at", "-id"),
    "top_rated": ("-rating_bayesian", "-id"),
    "best_selling": ("-sales_count", "-id"),
    "price": ("price", "id"),
    "-price": ("-price", "-id"),
}
FACETS = ("model", "category", "medium", "price", "free", "rating_min", "language")
LOOKED_AT = 10_000  # rows that one facet counts at the most
MOST_TERMS = 12


def find(query: Query, *, cursor: str | None = None, size: int = PAGE_SIZE, facets: bool = False) -> Found:
    """A page of what is live and fits; with facets also how much there is."""
    page = Keyset(_matching(query).for_cards().defer("description"), ORDERS[query.order], cursor, size)
    counted: dict[str, list[Facet]] = {}
    count = None
    if facets:
        counted, count = _counted(query)
    return Found(page.items, page.next, page.previous, count, counted, words=query.words)


def suggest(text: str, language: str = "en") -> Suggestions:
    """Names that go on as the text does, then listings that hold its words."""
    text = " ".join(text.replace("\x00", "").split())[:80]
    if not text:
        return Suggestions()
    starts = Q(name__istartswith=text) | Q(name__icontains=f" {text}")
    models = GenerativeModel.objects.filter(starts | Q(slug__istartswith=text)).order_by("name")[:3]
    named = Q(name_en__istartswith=text) | Q(name_fr__istartswith=text) | Q(name_en__icontains=f" {text}")
    sellers = SellerProfile.objects.filter(starts | Q(handle__istartswith=text), user__suspended_at=None)
    listings = _matching(Query(words=text)).for_cards().defer("description").order_by("-trending", "-id")[:5]
    return Suggestions(
        listings=list(listings),
        models=list(models),
        categories=list(Category.objects.filter(named)[:3]),
        sellers=list(sellers.order_by("name")[:3]),
    )


def similar(listing: Listing, size: int = 6) -> list[Listing]:
    """What stands nearest: the same shelf first, then the same model."""
    live = Listing.objects.live().for_cards().defer("description").exclude(pk=listing.pk)
    near = list(live.filter(category=listing.category_id).order_by("-trending", "-id")[:size])
    if len(near) < size and listing.model_id is not None:
        others = live.filter(model=listing.model_id).exclude(pk__in=[one.pk for one in near])
        near += others.order_by("-trending", "-id")[: size - len(near)]
    return near


# ---- Conditions ------------------------------------------------------------------------------------------------------


def _matching(query: Query, *, leave: str = "") -> Any:
    """Live listings under every filter of the query but the one left out."""
    found = Listing.objects.live()
    for condition in _conditions(query, leave):
        found = found.filter(condition)
    return found


def _conditions(query: Query, leave: str) -> list[Any]:
    filters: dict[str, Any] = {
        "q": [_word(word) for word in query.words.split()[:MOST_TERMS]],
        "model": query.model and [Q(model__slug__in=query.model)],
        "category": query.category
        and [Q(category__slug__in=query.category) | Q(category__parent__slug__in=query.category)],
        "medium": query.medium and [Q(medium__in=query.medium)],
        "tag": [Exists(_tagged(Q(slug=tag))) for tag in query.tag],
        "seller": query.seller and [Q(seller__seller_profile__handle__in=query.seller)],
        "language": query.language and [Q(language__in=query.language)],
        "price": _prices(query),
        "free": query.free and [Q(price=0)],
        "rating_min": [] if query.rating_min is None else [Q(rating_average__gte=query.rating_min, rating_count__gt=0)],
        "updated_since": query.updated_since and [Q(updated_at__gte=query.updated_since)],
    }
    return [condition for name, conditions in filters.items() if name != leave for condition in conditions or ()]


def _prices(query: Query) -> list[Q]:
    limits = []
    if query.price:
        bands = Q()
        for name in query.price:
            least, most = PRICE_BANDS[name]
            bands |= Q(price__gte=least) & (Q() if most is None else Q(price__lte=most))
        limits.append(bands)
    if query.price_min is not None:
        limits.append(Q(price__gte=query.price_min))
    if query.price_max is not None:
        limits.append(Q(price__lte=query.price_max))
    return limits


def _word(word: str) -> Any:
    columns = ("title", "summary", "description", "model__name", "category__name_en", "category__name_fr")
    somewhere = Q()
    for column in columns:
        somewhere |= Q((f"{column}__icontains", word))
    return somewhere | Q(Exists(_tagged(Q(slug__icontains=word))))


def _tagged(condition: Q) -> QuerySet[Any]:
    return Tag.objects.filter(condition, listings=OuterRef("pk"))


# ---- Facets ----------------------------------------------------------------------------------------------------------


def _counted(query: Query) -> tuple[dict[str, list[Facet]], int]:
    """All facets and the count in one statement; each facet is counted without its own filter."""
    total = _branch(_matching(query), "count", Value(""), Value(""), most=COUNTED_TO)
    branches = [_branch(_matching(query, leave=name), name, *_grouped(name, query)) for name in FACETS]
    rows = list(total.union(*branches, all=True))
    count = sum(row["number"] for row in rows if row["facet"] == "count")
    return {name: _facet(name, query, [row for row in rows if row["facet"] == name]) for name in FACETS}, count


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
