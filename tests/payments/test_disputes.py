"""What a bank takes is taken from the sides once; what it gives back they get back."""

import dataclasses

import pytest
from django.utils import timezone

from accounts import outbox
from marketplace import library
from payments import disputes, gateway, ledger, orders, payouts, reconcile, refunds, webhooks
from payments.models import Dispute, Order, Refund, Reversal, StripeEvent
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, PendingOrder, control, onboarded, pay
from tests.payments import played

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def contest(sandbox, order, **how):
    """The buyer's bank takes the money back."""
    control(sandbox, f"charges/{order.charge}/dispute", **how)
    return gateway.disputes_of(order.payment_intent)[0].id


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def may_read(order):
    try:
        return bool(library.open(order.buyer, order.lines.first().version))
    except library.MayNotRead:
        return False


def seller_of(order):
    return order.lines.first().seller


def test_a_dispute_takes_everything_once_and_winning_gives_it_back(sandbox):
    order = PaidOrder(sandbox)
    before = ledger.totals()
    dispute = contest(sandbox, order)
    for _ in range(3):
        disputes.sync(dispute)
    order.refresh_from_db()
    assert order.state == "disputed"
    assert not may_read(order)
    assert ledger.seller_balance(seller_of(order)).pending == 0
    assert ledger.totals()["stripe"] == before["stripe"] - 499 - 1500

    control(sandbox, f"disputes/{dispute}/win")
    for _ in range(3):
        disputes.sync(dispute)

    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert may_read(order)
    assert ledger.seller_balance(seller_of(order)).pending == 399
    assert ledger.totals()["stripe"] == before["stripe"] - 1500
    assert ledger.totals().get("losses", 0) == 0
    books_agree()


def test_news_of_a_won_dispute_that_come_alone_end_the_same(sandbox):
    order = PaidOrder(sandbox)
    dispute = contest(sandbox, order)
    control(sandbox, f"disputes/{dispute}/win")

    disputes.sync(dispute)

    assert may_read(order)
    assert ledger.seller_balance(seller_of(order)).pending == 399
    books_agree()


def test_a_lost_dispute_stays_lost(sandbox):
    order = PaidOrder(sandbox)
    dispute = contest(sandbox, order)
    control(sandbox, f"disputes/{dispute}/lose")
    for _ in range(2):
        disputes.sync(dispute)

    assert not may_read(order)
    assert Dispute.objects.get().settled_at is not None
    assert ledger.seller_balance(seller_of(order)).pending == 0
    books_agree()


def test_an_inquiry_moves_nothing(sandbox):
    order = PaidOrder(sandbox)
    before = ledger.totals()
    disputes.sync(contest(sandbox, order, inquiry=True))

    assert may_read(order)
    assert ledger.totals() == before
    assert Order.objects.get().state == "fulfilled"


def test_a_contested_part_costs_the_sellers_their_part_of_it(sandbox):
    first, second = ListingFactory(live=True, price=1000), ListingFactory(live=True, price=3000)
    order = PaidOrder(sandbox, first, second)
    disputes.sync(contest(sandbox, order, amount=2000))

    assert ledger.seller_balance(first.seller).pending == 400
    assert ledger.seller_balance(second.seller).pending == 1200
    assert ledger.totals().get("losses", 0) == 0
    books_agree()


