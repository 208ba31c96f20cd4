"""What tests of money share: a sandbox that can be made to misbehave, and calls made at the same instant."""

import contextlib
import json
import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

import pytest
import stripe
from django.db import connection

from payments import gateway, orders
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, onboarded

TRIALS = int(os.environ.get("PROMPTUARY_RACE_TRIALS", "1"))
CLIENTS = int(os.environ.get("PROMPTUARY_RACE_CLIENTS", "0"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """PROMPTUARY_RACE_TRIALS=200 runs each race, and each twin without its lock, so often."""
    if "at_once" in metafunc.fixturenames and TRIALS > 1:
        metafunc.fixturenames.append("trial")
        metafunc.parametrize("trial", range(TRIALS), ids="trial{}".format)


@pytest.fixture(autouse=True)
def closed_breaker() -> Iterator[None]:
    """What Stripe did in one test is forgotten in the next."""
    yield
    gateway.breaker.failures, gateway.breaker.open_until = 0, 0.0


@pytest.fixture
def sandbox(sandbox: Any) -> Any:
    """Empty for each test of money: what others bought, lost in disputes or did to its clock is gone."""
    sandbox.control("_control/reset")
    return sandbox


@pytest.fixture
def fault(sandbox) -> Iterator[Callable[..., Any]]:
    """fault("error", "/v1/refunds", when="after") makes the next such call go wrong; none is left afterwards."""

    def ask(verb: str, /, **rule: Any) -> Any:
        where = f"{sandbox.url}/_control/faults"
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(where, json.dumps(rule).encode(), headers, method=verb)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def add(action: str, path: str = "*", **rule: Any) -> Any:
        return ask("POST", **{"scope": "call", "action": action, "method": "POST", "path": path, "count": 1} | rule)

    yield add
    ask("DELETE")


@pytest.fixture(autouse=True)
def hurried_sdk(monkeypatch) -> None:
    """The SDK tries again at once instead of after half a second."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)


@pytest.fixture(scope="session")
def runners(django_db_setup: None) -> Iterator[ThreadPoolExecutor | None]:
    """Threads that keep their connections from one trial to the next, where a race is run often."""
    if TRIALS == 1:
        yield None  # a fork has no threads: what tries mutants does without
        return
    with ThreadPoolExecutor(max(CLIENTS, 64)) as pool:
        yield pool
        everybody = threading.Barrier(pool._max_workers)
        for done in [pool.submit(_close_connection, everybody) for _ in range(pool._max_workers)]:
            done.result(60)


def _close_connection(everybody: threading.Barrier) -> None:
    everybody.wait(60)  # so that no thread takes two
    connection.close()


def _wait_longer() -> None:
    """Of fifty in one line on a busy machine the last would be told to come again: right, but no answer to a race."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50s'")


@pytest.fixture
def at_once(runners: ThreadPoolExecutor | None) -> Callable[..., list[Any]]:
    """Run calls at the same instant in threads with connections of their own; their answers or exceptions."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            try:
                if CLIENTS:
                    _wait_longer()
                start.wait(60)
                return call()
            except Exception as problem:  # noqa: BLE001 — the test looks at it
                connection.close()
                return problem
            finally:
                if pool is not runners:
                    connection.close()

        pool = runners or ThreadPoolExecutor(len(calls))
        begun = [pool.submit(one, call) for call in calls]
        waiting = futures.wait(begun, 60).not_done
        if pool is not runners:
            pool.shutdown(wait=not waiting)
        assert not waiting, "Somebody still waits."
        return [done.result() for done in begun]

    return run


@pytest.fixture
def crowd() -> Callable[..., list[Any]]:
    """crowd(8, first, second) is as many calls, in turn: eight, or PROMPTUARY_RACE_CLIENTS=50 when that is more."""
    return lambda many, *calls: list(islice(cycle(calls), max(many, CLIENTS)))


@pytest.fixture
def meet(monkeypatch) -> Callable[..., None]:
    """meet(module, "name") lets two callers of a function wait for each other, as long as nothing keeps them apart."""

    def patch(owner: Any, name: str, seconds: float = 0.5, *, before: bool = False) -> None:
        ordinary, both = getattr(owner, name), threading.Barrier(2)

        def wait(*args: Any, **kwargs: Any) -> Any:
            answer = None if before else ordinary(*args, **kwargs)
            with contextlib.suppress(threading.BrokenBarrierError):  # the other one is kept out, as it should be
                both.wait(seconds)
            return ordinary(*args, **kwargs) if before else answer

        monkeypatch.setattr(owner, name, wait)

    return patch


@pytest.fixture
def without_locks(monkeypatch) -> None:
    """The twin of a race: rows are read and not held."""
    from django.db.models import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self._chain())
    for written in (orders._ordered, orders._paid_for):  # with the lock, perhaps
        monkeypatch.setattr(written, "_written", None)


@pytest.fixture
def sale(sandbox, settings):
    """A matured sale of somebody who can be paid."""
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    # Transfers are in dollars, and so is the bank account.
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    onboarded(sandbox, listing.seller)
    return PaidOrder(sandbox, listing)
