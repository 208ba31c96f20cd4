"""A price that is far from what such prompts cost."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from marketplace.models import Listing
from marketplace.screening.subject import NOTE, WARNING, Found, Subject

ENOUGH = 30  # listings to compare with
TINY = 200  # characters
DEAR = 999  # minor units


def check(subject: Subject) -> Iterator[Found]:
    price = subject.revision.price
    if not price:
        return
    if subject.version.characters < TINY and price >= DEAR:
        yield Found("pricing", "short_for_price", WARNING, {"characters": subject.version.characters, "price": price})
    number, median, high = _usual(subject.listing)
    if number >= ENOUGH and price > max(high, 3 * median):
        yield Found("pricing", "high_price", NOTE, {"price": price, "median": median, "percentile_99": high})
    before = subject.listing.price if subject.listing.approved_id else 0
    if before and price >= 3 * before:
        yield Found("pricing", "price_jump", WARNING, {"price": price, "before": before})


def _usual(listing: Listing) -> tuple[int, int, int]:
    """How many paid listings of the medium are on sale, the middle price, the price only one in a hundred exceeds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY price),
                   percentile_disc(0.99) WITHIN GROUP (ORDER BY price)
            FROM (SELECT price FROM marketplace_listing
                  WHERE status = 'live' AND medium = %s AND price > 0 AND id <> %s
                  ORDER BY published_at DESC LIMIT 5000) AS lately
            """,
            [listing.medium, listing.pk],
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return int(row[0]), int(row[1] or 0), int(row[2] or 0)
