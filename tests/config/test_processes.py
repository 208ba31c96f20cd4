"""The tests' own processes, and what the runtime promises of them."""

import socket
import urllib.request

import pytest
import redis
from django.core.cache import cache


def test_the_site_answers_from_the_test_database(site):
    with urllib.request.urlopen(f"{site.url}/readyz", timeout=10) as answer:
        assert answer.status == 200


def test_a_worker_that_was_killed_starts_again(worker):
    first = worker.pid
    worker.kill()

    worker.start()

    assert worker.pid != first


def test_the_sandbox_answers(sandbox, settings):
    assert sandbox.url == settings.STRIPE_API_BASE
    assert urllib.request.urlopen(f"{sandbox.url}/healthz", timeout=10).status == 200


def test_emptying_the_cache_leaves_the_queue_alone(settings):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.rpush("promptuary:waiting", "a task")
        cache.set("a page", "html")

        cache.clear()

        assert cache.get("a page") is None
        assert client.llen("promptuary:waiting") == 1
        client.flushdb()


def test_nothing_leaves_the_machine():
    with pytest.raises(AssertionError, match=r"tried to reach 192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
