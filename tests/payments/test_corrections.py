"""What two people decide together; never one alone, never for oneself."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Activity
from payments import corrections, ledger, payouts, reconcile
from payments.ledger import K
from payments.models import Account, Alert, LargePayout, ManualEntry, Transaction
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, onboarded

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def bookkeeper():
    return UserFactory(is_staff=True, is_superuser=True)


def accounts(*kinds):
    return [Account.objects.get_or_create(kind=kind, user=None, currency="usd")[0] for kind in kinds]


@pytest.fixture
def proposed():
    losses, fees = accounts(K.LOSSES, K.STRIPE_FEES)
    return corrections.propose(bookkeeper(), reason="A fee booked twice", legs=[(losses, 5), (fees, -5)])


def test_a_proposal_books_nothing_until_somebody_else_approves(proposed):
    assert not Transaction.objects.exists()
    with pytest.raises(corrections.SecondPersonNeeded):
        corrections.approve(proposed, by=proposed.proposed_by)

    entry = corrections.approve(proposed, by=bookkeeper())

    assert ledger.totals() == {"losses": 5, "stripe_fees": -5}
    assert entry.transaction.note == "A fee booked twice"
    assert Activity.objects.filter(verb__startswith="correction.").count() == 2
    assert reconcile.differences(with_stripe=False) == []


def test_the_database_holds_the_rule_of_the_second_person_too(proposed):
    with pytest.raises(DatabaseError), transaction.atomic():
        ManualEntry.objects.update(approved_by=proposed.proposed_by)


def test_what_was_decided_is_not_decided_again(proposed):
    corrections.refuse(proposed, by=proposed.proposed_by)

    for act in (corrections.approve, corrections.refuse):
        with pytest.raises(corrections.DecidedAlready):
            act(proposed, by=bookkeeper())
    assert not Transaction.objects.exists()


@race
def test_two_approvals_at_once_book_it_once(proposed, at_once, crowd):
    people = [make() for make in crowd(4, bookkeeper)]

    answers = at_once(*[lambda by=by: corrections.approve(proposed, by=by) for by in people])

    assert sum(isinstance(one, corrections.DecidedAlready) for one in answers) == len(people) - 1
    assert ledger.totals() == {"losses": 5, "stripe_fees": -5}


@race
def test_without_the_lock_on_the_proposal_two_people_both_approve_it(proposed, at_once, meet, without_locks):
    people = [bookkeeper() for _ in range(2)]
    meet(corrections, "_taken", 8)

    answers = at_once(*[lambda by=by: corrections.approve(proposed, by=by) for by in people])

    assert {answer.approved_by for answer in answers} == set(people)


def test_only_bookkeepers_may_and_only_what_balances():
    losses, fees = accounts(K.LOSSES, K.STRIPE_FEES)
    for person in (UserFactory(), ModeratorFactory(), UserFactory(is_staff=True)):
        with pytest.raises(corrections.MayNotCorrect):
            corrections.propose(person, reason="why", legs=[(losses, 5), (fees, -5)])
    with pytest.raises(corrections.NotBalanced):
        corrections.propose(bookkeeper(), reason="why", legs=[(losses, 5), (fees, -4)])
    with pytest.raises(corrections.NotBalanced):
        corrections.propose(bookkeeper(), reason="why", legs=[(losses, 5), (losses, -5)])
    with pytest.raises(corrections.ReasonMissing):
        corrections.propose(bookkeeper(), reason=" ", legs=[(losses, 5), (fees, -5)])
    assert not ManualEntry.objects.exists()


def test_nobody_decides_about_their_own_account():
    seller = SellerFactory(is_staff=True, is_superuser=True)
    (losses,) = accounts(K.LOSSES)
    own = Account.objects.create(kind=K.SELLER, user=seller, currency="usd")
    legs = [(losses, 5), (own, -5)]
    with pytest.raises(corrections.SecondPersonNeeded):
        corrections.propose(seller, reason="why", legs=legs)

    entry = corrections.propose(bookkeeper(), reason="why", legs=legs)

    with pytest.raises(corrections.SecondPersonNeeded):
        corrections.approve(entry, by=seller)
    corrections.approve(entry, by=bookkeeper())
    assert ledger.seller_balance(seller).available == 5


def test_the_page_takes_a_proposal_and_a_second_person_approves_it(client):
    first, second, seller = bookkeeper(), bookkeeper(), SellerFactory()
    client.force_login(first)
    data = {"debit": "losses", "credit": "seller", "seller": seller.email, "amount": "12.50", "reason": "Goodwill"}
    client.post(reverse("desk-correction-propose"), data)
    entry = ManualEntry.objects.get()
    client.post(reverse("desk-correction", args=[entry.pk]), {"approve": "1"})
    assert not Transaction.objects.exists()

    client.force_login(second)
    assert "Goodwill" in client.get(reverse("desk-corrections")).content.decode()
    client.post(reverse("desk-correction", args=[entry.pk]), {"approve": "1"})

    assert ledger.seller_balance(seller).available == 1250
    client.force_login(ModeratorFactory(is_staff=True))
    assert client.get(reverse("desk-corrections")).status_code == 404
    assert client.post(reverse("desk-correction-propose"), data).status_code == 404


# ---- Payouts above the limit -----------------------------------------------------------------------------------------
def test_a_payout_above_the_limit_waits_for_two_people_and_their_leave_is_used_once(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT, settings.PAYOUT_LIMIT = 0, 300, 398
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    seller = onboarded(sandbox, listing.seller)
    PaidOrder(sandbox, listing)
    assert payouts.pay(seller.pk) is None
    assert Alert.objects.filter(kind="payout_large", resolved_at=None).exists()
    leave = corrections.propose_payout(bookkeeper(), seller, amount=399, reason="A known seller")
    assert payouts.pay(seller.pk) is None
    with pytest.raises(corrections.SecondPersonNeeded):
        corrections.approve_payout(leave, by=leave.proposed_by)
    corrections.approve_payout(leave, by=bookkeeper())

    assert payouts.pay(seller.pk).amount == 399
    assert not Alert.objects.filter(kind="payout_large", resolved_at=None).exists()
    PaidOrder(sandbox, listing)
    assert payouts.pay(seller.pk) is None, "Leave for one payout is no leave for the next."
    assert LargePayout.objects.get().payout.amount == 399


def test_a_leave_for_less_is_none(sandbox, settings):
    settings.HOLD_DAYS, settings.MIN_PAYOUT, settings.PAYOUT_LIMIT = 0, 300, 300
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"))
    seller = onboarded(sandbox, listing.seller)
    PaidOrder(sandbox, listing)
    leave = corrections.propose_payout(bookkeeper(), seller, amount=398, reason="A known seller")
    corrections.approve_payout(leave, by=bookkeeper())

    assert payouts.pay(seller.pk) is None
