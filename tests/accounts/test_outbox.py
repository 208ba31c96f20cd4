"""Promises: made in a transaction, kept once by somebody, whatever crashes."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts import outbox, signals, tasks, upkeep
from accounts.models import OutboxEntry
from common import clock

ran: list[object] = []


@outbox.handler("tests.note")
def note(value: object = None) -> None:
    ran.append(value)


@outbox.handler("tests.break", attempts=3)
def fall(**_: object) -> None:
    raise RuntimeError("a secret that must not be kept")


@outbox.handler("tests.later")
def later() -> None:
    ran.append("later")
    raise outbox.Later(30)


@outbox.handler("tests.first", priority=outbox.FIRST)
def first() -> None:
    ran.append("first")


@outbox.handler("tests.slow", priority=outbox.SOMETIME)
def slow() -> None:
    ran.append("slow")


@outbox.handler("tests.killed")
def killed() -> None:
    ran.append("killed")
    raise KeyboardInterrupt  # as a process that ends in the middle: nothing is written down


@pytest.fixture(autouse=True)
def forget() -> None:
    ran.clear()


@pytest.mark.django_db
class TestPromising:
    def test_the_work_waits_for_the_commit_and_is_hurried(self, django_capture_on_commit_callbacks, monkeypatch):
        sent = []
        monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: sent.append(call))

        with django_capture_on_commit_callbacks(execute=True):
            entry = outbox.promise("tests.note", value=1)
            assert sent == []

        assert sent == [{"kwargs": {"entry_ids": [entry]}, "retry": False, "priority": outbox.SOON}]

    def test_a_key_is_promised_once(self):
        first = outbox.promise("tests.note", key="same", value=1)
        again = outbox.promise("tests.note", key="same", value=2)

        assert again is None
        assert OutboxEntry.objects.get().pk == first

    def test_an_unknown_handler_is_refused_at_once(self):
        with pytest.raises(outbox.UnknownHandler):
            outbox.promise("tests.nobody")

        assert not OutboxEntry.objects.exists()

    def test_many_are_written_with_one_statement(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            ids = outbox.promise_many(outbox.Promise("tests.note", {"value": n}, key=f"n{n}") for n in range(500))

        assert len(set(ids)) == 500

    def test_a_rolled_back_promise_was_never_made(self):
        with transaction.atomic():
            outbox.promise("tests.note")
            transaction.set_rollback(True)

        assert not OutboxEntry.objects.exists()

    def test_a_broker_that_is_away_is_no_failure(self, settings, django_capture_on_commit_callbacks, monkeypatch):
        def away(**_):
            raise tasks.BROKER_AWAY[0]

        monkeypatch.setattr(tasks.run_outbox, "apply_async", away)
        monkeypatch.setattr(outbox, "_away_until", 0.0)
        with django_capture_on_commit_callbacks(execute=True):
            outbox.promise("tests.note", value="kept")

        assert outbox.sweep() == 1
        assert ran == ["kept"]

    def test_each_is_hurried_by_its_priority(self, django_capture_on_commit_callbacks, monkeypatch):
        told = []
        monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: told.append(call))
        with django_capture_on_commit_callbacks(execute=True):
            slow = outbox.promise("tests.slow")
            noted = [outbox.promise("tests.note", value=number) for number in range(2)]

        assert [(call["priority"], call["kwargs"]["entry_ids"]) for call in told] == [
            (outbox.SOON, noted),
            (outbox.SOMETIME, [slow]),
        ]

    def test_a_long_queue_is_filled_with_nothing_but_what_comes_first(self, monkeypatch):
        outbox.promise("tests.note", value=1)
        first = outbox.promise("tests.first")
        monkeypatch.setattr(tasks, "waiting", lambda: outbox.ENOUGH_WAITING + 1)
        sent = []
        monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: sent.append(call["kwargs"]["entry_ids"]))

        assert outbox.sweep() == 1
        assert sent == [[first]]

    def test_an_old_backlog_of_what_can_wait_holds_up_nothing_else(self, monkeypatch):
        made = [outbox.promise(f"tests.{name}") for name in ("slow", "slow", "note", "first")]
        sent = []
        monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: sent.append(call["kwargs"]["entry_ids"]))

        assert outbox.sweep(limit=2) == 2
        assert sent == [[made[3]], [made[2]]]

    def test_a_delayed_promise_waits(self):
        outbox.promise("tests.note", delay=60, value=1)
        assert outbox.drain() == 0

        with clock.at(clock.now() + timedelta(seconds=61)):
            assert outbox.drain() == 1


@pytest.mark.django_db
class TestKeeping:
    def test_done_work_is_not_done_again(self):
        entry = outbox.promise("tests.note", value=1)

        assert outbox.run(entry)
        assert not outbox.run(entry)

        assert ran == [1]
        assert OutboxEntry.objects.get().done_at is not None

    def test_a_failure_is_tried_again_later_and_keeps_no_words(self):
        entry = outbox.promise("tests.break")

        assert not outbox.run(entry)

        row = OutboxEntry.objects.get()
        assert row.error == "RuntimeError"
        assert row.due_at > clock.database_now()
        assert row.leased_until is None
        assert not outbox.run(entry)
        row.refresh_from_db()
        assert row.attempts == 1

    def test_nothing_of_the_error_is_logged_but_where_it_was(self, caplog):
        outbox.run(outbox.promise("tests.break"))

        assert "secret" not in str([vars(record) for record in caplog.records])
        assert "fall" in str([vars(record) for record in caplog.records])

    def test_after_the_last_attempt_a_person_is_called(self):
        called = []
        signals.outbox_parked.connect(listener := lambda entry, **_: called.append(entry.pk))
        entry = outbox.promise("tests.break")
        moment = clock.now()
        try:
            for _ in range(5):
                moment += timedelta(hours=1)
                with clock.at(moment):
                    outbox.drain()
        finally:
            signals.outbox_parked.disconnect(listener)

        assert called == [entry]
        row = OutboxEntry.objects.get()
        assert (row.attempts, row.parked_at is not None) == (3, True)
        assert outbox.health().parked == 1

    def test_a_parked_entry_can_be_begun_again(self):
        entry = outbox.promise("tests.note", value=1)
        OutboxEntry.objects.update(parked_at=clock.now(), attempts=12)
        assert outbox.drain() == 0

        outbox.retry(OutboxEntry.objects.get(pk=entry))

        assert outbox.drain() == 1

    def test_not_yet_is_no_failure(self):
        entry = outbox.promise("tests.later")

        assert not outbox.run(entry)

        row = OutboxEntry.objects.get()
        assert (row.attempts, row.error, row.leased_until) == (0, "", None)
        assert row.due_at > clock.database_now()

    def test_killed_in_the_middle_it_runs_again_after_the_lease(self):
        entry = outbox.promise("tests.killed")
        with pytest.raises(KeyboardInterrupt):
            outbox.run(entry)

        assert not outbox.run(entry)
        assert outbox.sweep() == 0

        with clock.at(clock.now() + timedelta(seconds=outbox.LEASE + 1)), pytest.raises(KeyboardInterrupt):
            outbox.run(entry)
        assert ran == ["killed", "killed"]

    def test_who_lost_the_lease_does_not_disturb_who_has_it(self):
        entry = outbox.promise("tests.break")
        slow = outbox._claim(entry)
        with clock.at(clock.now() + timedelta(seconds=outbox.LEASE + 1)):
            quick = outbox._claim(entry)
            outbox._fail(slow, RuntimeError())

        row = OutboxEntry.objects.get()
        assert quick.attempt == 2
        assert row.leased_until is not None
        assert row.error == ""

    def test_a_batch_hands_back_what_it_has_no_time_for(self):
        ids = outbox.promise_many(outbox.Promise("tests.note", {"value": n}) for n in range(3))

        assert outbox.run_many(ids, seconds=-1) == ids[1:]

    def test_what_was_done_a_week_ago_is_forgotten(self):
        outbox.promise("tests.note", key="old")
        outbox.drain()
        with clock.at(clock.now() + timedelta(days=8)):
            outbox.promise("tests.note", key="new")
            removed = upkeep.run()

        assert removed["purge"] == 1
        assert OutboxEntry.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_of_twenty_workers_one_does_the_work(self):
        for round_ in range(10):
            entry = outbox.promise("tests.note", value=round_)
            at_once(20, lambda entry=entry: outbox.run(entry))

        assert ran == list(range(10))

    def test_without_the_conditions_of_the_claim_they_all_would(self, monkeypatch):
        """The twin that shows the race is real: look first and claim after, and the work is done many times."""
        gate = threading.Barrier(10)

        def careless(entry_id):
            row = OutboxEntry.objects.get(pk=entry_id)
            gate.wait(10)
            return None if row.leased_until else outbox._Claim(row.pk, row.handler, row.arguments, 1)

        monkeypatch.setattr(outbox, "_claim", careless)
        entry = outbox.promise("tests.note", value=1)
        at_once(10, lambda: outbox.run(entry))

        assert len(ran) == 10

    def test_a_key_promised_by_many_is_one_promise(self):
        at_once(20, lambda: outbox.promise("tests.note", key="one"))

        assert OutboxEntry.objects.count() == 1

    def test_no_lock_is_held_while_the_handler_runs(self):
        entry = outbox.promise("tests.note")
        seen = []

        def looks_from_outside() -> None:
            def look() -> None:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT id FROM accounts_outboxentry WHERE id = %s FOR UPDATE NOWAIT", [entry])
                    seen.append(cursor.fetchone())

            at_once(1, look)

        outbox.handler("tests.looks")(looks_from_outside)
        OutboxEntry.objects.update(handler="tests.looks")
        outbox.run(entry)

        assert seen == [(entry,)]


def at_once(number: int, act) -> list[object]:
    """The act in that many threads, each with a connection of its own; what they gave or raised."""
    answers: list[object] = []
    # On a busy machine the last thread may begin much later than the first: nobody starts without it.
    gate = threading.Barrier(number)

    def one() -> None:
        try:
            gate.wait()
            answers.append(act())
        except BaseException as problem:  # noqa: BLE001
            answers.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert len(answers) == number, "Somebody is still waiting."
    return answers


@pytest.mark.django_db(transaction=True)
def test_the_workers_hear_once_of_what_one_transaction_promised_and_not_of_what_was_taken_back(monkeypatch):
    told = []
    monkeypatch.setattr(outbox, "hurry", lambda ids, priority: told.append(list(ids)))

    with transaction.atomic():
        first = outbox.promise("tests.note", value="first")
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            outbox.promise("tests.note", value="taken back")
            raise ZeroDivisionError
        second = outbox.promise("tests.note", value="second")

    assert told == [[first, second]]


@pytest.mark.django_db(transaction=True)
def test_telling_the_workers_may_fail_in_any_way_and_what_was_committed_stays(monkeypatch):
    monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **_: 1 / 0)

    with transaction.atomic():
        entry = outbox.promise("tests.note", value="kept")

    assert OutboxEntry.objects.get(pk=entry).done_at is None


@pytest.mark.django_db
class TestSeldom:
    def test_two_handlers_never_share_a_name(self):
        with pytest.raises(ValueError, match="Two handlers"):
            outbox.handler("tests.note")(lambda: None)
        outbox.handler("tests.note")(note)

    def test_what_is_made_patiently_tells_nobody(self, django_capture_on_commit_callbacks, monkeypatch):
        sent = []
        monkeypatch.setattr(tasks.run_outbox, "apply_async", lambda **call: sent.append(call))

        with outbox.patiently(), django_capture_on_commit_callbacks(execute=True):
            entry = outbox.promise("tests.note")

        assert sent == []
        assert OutboxEntry.objects.filter(pk=entry).exists()
        assert outbox.hurry([entry])
        assert len(sent) == 1

    def test_what_was_done_long_ago_is_forgotten_in_batches(self, monkeypatch):
        monkeypatch.setattr(outbox, "PURGE_BATCH", 1)
        long_ago = clock.database_now() - outbox.KEPT - timedelta(minutes=1)
        for _ in range(2):
            outbox.promise("tests.note")
        OutboxEntry.objects.update(done_at=long_ago)
        outbox.promise("tests.note")

        assert outbox.purge() == 2
        assert OutboxEntry.objects.count() == 1

    def test_what_is_done_does_not_begin_again(self, django_capture_on_commit_callbacks):
        entry = OutboxEntry.objects.get(pk=outbox.promise("tests.note"))
        assert outbox.run(entry.pk)

        with django_capture_on_commit_callbacks() as callbacks:
            outbox.retry(entry)
        assert callbacks == []

    def test_work_that_nobody_knows_is_tried_again_and_given_up_only_by_its_own_lease(self):
        entry = OutboxEntry.objects.create(handler="tests.gone", arguments={}, due_at=clock.database_now())
        assert not outbox.run(entry.pk)
        entry.refresh_from_db()
        assert (entry.error, entry.parked_at) == ("accounts.outbox.UnknownHandler", None)

        another = outbox._Claim(entry.pk, "tests.gone", {}, outbox.MOST_ATTEMPTS)
        outbox._fail(another, RuntimeError())
        entry.refresh_from_db()
        assert entry.parked_at is None, "Somebody else has it meanwhile."
