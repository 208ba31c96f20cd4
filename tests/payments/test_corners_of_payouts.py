"""The turns that payouts, webhooks and the books take seldom. Stripe is played."""

from datetime import timedelta

import pytest

from common import clock
from common.money import Money
from payments import disputes, gateway, ledger, orders, payout_accounts, payouts, refunds, tasks, webhooks
from payments.ledger import K, Leg
from payments.models import (
    Account,
    Alert,
    Entry,
    Payout,
    PayoutAccount,
    Refund,
    Reversal,
    StripeEvent,
)
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.payments import played

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


# ---- Payouts ---------------------------------------------------------------------------------------------------------
def transfer(payout, **how):
    known = {"id": "tr_1", "intent": payout.public_id, "amount": payout.amount, "currency": "usd", "reversed": 0}
    return gateway.Transfer(**known | {"destination": "acct_1", "destination_payment": "py_1"} | how)


def test_whoever_is_due_is_handed_to_the_workers_unless_payouts_are_off(monkeypatch):
    from payments import alerts as switches

    seller, asked = played.rich(), []
    monkeypatch.setattr(tasks, "hurry_payout", asked.append)

    assert payouts.start_due() == 1
    switches.switch_payouts(on=False, reason="a test")
    assert payouts.start_due() == 0
    assert asked == [seller.pk]


def test_nothing_is_reserved_for_whoever_never_sold():
    seller = SellerFactory()
    PayoutAccount.objects.create(seller=seller, country="US", stripe_id="acct_1", state="active")

    assert payouts.reserve(seller.pk) is None


def test_the_reasons_to_hold_a_payout_are_said():
    seller = played.rich()
    payouts.check(seller)
    seller.credentials_changed_at = clock.now() - timedelta(hours=71)
    with pytest.raises(payouts.PayoutsHeld, match="sign-in was changed"):
        payouts.check(seller)
    with pytest.raises(payouts.PayoutsHeld, match="no account"):
        payouts.check(UserFactory())
    PayoutAccount.objects.update(state=PayoutAccount.State.RESTRICTED)
    with pytest.raises(payouts.PayoutsHeld, match="no account"):
        payouts.check(seller)


def test_what_comes_after_a_payout_ended_changes_nothing(monkeypatch):
    payout = played.owed()
    payouts.settle(payout.pk, transfer(payout, amount=payout.amount - 1))
    payout.refresh_from_db()
    assert payout.transfer is None
    assert played.alerts() == {"payout_mismatch"}

    payouts.void(payout.pk, "account_closed")
    assert played.alerts() == {"payout_mismatch", "payout_refused"}
    before = ledger.totals()
    payout.refresh_from_db()
    payouts.void(payout.pk, "account_closed")
    payouts._not_called(payout)
    payouts.send(payout.pk)

    assert ledger.totals() == before
    payout.refresh_from_db()
    assert payout.state == Payout.State.FAILED


def test_take_backs_are_booked_once_whoever_made_them(monkeypatch):
    payout = played.owed()
    payouts.settle(payout.pk, transfer(payout))
    payout.refresh_from_db()
    ours = Reversal.objects.create(payout=payout, amount=200, because="a test")
    made = [
        gateway.TransferReversal(id="trr_1", intent=ours.public_id, amount=200),
        gateway.TransferReversal(id="trr_2", intent="", amount=300),
    ]
    played.says(monkeypatch, reversals_of=made)

    for _ in range(2):
        payouts.take_in_reversals(payout)
    payouts._take_in_reversal(payout, made[1])
    payouts.reverse(ours.pk)

    payout.refresh_from_db()
    assert payout.reversed_amount == 500
    assert Reversal.objects.filter(state=Reversal.State.DONE).count() == 2
    assert ledger.totals()["stripe"] == 500


# ---- Webhooks --------------------------------------------------------------------------------------------------------
def event(kind, object_id="x_1", account="", **data):
    found = StripeEvent.objects.create(
        stripe_id=f"evt_{kind}", kind=kind, object_id=object_id, account=account, data=data, happened_at=clock.now()
    )
    webhooks.handle(found.pk)
    found.refresh_from_db()
    return found


