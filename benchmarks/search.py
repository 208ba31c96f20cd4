"""Search at growing sizes of a made-up market: p50, p95, p99 by kind of question, beside floors of the same run.

    .venv/bin/python -m benchmarks.search [--sizes 10000,100000] [--rounds 30] [--keep]

Works in a folder and with servers of its own, which it throws away. Meanings are random vectors in clusters, because
encoding a million texts takes hours and says nothing about speed.
"""

import argparse
import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUESTIONS = {
    "one common word": {"q": "letter"},
    "one rare word": {"q": "{rare}"},
    "three words": {"q": "calm letter assistant"},
    "typo": {"q": "watercolur portriat"},
    "plain sentence": {"q": "something that helps me plan a calm wedding in the city"},
    "French": {"q": "lettre de motivation"},
    "as you type": {"q": "newsle"},
    "filtered": {"q": "letter", "model": "chatgpt", "free": "1"},
    "browse": {},
    "browse, filtered": {"model": "chatgpt", "price_max": "1500"},
}


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(math.ceil(len(ordered) * share) - 1, len(ordered) - 1)]


def timed(work: Callable[[], Any], rounds: int) -> list[float]:
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def line(name: str, taken: list[float], note: str = "") -> None:
    p50, p95, p99 = statistics.median(taken), percentile(taken, 0.95), percentile(taken, 0.99)
    print(f"  {name:34s} {p50:9.1f} {p95:9.1f} {p99:9.1f}  {note}", flush=True)


def fill_meanings() -> None:
    """Random directions around five hundred centres for every document."""
    import numpy as np
    from django.db import connection

    chance = np.random.default_rng(1)
    centres = chance.normal(size=(500, 384)).astype("f4")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS search_meaning")
        cursor.execute("TRUNCATE marketplace_searchmeaning")
        cursor.execute("SELECT listing_id FROM marketplace_searchdocument ORDER BY listing_id")
        ids = [row[0] for row in cursor.fetchall()]
        with cursor.copy("COPY marketplace_searchmeaning (listing_id, digest, embedding) FROM STDIN") as copy:
            for start in range(0, len(ids), 1000):
                some = ids[start : start + 1000]
                near = centres[chance.integers(0, 500, len(some))] + 0.7 * chance.normal(size=(len(some), 384))
                near /= np.linalg.norm(near, axis=1, keepdims=True)
                for key, vector in zip(some, near, strict=True):
                    copy.write_row([key, "random", "[" + ",".join(f"{value:.4f}" for value in vector) + "]"])
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute(
            "CREATE INDEX search_meaning ON marketplace_searchmeaning"
            " USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 64)"
        )
        cursor.execute("ANALYZE marketplace_searchmeaning")


def measure(size: int, rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from marketplace import search
    from marketplace.models import Listing, SearchWord

    rare = SearchWord.objects.filter(documents__lte=max(size // 5000, 2)).order_by("-documents", "word").first()
    print(f"\n{size:,} listings (milliseconds)\n  {'':34s} {'p50':>9s} {'p95':>9s} {'p99':>9s}")

    def one_select() -> None:
        Listing.objects.filter(pk=1).values_list("pk").first()

    def naive() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT listing_id FROM marketplace_searchdocument, to_tsquery('simple', 'letter & calm') AS asked"
                " WHERE vector @@ asked ORDER BY ts_rank_cd(vector, asked) DESC LIMIT 24"
            )

    line("floor: one SELECT", timed(one_select, rounds))
    line("floor: naive ts_rank_cd, two words", timed(naive, max(rounds // 3, 5)))
    for name, params in QUESTIONS.items():
        asked = {key: value.replace("{rare}", rare.word if rare else "letter") for key, value in params.items()}
        query = search.Query.from_params(asked)
        with CaptureQueriesContext(connection) as queries:
            search.find(query, facets=True)
        plans = [_plan_of(one["sql"]) for one in queries.captured_queries if one["sql"].startswith(("SELECT", "(SEL"))]
        scans = sorted({table for plan in plans for table in plan})
        line(name, timed(lambda query=query: search.find(query), rounds), f"scans: {', '.join(scans) or 'none'}")
        line(f"{name}, with facets", timed(lambda query=query: search.find(query, facets=True), rounds))
    first = search.find(search.Query(words="letter"))
    line("second page", timed(lambda: search.find(search.Query(words="letter"), cursor=first.next), rounds))
    line("suggest", timed(lambda: search.suggest("water"), rounds))
    listing = Listing.objects.live().order_by("-pk")[0]
    line("similar", timed(lambda: search.similar(listing), rounds))


def _plan_of(sql: str) -> set[str]:
    """Large tables that a statement reads from end to end."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql.replace('%', '%%')}", [])
        lines = [row[0] for row in cursor.fetchall()]
    large = ("marketplace_listing ", "marketplace_searchdocument", "marketplace_searchmeaning")
    return {table.strip() for text in lines if "Seq Scan on" in text for table in large if f"on {table}" in f"{text} "}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--keep", help="a folder to work in, which stays")
    options = parser.parse_args()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="search-"))
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

    from marketplace.models import Listing, SearchDocument

    call_command("migrate", verbosity=0)
    for size in sorted(map(int, options.sizes.split(","))):
        missing = size - Listing.objects.count()
        if missing > 0:
            call_command("synthesize", listings=missing, sellers=max(missing // 200, 5), orders=0, quiet=True)
        if SearchDocument.objects.count() < size:
            call_command("reindex", words_only=True, quiet=True)
            fill_meanings()
        measure(size, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
