"""A record of every API call and every delivery, to be read by tests and people."""

# ruff: noqa: S608 - the pieces of SQL are our own words; what callers give is always bound.

import queue
import time
from dataclasses import dataclass, field

from payments.sandbox.store import Record, Store, Transaction

LONGEST = 20_000
COLUMNS = (
    "at",
    "moment",
    "kind",
    "method",
    "path",
    "account",
    "key",
    "reference",
    "status",
    "ms",
    "fault",
    "request",
    "response",
)
INSERT = f"INSERT INTO journal ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass
class Entry:
    """One line. `reference` is the request id of a call, the event id of a delivery; status 0 is no answer."""

    moment: int
    kind: str
    method: str
    path: str
    account: str = ""
    key: str = ""
    reference: str = ""
    status: int = 0
    ms: float = 0.0
    fault: str = ""
    request: str = ""
    response: str = ""
    at: float = field(default_factory=time.time)
    written: bool = False


def write(rows: Transaction, entry: Entry) -> None:
    values = [getattr(entry, name) for name in COLUMNS]
    values[-2:] = [text[:LONGEST] for text in values[-2:]]
    rows.execute(INSERT, values)


class Journal:
    """Lines of calls without an effect wait in memory for the next write; the others are written with it."""

    def __init__(self, store: Store, keep: int) -> None:
        self.store = store
        self.keep = keep
        self.waiting: queue.SimpleQueue[Entry] = queue.SimpleQueue()

    def add(self, entry: Entry) -> None:
        if self.keep:
            self.waiting.put(entry)

    def flush(self) -> None:
        if self.waiting.empty():
            return
        with self.store.write() as rows:
            while not self.waiting.empty():
                write(rows, self.waiting.get())

    def read(self, after: int = 0, limit: int = 500, kind: str = "") -> list[Record]:
        """Lines after this number, oldest first."""
        self.flush()
        with self.store.read() as rows:
            found = rows.execute(
                f"SELECT seq, {', '.join(COLUMNS)} FROM journal WHERE seq > ? AND (? = '' OR kind = ?) "
                "ORDER BY seq LIMIT ?",
                [after, kind, kind, limit],
            ).fetchall()
        return [dict(zip(("seq", *COLUMNS), row, strict=True)) for row in found]

    def prune(self, keep: int | None = None) -> int:
        """Forgets the oldest lines beyond what is to be kept; returns how many."""
        with self.store.write() as rows:
            newest = rows.one("SELECT max(seq) FROM journal") or 0
            kept = self.keep if keep is None else keep
            return rows.execute("DELETE FROM journal WHERE seq <= ?", [newest - kept]).rowcount

    def latest(self, limit: int, kind: str = "") -> list[Record]:
        self.flush()
        with self.store.read() as rows:
            found = rows.execute(
                f"SELECT seq, {', '.join(COLUMNS)} FROM journal WHERE (? = '' OR kind = ?) ORDER BY seq DESC LIMIT ?",
                [kind, kind, limit],
            ).fetchall()
        return [dict(zip(("seq", *COLUMNS), row, strict=True)) for row in found]
