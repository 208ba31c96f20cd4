"""The whole of it through the API: listed, approved, bought, read, reviewed, refunded, paid out."""

import pytest

from accounts import outbox
from payments import orders
from payments.models import Order
from tests.api.calls import Caller
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import content, load_catalogue
from tests.factories.payments import control

pytestmark = pytest.mark.django_db(transaction=True)


def approved(seller, moderator, **changes):
    slug = seller.post("listings/", content(**changes)).json()["slug"]
    assert seller.post(f"listings/{slug}/submit/").status_code == 200
    outbox.drain()
    (case,) = [one for one in moderator.get("moderation/cases/").json()["results"] if one["listing"]["slug"] == slug]
    assert moderator.post(f"moderation/cases/{case['id']}/claim/").status_code == 200
    assert moderator.post(f"moderation/cases/{case['id']}/approve/", note="Lovely.").status_code == 200
    return slug


def paid(sandbox, number):
    order = Order.objects.get(number=number)
    control(sandbox, f"sessions/{order.session_id}/pay", card="4242424242424242", email=order.email, deliver=False)
    orders.sync_session(order.session_id)
    outbox.drain()


def test_a_prompt_is_listed_approved_bought_read_and_refunded_through_the_api(sandbox):
    load_catalogue()
    seller, buyer, moderator = Caller(SellerFactory()), Caller(UserFactory()), Caller(ModeratorFactory())

    slug = approved(seller, moderator)
    found = Caller().get("listings/", q="letters").json()["results"]
    assert [one["slug"] for one in found] == [slug]

    bought = buyer.post("checkout/", {"listings": [slug], "coupon": None})
    assert bought.status_code == 201
    number = bought.json()["order"]
    assert bought.json()["checkout_url"].startswith("http")
    assert buyer.get(f"orders/{number}/").json()["state"] == "pending"
    paid(sandbox, number)

    order = buyer.get(f"orders/{number}/").json()
    assert (order["state"], order["total"]) == ("fulfilled", {"amount": 499, "currency": "usd"})
    item = order["lines"][0]["library_id"]
    assert [one["id"] for one in buyer.get("library/").json()["results"]] == [item]
    assert "[tone]" in buyer.get(f"library/{item}/").json()["prompt"]["template"]
    filled = buyer.post(f"library/{item}/render/", variables={"tone": "warm"}).json()
    assert "warm voice" in filled["text"]
    assert filled["missing"] == ["subject", "letter"]

    assert seller.get("seller/balance/").json()["pending"] == {"amount": 399, "currency": "usd"}
    assert seller.get("seller/sales/").json()["results"][0]["order"] == number

    refunded = buyer.post(f"orders/{number}/refund/")
    assert refunded.status_code == 201
    outbox.drain()
    assert buyer.get(f"orders/{number}/").json()["state"] == "refunded"
    assert buyer.get(f"library/{item}/").status_code == 404
    assert seller.get("seller/balance/").json()["pending"] == {"amount": 0, "currency": "usd"}


def test_a_free_prompt_is_delivered_at_once(sandbox):
    load_catalogue()
    seller, buyer, moderator = Caller(SellerFactory()), Caller(UserFactory()), Caller(ModeratorFactory())
    slug = approved(seller, moderator, price=0)

    bought = buyer.post("checkout/", {"listings": [slug]}).json()

    assert bought["checkout_url"] is None
    assert buyer.get(f"orders/{bought['order']}/").json()["state"] == "fulfilled"
    item = buyer.get("library/").json()["results"][0]["id"]
    assert buyer.get(f"library/{item}/").status_code == 200
    assert buyer.post("checkout/", {"listings": [slug]}).status_code == 409


def test_a_seller_is_sent_to_set_up_the_account_for_payouts(sandbox):
    seller = Caller(SellerFactory())

    assert seller.post("seller/onboarding/").json()["url"].startswith("http")
