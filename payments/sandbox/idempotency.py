"""Idempotency keys: the same key gives the same answer, and never two effects."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from payments.sandbox import errors
from payments.sandbox.store import Transaction
from payments.sandbox.work import DAY


class Kept(NamedTuple):
    """The answer that was given to the first request with a key."""

    status: int
    body: str


class Use(NamedTuple):
    """A request that carries a key."""

    account: str
    key: str
    path: str
    params: str
    now: int


running: set[tuple[str, str]] = set()
lock = threading.Lock()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def held(account: str, key: str) -> Iterator[None]:
    """While a request is under way, another with its key is a conflict."""
    if not key:
        yield
        return
    with lock:
        if (account, key) in running:
            raise errors.key_in_use(key)
        running.add((account, key))
    try:
        yield
    finally:
        with lock:
            running.discard((account, key))


def find(rows: Transaction, use: Use) -> Kept | None:
    """The kept answer, if this is a repetition; refuses other parameters or another path."""
    row = rows.execute(
        "SELECT path, digest, status, body, created FROM keys WHERE account = ? AND key = ?", [use.account, use.key]
    ).fetchone()
    if row is None or row[4] <= use.now - DAY:
        return None
    if row[0] != use.path:
        raise errors.key_reused(use.key, "endpoint")
    if row[1] != digest(use.params):
        raise errors.key_reused(use.key, "parameters")
    return Kept(row[2], row[3])


def keep(rows: Transaction, use: Use, kept: Kept) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
        [use.account, use.key, use.now, use.path, digest(use.params), kept.status, kept.body],
    )


def prune(rows: Transaction, now: int) -> None:
    """Forgets keys older than a day, as Stripe may."""
    rows.execute("DELETE FROM keys WHERE created <= ?", [now - DAY])
