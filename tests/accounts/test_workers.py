"""Promises kept by a real worker process, across a kill and an emptied queue."""

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core import mail

from accounts import notifications, outbox, tasks
from accounts.models import Notification, OutboxEntry
from tests import processes
from tests.factories.accounts import UserFactory

LETTERS = 5


def done() -> bool:
    return not OutboxEntry.objects.filter(done_at=None).exists()


def told() -> None:
    user = UserFactory()
    for number in range(LETTERS):
        notifications.tell(user, "account_restored", key=f"test:{number}")


def written(folder) -> list[str]:
    return sorted((folder / "mail").glob("*.eml"))


@pytest.mark.django_db(transaction=True)
class TestWorker:
    def test_it_is_hurried_by_the_queue(self, worker, shared_folders):
        told()

        processes.wait_until(done, "the letters are written", 20)
        assert len(written(shared_folders)) == LETTERS
        assert mail.outbox == []

    def test_a_killed_worker_and_an_emptied_queue_lose_nothing(self, worker, shared_folders):
        worker.kill()
        told()
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushdb()
        assert not done()

        worker.start()
        assert outbox.sweep() == LETTERS

        processes.wait_until(done, "the letters are written", 20)
        assert len(written(shared_folders)) == LETTERS
        assert Notification.objects.exclude(mailed_at=None).count() == LETTERS

    def test_what_somebody_waits_for_is_taken_before_what_keeps_figures_in_order(self, worker):
        worker.kill()
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushdb()
        outbox.hurry([3], outbox.SOMETIME)
        outbox.hurry([2], outbox.SOON)
        tasks.sweep_outbox.apply_async()

        assert tasks.waiting() == 3
        with current_app.connection_for_read() as connection:
            queue = connection.SimpleQueue(current_app.conf.task_default_queue)
            taken = [queue.get(timeout=5) for _ in range(3)]
            for message in taken:
                message.ack()
        assert [message.payload[1].get("entry_ids") for message in taken] == [None, [2], [3]]
        worker.start()
