"""The filters of a question as conditions on listings."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from marketplace.models import Listing, Tag
from marketplace.search.query import PRICE_BANDS, Query

Statement = tuple[str, list[Any]]


def listings(query: Query, candidates: Statement | None = None, *, leave: str = "") -> Any:
    """Live listings under every filter of the query but the one left out, among the candidates if there are any."""
    found = Listing.objects.live()
    for condition in _conditions(query, leave):
        found = found.filter(condition)
    if candidates is not None:
        found = found.filter(pk__in=RawSQL(*candidates))  # noqa: S611
    return found


def narrows(query: Query) -> bool:
    """Whether any filter is set."""
    return bool(_conditions(query, ""))


def _conditions(query: Query, leave: str) -> list[Any]:
    filters: dict[str, Any] = {
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


def _tagged(condition: Q) -> QuerySet[Any]:
    return Tag.objects.filter(condition, listings=OuterRef("pk"))
