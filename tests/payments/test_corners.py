"""The turns that money takes seldom: news that come twice, too early or of things nobody knows. Stripe is played."""

from datetime import timedelta

import pytest

from accounts.models import Notification
from common import clock
from common.money import Money
from marketplace.models import Listing
from payments import bank_losses, disputes, gateway, ledger, orders, payout_accounts, payouts, refunds, tasks, webhooks
from payments.ledger import K, Leg
from payments.models import (
    Account,
    Alert,
    Entry,
    Order,
    Payout,
    PayoutAccount,
    Refund,
    Reversal,
    StripeEvent,
    Transaction,
)
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PendingOrder

pytestmark = pytest.mark.django_db


def says(monkeypatch, **answers):
    """What the gateway's functions answer; an exception is raised."""

    def answer(value):
        def call(*_args, **_named):
            if isinstance(value, BaseException):
                raise value
            return value

        return call

    for name, value in answers.items():
        monkeypatch.setattr(gateway, name, answer(value))


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


def payment(order, **how):
    known = {"session": f"cs_{order.number}", "status": "complete", "paid": True, "currency": "usd", "tax": 0}
    known |= {"amount": order.total, "order": order.number, "payment_intent": f"pi_{order.pk}"}
    return gateway.Payment(**known | {"charge": f"ch_{order.pk}", "fee": 44} | how)


def charge(order="", fee=44):
    known = {"id": "ch_1", "payment_intent": "pi_1", "amount": 499, "refunded": 0, "currency": "usd"}
    return gateway.Charge(**known, order=order, disputed=False, fee=fee)


def paid(*listings, **how):
    order = PendingOrder(*listings)
    orders.mark_paid(order.pk, payment(order, **how))
    return orders.fulfil(order.pk)


def taken(order, amount=499, **how):
    known = {"id": "dp_1", "status": "needs_response", "reason": "general", "charge": "ch_1", "currency": "usd"}
    known |= {"amount": amount, "withdrawn": amount, "reinstated": 0, "fee": 0, "payment_intent": order.payment_intent}
    return gateway.StripeDispute(**known | how)


def refund_made(**how):
    known = {"id": "re_1", "status": "succeeded", "amount": 499, "currency": "usd", "payment_intent": "pi_1"}
    return gateway.StripeRefund(**known | {"charge": "ch_1", "intent": "", "failure": ""} | how)


def alerts():
    return set(Alert.objects.values_list("kind", flat=True))


# ---- Orders ----------------------------------------------------------------------------------------------------------
def test_a_page_of_an_order_that_is_not_ours_says_so(monkeypatch):
    order = PendingOrder()
    Order.objects.filter(pk=order.pk).update(number="PR-ELSE")
    says(monkeypatch, read_session=payment(order))

    with pytest.raises(orders.NoSuchOrder):
        orders.sync_session("cs_else")


def test_tax_is_spread_over_the_prices_to_the_cent():
    order = paid(ListingFactory(live=True, price=499), ListingFactory(live=True, price=300), tax=101, amount=900)

    assert [line.tax for line in order.lines.order_by("pk")] == [63, 38]
    assert (order.tax, order.total) == (101, 900)
    assert ledger.totals()["tax"] == -101


def test_a_payment_of_nothing_we_know_is_nobodys(monkeypatch):
    order = PendingOrder()
    orders.mark_paid(order.pk, payment(order))

    says(monkeypatch, read_charge=charge(order="PR-ELSE"))
    assert orders.of_payment("pi_else", "ch_else") is None
    says(monkeypatch, read_charge=charge(order=order.number))
    assert orders.of_payment("pi_else", "ch_else") is None, "It has a payment already, which is another."


def test_news_of_a_payment_that_nobody_handed_over_yet_hand_it_over():
    order = PendingOrder()
    orders.mark_paid(order.pk, payment(order))

    assert orders.of_payment(f"pi_{order.pk}", "").status == Order.Status.FULFILLED


def test_a_fee_that_is_not_known_yet_is_booked_once_when_it_is(monkeypatch):
    order = paid(fee=None)
    says(monkeypatch, read_charge=charge(fee=None))
    with pytest.raises(gateway.Away):
        orders.book_fee(order.pk)

    says(monkeypatch, read_charge=charge(fee=44))
    assert orders.book_missing_fees() == 1
    orders.book_fee(order.pk)

    assert orders.book_missing_fees() == 0
    assert ledger.totals()["stripe_fees"] == 44


def test_a_late_payment_without_a_number_moves_nothing_and_one_without_its_charge_goes_back():
    order = PendingOrder()
    orders.expire(order.pk)

    orders.mark_paid(order.pk, payment(order, payment_intent=None))
    assert not Refund.objects.exists()
    orders.mark_paid(order.pk, payment(order, charge=None, fee=None))
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
    says(monkeypatch, expire_session=payment(order, paid=False))
    orders.close(order)
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING

    says(monkeypatch, expire_session=payment(order, paid=False, failed=True))
    orders.close(order)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


# ---- Disputes --------------------------------------------------------------------------------------------------------
def test_a_dispute_of_a_payment_that_no_order_has_is_for_a_person(monkeypatch):
    says(monkeypatch, read_dispute=taken(Order(payment_intent="pi_else")), read_charge=charge(order="PR-ELSE"))

    disputes.sync("dp_1")

    assert alerts() == {"dispute_unknown"}


def test_a_dispute_of_what_was_never_handed_over_takes_no_right_and_gives_none():
    order = PendingOrder()
    Listing.objects.update(status=Listing.Status.SUSPENDED)
    orders.mark_paid(order.pk, payment(order))
    order = orders.fulfil(order.pk)

    disputes._book(order.pk, taken(order))
    assert ledger.totals()["losses"] == 499, "The money was to go back already."
    disputes._book(order.pk, taken(order, status="won", reinstated=499))

    assert ledger.totals()["losses"] == 0
    assert orders.entitlements(order) == []


