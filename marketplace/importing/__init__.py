"""Bringing in prompts from files: CSV, JSON, JSON Lines, whatever their columns are called.

Rows stream through in batches: read (sources), understood (mapping, rows), written in bulk (writing). A row that
cannot be used is told by its line or number with a reason, and never by its words. Running again over the same file
adds nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accounts.models import User
from marketplace.importing import house, mapping, rows, sources, writing
from marketplace.importing.rows import BadRow, Draft
from marketplace.importing.sources import BadFile

__all__ = ["BadFile", "Rejected", "Result", "house", "mapping", "run", "silent"]

BATCH = 500


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken in: where it stands, and why ("duplicate", "known" or "bad")."""

    place: str
    kind: str
    reason: str


@dataclass(slots=True)
class Result:
    rows: int = 0
    imported: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, kind: str) -> int:
        return sum(1 for one in self.rejected if one.kind == kind)


def silent(*_: object) -> None:
    """For whoever does not ask."""


def run(
    path: Path,
    *,
    seller: User,
    columns: Mapping[str, str] | None = None,
    publish: bool = False,
    progress: Callable[[int, int], object] = silent,
    rejected: Callable[[Rejected], object] = silent,
) -> Result:
    """Take in the file; `progress` hears how far it is, `rejected` each row that was left out. Raises BadFile."""
    result = Result()
    start = time.monotonic()

    def reject(place: str, kind: str, reason: str) -> None:
        one = Rejected(place, kind, reason)
        result.rejected.append(one)
        rejected(one)

    reader = rows.Reader(columns or {})
    writer = writing.Writer(seller, publish=publish)
    source = sources.open_file(path)
    batch: list[Draft] = []
    for draft in _drafts(source, reader, result, reject):
        batch.append(draft)
        if len(batch) >= BATCH:
            result.imported += writer.write(batch, reject)
            batch = []
            progress(source.done, source.total)
    result.imported += writer.write(batch, reject)
    progress(source.total, source.total)
    result.seconds = time.monotonic() - start
    return result


def _drafts(
    source: sources.Source, reader: rows.Reader, result: Result, reject: Callable[[str, str, str], None]
) -> Iterator[Draft]:
    for row in source:
        result.rows += 1
        try:
            if row.problem:
                raise BadRow(row.problem)  # noqa: TRY301
            yield reader.read(row)
        except BadRow as problem:
            reject(row.place, "bad", str(problem))
