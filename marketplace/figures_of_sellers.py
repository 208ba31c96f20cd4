"""What everybody may know of a seller's work, in one statement."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, Sum

from accounts.models import User
from marketplace.models import Follow, Listing

KEPT = 300  # seconds


@dataclass(frozen=True, slots=True)
class Sums:
    listings: int = 0
    sales: int = 0
    ratings: int = 0
    rating: float = 0
    followers: int = 0


def of(seller: User) -> Sums:
    """Summed over what is on sale; minutes old at the most."""
    key = f"seller-sums:{seller.pk}"
    found: Sums | None = cache.get(key)
    if found is None:
        found = _count(seller)
        cache.set(key, found, KEPT)
    return found


def _count(seller: User) -> Sums:
    live = Listing.objects.live().filter(seller=seller)
    row = live.aggregate(
        listings=Count("pk"),
        sales=Sum("sales_count", default=0),
        ratings=Sum("rating_count", default=0),
        stars=Sum(F("rating_average") * F("rating_count"), default=0.0),
    )
    rating = row["stars"] / row["ratings"] if row["ratings"] else 0
    followers = Follow.objects.filter(seller=seller).count()
    return Sums(row["listings"], row["sales"], row["ratings"], rating, followers)
