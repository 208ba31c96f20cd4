"""What people look for, how much it finds and how often it leads somewhere, without who they are.

Counted in Redis, where it costs next to nothing and may be forgotten; a task moves the sums into SearchDemand and looks
then how much there is and at which place stood what was opened. Words that look like an address or a number of somebody
are not kept at all, nor what was asked only once. How many different people asked is told by a sketch (HyperLogLog),
from which nobody can be read.
"""

import hashlib
import json
import logging
import re
import secrets
from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Max, Sum
from django.http import HttpRequest

from common import clock, throttle
from marketplace.models import SearchDemand
from marketplace.search import text

log = logging.getLogger(__name__)

KEY = "promptuary:searches"  # a hash of ["2026-01-31", "words", what] -> number
TAKEN = f"{KEY}:taken:"
ASKED = "promptuary:asked"  # a hash of the digest of words -> how often
ASKERS = "promptuary:askers:"  # and the digest of words: a sketch of who asked
LONGEST_STAY = 7 * 24 * 3600  # seconds until what was never flushed is forgotten
LONGEST = 80  # characters
MOST_WORDS = 12
REMEMBERED = timedelta(days=30)
OFTEN = 5  # searches before others are shown a question
SEVERAL = 3  # different people before sellers are
FEW = 3  # results at which people “find little”
OPENED = "opened "  # before the slug of what was opened
_PERSONAL = re.compile(r"@|\d{5,}|https?:")


def count(words: str, asker: str = "") -> None:
    """Somebody asked for this; the digest of who it was only tells people apart."""
    if (key := normal(words)) and not _PERSONAL.search(words) and (times := _times(key, asker)) > 1:
        _add((key, "searches", 2 if times == 2 else 1))


def clicked(words: str, slug: str = "") -> None:
    """Somebody went on from the results of this to a listing."""
    if (key := normal(words)) and not _PERSONAL.search(words):
        _add((key, OPENED + slug, 1))


def asker(request: HttpRequest) -> str:
    """Tells one person from another and says nothing about them."""
    user = getattr(request, "user", None)
    who = str(user.pk) if user is not None and user.is_authenticated else ""
    told = who or f"{throttle.client_address(request)} {request.headers.get('User-Agent', '')}"
    return _digest(told)


def normal(words: str) -> str:
    return " ".join(text.words(words)[:MOST_WORDS])[:LONGEST]


def popular(beginning: str, most: int = 3) -> list[str]:
    """Questions that begin like this and that several searches found something for."""
    key = normal(beginning)
    if len(key) < 2:
        return []
    found = recent().filter(words__startswith=key, total__gte=OFTEN, found__gt=0)
    return list(found.order_by("-total").values_list("words", flat=True)[:most])


def unanswered(most: int = 50) -> list[dict[str, object]]:
    """What is asked for often and finds nothing."""
    return list(recent().filter(found=0).order_by("-total", "words")[:most])


def underserved(most: int = 20) -> list[dict[str, object]]:
    """What different people search for and find little: what a seller might make."""
    often = recent().filter(found__lte=FEW, total__gte=OFTEN, people__gte=SEVERAL)
    return list(often.order_by("-total", "words")[:most])


def recent() -> Any:
    """Each question of the last weeks with how often it was asked, what it found and how often it led on."""
    since = clock.now().date() - REMEMBERED
    rows = SearchDemand.objects.filter(day__gte=since).values("words")
    return rows.annotate(total=Sum("searches"), found=Max("results"), opened=Sum("clicks"), people=Max("askers"))


def flush() -> int:
    """Move what was counted into the database; how many rows. What a killed run had taken is moved first."""
    client = _client(settings.REDIS_URL)
    try:
        if client.exists(KEY):
            client.rename(KEY, TAKEN + secrets.token_hex(8))
        return sum(_move(client, key) for key in list(client.scan_iter(match=f"{TAKEN}*")))
    except redis.RedisError as problem:
        log.warning("Searches could not be moved into the database: %s", type(problem).__name__)
        return 0


def _times(words: str, asker: str) -> int:
    """How often this was asked lately, this time included; by a digest, for what is asked once is nobody's business."""
    digest = _digest(words)
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as together:
            together.hincrby(ASKED, digest, 1)
            together.expire(ASKED, LONGEST_STAY)
            if asker:
                together.pfadd(ASKERS + digest, asker)
                together.expire(ASKERS + digest, int(REMEMBERED.total_seconds()))
            return int(together.execute()[0])
    except redis.RedisError as problem:
        log.info("A search was not counted: %s", type(problem).__name__)
        return 0


def _digest(told: str) -> str:
    return hashlib.blake2b(told.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()


def _add(*facts: tuple[str, str, int]) -> None:
    day = clock.now().date().isoformat()
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as together:
            for words, what, number in facts:
                together.hincrby(KEY, json.dumps([day, words, what]), number)
            together.expire(KEY, LONGEST_STAY)
            together.execute()
    except redis.RedisError as problem:
        log.info("A search was not counted: %s", type(problem).__name__)


def _move(client: redis.Redis, key: bytes) -> int:
    sums: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for name, number in client.hgetall(key).items():
        day, words, what = json.loads(name)
        sums[date.fromisoformat(day), words][what] = int(number)
    rows = [(day, words, *_figures(client, words, facts)) for (day, words), facts in sorted(sums.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO marketplace_searchdemand AS demand (day, words, searches, results, clicks, positions, askers)
            SELECT * FROM unnest(%s::date[], %s::text[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
            ON CONFLICT (day, words) DO UPDATE SET
                searches = demand.searches + excluded.searches, clicks = demand.clicks + excluded.clicks,
                positions = demand.positions + excluded.positions, results = excluded.results,
                askers = greatest(demand.askers, excluded.askers)
            """,
            [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(7)],
        )
    client.delete(key)
    return len(rows)


def _figures(client: redis.Redis, words: str, facts: dict[str, int]) -> tuple[int, int, int, int, int]:
    """Searches, how much holds all the words, what was opened, the sum of its places, and people."""
    from marketplace.search import hindsight  # it asks the engine, which counts here

    opened = {what.removeprefix(OPENED): number for what, number in facts.items() if what.startswith(OPENED)}
    page = hindsight.first_page(words) if opened else []
    # What stood on a later page counts as the first place there.
    places = sum(number * (page.index(slug) if slug in page else len(page)) for slug, number in opened.items())
    clicks = sum(opened.values())
    people = int(client.pfcount(ASKERS + _digest(words)))
    return facts.get("searches", 0), hindsight.number(words), clicks, places + clicks, people


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, health_check_interval=30)
