"""Listings as cards: plain words ready for a reader's language, so that a template has nothing left to work out."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import money, tones
from marketplace import images, social
from marketplace.models import Listing

Card = dict[str, Any]
WIDEST = 1280  # pixels; a card never needs more
MOST_KEPT = 4096  # cards a process keeps
_made: dict[Any, Card] = {}


def of(listings: Iterable[Listing], person: Any = None) -> list[Card]:
    """The cards of listings loaded with `for_cards()`; one query more for the hearts of a person who is signed in."""
    listings = list(listings)
    liked = social.liked_among(person, [listing.pk for listing in listings]) if listings else set()
    return [card(listing, is_favourite=listing.pk in liked) for listing in listings]


def liked(known: list[Card], person: Any) -> list[Card]:
    """Cards made for everybody, with this person's hearts."""
    hearts = social.liked_among(person, [one["id"] for one in known])
    return [one | {"is_favourite": True} if one["id"] in hearts else one for one in known] if hearts else known


def card(listing: Listing, *, is_favourite: bool = False) -> Card:
    """One card; every text is escaped already."""
    # All that the card depends on: what was worked out once is right for as long as none of it changes.
    key = (
        get_language(),
        listing.pk,
        listing.slug,
        listing.title,
        listing.summary,
        listing.medium,
        listing.model.name if listing.model else "",
        seller_name(listing),
        listing.price,
        listing.currency,
        listing.rating_count,
        listing.rating_average,
        repr(listing.card),
    )
    made = None if settings.DEBUG else _made.get(key)
    if made is None:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        made = _made[key] = _worked_out(listing, hash(key))
    return made | {"is_favourite": True} if is_favourite else made


def _worked_out(listing: Listing, key: int) -> Card:
    shown = picture(listing)
    answer = listing.card.get("excerpt")
    is_waiting = bool(listing.card.get("is_waiting"))
    return {
        "key": (listing.pk, key),
        "id": listing.pk,
        "url": _address("listing", listing.slug),
        "title": escape(listing.title),
        "model_name": escape(listing.model.name if listing.model else ""),
        "medium": escape(listing.medium),
        "frame": _frame(shown),
        "price_text": escape(price_text(listing)),
        "rating_text": _number(listing.rating_average, 1, get_language()) if listing.rating_count else "",
        "rating_label": rating_label(listing) if listing.rating_count else "",
        "rating_count": _number(listing.rating_count, 0, get_language()),
        "seller_name": escape(seller_name(listing)),
        "picture": shown,
        "excerpt": "" if shown or is_waiting else escape(answer or listing.summary),
        "excerpt_label": "" if shown else _("Picture on its way") if is_waiting else "" if answer else _("In short"),
        "tint": tones.tint(listing.slug),
        "favourite_url": _address("favourite", listing.slug),
        "is_favourite": False,
    }


def price_text(listing: Listing) -> str:
    return money.format_money(listing.price, listing.currency) if listing.price else _("Free")


def seller_name(listing: Listing) -> str:
    profile = getattr(listing.seller, "seller_profile", None)
    return profile.name if profile else listing.seller.display_name


def rating_label(listing: Listing) -> str:
    words = ngettext(
        "%(rating)s of 5 stars, %(count)s review", "%(rating)s of 5 stars, %(count)s reviews", listing.rating_count
    )
    return words % {
        "rating": _number(listing.rating_average, 1, get_language()),
        "count": _number(listing.rating_count, 0, get_language()),
    }


def picture(listing: Listing) -> dict[str, Any] | None:
    """The first example as an <img> needs it: src, srcset, width, height, alt, tone."""
    kept = listing.card.get("picture")
    if not kept:
        return None
    webp = [one for one in kept["renditions"] if one["format"] == "webp" and one["width"] <= WIDEST]
    if not webp:
        return None
    addresses = [(images.url(one["name"]), one["width"]) for one in webp]
    middle = addresses[min(1, len(addresses) - 1)]
    return {
        "src": middle[0],
        "srcset": ", ".join(f"{address} {width}w" for address, width in addresses),
        "width": kept["width"],
        "height": kept["height"],
        "alt": escape(kept["alt"] or listing.title),
        "tone": kept["tone"],
    }


@lru_cache(maxsize=4096)
def _number(value: float, places: int, _language: str | None) -> str:
    return number_format(value, places)


def _frame(shown: dict[str, Any] | None) -> str:
    """The classes of the frame: the picture's shape and its colour."""
    if shown is None:
        return "r-80"
    tone = tones.tone_of(shown["tone"]) if shown["tone"] else None
    return tones.shape(shown["width"], shown["height"]) + (f" tone-{tone}" if tone is not None else "")


def _address(name: str, slug: str) -> str:
    return _pattern(name, get_language() or "").replace("~", slug)


@lru_cache(maxsize=64)
def _pattern(name: str, _language: str) -> str:
    """Where pages of this name live; looked up once instead of once a card."""
    return reverse(name, args=["slug"]).replace("/slug/", "/~/")
