import pytest
from django.core.cache import cache

from config.cache import ForgivingRedisCache


@pytest.fixture
def away(monkeypatch):
    monkeypatch.setattr(ForgivingRedisCache, "_away_until", 0.0)
    yield ForgivingRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    ForgivingRedisCache._away_until = 0.0


def test_without_redis_everything_is_a_miss_and_nothing_breaks(away):
    away.set("key", 1)
    away.set_together([("key", 1, 60), ("other", 2, 60)])

    assert (away.get("key", "default"), away.get_many(["key"]), away.add("key", 1)) == ("default", {}, True)
    assert (away.incr("key", 2), away.touch("key"), away.delete("key")) == (2, False, False)
    away.clear()


def test_after_a_failure_redis_is_left_alone_for_a_moment(away, monkeypatch):
    away.get("key")
    asked = []
    monkeypatch.setattr(away._cache, "get", lambda *_: asked.append(1))

    away.get("key")

    assert asked == []


def test_of_several_some_are_written_only_where_nothing_is():
    cache.set("begun", "before")
    cache.delete("fresh")

    cache.set_together([("begun", "after", 60), ("fresh", {"a": 1}, 60), ("number", 3, 60)], unless_there={"begun"})

    assert cache.get_many(["begun", "fresh", "number"]) == {"begun": "before", "fresh": {"a": 1}, "number": 3}


def test_a_key_may_be_any_string():
    cache.set("a key with spaces, " + "and long " * 50, 1)

    assert cache.get("a key with spaces, " + "and long " * 50) == 1
