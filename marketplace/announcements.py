"""What happens to listings, as messages to their sellers' own programs."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from accounts import webhooks
from marketplace import signals
from marketplace.models import Case, Listing, Review, Revision

Event = webhooks.Event


def line(listing: Listing) -> dict[str, str]:
    return {
        "slug": listing.slug,
        "title": listing.title,
        "url": f"{settings.SITE_URL}/prompts/{listing.slug}/",
    }


@receiver(signals.listing_published)
def approved(listing: Listing, revision: Revision, is_first: bool, **_: Any) -> None:
    data = {
        "listing": line(listing),
        "is_first": is_first,
        "version": revision.version.number if revision.version else None,
        "price": {"amount": listing.price, "currency": listing.currency},
    }
    webhooks.announce(listing.seller, Event.LISTING_APPROVED, data, key=str(revision.pk))


@receiver(signals.listing_rejected)
def rejected(listing: Listing, case: Case, **_: Any) -> None:
    data = {"listing": line(listing), "case": case.public_id, "reason": case.reason, "note": case.note}
    webhooks.announce(listing.seller, Event.LISTING_REJECTED, data, key=str(case.pk))


@receiver(signals.review_posted)
def reviewed(review: Review, is_new: bool, **_: Any) -> None:
    if not is_new:
        return
    data = {
        "listing": line(review.listing),
        "review": {"id": review.public_id, "rating": review.rating, "text": review.text},
    }
    webhooks.announce(review.listing.seller, Event.REVIEW_POSTED, data, key=str(review.pk))
