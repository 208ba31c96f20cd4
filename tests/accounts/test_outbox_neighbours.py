"""A promise is kept, tried again or given up alone; what stands beside it stays as it was."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import outbox, signals, tasks
from accounts.models import OutboxEntry
from common import clock

pytestmark = pytest.mark.django_db
ran: list[object] = []


@outbox.handler("neighbours.note")
def note(value: object = None) -> None:
    ran.append(value)


@outbox.handler("neighbours.break")
def fall() -> None:
    raise RuntimeError


@outbox.handler("neighbours.later")
def later() -> None:
    raise outbox.Later(30)


@outbox.handler("neighbours.long", lease=600)
def long() -> None:
    raise KeyboardInterrupt


@outbox.handler("neighbours.first", priority=outbox.FIRST)
def first() -> None: ...


@outbox.handler("neighbours.slow", priority=outbox.SOMETIME)
def slow() -> None: ...


@pytest.fixture(autouse=True)
def forget() -> None:
    ran.clear()


def row(entry: int | None) -> OutboxEntry:
    return OutboxEntry.objects.get(pk=entry)


def seconds_until(moment) -> float:
    return (moment - clock.database_now()).total_seconds()


# ---- Trying again ----------------------------------------------------------------------------------------------------
def test_each_failure_doubles_the_wait_up_to_eight_minutes():
    entry, waits = outbox.promise("neighbours.break"), []
    with clock.at(moment := clock.database_now()):
        for _ in range(outbox.MOST_ATTEMPTS - 1):
            OutboxEntry.objects.update(due_at=moment)
            outbox.run(entry)
            waits.append((row(entry).due_at - moment).total_seconds())

    assert waits == [5, 10, 20, 40, 80, 160, 320, 480, 480, 480, 480]


def test_who_is_told_to_come_later_comes_then_and_has_used_up_no_attempt():
    entry = outbox.promise("neighbours.later")
    with clock.at(moment := clock.database_now()):
        for _ in range(2):
            OutboxEntry.objects.update(due_at=moment)
            outbox.run(entry)

    assert row(entry).due_at == moment + timedelta(seconds=30)
    assert row(entry).attempts == 0


def test_a_handler_that_takes_long_is_left_alone_so_long():
    entry, beside = outbox.promise("neighbours.long"), outbox.promise("neighbours.note")
    with pytest.raises(KeyboardInterrupt):
        outbox.run(entry)

    assert outbox.LEASE < seconds_until(row(entry).leased_until) <= 600
    assert row(beside).leased_until is None


def test_what_was_done_meanwhile_is_not_given_up():
    entry = outbox.promise("neighbours.note")
    late = outbox._claim(entry)
    with clock.at(clock.now() + timedelta(seconds=outbox.LEASE + 1)):
        OutboxEntry.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
        quick = outbox._claim(entry)
    outbox._finish(late)

    outbox._fail(quick, RuntimeError())

    assert (row(entry).parked_at, row(entry).error) == (None, "")
    assert row(entry).done_at is not None


def test_a_promise_is_given_up_and_begun_again_alone():
    entries = [outbox.promise("neighbours.break") for _ in range(3)]
    OutboxEntry.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
    called = []
    signals.outbox_parked.connect(listener := lambda entry, **_: called.append(entry.pk))
    try:
        for entry in entries[:2]:
            outbox.run(entry)
    finally:
        signals.outbox_parked.disconnect(listener)
    assert called == entries[:2]
    assert [row(entry).parked_at is None for entry in entries] == [False, False, True]
    assert list(outbox.due().values_list("pk", flat=True)) == entries[2:]

    outbox.retry(row(entries[0]))

    assert (row(entries[0]).attempts, row(entries[0]).leased_until) == (0, None)
    assert [row(entry).parked_at is None for entry in entries] == [True, False, True]
    assert row(entries[2]).attempts == outbox.MOST_ATTEMPTS - 1


def test_what_is_done_is_marked_alone():
    entry, beside = outbox.promise("neighbours.note", value=1), outbox.promise("neighbours.note", value=2)

    assert outbox.run(entry)

    assert (row(entry).done_at is None, row(beside).done_at, ran) == (False, None, [1])
    assert row(entry).leased_until is None


# ---- Choosing --------------------------------------------------------------------------------------------------------
@pytest.fixture
def sent(monkeypatch):
    calls: list[int] = []
    monkeypatch.setattr(tasks, "waiting", lambda: 0)
    monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: calls.extend(call["kwargs"]["entry_ids"]))
    return calls


def test_the_sweep_takes_first_what_is_first_then_what_somebody_waits_for(sent):
    slow, note, first = (outbox.promise(f"neighbours.{name}") for name in ("slow", "note", "first"))

    for limit, taken in ((1, [first]), (2, [first, note]), (3, [first, note, slow])):
        assert outbox.sweep(limit=limit) == limit
        assert sent == taken
        sent.clear()


def test_of_one_priority_the_sweep_takes_what_is_due_longest(sent):
    late, early = outbox.promise("neighbours.note"), outbox.promise("neighbours.note")
    OutboxEntry.objects.filter(pk=early).update(due_at=clock.database_now() - timedelta(minutes=1))

    outbox.sweep(limit=1)

    assert sent == [early]
    assert late not in sent


def test_a_queue_that_is_not_long_yet_is_filled_with_everything(sent, monkeypatch):
    monkeypatch.setattr(tasks, "waiting", lambda: outbox.ENOUGH_WAITING)
    entries = [outbox.promise("neighbours.note"), outbox.promise("neighbours.slow")]

    assert outbox.sweep() == 2
    assert sent == entries


def test_a_queue_that_is_away_is_done_without(monkeypatch):
    monkeypatch.setattr(outbox, "hurry", lambda *_: False)
    outbox.promise("neighbours.note", value="here")

    assert outbox.sweep() == 1
    assert ran == ["here"]


def test_a_drain_ends_at_its_limit_and_when_nothing_can_be_done():
    for value in range(3):
        outbox.promise("neighbours.note", value=value)
    assert outbox.drain(limit=2) == 2
    assert ran == [0, 1]

    assert outbox.drain() == 1
    outbox.promise("neighbours.break")
    outbox.promise("neighbours.note", value="beside")
    assert outbox.drain() == 1
    assert ran == [0, 1, 2, "beside"]


def test_messages_to_the_workers_hold_twenty_each_and_none_is_left_out(monkeypatch):
    told = []
    monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: told.append(call))

    assert outbox.hurry(list(range(45)), outbox.FIRST)

    assert [len(call["kwargs"]["entry_ids"]) for call in told] == [20, 20, 5]
    assert [one for call in told for one in call["kwargs"]["entry_ids"]] == list(range(45))
    assert {(call["priority"], call["retry"]) for call in told} == {(outbox.FIRST, False)}


def test_a_queue_that_did_not_answer_is_not_asked_again_for_five_seconds(monkeypatch):
    asked, now = [], 100.0

    def away(**_):
        asked.append(1)
        raise tasks.BROKER_AWAY[0]

    monkeypatch.setattr(outbox, "_away_until", 0.0)
    monkeypatch.setattr(outbox.time, "monotonic", lambda: now)
    monkeypatch.setattr(tasks.run_outbox, "apply_async", away)
    assert not outbox.hurry([1])
    now = 104.9
    assert not outbox.hurry([1])
    assert len(asked) == 1
    now = 105.1
    assert not outbox.hurry([1])
    assert len(asked) == 2


# ---- Watching --------------------------------------------------------------------------------------------------------
def test_health_counts_what_waits_what_was_given_up_and_how_long_the_oldest_is_due():
    moment = clock.database_now()
    waiting, later, parked, done, ended = (outbox.promise("neighbours.note", value=value) for value in range(5))
    OutboxEntry.objects.filter(pk=waiting).update(due_at=moment - timedelta(seconds=100))
    OutboxEntry.objects.filter(pk=later).update(due_at=moment + timedelta(hours=1))
    long_ago = moment - timedelta(hours=2)
    OutboxEntry.objects.filter(pk=parked).update(parked_at=moment, due_at=long_ago)
    OutboxEntry.objects.filter(pk=done).update(done_at=moment, due_at=long_ago)
    OutboxEntry.objects.filter(pk=ended).update(done_at=moment, parked_at=moment, due_at=long_ago)

    health = outbox.health()

    assert (health.waiting, health.parked) == (2, 1)
    assert 100 <= health.oldest_seconds < 200


def test_nothing_due_is_no_delay():
    outbox.promise("neighbours.note", delay=60)

    assert outbox.health() == outbox.Health(waiting=1, parked=0, oldest_seconds=0.0)


def test_within_somebody_elses_transaction_the_disk_is_waited_for_as_always():
    outbox.run(outbox.promise("neighbours.note"))

    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
