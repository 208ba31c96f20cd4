"""The cache, which may be away: then every question is a miss and every note is forgotten."""

import logging
import time
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

Entry = tuple[str, Any, int]  # key, value, seconds
log = logging.getLogger(__name__)
# After a failure we do not ask again for this long, so a page with thirty cache look-ups waits once, not thirty times.
PAUSE_SECONDS = 2.0


class OneClient(RedisCacheClient):
    """Making redis-py's client anew for each question, as Django does, costs more than asking."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._kept is None:
            self._kept = super().get_client(key, write=True)
        return self._kept

    def set_together(self, entries: Sequence[Entry], unless_there: Collection[str]) -> None:
        with self.get_client(write=True).pipeline(transaction=False) as together:
            for key, value, seconds in entries:
                said = self._serializer.dumps(value)  # type: ignore[attr-defined]  # unknown to the stubs
                together.set(key, said, ex=seconds, nx=key in unless_there)
            together.execute()

    _kept: Any = None  # there is one server, so one pool of connections


class ForgivingRedisCache(RedisCache):
    _away_until = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient

    def _ask(self, method: str, fallback: Any, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() < self._away_until:
            return fallback
        try:
            ask = getattr(super(), method, None) or getattr(self._cache, method)
            return ask(*arguments, **options)
        except (redis.RedisError, OSError) as problem:
            ForgivingRedisCache._away_until = time.monotonic() + PAUSE_SECONDS
            log.warning("The cache does not answer: %s", type(problem).__name__)
            return fallback

    def validate_key(self, key: str) -> None:
        """Any string is a key to Redis; the rules Django warns about are memcached's."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", default, key, default, version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return dict(self._ask("get_many", {}, keys, version))

    def add(self, key: str, value: Any, *arguments: Any, **options: Any) -> bool:
        """True when Redis is away: who guards real work with this must not stop working."""
        return bool(self._ask("add", True, key, value, *arguments, **options))

    def set(self, key: str, value: Any, *arguments: Any, **options: Any) -> None:
        self._ask("set", None, key, value, *arguments, **options)

    def set_many(self, data: Any, *arguments: Any, **options: Any) -> list[Any]:
        return list(self._ask("set_many", [], data, *arguments, **options))

    def set_together(self, entries: Sequence[Entry], *, unless_there: Collection[str] = ()) -> None:
        """Several, each for seconds of its own, on one way to the server; some only where nothing is yet."""
        made = [(self.make_key(key), value, seconds) for key, value, seconds in entries]
        self._ask("set_together", None, made, {self.make_key(key) for key in unless_there})

    def touch(self, key: str, *arguments: Any, **options: Any) -> bool:
        return bool(self._ask("touch", False, key, *arguments, **options))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", False, key, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._ask("delete_many", None, keys, version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", False, key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", delta, key, delta, version))

    def clear(self) -> None:
        """Only what is ours: the task queue may live in the same Redis."""
        client = self._cache.get_client(None, write=True)
        try:
            found = client.scan_iter(match=f"{self.key_prefix}:*", count=1000)
            for keys in iter(lambda: list(islice(found, 1000)), []):
                client.delete(*keys)
        except redis.RedisError as problem:
            log.warning("The cache does not answer: %s", type(problem).__name__)