def test_stripe_being_away_never_parks_an_event(monkeypatch):
    monkeypatch.setattr(webhooks, "ATTEMPTS", 1)
    played.says(monkeypatch, read_session=gateway.Away("no answer"))

    found = event("checkout.session.completed")

    assert (found.state, found.attempts, found.error) == (StripeEvent.State.NEW, 1, "Away")
    wait = found.leased_until - clock.now()
    assert timedelta(seconds=1) < wait <= timedelta(seconds=5)


def test_a_kind_that_is_not_handled_any_more_is_done_with():
    assert event("some.old.kind").state == StripeEvent.State.DONE


def test_a_declined_card_of_an_unknown_order_is_nothing_to_us(monkeypatch):
    monkeypatch.setattr(webhooks.limits, "declined", played.fails(AssertionError("Another's card was declined.")))
    played.paid(ListingFactory(live=True))

    assert event("payment_intent.payment_failed", order="PR-ELSE").state == StripeEvent.State.DONE


def test_news_of_a_charge_that_no_order_has_are_done_with():
    assert event("charge.updated").state == StripeEvent.State.DONE


@pytest.mark.parametrize(
    ("kind", "owner", "name", "asked"),
    [
        ("charge.dispute.updated", disputes, "sync", ("x_1",)),
        ("transfer.updated", payout_accounts, "sync_transfer", ("x_1",)),
        ("payout.failed", payout_accounts, "sync_bank_payout", ("x_1", "acct_1")),
        ("account.updated", payout_accounts, "refresh_account", ("acct_1",)),
        ("refund.updated", refunds, "sync", ("ch_1",)),
    ],
)
def test_an_event_makes_us_look_at_what_it_names(monkeypatch, kind, owner, name, asked):
    calls = []
    monkeypatch.setattr(owner, name, lambda *words: calls.append(words))
    monkeypatch.setattr(orders, "of_payment", lambda *words: None)

    assert event(kind, account="acct_1", charge="ch_1").state == StripeEvent.State.DONE
    assert calls == [asked]


def test_a_fee_is_looked_at_when_its_charge_changes(monkeypatch):
    order = played.paid(fee=None)
    played.says(monkeypatch, read_charge=played.charge(fee=44))

    event("charge.updated", object_id=order.charge)
    order.refresh_from_db()
    assert order.stripe_fee == 44


def test_a_warning_of_fraud_is_for_a_person():
    event("radar.early_fraud_warning.created", charge="ch_9")

    assert Alert.objects.get().key == "charge:ch_9"


# ---- The books -------------------------------------------------------------------------------------------------------
def test_accounts_that_somebody_else_opened_meanwhile_are_found():
    ledger.post("manual", "one", "usd", [Leg(K.STRIPE, 1), Leg(K.LOSSES, -1)])

    assert len(ledger._accounts("usd", {(K.STRIPE, None), (K.LOSSES, None)})) == 2
    assert Entry.objects.count() == 2


def test_an_account_that_somebody_opens_at_the_same_moment_is_used(monkeypatch):
    def meanwhile(wanted, key):
        Account.objects.create(kind=K.LOSSES, currency="usd")
        return sorted(wanted, key=key)

    monkeypatch.setattr(ledger, "sorted", meanwhile, raising=False)

    assert ledger.post("manual", "one", "usd", [Leg(K.STRIPE, 1), Leg(K.LOSSES, -1)])
    assert ledger.totals() == {"stripe": 1, "losses": -1}
    assert Account.objects.filter(kind=K.LOSSES).count() == 1


def test_what_was_given_of_a_line_is_of_that_line_alone():
    order = played.paid(ListingFactory(live=True, price=499), ListingFactory(live=True, price=300))
    first, second = order.lines.order_by("pk")
    refunds.give(order, {first.pk: 100}, cause=Refund.Cause.PROMISE, key="slice")

    assert refunds.given_of(first).amount == 100
    assert refunds.given_of(second).amount == 0


def test_money_has_another_sign():
    assert -Money(499, "usd") == Money(-499, "usd")
