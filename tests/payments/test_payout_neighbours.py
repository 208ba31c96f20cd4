"""A payout moves one seller's money, and nothing of the sellers, payouts and currencies beside it. Stripe is played."""

from datetime import timedelta
from itertools import count

import pytest

from accounts import people
from accounts.models import Activity, Notification
from common import clock
from payments import gateway, ledger, payouts, reconcile
from payments.ledger import K, Leg
from payments.models import Payout, PayoutAccount, Reversal, Transaction
from tests.factories.accounts import ModeratorFactory
from tests.factories.marketplace import ListingFactory
from tests.payments import played

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)
number = count(1)


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


def transfer(payout):
    known = {"id": f"tr_{payout.pk}", "intent": payout.public_id, "amount": payout.amount, "reversed": 0}
    more = {"currency": payout.currency, "destination": "acct_1", "destination_payment": f"py_{payout.pk}"}
    return gateway.Transfer(**known | more)


def earn(seller, amount, *, matures_at=None, kind="manual", currency="usd"):
    legs = [Leg(K.STRIPE, amount), Leg(K.SELLER, -amount, seller.pk, matures_at=matures_at)]
    ledger.post(kind, f"earned:{next(number)}", currency, legs)


def sent(seller):
    payout = payouts.reserve(seller.pk)
    payouts.settle(payout.pk, transfer(payout))
    payout.refresh_from_db()
    return payout


def owe(seller, amount, *, currency="usd"):
    name = f"owed:{next(number)}"
    ledger.post("manual", name, currency, [Leg(K.SELLER, amount, seller.pk), Leg(K.LOSSES, -amount)])
    payouts.recover(seller, currency, because=name)


def planned():
    return {(one.payout_id, one.amount) for one in Reversal.objects.filter(state=Reversal.State.PLANNED)}


def asked_long_ago(*payouts_):
    Payout.objects.filter(pk__in=[one.pk for one in payouts_]).update(
        state=Payout.State.UNKNOWN, attempts=1, asked_at=clock.now() - timedelta(minutes=11)
    )


# ---- Choosing --------------------------------------------------------------------------------------------------------
def test_due_is_whoever_reaches_the_minimum_with_what_has_matured_in_our_currency(settings):
    settings.MIN_PAYOUT = 2000
    just, less, later, elsewhere, debtor = played.rich(2000), played.rich(1999), *(played.rich(100) for _ in range(3))
    earn(later, 5000, matures_at=clock.now() + timedelta(minutes=5))
    earn(elsewhere, 5000, currency="eur")
    earn(debtor, 5000)
    earn(debtor, -4000)

    assert payouts.due() == [(just.pk, 2000)]
    assert [payouts.reserve(one.pk) for one in (less, later, elsewhere, debtor)] == [None] * 4
    assert payouts.reserve(just.pk).amount == 2000


def test_what_refunds_took_from_sales_that_still_wait_is_not_paid_out():
    seller = played.rich(5000)
    waits = clock.now() + timedelta(days=3)
    earn(seller, 1000, matures_at=waits)
    earn(seller, -2500, matures_at=waits)

    assert payouts.reserve(seller.pk).amount == 3500


def test_a_payout_of_another_seller_on_its_way_holds_up_nobody_and_goes_to_nobody_else():
    one = played.owed()

    two = payouts.reserve(played.rich().pk)

    assert {payout.account.seller_id == payout.seller_id for payout in (one, two)} == {True}
    assert one.account_id != two.account_id
    assert ledger.seller_balance(one.seller).in_transit == ledger.seller_balance(two.seller).in_transit == 5000


def test_who_was_paid_once_is_paid_again_and_never_two_at_a_time():
    seller = played.rich(5000)
    first = payouts.reserve(seller.pk)
    earn(seller, 3000)
    assert payouts.reserve(seller.pk) is None

    payouts.settle(first.pk, transfer(first))

    assert payouts.reserve(seller.pk).amount == 3000


def test_a_payout_names_what_it_covers_and_leaves_it_to_the_next_when_it_ends():
    seller = played.rich(5000)
    order = played.paid(ListingFactory(live=True, seller=seller))
    clock_on = clock.now() + timedelta(days=40)
    earn(seller, 70, kind="payout_reversed")
    earn(seller, 30, kind="whatever")
    share = order.lines.get().seller_share
    with clock.at(clock_on):
        payout = payouts.reserve(seller.pk)
        covered = {item.entry_id for item in payout.items.all()}
        assert sorted(item.shown for item in payout.items.all()) == sorted([70, share, 5000])

        payouts.void(payout.pk, "balance_insufficient")
        assert {item.released for item in payout.items.all()} == {True}
        again = payouts.reserve(seller.pk)
        payouts.settle(again.pk, transfer(again))
        earn(seller, 4000)
        last = payouts.reserve(seller.pk)

    assert {item.entry_id for item in again.items.all()} == covered
    assert [item.shown for item in last.items.all()] == [4000]


