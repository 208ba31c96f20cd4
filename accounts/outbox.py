"""Promises of work: written in the transaction that makes the work necessary, kept whatever crashes afterwards.

The row is the guarantee and the queue only hurries it: Redis may be emptied, a worker killed, a message delivered
twice. A handler may therefore run more than once and must leave the same state each time. No lock is held while it
runs; a lease keeps others off, and the number of the attempt tells the owner of a lease from one who lost it.
"""

import contextlib
import json
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Case, Min, Q, QuerySet, When

from accounts import signals, tasks
from accounts.models import OutboxEntry
from common import clock
from common.gathering import Gathering

log = logging.getLogger(__name__)

LEASE = 60  # seconds, unless the handler says otherwise
MOST_ATTEMPTS = 12
FIRST_PAUSE = 5  # seconds, doubled with each attempt
LONGEST_PAUSE = 8 * 60  # short enough that everything is done ten minutes after the last fault
KEPT = timedelta(days=7)
BATCH = 20  # entries in one message of the queue
BATCH_SECONDS = 60  # after which a batch is handed back rather than risk the task's time limit
SWEEP_LIMIT = 2000
# Priorities of the queue, the first being that of deliveries, payouts and sweeps: money goes there as well, then comes
# what somebody waits for, then what only keeps figures in order.
FIRST, SOON, SOMETIME = 0, 3, 6
ENOUGH_WAITING = 200  # messages in the queue, with which the sweep has no need to fill it
PURGE_BATCH = 5000

Work = TypeVar("Work", bound=Callable[..., object])


class UnknownHandler(Exception):
    """No handler of this name is registered; perhaps this process runs older code."""


class Later(Exception):
    """Raised by a handler that cannot work yet through no fault of its own; does not count as an attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Handler:
    name: str
    work: Callable[..., object]
    lease: int
    attempts: int
    priority: int


@dataclass(frozen=True, slots=True)
class Promise:
    """One of many promises made together."""

    handler: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    delay: float = 0


@dataclass(frozen=True, slots=True)
class _Claim:
    entry_id: int
    handler: str
    arguments: dict[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox is doing, for whoever watches."""

    waiting: int
    parked: int
    oldest_seconds: float  # how long the longest overdue entry has been due


_handlers: dict[str, Handler] = {}


def handler(
    name: str, *, lease: int = LEASE, attempts: int = MOST_ATTEMPTS, priority: int = SOON
) -> Callable[[Work], Work]:
    """Register a function of keyword primitives; it may run twice, so it must be idempotent.

    `lease` is the longest it normally takes, in seconds; `attempts` how often it is tried before a person must look;
    `priority` is FIRST, SOON or SOMETIME.
    """

    def register(work: Work) -> Work:
        known = _handlers.get(name)
        if known and (known.work.__module__, known.work.__qualname__) != (work.__module__, work.__qualname__):
            raise ValueError(f"Two handlers are called {name}.")
        _handlers[name] = Handler(name, work, lease, attempts, priority)
        return work

    return register


def promise(handler_: str, /, *, key: str | None = None, delay: float = 0, **arguments: Any) -> int | None:
    """Write down work to be done after this transaction; the entry's id, or None when the key was promised before."""
    return next(iter(promise_many([Promise(handler_, arguments, key, delay)])), None)


def promise_many(promises: Iterable[Promise]) -> list[int]:
    """Write many promises in one statement; the ids of those that are new."""
    listed = list(promises)
    if unknown := {each.handler for each in listed} - _handlers.keys():
        raise UnknownHandler(", ".join(sorted(unknown)))
    if not listed or _gathered.takes(listed):
        return []
    written = _write(listed)
    # On commit: a worker must not look for the entry before it is real. Robust: what is done stays done.
    if hurried := [(entry_id, name) for entry_id, name, delayed in written if not delayed]:
        _hurry_at_commit(hurried)
    return [entry_id for entry_id, *_ in written]


_gathered: Gathering[Promise] = Gathering("promises", promise_many)
together = _gathered.together  # promises made inside are written in one statement, and answer without numbers


def _write(promises: Sequence[Promise]) -> list[tuple[int, str, bool]]:
    """The id, the handler and whether it is for later, of each that is new."""
    columns = (
        [each.handler for each in promises],
        [json.dumps(dict(each.arguments)) for each in promises],
        [each.key for each in promises],
        [float(each.delay) for each in promises],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_outboxentry (handler, arguments, key, created_at, due_at, attempts, error)
            SELECT handler, arguments::jsonb, key, moment, moment + delay * interval '1 second', 0, ''
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[]) AS new (handler, arguments, key, delay),
                 (SELECT coalesce(%s::timestamptz, now()) AS moment) AS clock
            ON CONFLICT (key) DO NOTHING
            RETURNING id, handler, due_at > created_at
            """,
            [*columns, clock.overridden()],
        )
        return [(int(entry_id), str(name), bool(delayed)) for entry_id, name, delayed in cursor.fetchall()]


# ---- Hurrying through the queue --------------------------------------------------------------------------------------

PAUSE_AFTER_FAILURE = 5.0  # seconds in which the broker is not asked again, so a request waits for it once at most
_away_until = 0.0
_patient: ContextVar[bool] = ContextVar("patient", default=False)


@contextlib.contextmanager
def patiently() -> Iterator[None]:
    """Promises made inside are written and nobody is told: for what makes thousands before any worker runs."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


