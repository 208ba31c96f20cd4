"""Listings in lists, as the API writes them: made from plain values, because lists are read very often.

Nothing in this module touches the words of a prompt.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from rest_framework.renderers import JSONRenderer

from marketplace import images, prices, shelves
from marketplace.models import Category, Listing
from marketplace.shelves import Shelf

Shown = dict[str, Any]
Categories = Mapping[int, Shelf | Category]
KEPT = 60  # seconds: the name of a category may have changed
MOST_KEPT = 4096  # cards a process keeps
_renderer = JSONRenderer()
_written: dict[Any, bytes] = {}


class Row(NamedTuple):
    """What a card is made of, as the database gives it."""

    pk: int
    public_id: str
    slug: str
    status: str
    title: str
    summary: str
    model: str | None  # slug
    model_name: str | None
    medium: str
    category: int | None
    language: str
    price: int
    currency: str
    handle: str
    seller: str
    rating_average: float
    rating_count: int
    sales_count: int
    favourites_count: int
    card: str  # JSON
    tested_on: date | None
    published_at: datetime | None
    updated_at: datetime
    tags: str  # slugs with spaces between
    lowered: int | None  # minor units, while it is sold for less


# Put together by the ORM, with its models for each row, it costs five times as much.
_ROWS = """
    SELECT listing.id, listing.public_id, listing.slug, listing.status, listing.title, listing.summary,
        model.slug, model.name, listing.medium, listing.category_id, listing.language, listing.price, listing.currency,
        profile.handle, profile.name, listing.rating_average, listing.rating_count, listing.sales_count,
        listing.favourites_count, listing.card::text, listing.tested_on, listing.published_at, listing.updated_at,
        array_to_string(ARRAY(
            SELECT tag.slug FROM marketplace_listing_tags AS worn JOIN marketplace_tag AS tag ON tag.id = worn.tag_id
            WHERE worn.listing_id = listing.id ORDER BY tag.slug), ' '),
        {lowered}
    FROM marketplace_listing AS listing
    JOIN accounts_sellerprofile AS profile ON profile.user_id = listing.seller_id
    LEFT JOIN marketplace_generativemodel AS model ON model.id = listing.model_id
    WHERE listing.id = ANY(%(keys)s)
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
    """A page of listings."""
    return of_keys([listing.pk for listing in found])


def of_keys(keys: Sequence[int]) -> list[Shown]:
    """A page of listings given by their keys."""
    rows = _rows(keys)
    known = _categories(rows)
    return [_card(row, known) for row in rows]


def written(keys: Sequence[int]) -> dict[int, bytes]:
    """Key → the card as JSON, of those on sale.

    A process keeps what it wrote, for a minute, under everything that a card is made of.
    """
    # What went off the shelves since it was found is left out.
    rows, known = [row for row in _rows(keys) if row.status == Listing.Status.LIVE], None
    now, language, root = int(time.monotonic() // KEPT), get_language(), settings.SITE_URL
    found = {}
    for row in rows:
        key = (now, language, root, row)
        card = None if settings.DEBUG else _written.get(key)
        if card is None:
            if len(_written) >= MOST_KEPT:
                _written.clear()
            known = _categories(rows) if known is None else known
            card = _written[key] = _renderer.render(_card(row, known))
        found[row.pk] = card
    return found


def _rows(keys: Sequence[int]) -> list[Row]:
    """In the order of the keys; what is no longer there is left out."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(lowered=prices.expression()), {"keys": list(keys), **prices.parameters()})
        held = {values[0]: Row(*values) for values in cursor.fetchall()}
    return [held[key] for key in keys if key in held]


def _categories(rows: Sequence[Row]) -> Categories:
    """By number, those that the rows name."""
    known: dict[int, Shelf | Category] = {shelf.pk: shelf for shelf in shelves.categories()} if rows else {}
    if new := {row.category for row in rows if row.category} - known.keys():
        known |= Category.objects.in_bulk(new)
    return known


def _card(row: Row, known: Categories) -> Shown:
    root, kept = settings.SITE_URL, json.loads(row.card) or {}
    category, picture = known.get(row.category or 0), kept.get("picture")
    price = row.price if row.lowered is None else min(row.lowered, row.price)
    return {
        "id": row.public_id,
        "slug": row.slug,
        # Written out: reversing an address for each row costs more than everything else here.
        "url": f"{root}/prompts/{row.slug}/",
        "status": row.status,
        "title": row.title,
        "summary": row.summary,
        "model": {"slug": row.model, "name": row.model_name} if row.model else None,
        "medium": row.medium,
        "category": {"slug": category.slug, "name": category.name} if category else None,
        "tags": row.tags.split(),
        "language": row.language,
        "price": {"amount": price, "currency": row.currency},
        "price_before": {"amount": row.price, "currency": row.currency} if price < row.price else None,
        "seller": {"handle": row.handle, "name": row.seller, "url": f"{root}/@{row.handle}/"},
        "rating": {"average": round(row.rating_average, 2), "count": row.rating_count},
        "sales_count": row.sales_count,
        "favourites_count": row.favourites_count,
        "picture": _picture(picture) if picture else None,
        "excerpt": kept.get("excerpt", ""),
        "tested_on": row.tested_on.isoformat() if row.tested_on else None,
        "published_at": moment(row.published_at),
        "updated_at": moment(row.updated_at),
    }


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
