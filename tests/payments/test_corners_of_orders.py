"""What orders must not confuse: two orders' fees, a payment and the end of its time. Stripe is played."""

import pytest

from accounts import outbox
from accounts.models import OutboxEntry
from payments import gateway, ledger, orders
from payments.models import Order, Refund, Transaction
from tests.factories.payments import PendingOrder
from tests.payments import played

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


def fees(order):
    return Order.objects.get(pk=order.pk).stripe_fee


# ---- Stripe's fees ---------------------------------------------------------------------------------------------------
def test_a_fee_that_is_booked_is_the_fee_of_its_own_order(monkeypatch):
    order, other = played.paid(fee=None), played.paid(fee=None)
    played.says(monkeypatch, read_charge=played.charge(fee=44))

    orders.book_fee(order.pk)

    assert (fees(order), fees(other)) == (44, None)
    assert orders.book_missing_fees() == 1
    assert ledger.totals()["stripe_fees"] == 88


def test_a_fee_that_is_not_known_at_the_payment_is_promised_and_one_that_is_known_is_not(monkeypatch):
    known, unknown = played.paid(), played.paid(fee=None)
    asked = OutboxEntry.objects.filter(handler="payments.book_fee")
    assert [entry.key for entry in asked] == [f"fee:{unknown.number}"]
    played.says(monkeypatch, read_charge=played.charge(fee=30))

    assert outbox.run(asked.get().pk)

    assert (fees(known), fees(unknown)) == (44, 30)


def test_the_fee_of_a_second_payment_does_not_wait_for_that_of_the_first(monkeypatch):
    order = played.paid(fee=None)
    second = {"second": 30}
    monkeypatch.setattr(gateway, "read_charge", lambda charge: played.charge(fee=second.get(charge)))

    orders.book_fee(order.pk, "second")

    assert ledger.totals()["stripe_fees"] == 30
    assert fees(order) is None


# ---- A payment in the moment in which its order ends -----------------------------------------------------------------
def pay_and_expire(at_once, order):
    answers = at_once(lambda: orders.mark_paid(order.pk, played.payment(order)), lambda: orders.expire(order.pk))
    assert [one for one in answers if isinstance(one, Exception)] == []
    order.refresh_from_db()


@race
def test_an_order_that_is_paid_while_its_time_ends_is_either_paid_or_over(at_once, meet):
    order = PendingOrder()
    meet(orders.clock, "now")

    pay_and_expire(at_once, order)

    assert (order.status, Refund.objects.exists()) in {(Order.Status.PAID, False), (Order.Status.EXPIRED, True)}
    assert (order.paid_at is None) == (order.expired_at is not None)
    assert Transaction.objects.filter(kind="stray_payment").exists() == Refund.objects.exists()


@race
def test_without_the_lock_an_order_is_paid_and_over(at_once, meet, without_locks):
    order = PendingOrder()
    meet(orders.clock, "now", 8)

    pay_and_expire(at_once, order)

    assert order.paid_at is not None
    assert order.expired_at is not None
    assert not Refund.objects.exists(), "The money came, and nobody sends it back."