class _Hurrying:
    """What one transaction promised, told to the workers in one message once it is committed."""

    def __init__(self, entries: Iterable[tuple[int, str]]) -> None:
        self.entries = list(entries)
        self.__qualname__ = "outbox.hurry"  # by which Django names it in the log, should it fail

    def __call__(self) -> None:
        _hurry_all(self.entries)


def _hurry_at_commit(entries: Sequence[tuple[int, str]]) -> None:
    # Only with what shares the fate of the savepoints around it: what is rolled back takes nothing else along.
    around = set(connection.savepoint_ids)
    for savepoints, waiting, *_ in connection.run_on_commit:
        if isinstance(waiting, _Hurrying) and savepoints == around:
            waiting.entries += entries
            return
    transaction.on_commit(_Hurrying(entries), robust=True)


def _hurry_all(entries: Sequence[tuple[int, str]]) -> bool:
    """Each (id, handler) by its priority; False when the queue does not answer."""
    by_priority: dict[int, list[int]] = {}
    for entry_id, name in entries:
        known = _handlers.get(name)
        by_priority.setdefault(known.priority if known else SOON, []).append(entry_id)
    return all(hurry(entry_ids, priority) for priority, entry_ids in sorted(by_priority.items()))


def hurry(entry_ids: Sequence[int], priority: int = SOON) -> bool:
    """Tell the workers; False when the queue does not answer, and then the sweep will find the entries."""
    global _away_until  # noqa: PLW0603
    if _patient.get() or time.monotonic() < _away_until:
        return False
    try:
        for start in range(0, len(entry_ids), BATCH):
            batch = list(entry_ids[start : start + BATCH])
            tasks.run_outbox.apply_async(kwargs={"entry_ids": batch}, retry=False, priority=priority)
    except tasks.BROKER_AWAY as problem:
        _away_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("The queue does not answer; the sweep will pick up the work", extra={"error": _name(problem)})
        return False
    return True


# ---- Keeping the promises --------------------------------------------------------------------------------------------


def run(entry_id: int) -> bool:
    """Do the work unless it is done, not due, or being done elsewhere; whether it is done now."""
    claim = _claim(entry_id)
    if claim is None:
        return False
    try:
        known = _known(claim.handler)
        if known.lease != LEASE:
            _own(claim).update(leased_until=_moment() + timedelta(seconds=known.lease))
        known.work(**claim.arguments)
    except Later as later:
        due_at = _moment() + timedelta(seconds=later.seconds)
        _own(claim).update(leased_until=None, due_at=due_at, attempts=claim.attempt - 1)
        return False
    except Exception as problem:  # noqa: BLE001 — whatever it is, it is written down and tried again
        _fail(claim, problem)
        return False
    _finish(claim)
    return True


def run_many(entry_ids: Sequence[int], *, seconds: float = BATCH_SECONDS) -> list[int]:
    """Run each in turn for about that long; the ids that were not reached."""
    deadline = time.monotonic() + seconds
    for position, entry_id in enumerate(entry_ids):
        if position and time.monotonic() > deadline:
            return list(entry_ids[position:])
        run(entry_id)
    return []


def sweep(limit: int = SWEEP_LIMIT) -> int:
    """Send what is due and not being done to the workers, or do it here when the queue is away; how many were found.

    What is first by its priority goes first, however old the rest is. An entry may be in the queue already: the copy
    finds it claimed or done, and that costs one statement. A long queue is left alone but for what is first of all, or
    a backlog would grow with its own copies.
    """
    names: dict[int, list[str]] = {FIRST: [], SOON: [], SOMETIME: []}
    for known in _handlers.values():
        names[known.priority].append(known.name)
    waiting = due()
    if tasks.waiting() > ENOUGH_WAITING:
        waiting = waiting.filter(handler__in=names[FIRST])
    rank = Case(When(handler__in=names[FIRST], then=0), When(handler__in=names[SOMETIME], then=2), default=1)
    found = list(waiting.order_by(rank, "due_at", "pk").values_list("pk", "handler")[:limit])
    if found and not _hurry_all(found):
        run_many([entry_id for entry_id, _ in found])
    return len(found)


