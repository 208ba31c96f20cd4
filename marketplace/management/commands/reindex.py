import multiprocessing
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.management.base import BaseCommand
from django.db import connection, reset_queries
from django.db.models import Exists, OuterRef
from tqdm import tqdm

from marketplace.models import Listing, SearchDocument
from marketplace.search import documents, encoder, vocabulary

Work = Callable[[list[int]], int]  # does a batch of listings, answers up to which key all is done for certain, or 0
AHEAD = 2  # batches that wait for each process
MOST_PROCESSES = 8
MEMORY = 1024  # MiB, of all processes that make indexes
INDEXES = [index for index in SearchDocument._meta.indexes if isinstance(index, GinIndex)]  # of words
MOST = 0.5  # of all documents must be there for the index to be kept while others are written


class Command(BaseCommand):
    help = "Rebuilds what search reads: words, the vocabulary, meanings. Stopped, it goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--restart", action="store_true", help="begin at the first listing again")
        parser.add_argument("--words-only", action="store_true", help="leave the meanings as they are")
        parser.add_argument("--quiet", action="store_true", help="show no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["restart"]:
            for step in ("words", "meanings"):
                _mark(step).unlink(missing_ok=True)
        began = time.monotonic()
        with _in_bulk(), _beside() as hand_over:
            number = self._each("words", hand_over, documents.BATCH, options)
        self._say("words", number, began)
        self._clear()
        vocabulary.refresh()
        if options["words_only"]:
            return
        if encoder.ready():
            began = time.monotonic()
            number = self._each("meanings", _embed, documents.MEANINGS_AT_ONCE * 4, options)
            self._say("meanings", number, began)
        else:
            self.stdout.write("The encoder's weights are absent: search works on words alone.")

    def _each(self, step: str, work: Work, size: int, options: dict[str, Any]) -> int:
        """Live listings by key, in batches; a mark on the disk says how far it is. How many there were."""
        mark = _mark(step)
        after = int(mark.read_text() or 0) if mark.exists() else 0
        start, waiting = after, Listing.objects.live()
        total, done = waiting.count(), waiting.filter(pk__lte=after).count()
        with tqdm(total=total, initial=done, desc=step, unit=" listings", disable=options["quiet"]) as bar:
            while ids := list(waiting.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
                mark.write_text(str(work(ids) or start))
                after = ids[-1]
                bar.update(len(ids))
        mark.unlink(missing_ok=True)
        return total - done

    def _say(self, step: str, number: int, began: float) -> None:
        seconds = max(time.monotonic() - began, 0.001)
        self.stdout.write(f"{step}: {number} listings in {seconds:.1f} s ({number / seconds:.0f} a second).")

    def _clear(self) -> None:
        """Documents of what is no longer on sale."""
        # By the key of each: a list of all that is on sale would be read anew for every document.
        off_sale = SearchDocument.objects.exclude(Exists(Listing.objects.live().filter(pk=OuterRef("pk"))))
        while gone := list(off_sale.values_list("pk", flat=True)[:5000]):
            documents.remove(gone)


def _index(ids: list[int]) -> int:
    documents.index(ids)
    reset_queries()  # which a site under development keeps
    return ids[-1]


def _embed(ids: list[int]) -> int:
    documents.embed(ids)
    return ids[-1]


def _make_index(name: str) -> None:
    with connection.schema_editor() as editor:
        editor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY // _processes()}MB'")
        editor.add_index(SearchDocument, next(index for index in INDEXES if index.name == name))


def _processes() -> int:
    return min(os.cpu_count() or 1, MOST_PROCESSES)


@contextmanager
def _beside() -> Iterator[Work]:
    """Batches are made and written by as many processes as there are cores, each with a connection of its own."""
    if connection.in_atomic_block:
        # Of a test; another connection would not see what is in this transaction.
        yield _index
        return
    connection.close()  # which the processes must not share
    number = _processes()
    waiting: list[AsyncResult[int]] = []
    done = 0

    def hand_over(ids: list[int]) -> int:
        nonlocal done
        while len(waiting) >= AHEAD * number:
            done = waiting.pop(0).get()
        waiting.append(makers.apply_async(_index, (ids,)))
        return done

    with multiprocessing.get_context("fork").Pool(number) as makers:
        yield hand_over
        for batch in waiting:
            batch.get()


@contextmanager
def _in_bulk() -> Iterator[None]:
    """Fill a table that lacks most without its index, made at the end; else let the index take words in heaps."""
    if not connection.in_atomic_block and not (_has_most() and _has_index()):
        with connection.cursor() as cursor:
            for index in INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {index.name}")
        try:
            yield
        finally:
            connection.close()
            with multiprocessing.get_context("fork").Pool(_processes()) as makers:
                makers.map(_make_index, [index.name for index in INDEXES], chunksize=1)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE marketplace_searchdocument")
        return
    with connection.cursor() as cursor:
        for index in INDEXES:
            cursor.execute(f"ALTER INDEX {index.name} SET (fastupdate = on, gin_pending_list_limit = 65536)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for index in INDEXES:
                cursor.execute(f"ALTER INDEX {index.name} SET (fastupdate = off)")
                cursor.execute(f"ALTER INDEX {index.name} RESET (gin_pending_list_limit)")
                cursor.execute("SELECT gin_clean_pending_list(%s)", [index.name])


def _has_most() -> bool:
    """Whether so many documents are there that people may be searching them."""
    held = SearchDocument.objects.count()
    return held > 0 and held >= MOST * Listing.objects.live().count()


def _has_index() -> bool:
    """A run that was killed outright may have left none, or some."""
    with connection.cursor() as cursor:
        names = [index.name for index in INDEXES]
        cursor.execute("SELECT count(to_regclass(name)) FROM unnest(%s::text[]) AS name", [names])
        return bool(cursor.fetchone()[0] == len(INDEXES))


def _mark(step: str) -> Path:
    folder = Path(settings.VAR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"reindex-{step}"
