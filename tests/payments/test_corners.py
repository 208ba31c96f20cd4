"""The turns that money takes seldom: news that come twice, too early or of things nobody knows. Stripe is played."""

from datetime import timedelta

import pytest

from accounts.models import Activity, Notification, OutboxEntry
from common import clock
from marketplace.models import Entitlement, Listing
from payments import bank_losses, disputes, gateway, ledger, orders, payouts, refunds, tasks
from payments.ledger import K, Leg
from payments.models import (
    Entry,
    Order,
    Payout,
    Refund,
    Transaction,
)
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PendingOrder
from tests.payments import played

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


# ---- Orders ----------------------------------------------------------------------------------------------------------
def test_a_page_of_an_order_that_is_not_ours_says_so(monkeypatch):
    order = PendingOrder()
    Order.objects.filter(pk=order.pk).update(number="PR-ELSE")
    played.says(monkeypatch, read_session=played.payment(order))

    with pytest.raises(orders.NoSuchOrder):
        orders.sync_session("cs_else")


def test_tax_is_spread_over_the_prices_to_the_cent():
    order = played.paid(ListingFactory(live=True, price=499), ListingFactory(live=True, price=300), tax=101, amount=900)

    assert [line.tax for line in order.lines.order_by("pk")] == [63, 38]
    assert (order.tax, order.total) == (101, 900)
    assert ledger.totals()["tax"] == -101


def test_a_payment_of_nothing_we_know_is_nobodys(monkeypatch):
    order = PendingOrder()
    orders.mark_paid(order.pk, played.payment(order))

    played.says(monkeypatch, read_charge=played.charge(order="PR-ELSE"))
    assert orders.of_payment("pi_else", "ch_else") is None
    played.says(monkeypatch, read_charge=played.charge(order=order.number))
    assert orders.of_payment("pi_else", "ch_else") is None, "It has a payment already, which is another."


def test_news_of_a_payment_that_nobody_handed_over_yet_hand_it_over():
    order = PendingOrder()
    orders.mark_paid(order.pk, played.payment(order))

    assert orders.of_payment(f"pi_{order.pk}", "").status == Order.Status.FULFILLED


def test_a_delivery_that_fails_leaves_nothing_but_the_payment_and_is_tried_again_soon(monkeypatch):
    order, hurried = PendingOrder(), []
    played.says(monkeypatch, read_session=played.payment(order))
    monkeypatch.setattr(tasks, "hurry_order", hurried.append)
    promised = OutboxEntry.objects.count()

    with monkeypatch.context() as broken:
        broken.setattr(orders.notifications, "tell_all", played.fails(OSError))
        with pytest.raises(OSError):
            orders.sync_session("cs_any")

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert hurried == [order.pk]
    assert OutboxEntry.objects.count() == promised
    assert not Entitlement.objects.filter(owner=order.buyer).exists()

    orders.fulfil(order.pk)
    assert OutboxEntry.objects.filter(key=f"receipt:{order.number}").count() == 1
    assert Activity.objects.filter(verb="order.fulfilled", object_id=order.number).count() == 1
    assert Activity.objects.filter(verb="entitlement.granted", data__key=f"line:{order.lines.get().pk}").count() == 1


def test_an_order_that_is_not_there_is_not_delivered():
    with pytest.raises(Order.DoesNotExist):
        orders.fulfil(10**9)


def test_a_fee_that_is_not_known_yet_is_booked_once_when_it_is(monkeypatch):
    order = played.paid(fee=None)
    played.says(monkeypatch, read_charge=played.charge(fee=None))
    with pytest.raises(gateway.Away):
        orders.book_fee(order.pk)

    played.says(monkeypatch, read_charge=played.charge(fee=44))
    assert orders.book_missing_fees() == 1
    orders.book_fee(order.pk)

    assert orders.book_missing_fees() == 0
    assert ledger.totals()["stripe_fees"] == 44


def test_a_late_payment_without_a_number_moves_nothing_and_one_without_its_charge_goes_back():
    order = PendingOrder()
    orders.expire(order.pk)

    orders.mark_paid(order.pk, played.payment(order, payment_intent=None))
    assert not Refund.objects.exists()
    orders.mark_paid(order.pk, played.payment(order, charge=None, fee=None))
    assert Refund.objects.get().cause == Refund.Cause.LATE
    assert "stripe_fees" not in ledger.totals()


def test_only_what_is_paid_is_handed_over():
    order = PendingOrder()
    with pytest.raises(orders.NotPaid):
        orders.fulfil(order.pk)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.HELD)
    assert orders.fulfil(order.pk).status == Order.Status.HELD
    assert orders.entitlements(order) == []


def test_what_costs_nothing_is_delivered_where_it_is_asked_for():
    order = PendingOrder(ListingFactory(live=True, price=0))

    assert order.status == Order.Status.FULFILLED
    assert order.paid_at
    assert len(orders.entitlements(order)) == 1
    assert not Transaction.objects.exists()


