"""What people look for, how much it finds and how often it leads somewhere, without who they are.

Counted in Redis, where it costs next to nothing and may be forgotten; a task moves the sums into SearchDemand. Words
that look like an address or a number of somebody are not kept at all, nor what was asked only once.
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

from common import clock
from marketplace.models import SearchDemand
from marketplace.search import text

log = logging.getLogger(__name__)

KEY = "promptuary:searches"  # a hash of ["2026-01-31", "words", what] -> number
TAKEN = f"{KEY}:taken:"
ASKED = "promptuary:asked"  # a hash of the digest of words -> how often
LONGEST_STAY = 7 * 24 * 3600  # seconds until what was never flushed is forgotten
LONGEST = 80  # characters
MOST_WORDS = 12
REMEMBERED = timedelta(days=30)
OFTEN = 5  # searches before others are shown a question
FEW = 3  # results at which people “find little”
_PERSONAL = re.compile(r"@|\d{5,}|https?:")


def count(words: str, results: int) -> None:
    """Somebody asked for this and saw so many results on the first page."""
    if (key := normal(words)) and not _PERSONAL.search(words) and (times := _times(key)) > 1:
        _add((key, "searches", 2 if times == 2 else 1), (key, "results", results))


def clicked(words: str) -> None:
    """Somebody went on from the results of this to a listing."""
    if (key := normal(words)) and not _PERSONAL.search(words):
        _add((key, "clicks", 1))


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
    """What people search for and find little: what a seller might make."""
    return list(recent().filter(found__lte=FEW, total__gte=OFTEN).order_by("-total", "words")[:most])


def recent() -> Any:
    """Each question of the last weeks with how often it was asked, what it found and how often it led on."""
    since = clock.now().date() - REMEMBERED
    rows = SearchDemand.objects.filter(day__gte=since).values("words")
    return rows.annotate(total=Sum("searches"), found=Max("results"), opened=Sum("clicks"))


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


def _times(words: str) -> int:
    """How often this was asked lately, this time included; by a digest, for what is asked once is nobody's business."""
    digest = hashlib.blake2b(words.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as together:
            together.hincrby(ASKED, digest, 1)
            together.expire(ASKED, LONGEST_STAY)
            return int(together.execute()[0])
    except redis.RedisError as problem:
        log.info("A search was not counted: %s", type(problem).__name__)
        return 0


def _add(*facts: tuple[str, str, int]) -> None:
    day = clock.now().date().isoformat()
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as together:
            for words, what, number in facts:
                name = json.dumps([day, words, what])
                if what == "results":
                    together.hset(KEY, name, number)
                else:
                    together.hincrby(KEY, name, number)
            together.expire(KEY, LONGEST_STAY)
            together.execute()
    except redis.RedisError as problem:
        log.info("A search was not counted: %s", type(problem).__name__)


def _move(client: redis.Redis, key: bytes) -> int:
    sums: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for name, number in client.hgetall(key).items():
        day, words, what = json.loads(name)
        sums[date.fromisoformat(day), words][what] = int(number)
    rows = [
        (day, words, facts.get("searches", 0), facts.get("results", 0), facts.get("clicks", 0))
        for (day, words), facts in sorted(sums.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO marketplace_searchdemand AS demand (day, words, searches, results, clicks, positions)
            SELECT *, 0 FROM unnest(%s::date[], %s::text[], %s::int[], %s::int[], %s::int[])
            ON CONFLICT (day, words) DO UPDATE SET
                searches = demand.searches + excluded.searches, clicks = demand.clicks + excluded.clicks,
                results = CASE WHEN excluded.searches > 0 THEN excluded.results ELSE demand.results END
            """,
            [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], []],
        )
    client.delete(key)
    return len(rows)


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, health_check_interval=30)
