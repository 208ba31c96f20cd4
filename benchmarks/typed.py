"""Suggestions while many people type, against a page of one SELECT: goal 0.7 of its speed.

    .venv/bin/python -m benchmarks.typed [--listings 10000] [--typed 300] [--keep FOLDER]

What people type is drawn from the first two words of titles, the n-th of them 1/n times as often as the first; each is
typed letter by letter, and each letter from the second on asks once, as the page does. Answers are kept for a minute as
they are on a site in use; what nobody asked in that time is counted by itself as well.
"""

import argparse
import http.client
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks.search import percentile

LEAST_LETTERS = 2


def words_of_titles(number: int) -> list[str]:
    from marketplace.models import Listing

    titles = Listing.objects.live().order_by("-trending", "-id").values_list("title", flat=True)[: 4 * number]
    return list(dict.fromkeys(" ".join(title.lower().split()[:2]) for title in titles))[:number]


def taken(line: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    line.request("GET", path, headers={"Host": "localhost"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return (time.perf_counter() - began) * 1000


def measure(typed: int) -> None:
    from config import services
    from tests.processes import Site, free_port

    known = words_of_titles(500)
    chance = random.Random(1)  # noqa: S311  # no secret: a benchmark that can be run again
    drawn = chance.choices(known, weights=[1 / at for at in range(1, len(known) + 1)], k=typed)
    port = free_port()
    site = Site(port, dict(os.environ) | {"LOG_LEVEL": "error"}, services.var())
    site.start()
    try:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(20):
            taken(line, "/readyz")
        floor: list[float] = []
        first: list[float] = []
        again: list[float] = []
        asked: set[str] = set()
        for words in drawn:
            for letters in range(LEAST_LETTERS, len(words) + 1):
                beginning = words[:letters]
                (again if beginning in asked else first).append(taken(line, f"/prompts/suggest/?q={quote(beginning)}"))
                asked.add(beginning)
                floor.append(taken(line, "/readyz"))
    finally:
        site.stop()
    every = first + again
    for name, several in (("one SELECT", floor), ("asked before", again), ("asked first", first), ("as typed", every)):
        share = f"{len(several) / len(every):4.0%} of the letters"
        p50, p95 = statistics.median(several), percentile(several, 0.95)
        print(f"  {name:14s} mean {statistics.mean(several):6.2f}  p50 {p50:6.2f}  p95 {p95:6.2f} ms  {share}")
    ratio = statistics.mean(floor) / statistics.mean(every)
    print(f"  as typed ÷ one SELECT, answers a second: {ratio:.2f} (goal 0.7); load {os.getloadavg()[0]:.1f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=10_000)
    parser.add_argument("--typed", type=int, default=300)
    parser.add_argument("--keep", help="a folder to work in, which stays")
    options = parser.parse_args()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="typed-"))
    os.environ["PROMPTUARY_VAR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        _run(options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def _run(options: argparse.Namespace) -> None:
    from config import services

    services.start()
    import django

    django.setup()
    from django.core.management import call_command

    from marketplace import catalogue
    from marketplace.models import Listing

    call_command("migrate", verbosity=0)
    catalogue.load()
    if (missing := options.listings - Listing.objects.count()) > 0:
        call_command("synthesize", listings=missing, sellers=max(missing // 200, 5), orders=0, quiet=True)
        call_command("reindex", words_only=True, quiet=True)
    print(f"{Listing.objects.count():,} listings")
    measure(options.typed)


if __name__ == "__main__":
    sys.exit(main())