def test_a_changed_sign_in_holds_a_payout_for_72_hours_and_not_longer():
    seller = played.rich()
    seller.credentials_changed_at = clock.now() - timedelta(hours=71, minutes=59)
    seller.save()
    with pytest.raises(payouts.PayoutsHeld, match="sign-in"):
        payouts.reserve(seller.pk)

    seller.credentials_changed_at = clock.now() - timedelta(hours=72, minutes=1)
    seller.save()

    assert payouts.reserve(seller.pk).amount == 5000


def test_a_changed_account_holds_a_payout_until_its_time_and_not_longer():
    seller = played.rich()
    PayoutAccount.objects.update(held_until=clock.now() + timedelta(minutes=1))
    with pytest.raises(payouts.PayoutsHeld, match="account was changed"):
        payouts.reserve(seller.pk)

    PayoutAccount.objects.update(held_until=clock.now() - timedelta(minutes=1))

    assert payouts.reserve(seller.pk).amount == 5000


# ---- Sending ---------------------------------------------------------------------------------------------------------
def test_an_answered_failure_gives_the_key_of_its_own_payout_up(monkeypatch):
    one, two = played.owed(), played.owed()
    played.says(monkeypatch, transfer=gateway.Away("no", answered=True))

    with pytest.raises(gateway.Away):
        payouts.send(one.pk)

    assert [Payout.objects.get(pk=payout.pk).key_round for payout in (one, two)] == [2, 1]


def test_a_payout_is_let_go_of_alone(monkeypatch):
    one, two, three = played.owed(), played.owed(), played.owed()
    asked_long_ago(one, two)
    played.says(monkeypatch, find_transfer=None)
    people.suspend(one.seller, by=ModeratorFactory(), reason="stolen prompts")

    payouts.send(one.pk)
    payouts.void(three.pk, "balance_insufficient")

    states = [Payout.objects.get(pk=payout.pk).state for payout in (one, two, three)]
    assert states == [Payout.State.CANCELLED, Payout.State.UNKNOWN, Payout.State.FAILED]
    assert [ledger.seller_balance(payout.seller).available for payout in (one, two, three)] == [5000, 0, 5000]


def test_a_payout_whose_call_may_still_be_under_way_is_not_let_go_of(monkeypatch):
    payout = played.owed()
    asked_long_ago(payout)
    Payout.objects.update(asked_at=clock.now() - timedelta(minutes=9), created_at=clock.now() - timedelta(days=1))
    played.says(monkeypatch, find_transfer=None)
    people.suspend(payout.seller, by=ModeratorFactory(), reason="stolen prompts")

    payouts.send(payout.pk)

    assert Payout.objects.get().state == Payout.State.UNKNOWN


def test_the_sweep_asks_after_each_that_waits_and_leaves_the_young_and_the_done(monkeypatch):
    waiting, young, done = played.owed(), played.owed(), played.owed()
    payouts.void(done.pk, "balance_insufficient")
    Payout.objects.exclude(pk=young.pk).update(created_at=clock.now() - timedelta(minutes=1))
    asked = []
    monkeypatch.setattr(payouts, "send", asked.append)

    assert payouts.sweep() == 1
    assert asked == [waiting.pk]


def test_what_became_of_a_payout_stands_at_it_and_the_seller_and_the_record_hear_of_it():
    payout = played.owed()
    payouts.void(payout.pk, "balance_insufficient")
    payout.refresh_from_db()
    assert payout.settled_at

    payouts.settle(payout.pk, transfer(payout))

    payout.refresh_from_db()
    assert (payout.state, payout.failure, payout.settled_at) == (Payout.State.SENT, "", None)
    assert (payout.destination_payment, payout.sent_at is not None) == (f"py_{payout.pk}", True)
    told = Notification.objects.get(kind="payout_sent")
    assert (told.user, told.data["amount"]["amount"]) == (payout.seller, 5000)
    assert Activity.objects.get(verb="payout.sent", object_id=payout.public_id).data == {"amount": 5000}


def test_every_booking_of_a_payout_names_it():
    payout = played.owed()
    payouts.void(payout.pk, "balance_insufficient")
    payouts.settle(payout.pk, transfer(payout))
    payout.refresh_from_db()
    payouts._take_in_reversal(payout, gateway.TransferReversal(id="trr_1", intent="", amount=300))

    booked = Transaction.objects.filter(payout=payout).values_list("kind", flat=True)
    assert sorted(booked) == ["payout_reserved", "payout_reversed", "payout_sent", "payout_voided"]
    outside = Activity.objects.get(verb="payout.reversed_outside", object_id=payout.public_id)
    assert outside.data == {"amount": 300}


# ---- Given up and made at once ---------------------------------------------------------------------------------------
def give_up_and_settle(at_once, payout):
    answers = at_once(
        lambda: payouts.void(payout.pk, "balance_insufficient"), lambda: payouts.settle(payout.pk, transfer(payout))
    )
    assert [one for one in answers if isinstance(one, Exception)] == []


@race
def test_a_payout_that_is_given_up_while_it_is_settled_is_paid_once(at_once, meet):
    payout = played.owed()
    meet(ledger, "post", before=True)

    give_up_and_settle(at_once, payout)

    balance = ledger.seller_balance(payout.seller)
    assert (balance.available, balance.in_transit, balance.paid_out) == (0, 0, 5000)
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


