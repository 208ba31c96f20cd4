"""The database refuses what may not be; whatever is planted is found and holds payouts back."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from marketplace.models import Entitlement
from payments import alerts, gateway, ledger, payouts, reconcile
from payments.ledger import K, Leg
from payments.models import Account, Alert, Entry, Order, OrderLine, Payout, Refund
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control, onboarded

pytestmark = pytest.mark.django_db


def refused(statement, *values):
    """As the application's own role: the database says no, at once or at commit."""

    def attempt():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError):
        attempt()


# ---- Refusals --------------------------------------------------------------------------------------------------------
def test_history_is_never_changed_or_removed(sandbox):
    PaidOrder(sandbox)
    for table, change in [
        ("payments_entry", "amount = amount + 1"),
        ("payments_transaction", "note = 'x'"),
        ("payments_account", "kind = 'tax'"),
    ]:
        refused(f"UPDATE {table} SET {change}")
        refused(f"DELETE FROM {table}")
        refused(f"TRUNCATE {table} CASCADE")


def test_an_unbalanced_transaction_is_refused_by_the_database_too(sandbox):
    PaidOrder(sandbox)
    with pytest.raises(ledger.Unbalanced):
        ledger.post("test", "test:1", "usd", [Leg(K.STRIPE, 1)])
    refused(
        "WITH t AS (INSERT INTO payments_transaction (kind, key, note, created_at) VALUES ('x', 'x', '', now())"
        " RETURNING id) INSERT INTO payments_entry (transaction_id, account_id, amount, created_at)"
        " SELECT t.id, a.id, 1, now() FROM t, (SELECT id FROM payments_account LIMIT 1) AS a"
    )


def test_currencies_are_never_added_together():
    Account.objects.create(kind=K.STRIPE, currency="jpy")
    Account.objects.create(kind=K.STRIPE, currency="usd")
    refused(
        "WITH t AS (INSERT INTO payments_transaction (kind, key, note, created_at) VALUES ('x', 'x', '', now())"
        " RETURNING id) INSERT INTO payments_entry (transaction_id, account_id, amount, created_at)"
        " SELECT t.id, a.id, CASE a.currency WHEN 'usd' THEN 1 ELSE -1 END, now() FROM t, payments_account AS a"
    )


def test_a_price_of_299_a_second_grant_and_a_second_key_are_refused(sandbox):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    refused("UPDATE payments_orderline SET price = 299, commission = 60, seller_share = 239")
    refused("UPDATE payments_orderline SET price = -300, commission = -60, seller_share = -240")
    refused("UPDATE payments_orderline SET refunded = price + tax + 1")
    refused("UPDATE payments_order SET refunded = total + 1")
    for changes in [{"key": "another"}, {"revoked_at": timezone.now(), "revoked_because": "refund"}]:
        copy = Entitlement.objects.get(pk=line.entitlement_id)
        copy.pk, copy.public_id = None, "another"
        for name, value in changes.items():
            setattr(copy, name, value)
        with pytest.raises(DatabaseError), transaction.atomic():
            copy.save(force_insert=True)
    other = PaidOrder(sandbox)
    refused("UPDATE payments_orderline SET entitlement_id = %s", other.lines.get().entitlement_id)


def test_the_same_fact_is_booked_once():
    legs = [Leg(K.STRIPE, 5), Leg(K.LOSSES, -5)]

    assert ledger.post("test", "fact", "usd", legs) is True
    assert ledger.post("test", "fact", "usd", legs) is False
    assert Entry.objects.count() == 2


# ---- What reconcile finds --------------------------------------------------------------------------------------------
def rules():
    return {difference.rule for difference in reconcile.differences(with_stripe=False)}


