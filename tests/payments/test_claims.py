"""Who asks for money back often waits for a person; who does so once does not."""

import pytest
from django.utils import timezone

from payments import claims, limits
from payments.models import Claim, Order
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one_refund_a_person(monkeypatch):
    monkeypatch.setattr(limits, "REFUNDS_BEFORE_A_LOOK", 1)


def states():
    return sorted(Claim.objects.values_list("state", flat=True))


@race
def test_claims_at_once_are_counted_one_after_the_other(sandbox, at_once, meet, one_refund_a_person):
    buyer = UserFactory()
    lines = [PaidOrder(sandbox, buyer=buyer).lines.get() for _ in range(2)]
    meet(limits, "refunds_too_often")

    at_once(*[lambda line=line: claims.ask(line, by=buyer, reason=Claim.Reason.FRAUD) for line in lines])

    assert states() == ["granted", "open"]


@race
def test_counted_without_their_turn_both_are_granted(sandbox, at_once, meet, one_refund_a_person, monkeypatch):
    buyer = UserFactory()
    lines = [PaidOrder(sandbox, buyer=buyer).lines.get() for _ in range(2)]
    meet(limits, "refunds_too_often")
    monkeypatch.setattr(limits, "one_refund_at_a_time", lambda order: None)

    at_once(*[lambda line=line: claims.ask(line, by=buyer, reason=Claim.Reason.FRAUD) for line in lines])

    assert states() == ["granted", "granted"]


def test_whoever_withdraws_from_a_full_basket_gets_all_of_it_back(sandbox, one_refund_a_person):
    order = PaidOrder(sandbox, ListingFactory(live=True), ListingFactory(live=True), consented=False)

    claims.withdraw(order, by=order.buyer)

    assert states() == ["granted", "granted"]
    order.refresh_from_db()
    assert order.refunded == order.total


def test_a_second_payment_that_the_bank_took_back_was_not_paid_twice(sandbox):
    buyer, listing = UserFactory(), ListingFactory(live=True)
    kept, contested = PaidOrder(sandbox, listing, buyer=buyer), PaidOrder(sandbox, buyer=buyer)
    contested.lines.update(listing=listing)
    line = kept.lines.get()
    Order.objects.filter(pk=contested.pk).update(disputed_at=timezone.now())

    claim = claims.ask(line, by=buyer, reason=Claim.Reason.DUPLICATE, words="Twice.")

    assert claim.state == Claim.State.OPEN
