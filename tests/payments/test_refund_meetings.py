"""Refunds meet what others do at the same time: Stripe's dashboard, the sweep, a payout. Stripe is played."""

from datetime import timedelta

import pytest

from accounts import outbox
from accounts.models import Notification, OutboxEntry
from common import clock
from payments import disputes, gateway, ledger, orders, payouts, refunds
from payments.ledger import K, Leg
from payments.models import PayoutAccount, Refund, Reversal
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PendingOrder
from tests.payments import played
from tests.payments.test_refund_neighbours import again, give, made, two_lines

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


# ---- From Stripe's dashboard -----------------------------------------------------------------------------------------
def outside(order, amount, **how):
    return played.refund_made(id=f"re_outside_{amount}", amount=amount, payment_intent=order.payment_intent, **how)


def test_a_refund_of_the_dashboard_takes_the_lines_in_their_order_and_says_when_it_is_too_large():
    order, first, second = two_lines()
    refunds._take_in(order.payment_intent, outside(order, 700))
    again(first, second)
    assert (first.refunded, second.refunded) == (500, 200)
    assert played.alerts() == set()

    refund = refunds._take_in(order.payment_intent, outside(order, 801))

    assert (refund.amount, refund.cause, refund.stripe_id) == (800, Refund.Cause.OUTSIDE, "re_outside_801")
    assert refund.key == "outside:re_outside_801"
    assert played.alerts() == {"refund_too_large"}
    assert not OutboxEntry.objects.filter(handler="payments.send_refund").exists(), "It is made already."


@pytest.mark.parametrize(
    "different", [{"amount": 498}, {"state": Refund.State.UNKNOWN}, {"attempts": 1}, {"stripe_id": "re_9"}]
)
def test_only_what_was_decided_and_not_asked_for_is_taken_for_a_refund_of_the_dashboard(different):
    order = played.paid()
    refund = give(order)
    Refund.objects.update(**different)

    assert refunds._adopt(order.payment_intent, outside(order, 499)) is None
    again(refund)
    assert refund.stripe_id != "re_outside_499"


def test_what_was_decided_and_made_in_the_dashboard_is_that_and_nobody_elses():
    order, other = played.paid(), played.paid()
    other_refund, refund = give(other, key="other"), give(order)
    assert refunds._adopt(order.payment_intent, outside(order, 499, intent=other_refund.public_id)) is None

    assert refunds._adopt(order.payment_intent, outside(order, 499)).pk == refund.pk

    again(refund, other_refund)
    assert (refund.stripe_id, refund.state) == ("re_outside_499", Refund.State.PENDING)
    assert (other_refund.stripe_id, other_refund.state) == (None, Refund.State.PLANNED)
    assert Notification.objects.get(kind="sale_refunded").user == order.lines.get().seller


def test_a_payment_that_bought_nothing_and_was_sent_back_by_hand_is_booked_at_its_own_order(monkeypatch):
    order, other = PendingOrder(), PendingOrder()
    for one in (other, order):
        orders.expire(one.pk)
        orders.mark_paid(one.pk, played.payment(one))
    ours = Refund.objects.get(key=f"stray:pi_{order.pk}")
    assert (ours.order, ours.amount, ours.currency, ours.cause) == (order, 499, "usd", Refund.Cause.LATE)
    promised = OutboxEntry.objects.filter(handler="payments.send_refund").values_list("arguments", flat=True)
    assert {one["refund_id"] for one in promised} == set(Refund.objects.values_list("pk", flat=True))
    Refund.objects.update(attempts=1)
    one = played.refund_made(id="re_outside", amount=200, payment_intent=f"pi_{order.pk}")
    monkeypatch.setattr(gateway, "read_refund", lambda _: one)
    monkeypatch.setattr(gateway, "refunds_of", lambda _: [one])

    for _ in range(2):
        refunds.sync("re_outside")

    taken = Refund.objects.get(key="outside:re_outside")
    assert (taken.order, taken.amount, taken.currency, taken.cause) == (order, 200, "usd", Refund.Cause.OUTSIDE)
    assert (taken.stripe_id, taken.state, taken.payment_intent) == (
        "re_outside", Refund.State.SUCCEEDED, f"pi_{order.pk}"
    )  # fmt: skip
    assert ledger.totals()["unallocated"] == 200 - 2 * 499


