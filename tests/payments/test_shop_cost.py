"""What the way to paying costs: the same questions for one prompt in the cart and for twenty."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace import shelves
from payments import cart
from payments.cart import Owner
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.marketplace.pages.test_cost import VISITOR, more_like

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    seller = SellerFactory()
    return [ListingFactory(seller=seller, live=True) for _ in range(3)]


def asked(client, path):
    cache.clear()
    shelves.forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=VISITOR).status_code == 200
    return len(queries)


def test_the_cart_asks_the_same_for_one_and_for_twenty_prompts(client, market):
    client.post(reverse("cart-add", args=[market[0].slug]))
    one = asked(client, reverse("cart"))
    more_like(market[0], 300)
    owner = Owner(visitor=client.session["visitor"])
    for listing in type(market[0]).objects.filter(slug__startswith=f"{market[0].slug}-")[:19]:
        cart.add(owner, listing)

    assert asked(client, reverse("cart")) <= one <= 6


def test_checking_out_asks_the_same_for_one_and_for_twenty_prompts(client, market):
    buyer = UserFactory()
    client.force_login(buyer)
    cart.add(Owner(user=buyer), market[0])
    one = asked(client, reverse("checkout"))
    more_like(market[0], 300)
    for listing in type(market[0]).objects.filter(slug__startswith=f"{market[0].slug}-")[:19]:
        cart.add(Owner(user=buyer), listing)

    assert asked(client, reverse("checkout")) <= one <= 14
