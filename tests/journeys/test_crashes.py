"""What is promised is kept: processes are killed and Redis is emptied in the middle of a purchase."""

import os
import signal

import redis
from django.conf import settings as django_settings

from marketplace.models import Entitlement
from payments import ledger, sweeping
from payments.models import Order, StripeEvent
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PendingOrder, control
from tests.processes import wait_until


def pay(sandbox, order: Order) -> None:
    control(sandbox, f"sessions/{order.session_id}/pay", card="4242424242424242", email=order.email)


def delivered(order: Order) -> bool:
    order.refresh_from_db()
    return order.status == Order.Status.FULFILLED


def assert_delivered_once(order: Order) -> None:
    line = order.lines.get()
    assert Entitlement.objects.filter(owner=order.buyer).count() == 1
    assert order.transactions.filter(kind="sale").count() == 1
    assert ledger.totals()["seller"] == -line.seller_share


def test_a_worker_killed_while_it_delivers_delivers_once_after_all(site, worker, sandbox):
    order = PendingOrder()
    control(sandbox, "faults", scope="call", action="delay", path="/v1/checkout/sessions/*", seconds=3, count=1)

    pay(sandbox, order)
    wait_until(lambda: StripeEvent.objects.filter(kind="checkout.session.completed").exists(), "the webhook is filed")
    worker.kill()
    sandbox.control("_control/faults", "DELETE")
    worker.start()
    StripeEvent.objects.update(leased_until=None)
    wait_until(lambda: sweeping.run() and delivered(order), "the sweep delivers")

    assert_delivered_once(order)


def test_an_emptied_redis_loses_no_delivery(site, worker, sandbox):
    order = PendingOrder()
    os.killpg(worker.pid, signal.SIGSTOP)
    try:
        pay(sandbox, order)
        wait_until(
            lambda: StripeEvent.objects.filter(kind="checkout.session.completed").exists(), "the webhook is filed"
        )
        with redis.Redis.from_url(django_settings.REDIS_URL) as broker:
            broker.flushall()
    finally:
        os.killpg(worker.pid, signal.SIGCONT)
    assert not delivered(order)

    wait_until(lambda: sweeping.run() and delivered(order), "the sweep delivers")

    assert_delivered_once(order)


def test_webhooks_that_never_came_are_found_by_the_sweep(site, worker, sandbox):
    control(sandbox, "faults", scope="delivery", action="drop")
    try:
        order = PendingOrder()
        pay(sandbox, order)

        wait_until(lambda: sweeping.run() and delivered(order), "the sweep delivers")

        assert_delivered_once(order)
    finally:
        sandbox.control("_control/faults", "DELETE")


def test_a_web_process_killed_after_the_commit_leaves_one_order_and_one_payment_page(site, worker, sandbox):
    """The order is committed, Stripe has made its page, and the process dies before it could write that down."""
    listing, buyer = ListingFactory(live=True), UserFactory()
    order = PendingOrder(listing, buyer=buyer)
    Order.objects.filter(pk=order.pk).update(session_id=None, checkout_url="")
    site.kill()
    site.start()

    again = PendingOrder(listing, buyer=buyer)

    assert (again.pk, again.session_id) == (order.pk, order.session_id)
    pay(sandbox, again)
    wait_until(lambda: delivered(again), "the worker delivers")
    assert_delivered_once(again)
