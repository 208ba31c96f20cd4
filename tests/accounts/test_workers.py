"""Promises kept by a real worker process, across a kill and an emptied queue."""

import pytest
import redis
from django.conf import settings
from django.core import mail

from accounts import notifications, outbox
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