def test_after_a_payout_the_dispute_is_taken_back_and_winning_pays_again(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    onboarded(sandbox, listing.seller)
    control(sandbox, "topup", amount=100_000, currency="usd")
    order = PaidOrder(sandbox, listing)
    payouts.pay(listing.seller.pk)
    dispute = contest(sandbox, order)
    disputes.sync(dispute)
    outbox.drain()
    assert Reversal.objects.get().state == Reversal.State.DONE
    assert ledger.seller_balance(listing.seller).debt == 0

    control(sandbox, f"disputes/{dispute}/win")
    disputes.sync(dispute)

    assert ledger.seller_balance(listing.seller).available == 399
    books_agree()


def test_a_dispute_that_is_won_before_the_take_back_leaves_the_payout_alone(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    onboarded(sandbox, listing.seller)
    control(sandbox, "topup", amount=100_000, currency="usd")
    order = PaidOrder(sandbox, listing)
    payout = payouts.pay(listing.seller.pk)
    dispute = contest(sandbox, order)
    control(sandbox, f"disputes/{dispute}/win")
    disputes.sync(dispute)
    outbox.drain()

    assert gateway.read_transfer(payout.transfer).reversed == 0
    assert ledger.seller_balance(listing.seller).available == 0
    books_agree()


# ---- Beside a refund -------------------------------------------------------------------------------------------------
def test_beside_a_partial_refund_each_cent_is_taken_once(sandbox):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    refund = refunds.give(order, {line.pk: 200}, cause=Refund.Cause.PROMISE, key="part")
    refunds.send(refund.pk)
    disputes.sync(contest(sandbox, order, amount=299))

    assert ledger.seller_balance(seller_of(order)).pending == 0
    assert ledger.totals().get("commission", 0) == 0
    assert ledger.totals().get("losses", 0) == 0
    books_agree()


@pytest.mark.parametrize("outcome", ["lose", "win"])
def test_a_refund_that_the_dispute_forestalled_is_not_a_gift_to_the_seller(sandbox, outcome):
    """Decided, then contested, then refused by Stripe: the sale is lost once, or stands as before."""
    order = PaidOrder(sandbox)
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    dispute = contest(sandbox, order)
    disputes.sync(dispute)
    assert ledger.totals()["losses"] == 499

    refunds.send(refund.pk)
    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    assert ledger.seller_balance(seller_of(order)).pending == 0
    assert ledger.totals()["losses"] == 0
    assert not may_read(order), "A failed refund opens nothing while the bank has the money."

    control(sandbox, f"disputes/{dispute}/{outcome}")
    disputes.sync(dispute)
    assert ledger.seller_balance(seller_of(order)).pending == (399 if outcome == "win" else 0)
    assert may_read(order) is (outcome == "win")
    assert ledger.totals()["losses"] == 0
    books_agree()


def test_a_refund_that_fails_is_not_set_against_what_another_payment_cost_the_house(sandbox):
    """Paid twice: the second payment went back and was contested all the same. That is no business of the seller's."""
    order = PaidOrder(sandbox)
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    ledger.record_stray(order, 499, "usd", "pi_second")
    taken = taken_by("dp_second", order, payment_intent="pi_second")
    disputes._book(order.pk, taken)
    assert ledger.totals()["losses"] == 499

    refunds.fail(refund.pk, "expired_or_canceled_card")

    assert ledger.seller_balance(seller_of(order)).pending == 399
    assert ledger.totals()["losses"] == 499


def test_winning_one_of_two_disputes_gives_back_what_that_one_took(sandbox):
    """The name of the first is the beginning of the second's."""
    order = PaidOrder(sandbox)
    for name, amount in [("dp_1", 100), ("dp_12", 200)]:
        disputes._book(order.pk, taken_by(name, order, amount=amount))
    before = ledger.totals()

    disputes._book(order.pk, taken_by("dp_1", order, amount=100, status="won", reinstated=100))

    assert ledger.totals()["stripe"] == before["stripe"] + 100
    order.refresh_from_db()
    assert order.disputed_at, "The other one is still open."


def taken_by(name, order, *, amount=499, **how):
    """What Stripe says of a dispute whose money was withdrawn."""
    said = {"status": "needs_response", "reason": "general", "reinstated": 0, "fee": 1500, "charge": "ch_1"}
    said |= {"payment_intent": order.payment_intent, "currency": "usd", "amount": amount, "withdrawn": amount}
    return gateway.StripeDispute(id=name, **said | how)


# ---- Out of order ----------------------------------------------------------------------------------------------------
def test_news_of_a_dispute_that_overtake_those_of_the_payment_are_not_lost(sandbox):
    order = PendingOrder()
    pay(sandbox, order, card="4000000000000259")
    payment = gateway.read_session(order.session_id)
    found = gateway.disputes_of(payment.payment_intent)[0]
    event = StripeEvent.objects.create(
        stripe_id="evt_dispute", kind="charge.dispute.created", object_id=found.id, happened_at=timezone.now()
    )

    webhooks.handle(event.pk)
    orders.sync_session(order.session_id)

    order.refresh_from_db()
    assert order.state == "disputed"
    assert not may_read(order)
    assert ledger.seller_balance(seller_of(order)).pending == 0
    books_agree()


@race
def test_many_notices_at_once_are_booked_once(sandbox, at_once, crowd):
    order = PaidOrder(sandbox)
    dispute = contest(sandbox, order)

    answers = at_once(*crowd(6, lambda: disputes.sync(dispute)))

    assert [one for one in answers if one] == []
    assert ledger.seller_balance(seller_of(order)).pending == 0
    books_agree()


@race
def test_without_the_lock_two_notices_both_take_the_money(sandbox, at_once, meet, without_locks, monkeypatch):
    order = PaidOrder(sandbox)
    found = played.taken(order)
    disputes._book(order.pk, dataclasses.replace(found, withdrawn=0))  # the bank asked first
    took = []
    monkeypatch.setattr(disputes, "_withdraw", lambda order, dispute, found: took.append(order.pk))
    meet(disputes, "_withdraw", 8, before=True)

    at_once(*[lambda: disputes._book(order.pk, found)] * 2)

    assert len(took) == 2