def test_an_order_that_is_still_being_paid_is_not_closed(monkeypatch):
    order = PendingOrder()
    played.says(monkeypatch, expire_session=played.payment(order, paid=False))
    orders.close(order)
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING

    played.says(monkeypatch, expire_session=played.payment(order, paid=False, failed=True))
    orders.close(order)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


# ---- Disputes --------------------------------------------------------------------------------------------------------
def test_a_dispute_of_a_payment_that_no_order_has_is_for_a_person(monkeypatch):
    played.says(
        monkeypatch,
        read_dispute=played.taken(Order(payment_intent="pi_else")),
        read_charge=played.charge(order="PR-ELSE"),
    )

    disputes.sync("dp_1")

    assert played.alerts() == {"dispute_unknown"}


def test_what_the_bank_took_stands_at_its_line_and_the_seller_is_told_which():
    order = played.paid(ListingFactory(live=True))
    line = order.lines.get()

    disputes._book(order.pk, played.taken(order))

    booked = Entry.objects.filter(transaction__kind="dispute_withdrawn").exclude(account__kind=K.STRIPE)
    assert {(entry.account.kind, entry.line_id) for entry in booked} >= {(K.SELLER, line.pk), (K.COMMISSION, line.pk)}
    told = Notification.objects.get(kind="sale_disputed")
    assert (told.user, told.data["title"]) == (line.seller, line.title)


def test_of_a_fee_that_grows_the_difference_is_booked():
    order = played.paid(ListingFactory(live=True))

    for fee in (1500, 3000, 3000):
        disputes._book(order.pk, played.taken(order, fee=fee))

    assert ledger.totals()["dispute_fees"] == 3000


def test_a_dispute_of_what_was_never_handed_over_takes_no_right_and_gives_none():
    order = PendingOrder()
    Listing.objects.update(status=Listing.Status.SUSPENDED)
    orders.mark_paid(order.pk, played.payment(order))
    order = orders.fulfil(order.pk)

    disputes._book(order.pk, played.taken(order))
    assert ledger.totals()["losses"] == 499, "The money was to go back already."
    disputes._book(order.pk, played.taken(order, status="won", reinstated=499))

    assert ledger.totals()["losses"] == 0
    assert orders.entitlements(order) == []


def test_a_failed_refund_is_set_against_a_loss_that_is_as_large():
    order = played.paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    disputes._book(order.pk, played.taken(order, amount=100))
    refunds.fail(refund.pk, "declined")
    assert ledger.totals()["losses"] == 100

    stray = Refund(payment_intent=order.payment_intent, amount=499, currency="usd", public_id="stray", order=order)
    ledger.post("stray", "stray", "usd", [Leg(K.LOSSES, -100), Leg(K.STRIPE, 100)])
    bank_losses.take_over_stray(stray, order)
    bank_losses.take_over_stray(stray, order)
    assert ledger.totals()["unallocated"] == -499 + 499 + 100
    bank_losses.take_over_stray(Refund(payment_intent="pi_else", amount=1, currency="usd"), order)


# ---- Refunds ---------------------------------------------------------------------------------------------------------
def test_news_of_a_refund_that_is_at_its_end_change_nothing(monkeypatch):
    order = played.paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    refunds.fail(refund.pk, "declined")
    before = ledger.totals()

    refunds._refused(refund.pk, "declined")
    refunds.settle(refund.pk, played.refund_made(status="pending"))
    assert "refund_late" not in played.alerts()
    refunds.settle(refund.pk, played.refund_made())
    assert "refund_late" in played.alerts()
    refunds._look_again(refund.pk)
    assert ledger.totals() == before


def test_a_seller_hears_once_of_what_went_back():
    order = played.paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    for _ in range(2):
        refunds.settle(refund.pk, played.refund_made())

    assert Notification.objects.get(kind="sale_refunded").user == order.lines.get().seller


def test_a_line_that_went_back_already_does_not_go_back_again():
    order = played.paid()
    refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    refunds.give_line_back(order, order.lines.get())

    assert Refund.objects.count() == 1


def test_refunds_of_the_dashboard_that_failed_or_are_of_no_order_are_left_there():
    assert refunds._take_in("pi_else", played.refund_made(status="failed")) is None
    assert refunds._take_in("pi_else", played.refund_made()) is None
    assert not Refund.objects.exists()


@pytest.mark.parametrize("problem", [gateway.Away("no answer"), ValueError("something else")])
def test_a_refund_or_payout_that_cannot_be_asked_after_leaves_the_others_their_turn(monkeypatch, problem):
    order = played.paid()
    refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    Refund.objects.update(created_at=clock.now() - timedelta(hours=2))
    payout = played.owed()
    Payout.objects.update(created_at=clock.now() - timedelta(hours=2))
    asked = []

    def fail(pk):
        asked.append(pk)
        raise problem

    monkeypatch.setattr(refunds, "send", fail)
    monkeypatch.setattr(payouts, "send", fail)

    assert (refunds.sweep(), payouts.sweep()) == (1, 1)
    assert asked == [Refund.objects.get().pk, payout.pk]
