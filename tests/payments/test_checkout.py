"""Who may begin to buy what, and what is left when Stripe opens no page. Stripe is played."""

import pytest

from accounts import people
from marketplace.models import Revision
from payments import cart, checkout, gateway, orders
from payments.models import Order
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.payments import played

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch):
    played.says(monkeypatch, open_checkout=AssertionError("Stripe was asked."))


def test_a_suspended_account_buys_nothing():
    buyer, listing = UserFactory(), ListingFactory(live=True)
    people.suspend(buyer, by=ModeratorFactory(), reason="stolen cards")
    buyer.refresh_from_db()

    with pytest.raises(checkout.MayNotBuy):
        checkout.start(buyer, [listing], consented=True)
    assert not Order.objects.exists()


def test_an_empty_basket_is_no_order():
    with pytest.raises(checkout.NothingToBuy):
        checkout.start(UserFactory(), [], consented=True)


def test_the_basket_holds_as_many_as_the_cart_and_the_same_prompt_counts_once(monkeypatch):
    monkeypatch.setattr(cart, "LIMIT", 2)
    one, two, three = (ListingFactory(live=True) for _ in range(3))
    played.says(monkeypatch, open_checkout=gateway.Refused("no"))

    with pytest.raises(cart.CartFull):
        checkout.start(UserFactory(), [one, two, three], consented=True)
    with pytest.raises(checkout.PaymentsAway):
        checkout.start(UserFactory(), [one, two, one], consented=True)
    assert Order.objects.get().lines.count() == 2


def test_an_order_whose_page_is_refused_runs_out_at_once(monkeypatch):
    played.says(monkeypatch, open_checkout=gateway.Refused("amount_too_large"))
    buyer = UserFactory()

    with pytest.raises(checkout.PaymentsAway) as refused:
        checkout.start(buyer, [ListingFactory(live=True)], consented=True)

    assert refused.value.retry_after == 60
    assert Order.objects.get().status == Order.Status.EXPIRED


def test_an_order_whose_page_never_opened_is_closed_without_asking(monkeypatch):
    played.says(monkeypatch, open_checkout=gateway.Away("no answer"), expire_session=AssertionError("Asked of what?"))
    with pytest.raises(checkout.PaymentsAway):
        checkout.start(UserFactory(), [ListingFactory(live=True)], consented=True)

    orders.close(Order.objects.get())

    assert Order.objects.get().status == Order.Status.EXPIRED


def test_what_has_no_approved_text_is_not_sold():
    listing = ListingFactory(live=True)
    Revision.objects.filter(pk=listing.approved_id).update(version=None)

    with pytest.raises(cart.NotForSale):
        checkout.start(UserFactory(), [listing], consented=True)
