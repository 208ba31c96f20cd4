import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common import clock, ids, problems, throttle
from common.throttle import Verdict

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def who():
    return ids.new_id()


@pytest.fixture
def redis_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    throttle._resting_until = 0
    yield
    throttle._resting_until = 0


def at(seconds):
    return clock.at(NOON + timedelta(seconds=seconds))


def test_so_many_and_no_more(who):
    with at(0):
        verdicts = [throttle.hit("test", who, 3, 60) for _ in range(5)]

    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0, 0]
    assert 60 <= verdicts[-1].retry_after <= 62


def test_who_waits_as_told_may_go_on(who):
    with at(0):
        throttle.hit("test", who, 2, 60)
    with at(30):
        throttle.hit("test", who, 2, 60)
        refused = throttle.hit("test", who, 2, 60)
    with at(30 + refused.retry_after - 0.01):
        assert not throttle.hit("test", who, 2, 60)
    with at(30 + refused.retry_after):
        assert throttle.hit("test", who, 2, 60)
        assert not throttle.hit("test", who, 2, 60)


def test_all_is_forgotten_as_told(who):
    with at(0):
        verdict = throttle.hit("test", who, 2, 10)
    with at(verdict.reset_after):
        assert throttle.peek("test", who, 2, 10).remaining == 2


@hypothesis_settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0, 40), min_size=1, max_size=60), st.integers(1, 6), st.integers(1, 20))
def test_no_window_ever_holds_more_than_the_limit(pauses, limit, seconds):
    who, now, accepted = ids.new_id(), 0.0, []
    for pause in pauses:
        now += pause / 10
        with at(now):
            if throttle.hit("test", who, limit, seconds):
                accepted.append(now)

    for start in accepted:
        assert sum(start <= moment < start + seconds for moment in accepted) <= limit


def test_scopes_and_people_are_counted_apart(who):
    assert throttle.hit("one", who, 1, 60)
    assert throttle.hit("two", who, 1, 60)
    assert throttle.hit("one", who + "x", 1, 60)
    assert not throttle.hit("one", who, 1, 60)


def test_peeking_counts_nothing_and_forgetting_starts_again(who):
    for _ in range(5):
        assert throttle.peek("test", who, 1, 60)
    throttle.hit("test", who, 1, 60)
    assert not throttle.peek("test", who, 1, 60)

    throttle.forget("test", who)

    assert throttle.peek("test", who, 1, 60)


def test_a_dear_thing_may_cost_more(who):
    assert throttle.hit("test", who, 10, 60, cost=8).remaining == 2
    assert not throttle.hit("test", who, 10, 60, cost=3)
    assert throttle.hit("test", who, 10, 60, cost=2).remaining == 0


def test_a_parallel_burst_gets_no_more_than_the_limit(who):
    allowed = []

    def burst():
        allowed.extend(throttle.hit("test", who, 20, 60).allowed for _ in range(25))

    threads = [threading.Thread(target=burst) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(allowed), sum(allowed)) == (200, 20)


def test_the_real_clock_counts_too_and_nobody_is_named_in_redis(who):
    assert throttle.hit("test", f"{who}@example.com", 1, 60)
    assert not throttle.hit("test", f"{who}@example.com", 1, 60)

    from django.conf import settings

    client = throttle._client(settings.REDIS_URL)
    keys = list(client.scan_iter("throttle:test:*"))
    assert keys
    assert not any(who.encode() in key for key in keys)
    assert 0 < client.pttl(throttle._key("test", f"{who}@example.com")) <= 65_000


@pytest.mark.usefixtures("redis_away")
def test_without_redis_money_is_closed_and_the_shop_window_open(who):
    assert throttle.hit("test", who, 5, 60) == Verdict(False, 0, 5, 0)
    assert throttle.hit("test", who, 5, 60, when_down="open") == Verdict(True, 5, 0, 0)
    throttle.forget("test", who)


@pytest.mark.usefixtures("redis_away")
def test_a_redis_that_is_away_is_not_asked_again_at_once(who, monkeypatch):
    throttle.hit("test", who, 5, 60)
    monkeypatch.setattr(throttle, "_client", lambda url: pytest.fail("asked again"))

    assert not throttle.hit("test", who, 5, 60)


def test_a_refusal_is_a_problem(who):
    throttle.hit("test", who, 1, 60).require()

    with pytest.raises(problems.Problem) as caught:
        throttle.hit("test", who, 1, 60).require()

    assert caught.value.status == 429
    assert caught.value.retry_after > 1


def test_of_several_limits_the_strictest_speaks():
    loose, tight, shut = Verdict(True, 9, 0, 1), Verdict(True, 1, 0, 1), Verdict(False, 0, 7, 9)

    assert throttle.allow_all([loose, tight]) is tight
    assert throttle.allow_all([loose, shut, tight]) is shut


@pytest.mark.parametrize(
    ("proxies", "chain", "address"),
    [
        (0, ("1.2.3.4", "9.9.9.9"), "9.9.9.9"),
        (1, ("6.6.6.6, 1.2.3.4", "10.0.0.1"), "1.2.3.4"),
        (2, ("6.6.6.6, 1.2.3.4, 10.0.0.2", "10.0.0.1"), "1.2.3.4"),
        (1, (None, "9.9.9.9"), "9.9.9.9"),
        (5, ("1.2.3.4", "10.0.0.1"), "1.2.3.4"),
        (1, ("nonsense", "10.0.0.1"), "10.0.0.1"),
        (1, ("[2001:db8::1]:443", "10.0.0.1"), "2001:db8::1"),
        (1, ("1.2.3.4:5678", "10.0.0.1"), "1.2.3.4"),
        (0, (None, "::ffff:1.2.3.4"), "1.2.3.4"),
        (0, (None, ""), "0.0.0.0"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies, chain, address, rf, settings):
    settings.TRUSTED_PROXIES = proxies
    forwarded, remote = chain
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert throttle.client_address(rf.get("/", REMOTE_ADDR=remote, **headers)) == address


def test_an_ipv6_household_is_one(rf, settings):
    settings.TRUSTED_PROXIES = 0

    assert throttle.client_identity(rf.get("/", REMOTE_ADDR="2001:db8:1:2:3::4")) == "2001:db8:1:2::/64"
    assert throttle.client_identity(rf.get("/", REMOTE_ADDR="1.2.3.4")) == "1.2.3.4"
