"""Whether pages cost more in a large market: python -m benchmarks.scale [--sizes 10000,100000] [--times 40].

Builds a made-up market in a folder of its own with servers of its own, measures, lets it grow, measures again, and
throws it away. Each figure is CPU of the web process and p95 of the whole, divided by a floor (one query with joins,
a loop over 24 cards) that takes turns with the pages, because a machine is not as fast in an hour as it is now. Goal:
at the largest size at most 1.3 times what it was at the smallest.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 1.3
Figures = dict[str, tuple[float, float]]  # of each page: CPU and p95 in milliseconds


def paths() -> dict[str, str]:
    """First pages, and pages far behind them, whose cursors are made from a row in the middle of the market."""
    from django.urls import reverse

    from common.pagination import Position, encode
    from marketplace.models import Listing
    from marketplace.search.engine import ORDERS

    live = Listing.objects.live().select_related("seller__seller_profile")
    listing = live.order_by("pk")[0]
    seller = reverse("seller", args=[listing.seller.seller_profile.handle])
    middle = live.filter(trending__lte=0.05).order_by("-trending", "-id").first() or listing
    deep = encode(Position((middle.trending, middle.pk)), ORDERS["trending"])
    return {
        "browse": "/prompts/",
        "browse, deep": f"/prompts/?cursor={deep}",
        "listing": listing.get_absolute_url(),
        "seller": seller,
        "API list": "/api/v1/listings/",
        "API list, deep": f"/api/v1/listings/?cursor={deep}",
    }


def measured(times: int) -> Figures:
    """Every page cold and in turn with the floor."""
    from benchmarks import grid, pages

    grid.prepare(pages.HOST)
    from django.core.cache import cache

    asks = {"floor": grid.floor()} | {name: pages.visit(path) for name, path in paths().items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in asks}
    for at in range(times + 2):
        for name, ask in asks.items():
            cache.clear()
            began, cpu = time.perf_counter(), time.process_time()
            ask()
            if at > 1:
                taken[name].append(((time.process_time() - cpu) * 1000, (time.perf_counter() - began) * 1000))
    return {name: (statistics.median(cpu for cpu, _all in rows), _p95(rows)) for name, rows in taken.items()}


def _p95(rows: list[tuple[float, float]]) -> float:
    ordered = sorted(whole for _cpu, whole in rows)
    return ordered[math.ceil(len(ordered) * 0.95) - 1]


def in_market(words: list[str], folder: Path) -> str:
    """What another process with the market's surroundings prints."""
    told = os.environ | {"PROMPTUARY_VAR": str(folder), "ENV_FILE": os.devnull}
    command = [sys.executable, *words]
    return subprocess.run(command, check=True, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def grow(size: int, before: int, folder: Path) -> None:
    more = size - before
    words = ["--listings", str(more), "--sellers", str(max(more // 200, 5)), "--seed", str(size), "--quiet"]
    print(in_market(["manage.py", "synthesize", *words], folder), end="")
    print(in_market(["manage.py", "reindex", "--restart", "--words-only", "--quiet"], folder), end="", flush=True)


def show(size: int, figures: Figures, first: Figures) -> bool:
    """A line for each page; whether all stay within the goal."""
    print(f"\n{size:,} listings (load {os.getloadavg()[0]:.1f}); × is against the smallest market, floor taken out")
    print(f"  {'':16s} {'CPU ms':>8s} {'p95 ms':>8s} {'CPU ×':>7s} {'p95 ×':>7s}")
    fine = True
    for name, (cpu, p95) in figures.items():
        drift_cpu, drift_p95 = (figures["floor"][at] / first["floor"][at] for at in (0, 1))
        more_cpu, more_p95 = cpu / first[name][0] / drift_cpu, p95 / first[name][1] / drift_p95
        fine = fine and max(more_cpu, more_p95) <= GOAL
        print(f"  {name:16s} {cpu:8.2f} {p95:8.2f} {more_cpu:7.2f} {more_p95:7.2f}", flush=True)
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--times", type=int, default=40, help="requests of each page at each size")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.times)))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="scale-"))
    if os.getuid() == 0:
        folder.chmod(0o711)  # the database does not run as root
    try:
        in_market(["manage.py", "migrate", "--verbosity", "0"], folder)
        in_market(
            ["manage.py", "shell", "-v", "0", "-c", "from marketplace import catalogue; catalogue.load()"], folder
        )
        first: Figures | None = None
        before, fine = 0, True
        for size in sorted(map(int, options.sizes.split(","))):
            grow(size, before, folder)
            said = in_market(["-m", "benchmarks.scale", "--measure", "--times", str(options.times)], folder)
            figures = {name: (cpu, p95) for name, (cpu, p95) in json.loads(said.splitlines()[-1]).items()}
            first, before = first or figures, size
            fine = show(size, figures, first)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
