"""What calls of the API cost, in one run: python benchmarks/api.py [--rounds N].

Three things take turns within each round, so that a machine that slows down slows down all of them; only the ratios
count. The floor of the list is "the grid": one query with its joins, a cached template, a loop over 24 cards, behind no
middleware at all. The floor of a call is an empty view of REST framework behind the project's own middleware.

list      GET listings/, 24 rows, the whole way through the application; CPU of the web process, and p95: as it is
          asked again within seconds; cold, as after a listing was published: no answer is kept; and bare: the cache is
          empty and this process has not written any of its cards (both outside the clock)
checkout  POST checkout/ of one free listing somebody new does not hold yet, each undone afterwards; p95

It needs the demo (manage.py demo), leaves nothing behind, and runs with production settings without a server in front.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import grid  # noqa: E402
from benchmarks.grid import Ask  # noqa: E402

HOST = "api.example"
GOAL = 0.6  # of the grid's CPU


def prepare() -> None:
    grid.prepare(HOST)
    from django.conf import settings
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    from payments import limits

    # Everything happens in one transaction that is undone at the end, so the connection has to stay.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    # Limits are counted as ever; nobody is to be stopped by them here.
    settings.API_WRITES_A_MINUTE = 10_000_000
    limits.CHECKOUTS = (10_000_000, 600)


class Calls:
    """The whole way of a call through the application, as a server makes it."""

    def __init__(self) -> None:
        from django.core.handlers.wsgi import WSGIHandler

        self.handler = WSGIHandler()

    def call(self, method: str, path: str, status: int, secret: str = "", body: Any = None) -> Ask:
        from django.test import RequestFactory

        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Host": HOST, "Accept": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        request = RequestFactory().generic(method, path, sent, content_type="application/json", headers=headers)
        environ = request.environ | {"REMOTE_ADDR": "192.0.2.1"}
        environ.pop("wsgi.input")

        def ask() -> None:
            from io import BytesIO

            said: list[str] = []
            answer = self.handler(environ | {"wsgi.input": BytesIO(sent)}, lambda line, _headers: said.append(line))
            content = b"".join(answer)
            answer.close()
            assert said[0].startswith(str(status)), (method, path, said[0], content[:300])

        return ask


def cold() -> None:
    """Outside the clock: no answer that is kept is good any more."""
    from marketplace import pagecache

    pagecache.forget_all()


def bare() -> None:
    """Nor is anything else in the cache, nor a card that this process has written before."""
    from django.core.cache import cache

    from marketplace.api import shown_cards

    cache.clear()
    shown_cards._written.clear()


def empty_view() -> str:
    """An address with a view of REST framework that says nothing, for anybody; behind the project's middleware."""
    from django.urls import path
    from rest_framework.permissions import AllowAny
    from rest_framework.renderers import JSONRenderer
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from config import urls

    class Empty(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)
        throttle_classes = ()
        renderer_classes = (JSONRenderer,)

        def get(self, request: Any) -> Response:
            return Response({})

    urls.urlpatterns.insert(0, path("benchmark/empty/", Empty.as_view()))
    return "/benchmark/empty/"


class Checkout:
    """One free listing bought by somebody who gives it back at once, outside the clock."""

    def __init__(self, calls: Calls) -> None:
        from accounts import security
        from accounts.models import User
        from marketplace.models import Listing

        listing = Listing.objects.live().filter(price=0).order_by("pk").first() or Listing.objects.live().first()
        assert listing is not None, "The demo is not there: run manage.py demo first."
        self.buyer = User.objects.create_user("benchmark@api.example")
        _token, secret = security.issue_token(self.buyer, name="Benchmark", scopes=["read", "library"])
        self.ask = calls.call("POST", "/api/v1/checkout/", 201, secret, {"listings": [listing.slug]})


def measured(asks: dict[str, tuple[Ask, Ask | None]], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of CPU and of the clock for each call, in turns; every call in a transaction that is undone.

    Beside each call stands what is done before it, outside the clock.
    """
    from django.db import transaction

    found: dict[str, dict[str, list[float]]] = {name: {"cpu": [], "wall": []} for name in asks}
    for turn in range(rounds + 3):
        for name, (ask, first) in asks.items():
            if first:
                first()
            with transaction.atomic():
                before = transaction.savepoint()
                wall, cpu = time.perf_counter(), time.process_time()
                ask()
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                transaction.savepoint_rollback(before)
            if turn >= 3:
                found[name]["cpu"].append(cpu)
                found[name]["wall"].append(wall)
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    prepare()
    from django.db import transaction

    calls = Calls()
    empty, shelf = calls.call("GET", empty_view(), 200), calls.call("GET", "/api/v1/listings/", 200)
    with transaction.atomic():
        checkout = Checkout(calls)
        asks = {
            "grid": (grid.floor(keeps_connection=True), None),
            "empty": (empty, None),
            "list": (shelf, None),
            "list, cold": (shelf, cold),
            "list, bare": (shelf, bare),
            "checkout": (checkout.ask, None),
        }
        found = measured(asks, rounds)
        transaction.set_rollback(True)
    for name, times in found.items():
        cpu, wall = statistics.median(times["cpu"]), p95(times["wall"])
        print(f"{name:<10} CPU {cpu * 1000:7.2f} ms   p95 {wall * 1000:7.2f} ms")
    for name in ("list", "list, cold", "list, bare"):
        share = statistics.median(found[name]["cpu"]) / statistics.median(found["grid"]["cpu"])
        verdict = "reached" if share <= GOAL else "missed"
        print(f"{name}: {share:.2f} of the grid's CPU (goal {GOAL}: {verdict})")
    floor = p95(found["empty"]["wall"])
    print(f"list: p95 {p95(found['list']['wall']) / floor:.1f} times an empty view of REST framework")
    print(f"checkout: p95 {p95(found['checkout']['wall']) / floor:.1f} times an empty view of REST framework")


if __name__ == "__main__":
    main()
