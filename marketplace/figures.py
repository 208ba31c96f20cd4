"""Counts and scores of listings, made anew by tasks and never on the way of a sale.

What changes them calls `changed`, which promises one recount for everything that happens within a few seconds. A
periodic pass goes over all listings, because scores also change by time alone. All of it can be run twice.

sales_count       entitlements that are active and count: neither the seller's own nor marked (`Entitlement.counts`)
                  by money as a ring or another sale that must not move a rank; refunded and disputed ones are revoked
rating_average    mean of the reviews that count (visible, still entitled, author not suspended)
rating_bayesian   (PRIOR_WEIGHT × market mean + sum of stars) ÷ (PRIOR_WEIGHT + number): few stars stay near the mean
trending          log(1 + Σ weight × 0.5^(age ÷ HALF_LIFE)) over the last WINDOW: a sale weighs 3 (a free copy 1), a
                  favourite 0.5, a review of four stars and more 2; at most DAILY_CAP from one day, so that a burst
                  counts less than a stream; then times 0.5 + rating_bayesian ÷ 10
quality           0 to 1: what the page shows (examples, pictures, description, described variables), what buyers say,
                  and how few of them gave it back
is_new_voice      of a seller: fewer than NEW_VOICE sales of all listings together, so far
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Avg, Count, F, OuterRef, Q, Subquery, Sum

from accounts import outbox
from accounts.models import SellerProfile
from common import clock
from marketplace import signals
from marketplace.models import Entitlement, Favourite, Listing, Review

PRIOR_WEIGHT = 6
PRIOR_MEAN = 4.0  # until the market has a mean of its own
HALF_LIFE = timedelta(days=7)
WINDOW = timedelta(days=56)
WEIGHTS = {"sale": 3.0, "free": 1.0, "favourite": 0.5, "review": 2.0}
DAILY_CAP = 30.0
NEW_VOICE = 40  # sales from which a seller is known
BATCH = 500
PAUSE = 5  # seconds within which everything about one listing is counted once

FIELDS = [
    "sales_count",
    "rating_count",
    "rating_average",
    "rating_bayesian",
    "favourites_count",
    "trending",
    "quality",
]


@dataclass(slots=True)
class Facts:
    """What was counted for one listing."""

    sales: int = 0
    returned: int = 0
    stars: int = 0
    reviews: int = 0
    favourites: int = 0
    by_day: dict[date, float] = field(default_factory=lambda: defaultdict(float))


def changed(*listing_ids: int) -> None:
    """Something about the listings' figures changed; they are counted again in a few seconds."""
    slot = int(clock.now().timestamp() // PAUSE)
    outbox.promise_many(
        outbox.Promise("marketplace.recount", {"listing_ids": [pk]}, f"recount:{pk}:{slot}", PAUSE)
        for pk in sorted(listing_ids)
    )


def set_counting(entitlement: Entitlement, counts: bool) -> None:
    """For money's receivers: whether this purchase may move ranks (rings and the like may not)."""
    if Entitlement.objects.filter(pk=entitlement.pk).exclude(counts=counts).update(counts=counts):
        changed(entitlement.listing_id)


@outbox.handler("marketplace.recount", priority=outbox.SOMETIME)
def recount(listing_ids: Sequence[int]) -> None:
    """Count these listings again, and say so to whoever ranks by the figures."""
    listings = list(Listing.objects.filter(pk__in=listing_ids).select_related("approved__version").order_by("pk"))
    facts = _facts([listing.pk for listing in listings])
    mean, moment = market_mean(), clock.now()
    differing = [listing for listing in listings if _apply(listing, facts[listing.pk], mean, moment)]
    if differing:
        Listing.objects.bulk_update(differing, FIELDS, batch_size=BATCH)
        _settle_voices({listing.seller_id for listing in differing})
        signals.figures_changed.send(Listing, ids=[listing.pk for listing in differing])


def _settle_voices(seller_ids: Iterable[int]) -> None:
    """Whoever has sold enough is no new voice any more, nor becomes one again when something is given back."""
    sold = Listing.objects.filter(seller=OuterRef("user")).values("seller").annotate(sold=Sum("sales_count"))
    new = SellerProfile.objects.filter(user__in=sorted(seller_ids), is_new_voice=True)
    new.alias(sold=Subquery(sold.values("sold"))).filter(sold__gte=NEW_VOICE).update(is_new_voice=False)


def recount_all(after: int = 0, most: int | None = None) -> int | None:
    """Every listing that was ever live, in batches by key; the last key done, None at the end."""
    done = 0
    while True:
        ids = list(
            Listing.objects.filter(pk__gt=after, published_at__isnull=False)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            return None
        recount(ids)
        after, done = ids[-1], done + len(ids)
        if most is not None and done >= most:
            return after


def market_mean() -> float:
    """The mean of all stars in the market, kept for an hour."""
    mean = cache.get("figures:mean")
    if mean is None:
        found = Review.objects.filter(hidden_at=None).aggregate(mean=Avg("rating"), number=Count("pk"))
        mean = float(found["mean"]) if found["number"] >= 20 else PRIOR_MEAN
        cache.set("figures:mean", mean, 3600)
    return float(mean)


def bayesian(stars: int, number: int, mean: float = PRIOR_MEAN) -> float:
    return (PRIOR_WEIGHT * mean + stars) / (PRIOR_WEIGHT + number)


def trending(by_day: dict[date, float], rating: float, moment: datetime) -> float:
    total = 0.0
    for day, weight in by_day.items():
        age = max((moment.date() - day).days, 0)
        total += min(weight, DAILY_CAP) * 0.5 ** (age / HALF_LIFE.days)
    return round(math.log1p(total) * (0.5 + rating / 10), 6)


def quality(listing: Listing, facts: Facts, rating: float) -> float:
    revision = listing.approved
    if revision is None:
        return 0.0
    version = revision.version
    variables = version.variables if version else []
    described = sum(1 for one in variables if one.get("help") or one.get("label")) / len(variables) if variables else 1
    page = (
        0.3 * min(len(revision.examples) + len(revision.pictures), 3) / 3
        + 0.2 * bool(revision.pictures or listing.medium in {"text", "code"})
        + 0.2 * min(len(revision.description), 600) / 600
        + 0.2 * described
        + 0.1 * (revision.model_version_id is not None)
    )
    buyers = facts.sales + facts.returned
    kept = 1 - facts.returned / buyers if buyers >= 5 else 1.0
    return round(page * 0.5 + (rating - 1) / 4 * 0.5, 4) * kept


def _apply(listing: Listing, facts: Facts, mean: float, moment: datetime) -> bool:
    """Whether any figure is another one than before."""
    rating = bayesian(facts.stars, facts.reviews, mean)
    values = {
        "sales_count": facts.sales,
        "rating_count": facts.reviews,
        "rating_average": round(facts.stars / facts.reviews, 4) if facts.reviews else 0.0,
        "rating_bayesian": round(rating, 6),
        "favourites_count": facts.favourites,
        "trending": trending(facts.by_day, rating, moment),
        "quality": quality(listing, facts, rating),
    }
    before = {name: getattr(listing, name) for name in values}
    for name, value in values.items():
        setattr(listing, name, value)
    return before != values


def _facts(ids: Iterable[int]) -> dict[int, Facts]:
    facts: dict[int, Facts] = defaultdict(Facts)
    ids = list(ids)
    since = clock.now() - WINDOW
    _count_sales(facts, ids, since)
    _count_reviews(facts, ids, since)
    _count_favourites(facts, ids, since)
    return facts


def _count_sales(facts: dict[int, Facts], ids: list[int], since: datetime) -> None:
    counting = Entitlement.objects.filter(listing__in=ids, counts=True).exclude(owner=F("listing__seller"))
    totals = counting.values("listing_id").annotate(
        sales=Count("pk", filter=Q(revoked_at=None)), returned=Count("pk", filter=Q(revoked_at__isnull=False))
    )
    for total in totals:
        facts[total["listing_id"]].sales = total["sales"]
        facts[total["listing_id"]].returned = total["returned"]
    recent = counting.filter(revoked_at=None, granted_at__gt=since, owner__suspended_at=None)
    days = recent.values("listing_id", "granted_at__date", "is_paid").annotate(number=Count("pk"))
    for row in days:
        weight = WEIGHTS["sale" if row["is_paid"] else "free"] * row["number"]
        facts[row["listing_id"]].by_day[row["granted_at__date"]] += weight


def _count_reviews(facts: dict[int, Facts], ids: list[int], since: datetime) -> None:
    counting = Review.objects.counting().filter(listing__in=ids, entitlement__counts=True)
    for listing_id, rating, created_at in counting.values_list("listing_id", "rating", "created_at"):
        facts[listing_id].reviews += 1
        facts[listing_id].stars += rating
        if rating >= 4 and created_at > since:
            facts[listing_id].by_day[created_at.date()] += WEIGHTS["review"]


def _count_favourites(facts: dict[int, Facts], ids: list[int], since: datetime) -> None:
    liked = Favourite.objects.filter(listing__in=ids, user__suspended_at=None).exclude(user=F("listing__seller"))
    for total in liked.values("listing_id").annotate(number=Count("pk")):
        facts[total["listing_id"]].favourites = total["number"]
    recent = liked.filter(created_at__gt=since).values("listing_id", "created_at__date").annotate(number=Count("pk"))
    for row in recent:
        facts[row["listing_id"]].by_day[row["created_at__date"]] += WEIGHTS["favourite"] * row["number"]
