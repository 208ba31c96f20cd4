"""What time it is: the machine's clock and the database's, both movable for demo data and tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection
from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, or the one set by `at`."""
    return _moment.get() or timezone.now()


def overridden() -> datetime | None:
    """The moment set by `at`, if any."""
    return _moment.get()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let it be that moment inside the block; only this thread and task notice."""
    if timezone.is_naive(moment):
        raise ValueError("A moment needs a time zone.")
    token = _moment.set(moment)
    try:
        yield moment
    finally:
        _moment.reset(token)


def database_now() -> datetime:
    """When this transaction began by the database's clock, which alone decides holds and expiries, or what `at` says.

    Machines disagree about the time; there is only one database.
    """
    if moment := _moment.get():
        return moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        answer: datetime = cursor.fetchone()[0]
    return answer
