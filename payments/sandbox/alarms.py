"""Things that happen later by the sandbox's clock: expiry, settlement, payouts, deadlines."""

import json
import logging
from collections.abc import Callable
from typing import Any

from payments.sandbox import errors
from payments.sandbox.store import Record, dumps
from payments.sandbox.work import Work

log = logging.getLogger("payments.sandbox")
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
    work.latest, work.now, work.deliver = work.now, min(work.now, due), found["deliver"]
    work.rows.execute("SAVEPOINT alarm")
    try:
        handlers[name](work, subject, found)
    except Exception as problem:
        # What can't be done any more must not hold up everything that is due later.
        work.rows.execute("ROLLBACK TO alarm")
        if not isinstance(problem, errors.StripeError):
            log.exception("The alarm %s of %s failed.", name, subject)
    return True
