"""What the queue calls; each loads and delegates."""

import kombu.exceptions
import redis
from celery import current_app, shared_task
from celery.exceptions import OperationalError

from accounts import outbox, upkeep

# How a broker that does not answer shows itself, depending on how far the attempt came.
BROKER_AWAY = (kombu.exceptions.KombuError, OperationalError, redis.RedisError, OSError)


@shared_task
def run_outbox(*, entry_ids: list[int], **_: object) -> None:
    if rest := outbox.run_many(entry_ids):
        outbox.hurry(rest)


@shared_task
def sweep_outbox(**_: object) -> None:
    outbox.sweep()


@shared_task
def tidy(**_: object) -> None:
    upkeep.run()


def waiting() -> int:
    """How many messages no worker has taken yet; 0 when the queue does not answer."""
    try:
        with current_app.connection_for_read() as connection:
            declare = connection.default_channel.queue_declare  # type: ignore[attr-defined] # of every real transport
            return int(declare(current_app.conf.task_default_queue).message_count)
    except BROKER_AWAY:
        return 0
