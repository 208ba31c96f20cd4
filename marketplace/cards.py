"""Listings as cards: plain words ready for a reader's language, so that a template has nothing left to work out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import money, tones
from marketplace import images, prices, social
from marketplace.models import Listing

Card = dict[str, Any]
WIDEST = 1280  # pixels; a card never needs more
MOST_KEPT = 4096  # cards a process keeps
_made: dict[Any, Card] = {}


def of(listings: Iterable[Listing], person: Any = None) -> list[Card]:
    """The cards of listings loaded with `for_cards()`; one query more for the hearts of a person who is signed in."""
    listings = list(listings)
    lowered = prices.lowered([listing.pk for listing in listings]) if listings else {}
    return liked([card(listing, lowered.get(listing.pk)) for listing in listings], person)


def picked(known: list[Card], keys: Iterable[int]) -> list[Card]:
    """Those of the cards with these keys, in their order."""
    held = {one["id"]: one for one in known}
    return [held[pk] for pk in keys if pk in held]


def liked(known: list[Card], person: Any) -> list[Card]:
    """Cards made for everybody, with this person's hearts."""
    hearts = social.liked_among(person, [one["id"] for one in known])
    return [one | {"is_favourite": True} if one["id"] in hearts else one for one in known] if hearts else known


class Row(NamedTuple):
    """All that a card depends on."""

    pk: int
    slug: str
    title: str
    summary: str
    medium: str
    price: int  # minor units
    currency: str
    rating_count: int
    rating_average: float
    card: str  # JSON
    model_name: str
    seller_name: str
    lowered: int | None  # minor units, while it is sold for less


# Put together by the ORM, with its models for each row, it costs five times as much.
_ROWS = """
    SELECT listing.id, listing.slug, listing.title, listing.summary, listing.medium, listing.price, listing.currency,
        listing.rating_count, listing.rating_average, listing.card::text, coalesce(model.name, ''),
        coalesce(profile.name, nullif(seller.name, ''), split_part(seller.email, '@', 1)), {lowered}{besides}
    FROM marketplace_listing AS listing
    JOIN accounts_user AS seller ON seller.id = listing.seller_id AND seller.suspended_at IS NULL
    LEFT JOIN accounts_sellerprofile AS profile ON profile.user_id = seller.id
    LEFT JOIN marketplace_generativemodel AS model ON model.id = listing.model_id
    WHERE listing.status = 'live' {narrowed}
"""


def rows(narrowed: str, parameters: dict[str, Any], besides: Sequence[str] = ()) -> list[tuple[Row, tuple[Any, ...]]]:
    """What is on sale and fits the end of a statement over `listing`, with the values of these columns besides."""
    sql = _ROWS.format(
        lowered=prices.expression(), besides="".join(f", listing.{name}" for name in besides), narrowed=narrowed
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | prices.parameters())
        width = len(Row._fields)
        return [(Row(*values[:width]), values[width:]) for values in cursor.fetchall()]


def of_keys(keys: Sequence[int], person: Any = None, known: Mapping[int, Row] | None = None) -> list[Card]:
    """The cards of the listings with these keys, in their order; what went off the shelves meanwhile is left out.

    `known` are rows that were read already.
    """
    held = dict(known or {})
    if missing := [pk for pk in keys if pk not in held]:
        held |= {row.pk: row for row, _besides in rows("AND listing.id = ANY(%(keys)s)", {"keys": missing})}
    return of_rows((held[pk] for pk in keys if pk in held), person)


def of_rows(found: Iterable[Row], person: Any = None) -> list[Card]:
    return liked([_kept(row) for row in found], person)


def card(listing: Listing, lowered: int | None = None) -> Card:
    """One card; every text is escaped already."""
    return _kept(
        Row(
            listing.pk,
            listing.slug,
            listing.title,
            listing.summary,
            listing.medium,
            listing.price,
            listing.currency,
            listing.rating_count,
            listing.rating_average,
            json.dumps(listing.card),
            listing.model.name if listing.model else "",
            seller_name(listing),
            lowered,
        )
    )


def _kept(row: Row) -> Card:
    """What was worked out once is right for as long as nothing changes that the card depends on."""
    key = (get_language(), row)
    made = None if settings.DEBUG else _made.get(key)
    if made is None:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        made = _made[key] = _worked_out(row, hash(key))
    return made


def _worked_out(row: Row, key: int) -> Card:
    kept: dict[str, Any] = json.loads(row.card) or {}
    shown = _picture(kept, row.title)
    answer = kept.get("excerpt")
    is_waiting = bool(kept.get("is_waiting"))
    is_rated = bool(row.rating_count)
    return {
        "key": (row.pk, key),
        "id": row.pk,
        "url": _address("listing", row.slug),
        "title": escape(row.title),
        "model_name": escape(row.model_name),
        "medium": escape(row.medium),
        "frame": _frame(shown),
        **{name: escape(text) for name, text in _price_texts(row.price, row.lowered, row.currency).items()},
        "rating_text": _number(row.rating_average, 1, get_language()) if is_rated else "",
        "rating_label": _rating_label(row.rating_average, row.rating_count) if is_rated else "",
        "rating_count": _number(row.rating_count, 0, get_language()),
        "seller_name": escape(row.seller_name),
        "picture": shown,
        "excerpt": "" if shown or is_waiting else escape(answer or row.summary),
        "excerpt_label": "" if shown else _("Picture on its way") if is_waiting else "" if answer else _("In short"),
        "tint": tones.tint(row.slug),
        "favourite_url": _address("favourite", row.slug),
        "is_favourite": False,
    }


def price_text(listing: Listing) -> str:
    return _price_text(listing.price, listing.currency)


def price_texts(listing: Listing) -> dict[str, str]:
    """What is charged now, and what it is otherwise while that is less."""
    return _price_texts(listing.price, getattr(listing, "lowered", None), listing.currency)


def _price_texts(price: int, lowered: int | None, currency: str) -> dict[str, str]:
    is_lower = lowered is not None and lowered < price
    return {
        "price_text": _price_text(lowered if lowered is not None and is_lower else price, currency),
        "before_text": _price_text(price, currency) if is_lower else "",
    }


def _price_text(price: int, currency: str) -> str:
    return money.format_money(price, currency) if price else _("Free")


def seller_name(listing: Listing) -> str:
    profile = getattr(listing.seller, "seller_profile", None)
    return profile.name if profile else listing.seller.display_name


def _rating_label(average: float, count: int) -> str:
    words = ngettext("%(rating)s of 5 stars, %(count)s review", "%(rating)s of 5 stars, %(count)s reviews", count)
    return words % {"rating": _number(average, 1, get_language()), "count": _number(count, 0, get_language())}


def picture(listing: Listing) -> dict[str, Any] | None:
    """The first example as an <img> needs it: src, srcset, width, height, alt, tone."""
    return _picture(listing.card, listing.title)


def _picture(card: dict[str, Any], title: str) -> dict[str, Any] | None:
    kept = card.get("picture")
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
        "alt": escape(kept["alt"] or title),
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
