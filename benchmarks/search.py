"""Search at growing sizes of a made-up market: p50, p95, p99 by kind of question, beside floors of the same run.

    .venv/bin/python -m benchmarks.search [--sizes 10000,100000] [--rounds 30] [--keep FOLDER] [--http]

Works in a folder and with servers of its own, which it throws away. All kinds and floors take turns within each round,
so that a machine that slows down slows down all of them; only the ratios count. Naive ranking has turns of its own
after every third of the rounds: it reads so much that whatever is asked next would find nothing in the caches. Beside
each time stands the part of it that was spent waiting for the database. Meanings are random vectors in clusters,
because encoding a million texts takes hours and says nothing about speed. Questions are answered with keys, as pages
and API ask them: their cards are kept apart. The peer is tantivy (`pip install tantivy`
into any folder on PYTHONPATH), ranking the same words in this process; without it its lines are left out.
"""

import argparse
import http.client
import importlib.util
import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

QUESTIONS = {
    "one common word": {"q": "letter"},
    "one rare word": {"q": "{rare}"},
    "three words": {"q": "calm letter assistant"},
    "typo": {"q": "watercolur portriat"},
    "plain sentence": {"q": "something that helps me plan a calm wedding in the city"},
    "French": {"q": "lettre de motivation"},
    "as you type": {"q": "newsle"},
    "filtered": {"q": "letter", "model": "chatgpt", "free": "1"},
    "common word by price": {"q": "letter", "sort": "price"},
    "browse": {},
    "browse, filtered": {"model": "chatgpt", "price_max": "1500"},
}
NAIVE = "floor: naive ts_rank_cd, two words"
BLOCKS = 3
SENTENCE = QUESTIONS["plain sentence"]["q"]
PARTS = ("words of the sentence alone", "meaning of the sentence alone")
WHOLE = "sentence, encoded anew"
LARGE = ("marketplace_listing ", "marketplace_searchdocument", "marketplace_searchmeaning")
Work = Callable[[], Any]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(math.ceil(len(ordered) * share) - 1, len(ordered) - 1)]


class Watch:
    """How long the statements of a piece of work took."""

    waited = 0.0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.waited += time.perf_counter() - began


