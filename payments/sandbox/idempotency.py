"""Idempotency keys: the same key gives the same answer, and never two effects."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from . import errors
from .store import Transaction
from .work import DAY


class Kept(NamedTuple):
    """The answer that was given to the first request with a key."""

    status: int
    body: str


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


def find(rows: Transaction, account: str, key: str, path: str, params: str, now: int) -> Kept | None:
    """The kept answer, if this is a repetition; refuses other parameters or another path."""
    row = rows.execute(
        "SELECT path, digest, status, body, created FROM keys WHERE account = ? AND key = ?", [account, key]
    ).fetchone()
    if row is None or row[4] <= now - DAY:
        return None
    if row[0] != path:
        raise errors.key_reused(key, "endpoint")
    if row[1] != digest(params):
        raise errors.key_reused(key, "parameters")
    return Kept(row[2], row[3])


def keep(rows: Transaction, account: str, key: str, path: str, params: str, now: int, kept: Kept) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
        [account, key, now, path, digest(params), kept.status, kept.body],
    )


def prune(rows: Transaction, now: int) -> None:
    """Forgets keys older than a day, as Stripe may."""
    rows.execute("DELETE FROM keys WHERE created <= ?", [now - DAY])