def without_guards(statement):
    """What only a superuser at three in the morning could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE payments_entry ENABLE TRIGGER USER")


@pytest.fixture
def order(sandbox):
    placed = PaidOrder(sandbox)
    assert rules() == set()
    return placed


def test_an_entry_changed_behind_our_back_is_found(order):
    without_guards("UPDATE payments_entry SET amount = amount + 1 WHERE id = (SELECT min(id) FROM payments_entry)")

    assert "I1" in rules()


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        ("I3", lambda order: order.lines.update(entitlement=None)),
        ("I3", lambda order: order.lines.update(refunded=499)),
        ("I5", lambda order: Order.objects.update(status="paid")),
        ("I5", lambda order: ledger.post("sale", "sale:x", "usd", [Leg(K.STRIPE, 5), Leg(K.TAX, -5)], order=order)),
        ("I6", lambda order: ledger.post("x", "x", "usd", [Leg(K.IN_TRANSIT, -5, order.buyer_id), Leg(K.STRIPE, 5)])),
        ("I9", lambda order: Order.objects.update(refunded=5)),
        ("I9", lambda order: ledger.post("x", "x", "usd", [Leg(K.STRIPE, 5), Leg(K.UNALLOCATED, -5)])),
        (
            "I9",
            lambda order: Refund.objects.create(
                order=order, payment_intent="pi", amount=1, currency="usd", cause="promise", key="x", state="succeeded"
            ),
        ),
    ],
)
def test_each_planted_difference_is_found_by_its_name(order, rule, plant):
    plant(order)

    assert rule in rules()


def test_a_payout_of_what_had_not_matured_is_found(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    listing = ListingFactory(live=True)
    onboarded(sandbox, listing.seller)
    PaidOrder(sandbox, listing)
    control(sandbox, "topup", amount=10_000, currency="usd")
    payouts.pay(listing.seller.pk)
    Payout.objects.update(created_at=timezone.now() - timedelta(days=1))

    assert rules() == {"I7"}


# ---- Against Stripe, and what follows --------------------------------------------------------------------------------
@pytest.fixture
def empty_sandbox(sandbox):
    control(sandbox, "reset")
    return sandbox


def test_the_books_agree_with_stripe_to_the_cent_and_nothing_is_held_back(empty_sandbox):
    PaidOrder(empty_sandbox)

    assert reconcile.watch(patience=0) == []
    assert alerts.payouts_on()
    call_command("audit_books")


def test_what_stripe_has_and_we_do_not_freezes_payouts_and_lets_go_once_mended(empty_sandbox):
    order = PaidOrder(empty_sandbox)
    client = gateway.client.client()
    made = client.v1.refunds.create({"payment_intent": order.payment_intent, "amount": 100})

    found = reconcile.watch(patience=0)
    reconcile.watch(patience=0)

    assert {difference.rule for difference in found} == {"I5", "I8"}
    assert not alerts.payouts_on()
    assert payouts.start_due() == 0
    assert Alert.objects.filter(kind="books", resolved_at=None).count() == 2
    PaidOrder(empty_sandbox)  # sales go on

    from payments import refunds

    refunds.sync(made.id)
    assert reconcile.watch(patience=0) == []
    assert alerts.payouts_on()
    assert not Alert.objects.filter(kind="books", resolved_at=None).exists()


def test_payouts_held_by_hand_are_not_let_go_by_the_watch(empty_sandbox):
    alerts.switch_payouts(on=False, reason="by hand")

    assert reconcile.watch(patience=0) == []

    assert not alerts.payouts_on()


def test_when_stripe_is_away_nothing_is_let_go(empty_sandbox, fault):
    alerts.switch_payouts(on=False, reason=reconcile.REASON)
    fault("reset", "/v1/balance", method="GET", count=3)

    reconcile.watch(patience=0)

    assert not alerts.payouts_on()


def test_the_audit_names_what_is_wrong_and_fails(order, capsys, monkeypatch):
    OrderLine.objects.update(entitlement=None)
    monkeypatch.setattr(reconcile, "PATIENCE", 0.0)

    with pytest.raises(CommandError) as failure:
        call_command("audit_books", "--without-stripe")
    assert failure.value.returncode == 1