@race
def test_without_the_lock_the_money_that_left_is_the_sellers_again(at_once, meet, without_locks):
    payout = played.owed()
    meet(ledger, "post", 8, before=True)

    give_up_and_settle(at_once, payout)

    assert ledger.seller_balance(payout.seller).available == 5000
    assert ledger.totals()["stripe"] == 0, "It is at the bank already."


# ---- Taking back -----------------------------------------------------------------------------------------------------
def test_a_debt_is_taken_from_the_newest_payouts_first_and_from_each_no_more_than_it_was():
    seller = played.rich(3000)
    first = sent(seller)
    earn(seller, 4000)
    second = sent(seller)
    Payout.objects.filter(pk=first.pk).update(sent_at=clock.now() - timedelta(days=7))
    sent(played.rich(9000))

    owe(seller, 4500)
    assert planned() == {(second.pk, 4000), (first.pk, 500)}
    owe(seller, 100)
    owe(seller, 9000)

    assert sum(amount for pk, amount in planned() if pk == first.pk) == 3000
    assert sum(amount for _, amount in planned()) == 7000
    assert sorted(one.amount for one in Reversal.objects.all()) == [100, 500, 2400, 4000]


def test_what_was_taken_back_already_is_not_counted_on_again():
    seller = played.rich(5000)
    payout = sent(seller)
    owe(seller, 2000)
    first = Reversal.objects.get()
    payouts._reversed(first.pk, gateway.TransferReversal(id="trr_1", intent=first.public_id, amount=2000))
    assert ledger.seller_balance(seller).debt == 0

    owe(seller, 1500)
    second = Reversal.objects.get(state=Reversal.State.PLANNED)
    assert second.amount == 1500
    payouts._not_reversed(second.pk)
    owe(seller, 2500)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Reversal.State.DONE, Reversal.State.REFUSED)
    assert first.done_at
    assert second.done_at
    assert planned() == {(payout.pk, 3000)}


def test_others_take_backs_and_other_currencies_have_no_part_in_a_debt(settings):
    debtor, seller = played.rich(), played.rich()
    sent(debtor)
    payout = sent(seller)
    settings.CURRENCY = "eur"
    earn(seller, 7000, currency="eur")
    euros = sent(seller)
    settings.CURRENCY = "usd"
    owe(debtor, 4000)
    owe(seller, 1000, currency="eur")
    assert (euros.pk, 1000) in planned()

    owe(seller, 5500)

    assert {pair for pair in planned() if pair[0] == payout.pk} == {(payout.pk, 5000)}
    assert {pair for pair in planned() if pair[0] == euros.pk} == {(euros.pk, 1000)}


def test_what_never_left_is_not_taken_back():
    seller = played.rich()
    payout = payouts.reserve(seller.pk)
    owe(seller, 1000)
    assert planned() == set()
    payouts.void(payout.pk, "balance_insufficient")
    owe(seller, 8000)

    assert planned() == set()


def two_planned():
    for _ in range(2):
        seller = played.rich()
        sent(seller)
        owe(seller, 1000)
    return Reversal.objects.order_by("pk")


def test_an_answered_failure_of_a_take_back_gives_its_own_key_up(monkeypatch):
    one, two = two_planned()
    asked = []

    def fail(transfer_id, **words):
        asked.append((transfer_id, words["amount"], words["intent"], words["key_round"]))
        raise gateway.Away("no", answered=True)

    monkeypatch.setattr(gateway, "reverse_transfer", fail)
    played.says(monkeypatch, find_reversal=None)
    for _ in range(2):
        with pytest.raises(gateway.Away):
            payouts.reverse(one.pk)

    assert asked == [(one.payout.transfer, 1000, one.public_id, key) for key in (1, 2)]
    two.refresh_from_db()
    assert two.key_round == 1


def test_a_take_back_that_stripe_refuses_or_nobody_owes_any_more_ends_alone(monkeypatch):
    one, two = two_planned()
    played.says(monkeypatch, find_reversal=None, reverse_transfer=gateway.Refused("insufficient_funds"))

    payouts.reverse(one.pk)
    assert [each.state for each in Reversal.objects.order_by("pk")] == ["refused", "planned"]
    earn(two.payout.seller, 1000)
    monkeypatch.setattr(gateway, "reverse_transfer", played.fails(AssertionError("Nothing is owed any more.")))
    payouts.reverse(two.pk)

    assert [each.state for each in Reversal.objects.order_by("pk")] == ["refused", "refused"]


def test_a_take_back_counts_at_its_own_payout_only():
    one, two = two_planned()
    payouts._reversed(one.pk, gateway.TransferReversal(id="trr_1", intent=one.public_id, amount=1000))

    one.refresh_from_db()
    assert (one.stripe_id, one.payout.reversed_amount) == ("trr_1", 1000)
    two.payout.refresh_from_db()
    assert two.payout.reversed_amount == 0
    assert ledger.seller_balance(two.payout.seller).debt == 1000
