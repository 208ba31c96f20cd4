"""Celery's doors to the domain: ids in, one call, safe to run twice."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from payments import alerts, orders, payouts, reconcile, sweeping, webhooks

log = logging.getLogger(__name__)


@shared_task(acks_late=True)
def handle_stripe_event(*, event_id: int, **_: object) -> None:
    webhooks.handle(event_id)
    alerts.look_at_beat()


@shared_task(acks_late=True)
def fulfil_order(*, order_id: int, **_: object) -> None:
    orders.fulfil(order_id)
    alerts.look_at_beat()


@shared_task
def sweep(**_: object) -> None:
    alerts.beat_seen()
    sweeping.run()


@shared_task
def pay_out_sellers(**_: object) -> None:
    payouts.start_due()


@shared_task(acks_late=True)
def pay_out_seller(*, seller_id: int, **_: object) -> None:
    payouts.pay(seller_id)


@shared_task
def reconcile_books(**_: object) -> None:
    reconcile.watch(between=sweeping.catch_up)


@shared_task
def glance_at_books(**_: object) -> None:
    reconcile.glance(between=sweeping.catch_up)


def hurry_event(event_id: int) -> None:
    """Ask a worker to handle an event now; when the queue is away the sweep will find it."""
    try:
        handle_stripe_event.apply_async(kwargs={"event_id": event_id}, retry=False)
    except (OperationalError, RedisError, OSError):
        log.warning("the queue is away; an event waits for the sweep")


def hurry_order(order_id: int) -> None:
    """Ask a worker to fulfil an order soon: whoever marked it paid could not."""
    try:
        fulfil_order.apply_async(kwargs={"order_id": order_id}, retry=False, countdown=5)
    except (OperationalError, RedisError, OSError):
        log.warning("the queue is away; an order waits for the sweep")


def hurry_payout(seller_id: int) -> None:
    """Ask a worker to pay a seller; when the queue is away the next run does."""
    try:
        pay_out_seller.apply_async(kwargs={"seller_id": seller_id}, retry=False)
    except (OperationalError, RedisError, OSError):
        log.warning("the queue is away; a payout waits for the next run")