def drain(limit: int = 100_000) -> int:
    """Do here and now all that is due, and what it leads to; how many were done. For commands, the demo and tests."""
    done = 0
    while found := list(due().order_by("due_at", "pk").values_list("pk", flat=True)[: min(limit, 500)]):
        finished = sum(run(entry_id) for entry_id in found)
        done += finished
        if not finished or done >= limit:
            break
    return done


def purge() -> int:
    """Forget what was done long ago; how many entries."""
    total = 0
    while True:
        old = OutboxEntry.objects.filter(done_at__lt=_moment() - KEPT).values_list("pk", flat=True)[:PURGE_BATCH]
        deleted, _ = OutboxEntry.objects.filter(pk__in=list(old)).delete()
        total += deleted
        if deleted < PURGE_BATCH:
            return total


def retry(entry: OutboxEntry) -> None:
    """Begin again with an entry that was given up."""
    changed = OutboxEntry.objects.filter(pk=entry.pk, done_at=None).update(
        parked_at=None, leased_until=None, attempts=0, due_at=_moment()
    )
    if changed:
        transaction.on_commit(partial(hurry, [entry.pk]), robust=True)


def due() -> QuerySet[OutboxEntry]:
    """What should be worked on now and is not."""
    moment = _moment()
    free = Q(leased_until=None) | Q(leased_until__lt=moment)
    return OutboxEntry.objects.filter(free, done_at=None, parked_at=None, due_at__lte=moment)


def health() -> Health:
    moment = _moment()
    waiting = OutboxEntry.objects.filter(done_at=None, parked_at=None)
    oldest = waiting.filter(due_at__lte=moment).aggregate(oldest=Min("due_at"))["oldest"]
    return Health(
        waiting=waiting.count(),
        parked=OutboxEntry.objects.exclude(parked_at=None).filter(done_at=None).count(),
        oldest_seconds=(moment - oldest).total_seconds() if oldest else 0.0,
    )


# The database's clock decides what is due: machines disagree, and there is only one database.
_moment = clock.database_now


def _claim(entry_id: int) -> _Claim | None:
    """Take the entry for ourselves in one statement, so that of many who try one succeeds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_outboxentry
            SET leased_until = moment + %s * interval '1 second', attempts = attempts + 1
            FROM (SELECT coalesce(%s::timestamptz, now()) AS moment,
                         set_config('synchronous_commit', %s, true)) AS clock
            WHERE id = %s AND done_at IS NULL AND parked_at IS NULL AND due_at <= moment
              AND (leased_until IS NULL OR leased_until < moment)
            RETURNING handler, arguments::text, attempts
            """,
            [LEASE, clock.overridden(), _durability(), entry_id],
        )
        row = cursor.fetchone()
    return _Claim(entry_id, row[0], json.loads(row[1]), row[2]) if row else None


def _finish(claim: _Claim) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_outboxentry SET done_at = moment, leased_until = NULL, error = ''
            FROM (SELECT coalesce(%s::timestamptz, now()) AS moment,
                         set_config('synchronous_commit', %s, true)) AS clock
            WHERE id = %s
            """,
            [clock.overridden(), _durability(), claim.entry_id],
        )


def _durability() -> str:
    """Claims and check marks need not survive a power cut: the work would only be done again. So nobody waits for the
    disk, unless we are part of a transaction of somebody else's, whose commit must wait as it always does.
    """
    return "on" if connection.in_atomic_block else "off"


def _own(claim: _Claim) -> QuerySet[OutboxEntry]:
    """The entry while the lease is still this attempt's: after it ran out somebody else may have taken it."""
    return OutboxEntry.objects.filter(pk=claim.entry_id, attempts=claim.attempt, done_at=None)


def _known(name: str) -> Handler:
    if name not in _handlers:
        raise UnknownHandler(name)
    return _handlers[name]


def _fail(claim: _Claim, problem: Exception) -> None:
    known = _handlers.get(claim.handler)
    facts = {"handler": claim.handler, "entry": claim.entry_id, "attempt": claim.attempt, "error": _name(problem)}
    log.warning("A promise could not be kept", extra=facts | {"where": _where(problem)})
    moment = _moment()
    if claim.attempt < (known.attempts if known else MOST_ATTEMPTS):
        pause = min(FIRST_PAUSE * 2 ** (claim.attempt - 1), LONGEST_PAUSE)
        due_at = moment + timedelta(seconds=pause)
        _own(claim).update(leased_until=None, due_at=due_at, error=_name(problem))
    elif _own(claim).update(leased_until=None, parked_at=moment, error=_name(problem)):
        log.error("A promise was given up", extra=facts)
        signals.outbox_parked.send_robust(OutboxEntry, entry=OutboxEntry.objects.get(pk=claim.entry_id))


def _name(problem: BaseException) -> str:
    kind = type(problem)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")[:200]


def _where(problem: BaseException) -> list[str]:
    """The innermost places of the error, without its words or the code: either may hold what somebody wrote."""
    frames = traceback.extract_tb(problem.__traceback__)[-4:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
