"""How often listings are looked at, by day and by where people came from.

Counted in Redis, where it costs a fraction of a millisecond and may be forgotten; a task moves the sums into
ListingDay now and then. Nothing is kept about who looked.
"""

import logging
import secrets
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, urlsplit

import redis
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from accounts.models import User
from common import clock
from marketplace.models import Listing
from marketplace.search import demand

log = logging.getLogger(__name__)

KEY = "promptuary:visits"  # a hash of "2026-01-31 slug source" -> number
TAKEN = f"{KEY}:taken:"
LONGEST_STAY = 7 * 24 * 3600  # seconds until what was never flushed is forgotten
BATCH = 1000
SOURCES = ("direct", "search", "browse", "seller", "via", "api")
_MACHINES = ("bot", "crawl", "spider", "slurp", "preview", "headless", "curl", "wget", "python-", "lighthouse")


def count(request: HttpRequest, slug: str) -> None:
    """Count a person's look at a listing's page; never in the way when Redis is."""
    if request.method == "GET" and not _is_machine(request):
        came_from = source(request)
        add(slug, came_from)
        if came_from == "search":
            words = parse_qs(_before(request).query)["q"][0]
            demand.clicked(words, slug)


def add(slug: str, source: str, number: int = 1) -> None:
    field = f"{clock.now().date().isoformat()} {slug} {source if source in SOURCES else 'direct'}"
    try:
        client = _client(settings.REDIS_URL)
        if client.hincrby(KEY, field, number) == number:  # the first of this day, or after a flush
            client.expire(KEY, LONGEST_STAY)
    except redis.RedisError as problem:
        log.info("A look was not counted: %s", type(problem).__name__)


def source(request: HttpRequest) -> str:
    """Where the person came from, as far as the address bar and the page before tell."""
    if request.GET.get("via"):
        return "via"
    before = _before(request)
    if before.netloc != request.get_host():
        return "direct"
    if before.path.startswith("/@"):
        return "via" if "via" in parse_qs(before.query) else "seller"
    if before.path == "/prompts/" and parse_qs(before.query).get("q"):
        return "search"
    shelves = ("/prompts/", "/models/", "/categories/", "/collections/")
    return "browse" if before.path == "/" or before.path.startswith(shelves) else "direct"


def _before(request: HttpRequest) -> SplitResult:
    """The page that led here, as the browser tells it; anybody may send anything."""
    try:
        return urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return urlsplit("")


def flush() -> int:
    """Move what was counted into ListingDay; how many looks. What a killed run had taken is moved first.

    A run that is killed between the commit and the deletion counts its looks twice; figures bear that, and nobody is
    paid by them.
    """
    client = _client(settings.REDIS_URL)
    try:
        if client.exists(KEY):
            client.rename(KEY, TAKEN + secrets.token_hex(8))
        return sum(_move(client, key) for key in list(client.scan_iter(match=f"{TAKEN}*")))
    except redis.RedisError as problem:
        log.warning("Looks could not be moved into the database: %s", type(problem).__name__)
        return 0


def _move(client: redis.Redis, key: bytes) -> int:
    sums: dict[tuple[str, date, str], int] = {}
    for field, number in client.hgetall(key).items():
        day, slug, came_from = bytes(field).decode().split(" ")  # type: ignore[arg-type]
        sums[slug, date.fromisoformat(day), came_from] = int(number)
    ids = _ids({slug for slug, _day, _source in sums})
    rows = sorted((ids[slug], day, came_from, n) for (slug, day, came_from), n in sums.items() if slug in ids)
    with transaction.atomic():
        for start in range(0, len(rows), BATCH):
            _write(rows[start : start + BATCH])
    client.delete(key)
    return sum(row[3] for row in rows)


def _ids(slugs: Iterable[str]) -> dict[str, int]:
    return dict(Listing.objects.filter(slug__in=slugs).values_list("slug", "pk"))


def _write(rows: list[tuple[int, date, str, int]]) -> None:
    """Adds to what is there: bulk_create can only replace."""
    if not rows:
        return
    listings, days, sources, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_listingday (listing_id, day, source, views) "
            "SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[]) "
            "ON CONFLICT (listing_id, day, source) DO UPDATE "
            "SET views = marketplace_listingday.views + EXCLUDED.views",
            [listings, days, sources, numbers],
        )


def _is_machine(request: HttpRequest) -> bool:
    """Programs, and browsers that only load ahead of time."""
    if "prefetch" in f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}":
        return True
    agent = request.headers.get("User-Agent", "").lower()
    return not agent or any(name in agent for name in _MACHINES)


def is_own(user: object, listing: Listing) -> bool:
    """A seller's look at their own page is no visit."""
    return isinstance(user, User) and user.pk == listing.seller_id


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, health_check_interval=30)
