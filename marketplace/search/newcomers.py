"""A few places on each page for good new work, given in turn: what has no sales yet cannot earn them unseen.

Good is what shows enough of itself (`quality`) and has no bad review; new is what was published within a week by
somebody with few sales. Whose turn it is follows the clock: one seller after the other, and of each seller one listing
after the other, so nobody gets more places by publishing more. The places stand beside the results, which stay as they
are: pages and cursors know nothing of them. Nobody can buy one.
"""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection

from common import clock
from marketplace.search import marks
from marketplace.search.marks import Fit
from marketplace.search.query import Query

PLACES = 3  # on a page
NEW_FOR = timedelta(days=7)
LEAST_QUALITY = 0.65
LEAST_RATING = 4.0  # mean of the first reviews
LOOKED_AT = 2000  # newest listings among which good ones are found
KEPT = 60  # seconds
TURN = 60  # seconds after which it is the next one's turn
POOL = "search:newcomers"  # in the cache

Pair = tuple[int, int]  # listing and seller


def turn(query: Query, fit: Fit, words: str, besides: list[int]) -> list[int]:
    """Keys of the listings whose turn it is among those that fit the question and are not on the page already."""
    waiting = [pair for pair in pool() if pair[0] not in besides]
    if not waiting or query.order not in {"relevance", "trending"}:
        return []
    fitting = _fitting([pk for pk, _seller in waiting], fit, words)
    return in_turn([pair for pair in waiting if pair[0] in fitting], int(clock.now().timestamp() // TURN))


def in_turn(waiting: list[Pair], number: int, places: int = PLACES) -> list[int]:
    """Whose places these are in the turn of this number: each seller once in a round, each round their next listing."""
    sellers: dict[int, list[int]] = {}
    for pk, seller in sorted(waiting):
        sellers.setdefault(seller, []).append(pk)
    order = sorted(sellers)
    given = []
    for place in range(number * places, number * places + min(places, len(order))):
        circle, at = divmod(place, len(order))
        own = sellers[order[at]]
        given.append(own[circle % len(own)])
    return given


def pool() -> list[Pair]:
    """Good new work of the whole market, found anew every minute."""
    from marketplace.importing import house  # it publishes, and so needs search

    known: list[Pair] | None = cache.get(POOL)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_GOOD, [clock.now() - NEW_FOR, LOOKED_AT, LEAST_QUALITY, LEAST_RATING, house.EMAIL])
            known = cursor.fetchall()
        cache.set(POOL, known, KEPT)
    return known


_GOOD = """
    SELECT listing.id, listing.seller_id FROM (
        SELECT * FROM marketplace_listing WHERE status = 'live' AND published_at > %s
        ORDER BY published_at DESC, id DESC LIMIT %s
    ) AS listing
    JOIN accounts_user AS seller ON seller.id = listing.seller_id AND seller.suspended_at IS NULL
    JOIN accounts_sellerprofile AS profile ON profile.user_id = seller.id AND profile.is_new_voice
    WHERE listing.quality >= %s AND NOT (listing.rating_count > 0 AND listing.rating_average < %s)
        AND seller.email <> %s
"""


def _fitting(ids: list[int], fit: Fit, words: str) -> set[int]:
    if not words and not fit.marks and not fit.conditions:
        return set(ids)
    sql = f"SELECT listing_id FROM marketplace_searchdocument WHERE listing_id = ANY(%s){fit.where()}"  # noqa: S608
    params: list[Any] = [ids, *fit.params]
    if words or fit.marks:
        sql += " AND vector @@ %s::tsquery"
        params.append(marks.together([words and f"({words})", *fit.marks]))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0] for row in cursor.fetchall()}