# ---- The sweep -------------------------------------------------------------------------------------------------------
def test_the_sweep_asks_after_what_waits_and_what_stripe_calls_pending_for_long(monkeypatch):
    waiting, young, slow, new, done = (give(played.paid(), key=str(n)) for n in range(5))
    Refund.objects.exclude(pk=young.pk).update(created_at=clock.now() - timedelta(minutes=1))
    long_ago = clock.now() - timedelta(minutes=11)
    pending = {"state": Refund.State.PENDING, "stripe_id": "re_slow"}
    Refund.objects.filter(pk=slow.pk).update(asked_at=None, created_at=long_ago, **pending)
    Refund.objects.filter(pk=new.pk).update(
        state=Refund.State.PENDING, stripe_id="re_new", asked_at=clock.now(), created_at=long_ago
    )
    Refund.objects.filter(pk=done.pk).update(
        state=Refund.State.SUCCEEDED, stripe_id="re_done", asked_at=long_ago, created_at=long_ago
    )
    played.says(monkeypatch, refund=gateway.Away("no"))
    asked = []
    monkeypatch.setattr(gateway, "read_refund", lambda pk: asked.append(pk) or made(slow, id=pk, status="pending"))

    assert refunds.sweep() == 2
    assert asked == ["re_slow"]
    again(waiting, young, slow)
    assert (waiting.attempts, young.attempts) == (1, 0)
    assert slow.asked_at is not None
    assert refunds.sweep() == 1, "Pending ones are asked after once in ten minutes."


# ---- Beside a payout -------------------------------------------------------------------------------------------------
def paid_out_at_once(at_once, act):
    """A payout is settled in the moment in which `act` takes its money from the seller: what is to be taken back."""
    seller = SellerFactory()
    PayoutAccount.objects.create(seller=seller, country="US", stripe_id="acct_1", state="active")
    order = played.paid(ListingFactory(live=True, seller=seller, price=5000))
    with clock.at(clock.now() + timedelta(days=40)):
        payout = payouts.reserve(seller.pk)
    known = {"id": "tr_1", "intent": payout.public_id, "amount": payout.amount, "currency": "usd", "reversed": 0}
    transfer = gateway.Transfer(**known, destination="acct_1", destination_payment="py_1")

    answers = at_once(lambda: payouts.settle(payout.pk, transfer), lambda: act(order))

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert ledger.seller_balance(seller).debt == payout.amount == 4000
    return [one.amount for one in Reversal.objects.all()]


def contest(order):
    disputes._book(order.pk, played.taken(order, amount=5000))


TAKERS = pytest.mark.parametrize("act", [give, contest], ids=["refund", "dispute"])


@race
@TAKERS
def test_what_is_taken_from_a_seller_while_a_payout_is_settled_is_taken_back(at_once, meet, act):
    meet(payouts, "recover", before=True)

    assert paid_out_at_once(at_once, act) == [4000]


@race
@TAKERS
def test_without_the_lock_of_the_seller_neither_sees_the_other(at_once, meet, act, monkeypatch):
    monkeypatch.setattr(ledger, "lock_sellers", lambda *_: None)
    meet(payouts, "recover", 8, before=True)

    assert paid_out_at_once(at_once, act) == []


def test_a_seller_in_debt_is_asked_for_the_money_of_each_refund_by_its_name():
    seller = played.rich(5000)
    order = played.paid(ListingFactory(live=True, seller=seller))
    ledger.post("manual", "spent", "usd", [Leg(K.SELLER, 399, seller.pk), Leg(K.LOSSES, -399)])
    with clock.at(clock.now() + timedelta(days=40)):
        payout = payouts.reserve(seller.pk)
        known = {"id": "tr_1", "intent": payout.public_id, "amount": payout.amount, "currency": "usd", "reversed": 0}
        payouts.settle(payout.pk, gateway.Transfer(**known, destination="acct_1", destination_payment="py_1"))

    refund = give(order)

    assert Reversal.objects.get().because == f"refund:{refund.public_id}:{payout.pk}"
    assert outbox.due().filter(handler="payments.reverse").count() == 1
