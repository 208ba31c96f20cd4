import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from tqdm import tqdm

from marketplace.models import Listing, SearchDocument
from marketplace.search import documents, encoder, vocabulary


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
        with _in_bulk():
            self._each("words", documents.index, documents.BATCH, options)
        self._clear()
        vocabulary.refresh()
        if options["words_only"]:
            return
        if encoder.ready():
            self._each("meanings", documents.embed, documents.MEANINGS_AT_ONCE * 4, options)
        else:
            self.stdout.write("The encoder's weights are absent: search works on words alone.")

    def _each(self, step: str, work: Any, size: int, options: dict[str, Any]) -> None:
        """Live listings by key, in batches; a mark on the disk says how far it is."""
        mark = _mark(step)
        after = int(mark.read_text() or 0) if mark.exists() else 0
        waiting = Listing.objects.live()
        total, done, began = waiting.count(), waiting.filter(pk__lte=after).count(), time.monotonic()
        with tqdm(total=total, initial=done, desc=step, unit=" listings", disable=options["quiet"]) as bar:
            while ids := list(waiting.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
                work(ids)
                after = ids[-1]
                mark.write_text(str(after))
                bar.update(len(ids))
        mark.unlink(missing_ok=True)
        seconds = max(time.monotonic() - began, 0.001)
        self.stdout.write(
            f"{step}: {total - done} listings in {seconds:.1f} s ({(total - done) / seconds:.0f} a second)."
        )

    def _clear(self) -> None:
        """Documents of what is no longer on sale."""
        live = Listing.objects.live().values("pk")
        while gone := list(SearchDocument.objects.exclude(pk__in=live).values_list("pk", flat=True)[:5000]):
            documents.remove(gone)


@contextmanager
def _in_bulk() -> Iterator[None]:
    """Let the index take words in heaps instead of one by one, and sort them in at the end."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX search_words SET (fastupdate = on, gin_pending_list_limit = 65536)")
        try:
            yield
        finally:
            cursor.execute("ALTER INDEX search_words SET (fastupdate = off)")
            cursor.execute("ALTER INDEX search_words RESET (gin_pending_list_limit)")
            cursor.execute("SELECT gin_clean_pending_list('search_words')")


def _mark(step: str) -> Path:
    folder = Path(settings.VAR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"reindex-{step}"
