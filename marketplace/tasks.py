"""What the queue and the clock start. Work that must happen goes through the outbox; this is what may be missed."""

from celery import shared_task

from marketplace import figures, images, visits
from marketplace.search import demand, documents, vocabulary

RECOUNT_SLICE = 20_000  # listings in one task, which then calls itself for the next


@shared_task
def recount_all(*, after: int = 0, **_: object) -> None:
    """Scores change by time alone: go over every listing, in slices."""
    last = figures.recount_all(after, RECOUNT_SLICE)
    if last is not None:
        recount_all.delay(after=last)


@shared_task
def clear_up_images(**_: object) -> None:
    images.clear_up()


@shared_task
def flush_views(**_: object) -> None:
    """What was looked at, from Redis into the sellers' figures."""
    visits.flush()


@shared_task
def mend_search(**_: object) -> None:
    """What search has missed, and the words it knows."""
    documents.mend()
    vocabulary.refresh_if_changed()


@shared_task
def flush_searches(**_: object) -> None:
    demand.flush()