def in_turn(works: dict[str, Work], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of each, and the part of them in the database."""
    from django.db import connection

    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    watch = Watch()
    apart = {name: work for name, work in works.items() if name == NAIVE}
    together = {name: work for name, work in works.items() if name != NAIVE}
    with connection.execute_wrapper(watch):
        for several in [together, apart] * BLOCKS:
            for work in several.values():
                work()
            for _ in range(math.ceil(rounds / BLOCKS)):
                for name, work in several.items():
                    watch.waited, began = 0.0, time.perf_counter()
                    work()
                    taken[name].append(((time.perf_counter() - began) * 1000, watch.waited * 1000))
    return taken


def show(name: str, taken: list[tuple[float, float]], note: str = "") -> None:
    whole = [one for one, _database in taken]
    p50, p95, p99 = statistics.median(whole), percentile(whole, 0.95), percentile(whole, 0.99)
    inside = [database for _one, database in taken]
    figures = f"{p50:9.1f} {p95:9.1f} {p99:9.1f} {statistics.median(inside):9.1f} {percentile(inside, 0.95):9.1f}"
    print(f"  {name:38s} {figures}  {note}", flush=True)


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


def peer() -> Work | None:
    """Plain top 24 of a common and a typical word by tantivy, over the same texts."""
    if importlib.util.find_spec("tantivy") is None:
        return None
    import tantivy  # type: ignore[import-not-found,unused-ignore]

    from marketplace.models import Listing

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("key", stored=True)
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer(200_000_000, 1)
    began = time.perf_counter()
    rows = Listing.objects.live().values_list("pk", "title", "summary", "description")
    for key, title, summary, description in rows.iterator(5000):
        writer.add_document(tantivy.Document(key=key, title=title, text=f"{summary} {description}"))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    print(f"  tantivy built its index in {time.perf_counter() - began:.0f} s")

    def ask() -> None:
        searcher = index.searcher()
        found = searcher.search(index.parse_query("letter calm", ["title", "text"]), 24)
        assert [searcher.doc(address)["key"] for _score, address in found.hits]

    return ask


def naive() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT listing_id FROM marketplace_searchdocument, to_tsquery('simple', 'letter | calm') AS asked"
            " WHERE vector @@ asked ORDER BY ts_rank_cd(vector, asked) DESC LIMIT 24"
        )
        cursor.fetchall()


def works(size: int) -> tuple[dict[str, Work], dict[str, str]]:
    """What is measured, and which large tables its statements read from end to end."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from marketplace import search
    from marketplace.models import Listing, SearchWord

    rare = SearchWord.objects.filter(documents__lte=max(size // 5000, 2)).order_by("-documents", "word").first()
    key = Listing.objects.live().order_by("pk").values_list("pk", flat=True)[0]
    found: dict[str, Work] = {"floor: one SELECT": lambda: Listing.objects.filter(pk=key).values_list("pk").first()}
    found[NAIVE] = naive
    if (ask := peer()) is not None:
        found["floor: tantivy, plain top 24"] = ask
    notes = {}
    for name, params in QUESTIONS.items():
        asked = {key: value.replace("{rare}", rare.word if rare else "letter") for key, value in params.items()}
        query = replace(search.Query.from_params(asked), only_keys=True)
        with CaptureQueriesContext(connection) as queries:
            search.find(query, facets=True)
        plans = [_plan_of(one["sql"]) for one in queries.captured_queries if "SELECT" in one["sql"][:140]]
        scans = sorted({table for plan in plans for table in plan})
        notes[f"{name}, with facets"] = f"reads whole: {', '.join(scans)}" if scans else ""
        found[name] = lambda query=query: search.find(query)
        found[f"{name}, with facets"] = lambda query=query: search.find(query, facets=True)
    letters = search.Query(words="letter", only_keys=True)
    found["one common word, with its cards"] = lambda: search.find(search.Query(words="letter"))
    second = search.find(letters).next
    deep = second
    for _ in range(20):
        deep = search.find(letters, cursor=deep).next or deep
    found["second page"] = lambda: search.find(letters, cursor=second)
    found["twenty-second page"] = lambda: search.find(letters, cursor=deep)
    found["suggest"] = lambda: search.suggest("water")
    listing = Listing.objects.live().order_by("-pk")[0]
    found["similar"] = lambda: search.similar(listing)
    return found | parts_of_a_sentence(), notes


def parts_of_a_sentence() -> dict[str, Work]:
    """A sentence by its words, by its meaning and by both, each time as if nobody had asked it before."""
    from unittest import mock

    from marketplace import search
    from marketplace.search import encoder, ranking
    from marketplace.search.marks import Fit
    from marketplace.search.understanding import understand

    query = search.Query(words=SENTENCE, only_keys=True)
    anew = mock.patch.object(encoder, "of_query", encoder.of_query.__wrapped__)

    def words() -> None:
        with mock.patch.object(encoder, "of_query", return_value=None):
            search.find(query)

    def meaning() -> None:
        with anew, mock.patch.object(ranking, "plan_of_words", return_value=ranking.Plan(understand(SENTENCE))):
            assert ranking.plan(understand(SENTENCE), Fit()).near

    def both() -> None:
        with anew:
            search.find(query)

    return dict(zip((*PARTS, WHOLE), (words, meaning, both), strict=True))


def measure(size: int, rounds: int) -> None:
    print(f"\n{size:,} listings (milliseconds; load {os.getloadavg()[0]:.1f})")
    found, notes = works(size)
    print(f"  {'':38s} {'p50':>9s} {'p95':>9s} {'p99':>9s} {'database':>9s} {'p95 of it':>9s}")
    taken = in_turn(found, rounds)
    for name, several in taken.items():
        show(name, several, notes.get(name, ""))
    ours = [one for name, several in taken.items() if name.endswith(", with facets") for one, _database in several]
    halves = [percentile([one for one, _database in taken[part]], 0.95) for part in PARTS]
    whole = percentile([one for one, _database in taken[WHOLE]], 0.95)
    print(f"  p95 of a sentence with its meaning ÷ p95 of its parts: {whole / sum(halves):.2f}")
    for floor in (NAIVE, "floor: tantivy, plain top 24"):
        if floor in taken:
            least = percentile([one for one, _database in taken[floor]], 0.95)
            print(f"  p95 of all questions with facets ÷ p95 of {floor[7:]}: {percentile(ours, 0.95) / least:.2f}")
    print(f"  load {os.getloadavg()[0]:.1f}")


def measure_http(rounds: int) -> None:
    """The same questions as a visitor asks them, of the server that bin/up starts; nothing is kept for the next."""
    from config import services
    from tests.processes import Site, free_port

    port = free_port()
    told = dict(os.environ) | {"PAGE_SECONDS": "0", "LOG_LEVEL": "error"}
    site = Site(port, told, services.var())
    site.start()
    try:
        line = http.client.HTTPConnection("127.0.0.1", port)
        asked = {name: params for name, params in QUESTIONS.items() if name != "one rare word"}
        paths = {name: f"/prompts/?{urlencode(params)}" for name, params in asked.items()}
        paths |= {"floor: one SELECT": "/readyz", "suggest": "/prompts/suggest/?q=water"}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
        for at in range(rounds + 1):
            for name, path in paths.items():
                began = time.perf_counter()
                line.request("GET", path, headers={"Host": "localhost"})
                answer = line.getresponse()
                answer.read()
                assert answer.status == 200, (path, answer.status)
                if at:
                    taken[name].append(((time.perf_counter() - began) * 1000, 0.0))
        print("  through HTTP:")
        for name, several in taken.items():
            show(name, several)
    finally:
        site.stop()


def _plan_of(sql: str) -> set[str]:
    """Large tables that a statement reads from end to end."""
    from django.db import connection

    from marketplace.search import statements

    with connection.cursor() as cursor:
        settings, bare = statements.parted(sql)
        cursor.execute(f"{settings} EXPLAIN {bare.replace('%', '%%')}", [])
        while cursor.nextset():
            pass
        lines = [row[0] for row in cursor.fetchall()]
    return {table.strip() for text in lines if "Seq Scan on" in text for table in LARGE if f"on {table}" in f"{text} "}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--http", action="store_true", help="also ask a server")
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

    from marketplace import catalogue
    from marketplace.models import Listing, SearchDocument, SearchMeaning

    call_command("migrate", verbosity=0)
    catalogue.load()
    for size in sorted(map(int, options.sizes.split(","))):
        missing = size - Listing.objects.count()
        if missing > 0:
            call_command("synthesize", listings=missing, sellers=max(missing // 200, 5), orders=0, quiet=True)
        if SearchDocument.objects.count() < size:
            call_command("reindex", words_only=True, quiet=True)
        if SearchMeaning.objects.count() < size:
            fill_meanings()
        measure(size, options.rounds)
        if options.http:
            measure_http(options.rounds)


if __name__ == "__main__":
    sys.exit(main())