def test_a_failed_refund_is_set_against_a_loss_that_is_as_large():
    order = paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    disputes._book(order.pk, taken(order, amount=100))
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
    order = paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    refunds.fail(refund.pk, "declined")
    before = ledger.totals()

    refunds._refused(refund.pk, "declined")
    refunds.settle(refund.pk, refund_made(status="pending"))
    assert "refund_late" not in alerts()
    refunds.settle(refund.pk, refund_made())
    assert "refund_late" in alerts()
    refunds._look_again(refund.pk)
    assert ledger.totals() == before


def test_a_seller_hears_once_of_what_went_back():
    order = paid()
    refund = refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    for _ in range(2):
        refunds.settle(refund.pk, refund_made())

    assert Notification.objects.get(kind="sale_refunded").user == order.lines.get().seller


def test_a_line_that_went_back_already_does_not_go_back_again():
    order = paid()
    refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    refunds.give_line_back(order, order.lines.get())

    assert Refund.objects.count() == 1


def test_refunds_of_the_dashboard_that_failed_or_are_of_no_order_are_left_there():
    assert refunds._take_in("pi_else", refund_made(status="failed")) is None
    assert refunds._take_in("pi_else", refund_made()) is None
    assert not Refund.objects.exists()


@pytest.mark.parametrize("problem", [gateway.Away("no answer"), ValueError("something else")])
def test_a_refund_or_payout_that_cannot_be_asked_after_leaves_the_others_their_turn(monkeypatch, problem):
    order = paid()
    refunds.give(order, None, cause=Refund.Cause.PROMISE, key="late")
    Refund.objects.update(created_at=clock.now() - timedelta(hours=2))
    payout = owed()
    Payout.objects.update(created_at=clock.now() - timedelta(hours=2))
    asked = []

    def fail(pk):
        asked.append(pk)
        raise problem

    monkeypatch.setattr(refunds, "send", fail)
    monkeypatch.setattr(payouts, "send", fail)

    assert (refunds.sweep(), payouts.sweep()) == (1, 1)
    assert asked == [Refund.objects.get().pk, payout.pk]


# ---- Payouts ---------------------------------------------------------------------------------------------------------
def rich(amount=5000):
    """A seller with matured money and an account at Stripe."""
    seller = SellerFactory()
    legs = [Leg(K.STRIPE, amount), Leg(K.SELLER, -amount, seller.pk)]
    ledger.post("manual", f"given:{seller.pk}", "usd", legs)
    PayoutAccount.objects.create(seller=seller, country="US", stripe_id=f"acct_{seller.pk}", state="active")
    return seller


def owed():
    return payouts.reserve(rich().pk)


def transfer(payout, **how):
    known = {"id": "tr_1", "intent": payout.public_id, "amount": payout.amount, "currency": "usd", "reversed": 0}
    return gateway.Transfer(**known | {"destination": "acct_1", "destination_payment": "py_1"} | how)


def test_whoever_is_due_is_handed_to_the_workers_unless_payouts_are_off(monkeypatch):
    from payments import alerts as switches

    seller, asked = rich(), []
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
    seller = rich()
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
    payout = owed()
    payouts.settle(payout.pk, transfer(payout, amount=payout.amount - 1))
    payout.refresh_from_db()
    assert payout.transfer is None
    assert alerts() == {"payout_mismatch"}

    payouts.void(payout.pk, "account_closed")
    assert alerts() == {"payout_mismatch", "payout_refused"}
    before = ledger.totals()
    payout.refresh_from_db()
    payouts.void(payout.pk, "account_closed")
    payouts._not_called(payout)
    payouts.send(payout.pk)

    assert ledger.totals() == before
    payout.refresh_from_db()
    assert payout.state == Payout.State.FAILED


def test_take_backs_are_booked_once_whoever_made_them(monkeypatch):
    payout = owed()
    payouts.settle(payout.pk, transfer(payout))
    payout.refresh_from_db()
    ours = Reversal.objects.create(payout=payout, amount=200, because="a test")
    made = [
        gateway.TransferReversal(id="trr_1", intent=ours.public_id, amount=200),
        gateway.TransferReversal(id="trr_2", intent="", amount=300),
    ]
    says(monkeypatch, reversals_of=made)

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
    says(monkeypatch, read_session=gateway.Away("no answer"))

    found = event("checkout.session.completed")

    assert (found.state, found.attempts, found.error) == (StripeEvent.State.NEW, 1, "Away")
    wait = found.leased_until - clock.now()
    assert timedelta(seconds=1) < wait <= timedelta(seconds=5)


def test_a_kind_that_is_not_handled_any_more_is_done_with():
    assert event("some.old.kind").state == StripeEvent.State.DONE


def test_a_declined_card_of_an_unknown_order_is_nothing_to_us():
    assert event("payment_intent.payment_failed", order="PR-ELSE").state == StripeEvent.State.DONE


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
    order = paid(fee=None)
    says(monkeypatch, read_charge=charge(fee=44))

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
    order = paid(ListingFactory(live=True, price=499), ListingFactory(live=True, price=300))
    first, second = order.lines.order_by("pk")
    refunds.give(order, {first.pk: 100}, cause=Refund.Cause.PROMISE, key="slice")

    assert refunds.given_of(first).amount == 100
    assert refunds.given_of(second).amount == 0


def test_money_has_another_sign():
    assert -Money(499, "usd") == Money(-499, "usd")
