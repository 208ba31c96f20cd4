"""Sellers are paid what is theirs, once, whatever Stripe answers and whoever else is at it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import outbox, people
from common import clock
from payments import gateway, ledger, payout_accounts, payouts, reconcile, refunds
from payments.models import Account, Entry, Payout, PayoutAccount, PayoutItem, Refund
from tests.factories.accounts import ModeratorFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control, onboarded

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)
CONSTRAINTS = ("payout_one_in_flight", "payout_item_once")


def seller_of(order):
    return order.lines.get().seller


def transfers(payout):
    page = gateway.client.client().v1.transfers.list({"transfer_group": f"payout-{payout.public_id}"})
    return [one.amount for one in page.data]


def all_transfers(seller):
    account = seller.payout_accounts.get(retired_at=None).stripe_id
    page = gateway.client.client().v1.transfers.list({"destination": account, "limit": 100})
    return [one.amount for one in page.data]


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def refund_all(order, key="test"):
    return refunds.give(order, None, cause=Refund.Cause.PROMISE, key=key)


# ---- Two at once -----------------------------------------------------------------------------------------------------
@race
def test_many_calls_at_once_pay_once(sale, at_once, crowd):
    seller = seller_of(sale)

    answers = at_once(*crowd(8, lambda: payouts.pay(seller.pk)))

    assert all_transfers(seller) == [399]
    assert not [one for one in answers if isinstance(one, Exception) and not isinstance(one, gateway.Away)]
    assert ledger.seller_balance(seller).paid_out == 399
    books_agree()


@race
def test_without_lock_and_constraint_two_runs_reserve_the_same_money(sale, at_once, meet, without_locks):
    seller = seller_of(sale)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(CONSTRAINTS)])
        definitions = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"DROP INDEX {', '.join(CONSTRAINTS)}")
    try:
        meet(payouts, "_check", 8)
        answers = at_once(*[lambda: payouts.reserve(seller.pk)] * 2)
        assert Payout.objects.count() == 2, answers
        assert ledger.seller_balance(seller).available == -399
    finally:
        Payout.objects.update(state=Payout.State.CANCELLED)
        PayoutItem.objects.update(released=True)
        with connection.cursor() as cursor:
            cursor.execute("; ".join(definitions))


@race
def test_with_the_lock_the_same_two_runs_reserve_it_once(sale, at_once, meet):
    seller = seller_of(sale)
    meet(payouts, "_check")

    at_once(*[lambda: payouts.reserve(seller.pk)] * 2)

    assert Payout.objects.count() == 1
    assert ledger.seller_balance(seller).available == 0


# ---- Unknown outcomes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "when"),
    [
        ("reset", "before"),
        ("reset", "after"),
        ("error", "before"),
        ("error", "after"),
        ("rate_limit", "after"),
        ("truncate", "after"),
        ("html", "after"),
    ],
)
def test_an_answer_that_never_comes_ends_in_one_transfer(sale, fault, action, when):
    seller = seller_of(sale)
    rule = {} if action in {"truncate", "html"} else {"when": when}
    fault(action, "/v1/transfers", count=2, **rule)

    with pytest.raises(gateway.Away):
        payouts.pay(seller.pk)
    payout = Payout.objects.get()
    assert payout.state == Payout.State.UNKNOWN
    assert ledger.seller_balance(seller).available == 0
    assert payouts.pay(seller.pk) is None, "Nothing more goes out while one is unknown."
    for _ in range(3):
        try:
            payouts.send(payout.pk)
        except gateway.Away:
            continue
        break

    payout.refresh_from_db()
    assert payout.state == Payout.State.SENT
    assert all_transfers(seller) == [399]
    books_agree()


def test_a_refusal_that_was_none_is_seen_through(sale, fault):
    seller = seller_of(sale)
    fault("refuse", "/v1/transfers", when="after")

    payout = payouts.pay(seller.pk)

    assert payout.state == Payout.State.SENT
    assert all_transfers(seller) == [399]


def test_a_refusal_gives_the_money_back_and_the_next_run_pays(sale, fault):
    seller = seller_of(sale)
    fault("refuse", "/v1/transfers", status=400, code="balance_insufficient")

    refused = payouts.pay(seller.pk)
    assert (refused.state, refused.failure) == (Payout.State.FAILED, "balance_insufficient")
    assert ledger.seller_balance(seller).available == 399
    paid = payouts.pay(seller.pk)

    assert paid.state == Payout.State.SENT
    assert all_transfers(seller) == [399]
    books_agree()


def test_only_the_answered_key_is_given_up(sale, fault):
    """A worker with a stale key must not push the others to a fresh one while theirs is being worked on."""
    seller = seller_of(sale)
    payout = payouts.reserve(seller.pk)
    stale = Payout.objects.select_related("account").get(pk=payout.pk)
    fault("error", "/v1/transfers", count=2)
    with pytest.raises(gateway.Away):
        payouts.send(payout.pk)
    assert Payout.objects.get().key_round == 2
    stale.state, stale.attempts = Payout.State.UNKNOWN, 1

    original = payouts._begin
    payouts._begin = lambda _: (stale, "")
    try:
        with pytest.raises(gateway.Away):
            payouts.send(payout.pk)
    finally:
        payouts._begin = original

    assert Payout.objects.get().key_round == 2


def test_a_crash_before_the_call_is_finished_by_the_sweep(sale, monkeypatch):
    seller = seller_of(sale)

    def die(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "transfer", die)
        with pytest.raises(KeyboardInterrupt):
            payouts.pay(seller.pk)
    with clock.at(timezone.now() + timedelta(minutes=1)):
        payouts.sweep()

    assert Payout.objects.get().state == Payout.State.SENT
    assert all_transfers(seller) == [399]


def test_a_crash_after_the_call_is_finished_by_the_sweep(sale, monkeypatch):
    seller = seller_of(sale)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(payouts, "settle", die)
        with pytest.raises(KeyboardInterrupt):
            payouts.pay(seller.pk)
    with clock.at(timezone.now() + timedelta(minutes=1)):
        payouts.sweep()

    assert Payout.objects.get().state == Payout.State.SENT
    assert all_transfers(seller) == [399]
    books_agree()


# ---- Who may not be paid ---------------------------------------------------------------------------------------------
def test_suspended_between_selection_and_call_nothing_is_sent(sale):
    seller = seller_of(sale)
    payout = payouts.reserve(seller.pk)
    people.suspend(seller, by=ModeratorFactory(), reason="stolen prompts")

    payouts.send(payout.pk)

    payout.refresh_from_db()
    assert payout.state == Payout.State.CANCELLED
    assert all_transfers(seller) == []
    assert ledger.seller_balance(seller).available == 399
    people.restore(seller, by=ModeratorFactory())
    assert payouts.pay(seller.pk).amount == 399
    assert all_transfers(seller) == [399]


def test_suspended_while_the_outcome_is_unknown_nothing_more_is_sent(sale, fault):
    seller = seller_of(sale)
    fault("reset", "/v1/transfers", count=2)
    with pytest.raises(gateway.Away):
        payouts.pay(seller.pk)
    people.suspend(seller, by=ModeratorFactory(), reason="stolen prompts")
    payout = Payout.objects.get()

    payouts.send(payout.pk)
    payout.refresh_from_db()
    assert payout.state == Payout.State.UNKNOWN, "The call may still be under way."
    Payout.objects.update(asked_at=timezone.now() - timedelta(minutes=11))
    payouts.send(payout.pk)

    payout.refresh_from_db()
    assert payout.state == Payout.State.CANCELLED
    assert all_transfers(seller) == []
    assert ledger.seller_balance(seller).available == 399
    books_agree()


def test_suspended_after_a_transfer_that_we_do_not_know_of_it_is_settled(sale, fault):
    seller = seller_of(sale)
    fault("reset", "/v1/transfers", when="after", count=2)
    with pytest.raises(gateway.Away):
        payouts.pay(seller.pk)
    people.suspend(seller, by=ModeratorFactory(), reason="stolen prompts")

    payouts.send(Payout.objects.get().pk)

    assert Payout.objects.get().state == Payout.State.SENT
    books_agree()


def test_a_transfer_that_turns_up_after_it_was_given_up_is_not_paid_again(sale):
    seller = seller_of(sale)
    payout = payouts.reserve(seller.pk)
    payouts.void(payout.pk, "balance_insufficient")
    made = gateway.transfer(amount=399, currency="usd", destination=payout.account.stripe_id, intent=payout.public_id)

    payout_accounts.sync_transfer(made.id)
    payout_accounts.sync_transfer(made.id)

    payout.refresh_from_db()
    assert payout.state == Payout.State.SENT
    assert ledger.seller_balance(seller).available == 0
    assert payouts.pay(seller.pk) is None
    books_agree()


def test_a_replaced_account_gets_nothing_for_72_hours_by_the_database_clock(sale):
    seller = seller_of(sale)
    old = seller.payout_accounts.get(retired_at=None)
    payout = payouts.reserve(seller.pk)
    with pytest.raises(payout_accounts.NoReplacement):
        payout_accounts.replace(seller)
    payouts.void(payout.pk, "balance_insufficient")

    new = payout_accounts.replace(seller)
    PayoutAccount.objects.filter(pk=new.pk).update(state="active", stripe_id="acct_new")

    assert payouts.pay(seller.pk) is None
    old.refresh_from_db()
    assert old.retired_at is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT held_until BETWEEN now() + interval '71 hours' AND now() + interval '73 hours'"
            " FROM payments_payoutaccount WHERE id = %s",
            [new.pk],
        )
        assert cursor.fetchone() == (True,)


def test_switched_off_payouts_stay_where_they_are(sale):
    from payments import alerts

    seller = seller_of(sale)
    payout = payouts.reserve(seller.pk)
    alerts.switch_payouts(on=False, reason="a test")

    payouts.send(payout.pk)

    assert all_transfers(seller) == []
    assert payouts.start_due() == 0


# ---- The hold and the minimum ----------------------------------------------------------------------------------------
def test_a_sale_is_not_paid_before_its_hold_ends_whatever_our_clock_says(sandbox, settings, monkeypatch):
    settings.MIN_PAYOUT = 300
    listing = ListingFactory(live=True)
    onboarded(sandbox, listing.seller)
    PaidOrder(sandbox, listing)
    ahead = timezone.now() + timedelta(days=400)

    monkeypatch.setattr("django.utils.timezone.now", lambda: ahead)

    assert payouts.due() == []
    assert payouts.pay(listing.seller.pk) is None


def test_a_machine_whose_clock_is_behind_does_not_make_the_books_look_wrong(sale, monkeypatch):
    behind = timezone.now() - timedelta(hours=26)
    monkeypatch.setattr("django.utils.timezone.now", lambda: behind)

    assert payouts.pay(seller_of(sale).pk).state == Payout.State.SENT
    books_agree()


def test_less_than_the_minimum_waits(sale, settings):
    settings.MIN_PAYOUT = 400

    assert payouts.due() == []
    assert payouts.pay(seller_of(sale).pk) is None


# ---- Refunds around payouts ------------------------------------------------------------------------------------------
def test_a_refund_before_the_call_cancels_the_payout(sale):
    seller = seller_of(sale)
    payout = payouts.reserve(seller.pk)
    refund_all(sale)

    payouts.send(payout.pk)
    outbox.drain()

    payout.refresh_from_db()
    assert payout.state == Payout.State.CANCELLED
    assert all_transfers(seller) == []
    assert ledger.seller_balance(seller).available == 0
    books_agree()


# ---- What arrives at the bank ----------------------------------------------------------------------------------------
def test_a_payout_whose_events_never_came_is_found_at_the_bank(sandbox, sale):
    seller = seller_of(sale)
    payout = payouts.pay(seller.pk)
    control(sandbox, "payouts/run")
    control(sandbox, "drain", deliveries=False)
    Payout.objects.update(sent_at=timezone.now() - timedelta(hours=2))
    PayoutAccount.objects.update(checked_at=timezone.now() - timedelta(hours=2))

    payout_accounts.sweep()

    payout.refresh_from_db()
    assert payout.state == Payout.State.PAID


def test_each_entry_is_paid_by_one_payout(sale):
    payout = payouts.pay(seller_of(sale).pk)

    share = Entry.objects.get(account__kind=Account.Kind.SELLER, transaction__kind="sale")
    assert [item.entry_id for item in payout.items.all()] == [share.pk]
