"""What comes from outside: payments that bought nothing, and what people do in Stripe's dashboard."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import outbox, people, privacy
from common import clock
from payments import (
    alerts,
    checkout,
    disputes,
    fences,
    gateway,
    ledger,
    limits,
    orders,
    payout_accounts,
    payouts,
    reconcile,
    refunds,
    tasks,
    webhooks,
)
from payments.models import Alert, Dispute, Order, Payout, Refund, Reversal, StripeEvent
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, PendingOrder, control, onboarded, pay

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def outside(payment_intent, **what):
    return gateway.client.client().v1.refunds.create({"payment_intent": payment_intent, **what})


@pytest.fixture
def stray(sandbox):
    """A payment that came after its order had run out; its refund is planned and not sent."""
    order = PendingOrder()
    pay(sandbox, order)
    orders.expire(order.pk)
    orders.sync_session(order.session_id)
    return Refund.objects.get()


# ---- Payments that bought nothing ------------------------------------------------------------------------------------
def test_a_contested_payment_that_bought_nothing_is_our_loss_until_it_is_won_and_goes_back_then(sandbox, stray):
    charge = gateway.read_session(stray.order.session_id).charge
    control(sandbox, f"charges/{charge}/dispute")
    dispute = gateway.disputes_of(stray.payment_intent)[0].id
    for _ in range(2):
        disputes.sync(dispute)

    assert Dispute.objects.get().withdrawn_at
    assert (ledger.totals()["losses"], ledger.totals()["stripe"]) == (499, -44 - 1500)
    stray.order.refresh_from_db()
    assert stray.order.disputed_at is None, "The order has nothing to do with it."
    books_agree()

    control(sandbox, f"disputes/{dispute}/win")
    for _ in range(2):
        disputes.sync(dispute)
    outbox.drain()
    stray.refresh_from_db()
    assert stray.state == Refund.State.SUCCEEDED
    assert ledger.totals() == {"stripe": -1544, "stripe_fees": 44, "dispute_fees": 1500, "losses": 0, "unallocated": 0}
    books_agree()


def test_a_contested_payment_that_was_to_go_back_costs_the_house_nothing(sandbox, stray):
    charge = gateway.read_session(stray.order.session_id).charge
    control(sandbox, f"charges/{charge}/dispute")
    disputes.sync(gateway.disputes_of(stray.payment_intent)[0].id)
    outbox.drain()

    stray.refresh_from_db()
    assert stray.state == Refund.State.FAILED
    assert ledger.totals().get("losses", 0) == 0
    assert ledger.totals().get("unallocated", 0) == 0
    books_agree()


@pytest.mark.parametrize("amount", [499, 200])
def test_a_payment_sent_back_from_the_dashboard_before_us_goes_back_once(sandbox, stray, amount):
    made = outside(stray.payment_intent, amount=amount)

    refunds.sync(made.id)
    outbox.drain()
    refunds.sync(made.id)

    assert sum(one.amount for one in gateway.refunds_of(stray.payment_intent)) == amount
    assert -ledger.totals().get("unallocated", 0) == 499 - amount
    books_agree()


def test_the_dashboard_was_quicker_than_a_refund_already_asked_for(sandbox, stray, fault):
    fault("reset", "/v1/refunds", count=2)
    with pytest.raises(gateway.Away):
        refunds.send(stray.pk)
    made = outside(stray.payment_intent)

    refunds.send(stray.pk)
    outbox.drain()
    refunds.sync(made.id)

    assert [one.amount for one in gateway.refunds_of(stray.payment_intent)] == [499]
    assert ledger.totals().get("unallocated", 0) == 0
    books_agree()


@pytest.mark.parametrize("amount", [499, 200])
def test_a_refund_from_the_dashboard_beside_one_of_ours_is_booked_though_ours_is_refused(sandbox, fault, amount):
    order = PaidOrder(sandbox)
    ours = refunds.give(order, None, cause="promise", key="ours")
    Refund.objects.update(attempts=1)  # asked for already, as far as we know
    made = outside(order.payment_intent, amount=amount)
    refunds.sync(made.id)

    outbox.drain()

    ours.refresh_from_db()
    order.refresh_from_db()
    assert ours.state == Refund.State.FAILED
    assert order.refunded == amount == sum(one.amount for one in gateway.refunds_of(order.payment_intent))
    books_agree()


def test_a_held_order_keeps_nobody_from_going_once_the_money_went_back(sandbox):
    order = PendingOrder()
    pay(sandbox, order)
    order.lines.update(price=600, list_price=600, commission=120, seller_share=480)
    Order.objects.update(subtotal=600, total=600)
    orders.sync_session(order.session_id)
    with pytest.raises(privacy.CannotErase):
        privacy.erase(order.buyer)

    outbox.drain()

    privacy.erase(order.buyer)
    books_agree()


# ---- Payouts ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def sale(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    onboarded(sandbox, listing.seller)
    return PaidOrder(sandbox, listing)


def test_a_transfer_taken_back_in_the_dashboard_is_the_sellers_again_once(sale):
    seller = sale.lines.get().seller
    payout = payouts.pay(seller.pk)
    gateway.client.client().v1.transfers.reversals.create(payout.transfer, {"amount": 150})

    for _ in range(3):
        payout_accounts.sync_transfer(payout.transfer)

    assert Reversal.objects.get().state == Reversal.State.DONE
    balance = ledger.seller_balance(seller)
    assert (balance.available, balance.paid_out) == (150, 249)
    books_agree()


@pytest.mark.parametrize("polled", [False, True])
def test_what_the_bank_returns_after_it_had_arrived_is_on_its_way_again(sandbox, sale, polled):
    payout = payouts.pay(sale.lines.get().seller.pk)
    Payout.objects.update(sent_at=timezone.now() - timedelta(minutes=1))
    control(sandbox, "payouts/run")
    account = payout.account
    sent = gateway.bank_payouts(account.stripe_id)[0]
    payout_accounts.sync_bank_payout(sent.id, account.stripe_id)
    payout.refresh_from_db()
    assert (payout.state, payout.bank_payout) == (Payout.State.PAID, sent.id)

    control(sandbox, f"payouts/{sent.id}/fail", code="account_closed")
    for _ in range(2):
        if polled:
            payout_accounts.look_at(account)
        else:
            payout_accounts.sync_bank_payout(sent.id, account.stripe_id)

    payout.refresh_from_db()
    assert (payout.state, payout.settled_at) == (Payout.State.SENT, None)
    assert gateway.read_transfer(payout.transfer).reversed == 0, "It is in the seller's balance at Stripe."
    books_agree()


def test_what_the_bank_of_a_retired_account_returns_needs_a_person(sandbox, sale):
    seller = sale.lines.get().seller
    payout = payouts.pay(seller.pk)
    control(sandbox, "payouts/run")
    sent = gateway.bank_payouts(payout.account.stripe_id)[0]
    payout_accounts.replace(seller)
    control(sandbox, f"payouts/{sent.id}/fail", code="account_closed")

    payout_accounts.sync_bank_payout(sent.id, payout.account.stripe_id)

    assert Alert.objects.filter(kind="bank_payout_retired").count() == 1


def test_suspended_between_our_asking_and_the_call_nothing_is_sent(sale, monkeypatch):
    seller = sale.lines.get().seller
    payout = payouts.reserve(seller.pk)
    ordinary = payouts._begin

    def begin_then_suspend(payout_id):
        begun = ordinary(payout_id)
        people.suspend(seller, by=ModeratorFactory(), reason="stolen prompts")
        return begun

    monkeypatch.setattr(payouts, "_begin", begin_then_suspend)
    payouts.send(payout.pk)

    payout.refresh_from_db()
    assert payout.state == Payout.State.CANCELLED
    assert ledger.seller_balance(seller).available == 399
    books_agree()


def sent_beside_a_suspension(sale, at_once, monkeypatch):
    """A payout asked for just before a suspension that is not committed when the call to Stripe is due: the calls."""
    seller, moderator = sale.lines.get().seller, ModeratorFactory()
    payout = payouts.reserve(seller.pk)
    calls, ordinary = [], payouts._begin
    suspended, begun = threading.Event(), threading.Event()

    def begin(payout_id):
        answer = ordinary(payout_id)
        begun.set()
        suspended.wait(10)
        return answer

    def suspend():
        begun.wait(10)
        with transaction.atomic():
            people.suspend(seller, by=moderator, reason="stolen prompts")
            suspended.set()
            time.sleep(0.3)  # the sender has come to its fence by now, and cannot see the suspension yet

    monkeypatch.setattr(payouts, "_begin", begin)
    monkeypatch.setattr(gateway, "transfer", lambda **_: calls.append(1))
    at_once(lambda: payouts.send(payout.pk), suspend)
    payout.refresh_from_db()
    return calls, payout.state


@race
def test_a_transfer_waits_for_a_suspension_that_is_not_committed_yet(sale, at_once, monkeypatch):
    assert sent_beside_a_suspension(sale, at_once, monkeypatch) == ([], Payout.State.CANCELLED)


@race
def test_without_the_fence_that_transfer_is_made(sale, at_once, monkeypatch):
    monkeypatch.setattr(fences, "sending", lambda _: contextlib.nullcontext())

    assert sent_beside_a_suspension(sale, at_once, monkeypatch)[0] == [1]


# ---- Declined cards --------------------------------------------------------------------------------------------------
def decline(sandbox, order):
    control(sandbox, f"sessions/{order.session_id}/pay", card="4000000000000002", email=order.email, deliver=False)
    for event in gateway.events_since(0, ["payment_intent.payment_failed"]):
        if webhooks.file(event):
            webhooks.handle(StripeEvent.objects.get(stripe_id=event.id).pk)


def test_after_five_declined_cards_an_account_opens_no_more_payment_pages(sandbox):
    buyer = UserFactory()
    order = PendingOrder(buyer=buyer)
    for _ in range(5):
        decline(sandbox, order)

    with pytest.raises(limits.TooManyCheckouts) as refusal:
        PendingOrder(buyer=buyer)
    assert 0 < refusal.value.retry_after <= 660  # counted in slices of a minute
    assert Order.objects.count() == 1
    PendingOrder()  # others are not held up


def test_five_declined_cards_from_one_place_count_together_whoever_tries(sandbox):
    for _ in range(5):
        order = PendingOrder(address="203.0.113.9")
        decline(sandbox, order)

    with pytest.raises(limits.TooManyCheckouts):
        PendingOrder(address="203.0.113.9")
    PendingOrder(address="203.0.113.10")
    PendingOrder(address="127.0.0.1")


# ---- Watching --------------------------------------------------------------------------------------------------------
def test_the_quick_look_finds_what_was_planted_and_holds_payouts_back(sandbox):
    PaidOrder(sandbox)
    control(sandbox, "reset")
    ledger.post(
        "x",
        "x",
        "usd",
        [ledger.Leg("stripe", -ledger.totals()["stripe"]), ledger.Leg("losses", ledger.totals()["stripe"])],
    )
    reconcile.glance(patience=0)
    assert alerts.payouts_on()

    Order.objects.update(status="paid")
    reconcile.glance(patience=0)

    assert not alerts.payouts_on()
    assert Alert.objects.filter(kind="books", message__contains="I5").exists()
    Order.objects.update(status="fulfilled")
    reconcile.glance(patience=0)
    assert alerts.payouts_on(), "Mended, they go on."


def test_a_payment_whose_news_were_lost_is_caught_up_with_before_anybody_is_alarmed(sandbox):
    order = PendingOrder()
    pay(sandbox, order)

    tasks.glance_at_books()

    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert alerts.payouts_on()
    assert not Alert.objects.exists()


def test_the_quick_look_sees_entries_that_do_not_sum_to_zero(sandbox):
    PaidOrder(sandbox)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_entry SET amount = amount + 1 WHERE id = (SELECT min(id) FROM payments_entry)")
        cursor.execute("ALTER TABLE payments_entry ENABLE TRIGGER USER")

    assert "I1" in {one.rule for one in reconcile.quick_differences()}


def test_a_dead_beat_is_noticed_by_whoever_works(monkeypatch):
    tasks.sweep()
    monkeypatch.setattr(alerts, "_looked_at_beat", 0.0)
    with clock.at(timezone.now() + timedelta(minutes=5)):
        alerts.look_at_beat()
        alerts.look_at_beat()
    assert Alert.objects.filter(kind="beat_missing", resolved_at=None).count() == 1

    tasks.sweep()

    assert not Alert.objects.filter(kind="beat_missing", resolved_at=None).exists()


def test_the_tests_speak_to_the_database_as_the_application_does():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_the_same_checkout_from_the_same_place_is_still_one_order(sandbox):
    listing, buyer = ListingFactory(live=True), UserFactory()

    first = checkout.start(buyer, [listing], consented=True, address="203.0.113.9")

    assert checkout.start(buyer, [listing], consented=True, address="203.0.113.10").pk == first.pk
