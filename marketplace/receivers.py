"""What the market does when something happens to people."""

from typing import Any

from django.dispatch import receiver

from accounts import outbox
from accounts import signals as people
from accounts.models import User
from marketplace import figures, signals
from marketplace.models import Entitlement, Favourite, Listing, Review


@receiver(people.suspended)
def seller_suspended(user: User, **_: Any) -> None:
    """What they sell leaves the shelves, and what they said no longer counts."""
    for listing in Listing.objects.filter(seller=user, status=Listing.Status.LIVE).order_by("pk"):
        signals.listing_taken_down.send(Listing, listing=listing, because="seller_suspended")
    _recount_touched_by(user)


@receiver(people.restored)
def seller_restored(user: User, **_: Any) -> None:
    for listing in Listing.objects.filter(seller=user, status=Listing.Status.LIVE).order_by("pk"):
        signals.listing_restored.send(Listing, listing=listing)
    _recount_touched_by(user)


def _recount_touched_by(user: User) -> None:
    touched: set[int] = set()
    touched |= set(Review.objects.filter(author=user).values_list("listing_id", flat=True))
    touched |= set(Favourite.objects.filter(user=user).values_list("listing_id", flat=True))
    touched |= set(Entitlement.objects.filter(owner=user).values_list("listing_id", flat=True))
    ids = sorted(touched)
    for start in range(0, len(ids), figures.BATCH):
        outbox.promise("marketplace.recount", listing_ids=ids[start : start + figures.BATCH])
