"""What pages cost beside a plain page of 24 cards, in one run: python benchmarks/pages.py [--rounds N].

The floor ("the grid") is what a careful Django developer would write first: one query with its joins, a cached
template, a loop over 24 cards. Product and floor take turns within each round, so that a machine that slows down slows
down both; only the ratios count. "Cold" empties the cache before each request (outside the clock), "warm" asks the
same page again. It needs the demo (manage.py demo), reads only, and runs with production settings. What processes
keep for their whole life (compiled templates, moulds, translations) is kept, as on any server that has been up a
minute. CPU is that of the web process; the database's own is in the wall-clock.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import grid  # noqa: E402
from benchmarks.grid import Ask  # noqa: E402

HOST = "pages.example"


def visit(path: str, cookies: dict[str, str] | None = None) -> Ask:
    """The whole way of a request through the application, as the server calls it."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    handler = _handler(WSGIHandler)
    environ = RequestFactory().get(path, headers={"Accept-Language": "en", "Host": HOST}).environ
    environ["REMOTE_ADDR"] = "192.0.2.1"
    environ["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    if cookies:
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def ask() -> None:
        said: list[str] = []
        answer = handler(dict(environ), lambda status, _headers: said.append(status))
        size = sum(len(part) for part in answer)
        answer.close()
        assert said[0].startswith("200"), (path, said[0])
        assert size > 4000, (path, size)

    return ask


_handlers: list[Any] = []


def _handler(made: Any) -> Any:
    if not _handlers:
        _handlers.append(made())
    return _handlers[0]


def signed_in(*, seller: bool = False) -> dict[str, str]:
    """The cookie of somebody with a library, or with sales."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User
    from marketplace.models import Entitlement

    person = (
        User.objects.filter(seller_profile__isnull=False, listings__sales_count__gt=0).order_by("pk").first()
        if seller
        else User.objects.filter(pk__in=Entitlement.objects.values("owner")).order_by("pk").first()
    )
    assert person is not None, "The demo is not there: run manage.py demo first."
    client = Client()
    client.force_login(person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def richest() -> str:
    """The address of the listing with the most pictures and reviews."""
    from marketplace.models import Listing

    live = Listing.objects.live().select_related("approved").order_by("-rating_count", "pk")[:2000]
    best = max(live, key=lambda one: (min(len(one.approved.pictures), 8), one.rating_count), default=None)
    assert best is not None, "The demo is not there: run manage.py demo first."
    print(f"Listing page: {best.slug} ({len(best.approved.pictures)} pictures, {best.rating_count} reviews)")
    return best.get_absolute_url()


def cases() -> list[tuple[str, Ask, bool, str, float]]:
    """(name, request, cold, measure, goal): measure "cpu" is at most, "throughput" at least, as a share of the grid."""
    listing = richest()
    buyer, seller = signed_in(), signed_in(seller=True)
    return [
        ("browse, cold", visit("/prompts/"), True, "cpu", 1.3),
        ("browse, warm", visit("/prompts/"), False, "throughput", 2.0),
        ("browse, signed in", visit("/prompts/", buyer), False, "throughput", 1.0),
        ("listing, cold", visit(listing), True, "cpu", 0.8),
        ("listing, warm", visit(listing), False, "throughput", 2.0),
        ("library", visit("/library/", buyer), False, "throughput", 0.7),
        ("dashboard", visit("/sell/", seller), False, "throughput", 0.7),
    ]


def measure(ask: Ask, *, cold: bool, times: int) -> tuple[float, float]:
    """Medians of CPU and wall-clock milliseconds."""
    from django.core.cache import cache

    used, took = [], []
    for _ in range(times):
        if cold:
            cache.clear()
        began, cpu = time.perf_counter(), time.process_time()
        ask()
        used.append(time.process_time() - cpu)
        took.append(time.perf_counter() - began)
    return statistics.median(used) * 1000, statistics.median(took) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--times", type=int, default=12, help="requests of each page in a round")
    options = parser.parse_args()
    grid.prepare(HOST)
    floor, pages = grid.floor(), cases()
    for ask in [floor, *(page[1] for page in pages)]:
        for _ in range(3):
            ask()
    figures: dict[str, list[tuple[float, float]]] = {}
    for _ in range(options.rounds):
        figures.setdefault("grid", []).append(measure(floor, cold=False, times=options.times))
        for name, ask, cold, _measure, _goal in pages:
            figures.setdefault(name, []).append(measure(ask, cold=cold, times=options.times))
    return show(figures, pages)


def show(figures: dict[str, list[tuple[float, float]]], pages: list[tuple[str, Ask, bool, str, float]]) -> int:
    cpu = {name: statistics.median(one[0] for one in rows) for name, rows in figures.items()}
    wall = {name: statistics.median(one[1] for one in rows) for name, rows in figures.items()}
    print(f"{'page':20} {'CPU ms':>8} {'wall ms':>8} {'CPU/grid':>9} {'speed/grid':>11}  goal")
    print(f"{'the grid':20} {cpu['grid']:8.2f} {wall['grid']:8.2f} {1:9.2f} {1:11.2f}")
    missed = 0
    for name, _ask, _cold, kind, goal in pages:
        share, speed = cpu[name] / cpu["grid"], wall["grid"] / wall[name]
        met = share <= goal if kind == "cpu" else speed >= goal
        missed += not met
        words = f"CPU ≤ {goal}" if kind == "cpu" else f"speed ≥ {goal}"
        verdict = "" if met else "missed"
        print(f"{name:20} {cpu[name]:8.2f} {wall[name]:8.2f} {share:9.2f} {speed:11.2f}  {words} {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
