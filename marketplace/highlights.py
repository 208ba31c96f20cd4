"""What pages show beside what was asked for: trending, new voices, the house's collections, a few to begin with."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from common import clock
from marketplace import cards, social
from marketplace.cards import Card, Row
from marketplace.models import Collection, CollectionItem, Listing
from marketplace.models.catalogue import Medium
from marketplace.models.listings import ListingQuerySet

NEW_FOR = timedelta(days=45)

MEDIA_WORDS = {
    Medium.TEXT: _("Letters, plans, lessons, analysis"),
    Medium.IMAGE: _("Photographs, illustrations, logos"),
    Medium.VIDEO: _("Scenes, camera moves, product film"),
    Medium.AUDIO: _("Songs, scores, voices"),
    Medium.CODE: _("Building, reviewing, agents"),
}


def live() -> ListingQuerySet:
    """What may be shown as cards."""
    return Listing.objects.live().for_cards().defer("description")


def trending(size: int) -> list[Row]:
    return [
        row for row, _ in cards.rows("ORDER BY listing.trending DESC, listing.id DESC LIMIT %(size)s", {"size": size})
    ]


def specimens(known: Sequence[Card], size: int = 4) -> list[Card]:
    """What hangs beside the first words of the site: pictures where there are any."""
    return sorted(known, key=lambda card: not card["picture"])[:size]


def mixed(known: Sequence[Card], size: int) -> list[Card]:
    """The first of these, up to half of them with pictures, and these in turn with the texts."""
    pictured = [card for card in known if card["picture"]][: size // 2]
    rest = [card for card in known if not card["picture"]]
    return [card for pair in zip_longest(pictured, rest) for card in pair if card is not None][:size]


def new_voices(size: int, besides: Iterable[int] = ()) -> list[Row]:
    """New work by people who have sold little so far, one listing each."""
    newest = cards.rows(
        "AND profile.is_new_voice AND listing.published_at > %(since)s AND listing.id <> ALL(%(besides)s)"
        " ORDER BY listing.published_at DESC, listing.id DESC LIMIT %(size)s",
        {"since": clock.now() - NEW_FOR, "besides": list(besides), "size": size * 4},
        ["seller_id"],
    )
    by_seller: dict[int, Row] = {}
    for row, (seller,) in newest:
        by_seller.setdefault(seller, row)
    return list(by_seller.values())[:size]


def under(most: int, size: int) -> list[Row]:
    """Well-rated and cheap: where to begin. `most` in minor units, free ones left out."""
    cheap = cards.rows(
        "AND listing.price > 0 AND listing.price < %(most)s ORDER BY listing.rating_bayesian DESC, listing.id DESC"
        " LIMIT %(size)s",
        {"most": most, "size": size},
    )
    return [row for row, _ in cheap]


def media(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The five doors of the home page."""
    return [
        {"value": value, "label": label, "words": MEDIA_WORDS[Medium(value)], "count": counts.get(value, 0)}
        for value, label in Medium.choices
    ]


def house_collections(size: int = 4) -> list[dict[str, Any]]:
    """The house's own collections with the pictures of their first listings."""
    return covered(social.public_collections().filter(owner=None).order_by("position", "-created_at")[:size])


def covered(collections: Iterable[Collection]) -> list[dict[str, Any]]:
    """Collections with up to three covers and the number of listings, in two queries whatever their number."""
    from django.db.models import prefetch_related_objects

    collections = list(collections)
    shown = CollectionItem.objects.filter(listing__in=Listing.objects.live()).select_related("listing")
    items = shown.defer("listing__description").order_by("position", "id")
    prefetch_related_objects(collections, Prefetch("items", queryset=items[:4], to_attr="first_items"))
    return [_covered(collection) for collection in collections]


def _covered(collection: Collection) -> dict[str, Any]:
    covers = []
    for item in getattr(collection, "first_items", []):
        listing = item.listing
        covers.append({"picture": cards.picture(listing), "title": listing.title, "slug": listing.slug})
    return {"collection": collection, "covers": covers[:3], "url": collection.get_absolute_url()}
