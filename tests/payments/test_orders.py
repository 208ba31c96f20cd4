"""A payment ends in one delivery or one refund with a notice: never in neither, never in both."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxEntry
from common import clock
from marketplace.models import Entitlement, Listing
from payments import checkout, coupons, gateway, ledger, limits, orders, prices, reconcile, refunds, sweeping
from payments.models import Account, Coupon, Order, Redemption, Refund, Transaction
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, PendingOrder, control, pay

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def refunded(order):
    return [one.amount for one in gateway.refunds_of(gateway.read_session(order.session_id).payment_intent)]


# ---- Twice and at once -----------------------------------------------------------------------------------------------
@race
def test_every_way_in_at_once_delivers_once(sandbox, at_once, crowd):
    order = PendingOrder()
    pay(sandbox, order)
    sync = lambda: orders.sync_session(order.session_id)  # noqa: E731
    fulfil = lambda: orders.fulfil(order.pk)  # noqa: E731
    close = lambda: orders.close(Order.objects.get(pk=order.pk))  # noqa: E731

    answers = at_once(*crowd(8, sync, sync, close, fulfil, sync, sweeping.fulfil_paid_orders, sync, close))
    orders.sync_session(order.session_id)

    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, orders.NotPaid)] == []
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert Entitlement.objects.count() == 1
    assert Transaction.objects.filter(kind="sale").count() == 1
    assert OutboxEntry.objects.filter(handler="payments.send_receipt").count() == 1
    assert not Refund.objects.exists()
    books_agree()


@race
def test_without_the_lock_two_fulfilments_both_go_to_work(sandbox, at_once, meet, without_locks, monkeypatch):
    order = PendingOrder()
    pay(sandbox, order)
    orders.mark_paid(order.pk, gateway.read_session(order.session_id))
    told = []
    monkeypatch.setattr(orders, "_tell", lambda order, lines: told.append(order.pk))
    meet(orders, "_grant", 8, before=True)

    at_once(*[lambda: orders.fulfil(order.pk)] * 2)

    assert len(told) == 2


@race
def test_two_clicks_at_once_are_one_order(sandbox, at_once, crowd, monkeypatch):
    monkeypatch.setattr(limits, "CHECKOUTS", (100, 600))
    buyer, listing = UserFactory(), ListingFactory(live=True)

    answers = at_once(*crowd(4, lambda: checkout.start(buyer, [listing], consented=True)))

    assert Order.objects.count() == 1
    assert [repr(one) for one in answers if isinstance(one, Exception)] == []
    assert {order.pk for order in answers} == {Order.objects.get().pk}
    assert len({order.checkout_url for order in answers}) == 1


@race
def test_without_the_lock_two_clicks_are_two_orders(sandbox, at_once, meet, without_locks):
    buyer, listing = UserFactory(), ListingFactory(live=True)
    meet(checkout, "_same_open_order", 8)

    at_once(*[lambda: checkout.start(buyer, [listing], consented=True)] * 2)

    assert Order.objects.count() == 2


@race
def test_overlapping_baskets_in_opposite_order_never_lock_each_other_out(sandbox, at_once, crowd):
    one, two = ListingFactory(live=True), ListingFactory(live=True)
    waiting = [PendingOrder(*pair) for pair in [(one, two), (two, one)] * 3]
    before = [PaidOrder(sandbox, two, one) for _ in range(2)]
    for order in waiting:
        pay(sandbox, order)

    answers = at_once(
        *crowd(
            8,
            *[lambda order=order: orders.sync_session(order.session_id) for order in waiting],
            *[lambda order=order: refunds.give(order, None, cause="promise", key=order.number) for order in before],
        )
    )

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert Order.objects.filter(status=Order.Status.FULFILLED).count() == 8
    books_agree()


@race
def test_without_an_order_among_sellers_two_refunds_lock_each_other_out(sandbox, at_once, monkeypatch):
    one, two = ListingFactory(live=True), ListingFactory(live=True)
    paid = [PaidOrder(sandbox, one, two) for _ in range(2)]
    both, ways = threading.Barrier(2), iter([(one, two), (two, one)])

    def in_turn(_sellers, currency):
        for listing in next(ways):
            account = Account.objects.select_for_update(no_key=True)
            account.get(kind="seller", user=listing.seller_id, currency=currency)
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(8)

    monkeypatch.setattr(ledger, "lock_sellers", in_turn)

    answers = at_once(
        *[lambda order=order: refunds.give(order, None, cause="promise", key=order.number) for order in paid]
    )

    (locked_out,) = [one for one in answers if isinstance(one, Exception)]
    assert "deadlock" in str(locked_out)


# ---- Late, twice, wrong, banned --------------------------------------------------------------------------------------
def test_a_payment_after_the_order_ran_out_goes_back(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    orders.expire(order.pk)

    for _ in range(2):
        orders.sync_session(order.session_id)
    outbox.drain()

    assert refunded(order) == [499]
    assert Refund.objects.get().cause == Refund.Cause.LATE
    assert not Entitlement.objects.exists()
    books_agree()


def test_an_order_that_was_paid_after_all_is_not_closed(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    with clock.at(timezone.now() + timedelta(hours=2)):
        sweeping.look_at_pending_orders()

    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED


def test_a_second_payment_of_an_order_goes_back(sandbox):
    order = PendingOrder()
    first = order.session_id
    Order.objects.update(session_id=None, checkout_url="", attempt=F("attempt") + 1)
    second = checkout.open_page(Order.objects.get())
    assert second.session_id != first
    for session in (first, second.session_id):
        control(sandbox, f"sessions/{session}/pay", card="4242424242424242", email=order.email, deliver=False)

    for session in (first, second.session_id, first):
        orders.sync_session(session)
    outbox.drain()

    assert Entitlement.objects.count() == 1
    assert [(one.cause, one.state) for one in Refund.objects.all()] == [("duplicate", "succeeded")]
    books_agree()


def test_the_wrong_amount_delivers_nothing_and_goes_back(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    order.lines.update(price=600, list_price=600, commission=120, seller_share=480)
    Order.objects.update(subtotal=600, total=600)

    for _ in range(2):
        orders.sync_session(order.session_id)
    outbox.drain()

    order.refresh_from_db()
    assert (order.status, order.hold_reason) == (Order.Status.HELD, "amount_mismatch")
    assert not Entitlement.objects.exists()
    assert refunded(order) == [499]
    books_agree()


def test_a_prompt_bought_twice_is_delivered_once_and_refunded_once(sandbox):
    buyer, listing, other = UserFactory(), ListingFactory(live=True), ListingFactory(live=True, price=700)
    first, second = PendingOrder(listing, buyer=buyer), PendingOrder(listing, other, buyer=buyer)
    for order in (first, second):
        pay(sandbox, order)
        orders.sync_session(order.session_id)
    outbox.drain()

    assert Entitlement.objects.active().filter(owner=buyer).count() == 2
    assert refunded(second) == [499]
    second.refresh_from_db()
    assert second.state == "partially_refunded"
    books_agree()


def test_a_prompt_banned_before_it_was_paid_is_refunded(sandbox):
    order = PendingOrder()
    Listing.objects.update(status=Listing.Status.SUSPENDED)
    pay(sandbox, order)
    orders.sync_session(order.session_id)
    outbox.drain()

    assert Refund.objects.get().cause == Refund.Cause.BANNED
    assert refunded(order) == [499]
    assert not Entitlement.objects.exists()
    books_agree()


def test_a_changed_price_is_not_looked_up_again(sandbox):
    order = PendingOrder()
    Listing.objects.update(price=9900)
    pay(sandbox, order)
    orders.sync_session(order.session_id)

    assert Order.objects.get().total == 499
    assert ledger.totals() == {"stripe": 499 - 44, "seller": -399, "commission": -100, "stripe_fees": 44}


def test_the_fee_of_a_payment_that_went_back_is_booked_though_it_comes_late(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    orders.expire(order.pk)
    payment = gateway.read_session(order.session_id)
    orders.mark_paid(order.pk, gateway.Payment(**payment.__dict__ | {"fee": None}))
    outbox.drain()

    assert ledger.totals()["stripe_fees"] == payment.fee == 44


# ---- Slow methods ----------------------------------------------------------------------------------------------------
def test_a_slow_payment_delivers_nothing_until_it_arrives(sandbox):
    order = PendingOrder()
    paid = control(
        sandbox,
        f"sessions/{order.session_id}/pay",
        method="us_bank_account",
        account_number="000123456789",
        email=order.email,
        deliver=False,
    )
    assert orders.sync_session(order.session_id).status == Order.Status.PENDING
    with clock.at(timezone.now() + timedelta(hours=2)):
        sweeping.look_at_pending_orders()
    assert not Entitlement.objects.exists()

    control(sandbox, f"payment_intents/{paid['payment_intent']}/settle")

    assert orders.sync_session(order.session_id).status == Order.Status.FULFILLED


def test_a_slow_payment_that_fails_ends_the_order_and_frees_the_coupon(sandbox):
    listing = ListingFactory(live=True)
    coupons.make(listing.seller, code="ONCE", percent_bps=1000, limit=1)
    order = PendingOrder(listing, coupon="ONCE")
    paid = control(
        sandbox,
        f"sessions/{order.session_id}/pay",
        method="us_bank_account",
        account_number="000123456789",
        email=order.email,
        deliver=False,
    )
    control(sandbox, f"payment_intents/{paid['payment_intent']}/settle", fails=True)

    orders.sync_session(order.session_id)

    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert Coupon.objects.get().used == 0


# ---- Crashes and silence ---------------------------------------------------------------------------------------------
def test_a_crash_between_paid_and_delivered_is_finished_by_the_sweep(sandbox, monkeypatch):
    order = PendingOrder()
    pay(sandbox, order)

    def die(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(orders, "fulfil", die)
        with pytest.raises(KeyboardInterrupt):
            orders.sync_session(order.session_id)
    assert Order.objects.get().status == Order.Status.PAID

    sweeping.fulfil_paid_orders()

    assert Order.objects.get().status == Order.Status.FULFILLED
    books_agree()


def test_when_no_event_ever_comes_the_sweep_finds_the_payment_within_minutes(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    for minute in range(3, 9):
        with clock.at(timezone.now() + timedelta(minutes=minute)):
            sweeping.look_at_pending_orders()

    assert Order.objects.get().status == Order.Status.FULFILLED


def test_an_order_that_cannot_be_finished_does_not_hold_up_its_neighbours(sandbox):
    first, second = PendingOrder(), PendingOrder()
    for order in (first, second):
        pay(sandbox, order)
        orders.mark_paid(order.pk, gateway.read_session(order.session_id))
    Order.objects.filter(pk=first.pk).update(paid_at=timezone.now() - timedelta(hours=1))
    first.lines.update(commission=0, seller_share=F("price"))
    first.lines.update(tax=7)  # the books refuse what does not add up

    sweeping.fulfil_paid_orders()

    assert Order.objects.get(pk=first.pk).status == Order.Status.PAID
    assert Order.objects.get(pk=second.pk).status == Order.Status.FULFILLED


@pytest.mark.parametrize(
    ("action", "when"), [("reset", "after"), ("error", "after"), ("error", "before"), ("html", "after")]
)
def test_when_stripe_does_not_answer_the_next_click_opens_the_same_order(sandbox, fault, action, when):
    buyer, listing = UserFactory(), ListingFactory(live=True)
    # The SDK tries twice where there was no answer; a page with status 200 is one.
    rule = {"count": 1} if action == "html" else {"count": 2, "when": when}
    fault(action, "/v1/checkout/sessions", **rule)
    with pytest.raises(checkout.PaymentsAway):
        checkout.start(buyer, [listing], consented=True)

    order = checkout.start(buyer, [listing], consented=True)

    assert order.checkout_url
    assert Order.objects.count() == 1


# ---- Coupons ---------------------------------------------------------------------------------------------------------
@race
def test_the_last_use_of_a_coupon_is_sold_once(sandbox, at_once, crowd):
    listing = ListingFactory(live=True)
    coupons.make(listing.seller, code="LAST", amount=100, limit=1)
    buyers = [make() for make in crowd(5, UserFactory)]

    answers = at_once(*[lambda b=b: checkout.start(b, [listing], coupon="LAST", consented=True) for b in buyers])

    assert sum(isinstance(one, prices.CouponUsedUp) for one in answers) == len(buyers) - 1
    assert Redemption.objects.count() == Coupon.objects.get().used == 1


@race
def test_a_coupon_counted_without_its_condition_is_oversold(sandbox, at_once, monkeypatch):
    listing = ListingFactory(live=True)
    coupons.make(listing.seller, code="TWIN", amount=100, limit=1)
    monkeypatch.setattr(prices, "take_coupon", lambda coupon, buyer: None)

    at_once(
        *[
            lambda b=b: checkout.start(b, [listing], coupon="TWIN", consented=True)
            for b in (UserFactory(), UserFactory())
        ]
    )

    assert Redemption.objects.count() == 2 > Coupon.objects.get().limit


def test_the_same_basket_with_a_coupon_again_is_the_same_order(sandbox):
    listing, buyer = ListingFactory(live=True), UserFactory()
    coupons.make(listing.seller, code="SAME", percent_bps=1000, limit=1)

    first = PendingOrder(listing, buyer=buyer, coupon="same")

    assert PendingOrder(listing, buyer=buyer, coupon="SAME").pk == first.pk
    with pytest.raises(prices.CouponUsedUp):
        PendingOrder(listing, coupon="SAME")
    orders.expire(first.pk)
    orders.expire(first.pk)
    assert PendingOrder(listing, coupon="SAME").total == 449


def test_no_coupon_goes_below_the_minimum_price(sandbox):
    listing = ListingFactory(live=True, price=310)
    coupons.make(listing.seller, code="DEEP", percent_bps=9000)

    order = PendingOrder(listing, coupon="DEEP")

    assert order.total == 300
