"""The sandbox's own store: one SQLite file, many readers, one writer at a time."""

# ruff: noqa: S608 - the pieces of SQL are our own words; what callers give is always bound.

import json
import pathlib
import queue
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from payments.sandbox import errors

Record = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_listed ON objects (kind, account, created, seq);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, thin INTEGER NOT NULL, account TEXT NOT NULL, type TEXT NOT NULL,
    subject TEXT NOT NULL, created INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_listed ON events (thin, account, created, seq);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, answered INTEGER, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_open ON deliveries (event) WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS alarms (
    id INTEGER PRIMARY KEY, due INTEGER NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, details TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS alarms_due ON alarms (due, id);
CREATE INDEX IF NOT EXISTS alarms_subject ON alarms (subject, name);
CREATE TABLE IF NOT EXISTS funds (
    account TEXT NOT NULL, currency TEXT NOT NULL, available_on INTEGER NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (account, currency, available_on)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (
    account TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keys_age ON keys (created);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, moment INTEGER NOT NULL, kind TEXT NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL, reference TEXT NOT NULL,
    status INTEGER NOT NULL, ms REAL NOT NULL, fault TEXT NOT NULL, request TEXT NOT NULL, response TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
# What lists are filtered by: (kind, field of the body).
INDEXED = [
    ("checkout.session", "payment_intent"),
    ("checkout.session", "status"),
    ("charge", "payment_intent"),
    ("charge", "transfer_group"),
    ("refund", "charge"),
    ("refund", "payment_intent"),
    ("dispute", "charge"),
    ("dispute", "payment_intent"),
    ("transfer", "transfer_group"),
    ("transfer", "destination"),
    ("transfer_reversal", "transfer"),
    ("payout", "status"),
    ("balance_transaction", "source"),
    ("balance_transaction", "_payout"),
    ("promotion_code", "code"),
    ("customer", "email"),
]
EMPTIED_BY_RESET = ("objects", "events", "deliveries", "alarms", "funds", "keys", "journal", "settings")


def schema() -> str:
    lines = [
        f"CREATE INDEX IF NOT EXISTS by_{kind.replace('.', '_')}_{field} ON objects "
        f"(json_extract(body, '$.{field}'), created, seq) WHERE kind = '{kind}';"
        for kind, field in INDEXED
    ]
    return TABLES + "\n".join(lines)


class Page(NamedTuple):
    """Some records of a list, newest first, and whether more follow in the direction asked for."""

    records: list[Record]
    has_more: bool


dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def moment(record: Record) -> int:
    """When a record was made; those that do not show it keep it privately."""
    return int(record["created"] if "created" in record else record["_created"])


class Transaction:
    """What can be done with the store inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self.connection.execute(statement, values)

    def one(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.execute(statement, values).fetchone()
        return row[0] if row else None

    def find(self, identifier: str, kind: str | None = None, account: str | None = None) -> Record | None:
        row = self.execute("SELECT body, kind, account FROM objects WHERE id = ?", [identifier]).fetchone()
        if not row or (kind and row[1] != kind) or (account is not None and row[2] != account):
            return None
        record: Record = json.loads(row[0])
        return record

    def account_of(self, identifier: str) -> str:
        return str(self.one("SELECT account FROM objects WHERE id = ?", [identifier]) or "")

    def add(self, record: Record, account: str = "") -> Record:
        self.execute(
            "INSERT INTO objects (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
            [record["id"], record["object"], account, moment(record), dumps(record)],
        )
        return record

    def save(self, record: Record) -> Record:
        self.execute(
            "UPDATE objects SET body = ?, created = ? WHERE id = ?", [dumps(record), moment(record), record["id"]]
        )
        return record

    def remove(self, identifier: str) -> None:
        self.execute("DELETE FROM objects WHERE id = ?", [identifier])

    def where(self, kind: str, **fields: Any) -> list[Record]:
        """Every record of a kind, in any account, whose fields have these values; oldest first."""
        clauses = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in fields)
        rows = self.execute(
            f"SELECT body FROM objects WHERE kind = '{kind}'{clauses} ORDER BY created, seq", list(fields.values())
        )
        return [json.loads(row[0]) for row in rows]

    def page(
        self,
        kind: str,
        account: str,
        filters: Sequence[tuple[str, Any]] = (),
        *,
        limit: int = 10,
        after: str | None = None,
        before: str | None = None,
    ) -> Page:
        """One page, newest first. A filter is a piece of SQL with one place, and its value."""
        clauses, values = [f"kind = '{kind}'", "account = ?"], [account]
        for clause, value in filters:
            clauses.append(clause)
            values.append(value)
        anchor = after or before
        if anchor:
            place = self.execute(
                f"SELECT created, seq FROM objects WHERE id = ? AND kind = '{kind}' AND account = ?", [anchor, account]
            ).fetchone()
            if place is None:
                raise errors.no_such(kind, anchor, param="starting_after" if after else "ending_before")
            clauses.append("(created, seq) < (?, ?)" if after else "(created, seq) > (?, ?)")
            values += place
        order = "ASC" if before and not after else "DESC"
        found = self.execute(
            f"SELECT body FROM objects WHERE {' AND '.join(clauses)} "
            f"ORDER BY created {order}, seq {order} LIMIT {limit + 1}",
            values,
        ).fetchall()
        records = [json.loads(row[0]) for row in found[:limit]]
        return Page(records[::-1] if order == "ASC" else records, len(found) > limit)

    def setting(self, name: str, default: Any = None) -> Any:
        value = self.one("SELECT value FROM settings WHERE name = ?", [name])
        return default if value is None else json.loads(value)

    def keep(self, name: str, value: Any) -> None:
        self.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", [name, dumps(value)])


class Store:
    """Hands out transactions. Commits survive the death of the process, since SQLite's log is on disk by then."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.writer = self.connect()
        self.writer.execute("PRAGMA journal_mode = WAL")
        self.writer.executescript(schema())
        self.readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -2000")
        return connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with self.lock:
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(self.writer)
            except BaseException:
                self.writer.execute("ROLLBACK")
                raise
            self.writer.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        try:
            connection = self.readers.get_nowait()
        except queue.Empty:
            connection = self.connect()
        connection.execute("BEGIN")
        try:
            yield Transaction(connection)
        finally:
            connection.execute("COMMIT")
            self.readers.put(connection)

    def reset(self) -> None:
        with self.write() as rows:
            for table in EMPTIED_BY_RESET:
                rows.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        with self.lock:
            while not self.readers.empty():
                self.readers.get_nowait().close()
            self.writer.close()
