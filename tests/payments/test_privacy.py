"""What money holds about somebody is given to them; nobody goes while money is open; the books stay whole."""

import json

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from accounts import privacy
from payments import claims, ledger
from payments.models import BillingDetails, CartItem, Entry, Order
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder

pytestmark = pytest.mark.django_db


def test_the_export_covers_every_table_of_the_project_that_names_somebody():
    exempt = {"account.EmailConfirmation"}
    people = get_user_model()

    linked = {
        model._meta.label
        for model in apps.get_models()
        if any(field.related_model is people for field in model._meta.concrete_fields)
    }

    assert linked - privacy.covered - exempt == set()


def test_both_sides_of_a_sale_get_their_own_side_of_it(sandbox):
    listing = ListingFactory(live=True)
    buyer = UserFactory(email="the-buyer@example.com")
    order = PaidOrder(sandbox, listing, buyer=buyer)

    bought, sold = privacy.export(buyer), privacy.export(listing.seller)

    assert bought["orders"][0]["number"] == order.number
    assert bought["orders"][0]["lines"] == [{"title": listing.title, "price": {"amount": 499, "currency": "usd"}}]
    assert bought["orders"][0]["email"] == "the-buyer@example.com"
    assert [line["order"] for line in sold["sales"]["lines"]] == [order.number]
    assert sold["earnings"]["balances"][0]["pending"]["amount"] == ledger.seller_balance(listing.seller).pending
    assert "the-buyer" not in json.dumps(sold, default=str)


def test_a_seller_with_earnings_cannot_go_and_nothing_moves(sandbox):
    listing = ListingFactory(live=True)
    PaidOrder(sandbox, listing)

    with pytest.raises(privacy.CannotErase) as refusal:
        privacy.erase(listing.seller)

    assert "$3.99" in refusal.value.reasons[0]
    listing.seller.refresh_from_db()
    assert listing.seller.erased_at is None


def test_a_buyer_with_an_open_claim_cannot_go(sandbox):
    order = PaidOrder(sandbox)
    claims.ask(order.lines.get(), by=order.buyer, reason="not_as_shown", words="No.", evidence="Nothing came out.")

    assert privacy.reasons_against(order.buyer) == ["You asked for money back, and it is not decided yet."]


def test_a_buyer_goes_and_the_books_stay(sandbox):
    order = PaidOrder(sandbox)
    buyer = order.buyer
    Order.objects.update(billing={"name": "Ada"}, card_fingerprint="fp")
    BillingDetails.objects.create(user=buyer, name="Ada")
    CartItem.objects.create(user=buyer, listing=ListingFactory(live=True))
    entries = list(Entry.objects.order_by("pk").values())

    privacy.erase(buyer)

    order.refresh_from_db()
    assert (order.email, order.billing, order.card_fingerprint, order.total) == ("", {}, "", 499)
    assert order.lines.get().entitlement is not None
    assert list(Entry.objects.order_by("pk").values()) == entries
    assert not BillingDetails.objects.exists()
    assert not CartItem.objects.filter(user=buyer).exists()
