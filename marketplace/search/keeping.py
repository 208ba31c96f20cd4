"""What search does when the market changes: words at once, in the same transaction; everything else by the workers."""

from typing import Any

from django.dispatch import receiver

from marketplace import signals
from marketplace.models import Listing
from marketplace.search import documents, vocabulary


@receiver(signals.listing_published)
@receiver(signals.listing_restored)
def on_sale(listing: Listing, **_: Any) -> None:
    documents.index([listing.pk])
    documents.promise_meaning([listing.pk])
    vocabulary.promise()


@receiver(signals.listing_taken_down)
def taken_down(listing: Listing, **_: Any) -> None:
    documents.remove([listing.pk])


@receiver(signals.listings_imported)
def imported(ids: list[int], is_live: bool, **_: Any) -> None:
    if is_live:
        documents.promise(ids)
        vocabulary.promise()


@receiver(signals.figures_changed)
def figures_changed(ids: list[int], **_: Any) -> None:
    documents.restand(ids)
