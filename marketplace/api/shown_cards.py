"""Listings in lists, as the API writes them: made from plain values, because lists are read very often.

Nothing in this module touches the words of a prompt.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from rest_framework.renderers import JSONRenderer

from marketplace import images, prices, shelves
from marketplace.models import Category, Listing
from marketplace.shelves import Shelf

Shown = dict[str, Any]
Row = Mapping[str, Any]
Categories = Mapping[int, Shelf | Category]

# What a card is made of; whoever asks for a page of listings names these instead of loading four models a row.
COLUMNS = (
    "id",
    "public_id",
    "slug",
    "status",
    "title",
    "summary",
    "model__slug",
    "model__name",
    "medium",
    "category_id",
    "language",
    "price",
    "currency",
    "seller__seller_profile__handle",
    "seller__seller_profile__name",
    "rating_average",
    "rating_count",
    "sales_count",
    "favourites_count",
    "card",
    "tested_on",
    "published_at",
    "updated_at",
)
_plain = itemgetter(*(name for name in COLUMNS if name != "card"))
_renderer = JSONRenderer()
_written: dict[Any, bytes] = {}
KEPT = 60  # seconds: the name of a category may have changed
MOST_KEPT = 4096  # cards a process keeps
# Put together by the ORM it costs more than it takes.
_TAGS = """
    SELECT worn.listing_id, tag.slug FROM marketplace_listing_tags AS worn
    JOIN marketplace_tag AS tag ON tag.id = worn.tag_id
    WHERE worn.listing_id = ANY(%s) ORDER BY tag.slug
"""


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the microsecond."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def address(path: str) -> str:
    return str(settings.SITE_URL) + path


def media(path: str) -> str:
    """An object store gives whole addresses, the file store gives paths."""
    return path if "//" in path else address(path)


def cards(found: Iterable[Listing]) -> list[Shown]:
    """A page of listings that were loaded with `for_cards()`."""
    return of_rows([_row(listing) for listing in found])


def of_rows(rows: Sequence[Row]) -> list[Shown]:
    """A page of listings given by their COLUMNS: two small statements beside the one that found them."""
    known = _categories(rows)
    return [_card(row, known, *beside) for row, beside in _with_what_is_beside(rows)]


def written(rows: Sequence[Row]) -> list[bytes]:
    """The same as JSON. A process keeps what it wrote, for a minute, under everything that the card is made of."""
    now, language, root = int(time.monotonic() // KEPT), get_language(), settings.SITE_URL
    found, known = [], None
    for row, (tags, lowered) in _with_what_is_beside(rows):
        key = (now, language, root, *_plain(row), repr(row["card"]), *tags, lowered)
        card = None if settings.DEBUG else _written.get(key)
        if card is None:
            if len(_written) >= MOST_KEPT:
                _written.clear()
            known = known or _categories(rows)
            card = _written[key] = _renderer.render(_card(row, known, tags, lowered))
        found.append(card)
    return found


def _with_what_is_beside(rows: Sequence[Row]) -> Iterator[tuple[Row, tuple[Sequence[str], int | None]]]:
    """Each row with its tags and the price that is lower for a while."""
    ids = [row["id"] for row in rows]
    if not ids:
        return
    tags: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAGS, [ids])
        for listing_id, slug in cursor.fetchall():
            tags.setdefault(listing_id, []).append(slug)
    lowered = prices.lowered(ids)
    for row in rows:
        yield row, (tags.get(row["id"], []), lowered.get(row["id"]))


def _row(listing: Listing) -> Row:
    """The values of a listing that somebody loaded whole."""
    row = {name: getattr(listing, name) for name in COLUMNS if "__" not in name}
    profile = listing.seller.seller_profile
    row["seller__seller_profile__handle"], row["seller__seller_profile__name"] = profile.handle, profile.name
    row["model__slug"] = listing.model.slug if listing.model else None
    row["model__name"] = listing.model.name if listing.model else None
    return row


def _card(row: Row, known: Categories, tags: Sequence[str], lowered: int | None) -> Shown:
    root, category = settings.SITE_URL, known.get(row["category_id"])
    slug, handle, currency = row["slug"], row["seller__seller_profile__handle"], row["currency"]
    kept = row["card"] or {}
    picture = kept.get("picture")
    price = row["price"] if lowered is None else min(lowered, row["price"])
    return {
        "id": row["public_id"],
        "slug": slug,
        # Written out: reversing an address for each row costs more than everything else here.
        "url": f"{root}/prompts/{slug}/",
        "status": row["status"],
        "title": row["title"],
        "summary": row["summary"],
        "model": {"slug": row["model__slug"], "name": row["model__name"]} if row["model__slug"] else None,
        "medium": row["medium"],
        "category": {"slug": category.slug, "name": category.name} if category else None,
        "tags": list(tags),
        "language": row["language"],
        "price": {"amount": price, "currency": currency},
        "price_before": {"amount": row["price"], "currency": currency} if price < row["price"] else None,
        "seller": {"handle": handle, "name": row["seller__seller_profile__name"], "url": f"{root}/@{handle}/"},
        "rating": {"average": round(row["rating_average"], 2), "count": row["rating_count"]},
        "sales_count": row["sales_count"],
        "favourites_count": row["favourites_count"],
        "picture": _picture(picture) if picture else None,
        "excerpt": kept.get("excerpt", ""),
        "tested_on": row["tested_on"].isoformat() if row["tested_on"] else None,
        "published_at": moment(row["published_at"]),
        "updated_at": moment(row["updated_at"]),
    }


def _categories(rows: Sequence[Row]) -> Categories:
    """By number, those that the rows name."""
    known: dict[int, Shelf | Category] = {shelf.pk: shelf for shelf in shelves.categories()} if rows else {}
    if new := {row["category_id"] for row in rows if row["category_id"]} - known.keys():
        known |= Category.objects.in_bulk(new)
    return known


def _picture(kept: dict[str, Any]) -> Shown:
    """The widest file of a card's picture, from what the card itself keeps."""
    webp = [one for one in kept["renditions"] if one["format"] == "webp"]
    widest = max(webp, key=lambda one: one["width"], default=None)
    return {
        "id": kept["id"],
        "url": media(images.url(widest["name"])) if widest else None,
        "width": widest["width"] if widest else kept["width"],
        "height": widest["height"] if widest else kept["height"],
        "colour": kept["tone"],
        "alt": kept["alt"],
    }
