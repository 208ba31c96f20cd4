"""Things that happen later by the sandbox's clock: expiry, settlement, payouts, deadlines."""

import json
from collections.abc import Callable
from typing import Any

from payments.sandbox.store import Record, dumps
from payments.sandbox.work import Work

Handler = Callable[[Work, str, Record], None]
handlers: dict[str, Handler] = {}


def handler(name: str) -> Callable[[Handler], Handler]:
    def register(function: Handler) -> Handler:
        handlers[name] = function
        return function

    return register


def put(work: Work, due: int, name: str, subject: str, **details: Any) -> None:
    work.rows.execute(
        "INSERT INTO alarms (due, name, subject, details) VALUES (?, ?, ?, ?)",
        [due, name, subject, dumps({**details, "deliver": work.deliver})],
    )
    work.stirred.add("alarms")


def cancel(work: Work, name: str, subject: str) -> None:
    work.rows.execute("DELETE FROM alarms WHERE subject = ? AND name = ?", [subject, name])


def ring_next(work: Work) -> bool:
    """Does the earliest thing that is due, at the moment it was due; False when nothing is."""
    row = work.rows.execute(
        "SELECT id, due, name, subject, details FROM alarms WHERE due <= ? ORDER BY due, id LIMIT 1", [work.now]
    ).fetchone()
    if row is None:
        return False
    identifier, due, name, subject, details = row
    work.rows.execute("DELETE FROM alarms WHERE id = ?", [identifier])
    found = json.loads(details)
    work.now, work.deliver = min(work.now, due), found["deliver"]
    handlers[name](work, subject, found)
    return True
