"""Checkout, orders, refunds and a seller's money through the API."""

from datetime import timedelta

import pytest

from common import clock
from payments.models import Claim, Order, Sale
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, onboarded

pytestmark = pytest.mark.django_db


def test_a_lower_price_that_runs_is_shown_beside_the_one_before_and_is_what_is_charged(sandbox, nobody, buyer):
    listing, other = ListingFactory(live=True, price=1000), ListingFactory(live=True, price=1000)
    usual = {"amount": 1000, "currency": "usd"}
    assert nobody.get("listings/").json()["results"][0]["price"] == usual
    now = clock.now()
    Sale.objects.create(listing=listing, price=700, ends_at=now + timedelta(days=1))
    Sale.objects.create(listing=other, price=700, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))

    shown = {one["slug"]: one for one in nobody.get("listings/").json()["results"]}
    page = nobody.get(f"listings/{listing.slug}/").json()
    order = buyer.post("checkout/", {"listings": [listing.slug]}).json()["order_detail"]

    for one in (shown[listing.slug], page):
        assert (one["price"], one["price_before"]) == ({"amount": 700, "currency": "usd"}, usual)
    assert (shown[other.slug]["price"], shown[other.slug]["price_before"]) == (usual, None)
    assert order["total"] == page["price"]


class TestCheckout:
    def test_an_order_is_placed_with_a_payment_page(self, sandbox, buyer):
        one, two = ListingFactory(live=True), ListingFactory(live=True, price=1000)

        answer = buyer.post("checkout/", {"listings": [one.slug, two.slug], "coupon": None})

        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/orders/{answer.json()['order']}/"
        assert answer.json()["order_detail"]["total"] == {"amount": 1499, "currency": "usd"}
        assert [line["listing"] for line in answer.json()["order_detail"]["lines"]] == [one.slug, two.slug]
        assert buyer.post("checkout/", {"listings": [one.slug, two.slug]}).json()["order"] == answer.json()["order"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 400),
            ({"listings": []}, 400),
            ({"listings": [7]}, 400),
            ({"listings": {"a": 1}}, 400),
            ({"listings": "no-list"}, 400),
            ({"listings": None}, 400),
            ({"listings": ["no-such-listing"]}, 404),
            ({"listings": ["no-such-listing\u0001"]}, 404),
            ([], 400),
            ("x", 400),
        ],
    )
    def test_what_cannot_be_bought_is_refused(self, buyer, body, status):
        assert buyer.send("POST", "checkout/", body).status_code == status
        assert not Order.objects.exists()

    def test_the_rules_are_those_of_the_pages(self, sandbox, nobody, buyer, seller):
        listing = ListingFactory(live=True, seller=seller.user)

        assert nobody.post("checkout/", {"listings": [listing.slug]}).status_code == 401
        assert seller.post("checkout/", {"listings": [listing.slug]}).status_code == 409
        assert buyer.post("checkout/", {"listings": [ListingFactory().slug]}).status_code == 404
        assert buyer.post("checkout/", {"listings": [listing.slug], "coupon": "NONE"}).status_code == 409
        assert buyer.post("checkout/", {"listings": [listing.slug], "coupon": 5}).status_code == 400

    def test_by_the_sellers_own_link_there_is_no_commission(self, sandbox, buyer):
        listing = ListingFactory(live=True)
        handle = listing.seller.seller_profile.handle

        number = buyer.post("checkout/", {"listings": [listing.slug], "via": handle}).json()["order"]

        assert Order.objects.get(number=number).lines.get().commission == 0

    def test_both_consents_end_the_right_of_withdrawal(self, sandbox, buyer):
        listing = ListingFactory(live=True)
        given = {"immediate_delivery": True, "withdrawal_acknowledged": True}

        number = buyer.post("checkout/", {"listings": [listing.slug], "consents": given}).json()["order"]

        assert Order.objects.get(number=number).withdrawal_waived_at


class TestOrders:
    def test_only_ones_own(self, sandbox, nobody, buyer, stranger):
        order = PaidOrder(sandbox, buyer=buyer.user)

        assert [one["number"] for one in buyer.get("orders/").json()["results"]] == [order.number]
        assert buyer.get(f"orders/{order.number}/").json()["state"] == "fulfilled"
        assert stranger.get("orders/").json()["results"] == []
        hidden = stranger.get(f"orders/{order.number}/")
        assert (hidden.status_code, hidden.content) == (404, stranger.get("orders/PR-2222-2222/").content)
        assert stranger.post(f"orders/{order.number}/refund/").status_code == 404
        assert nobody.get(f"orders/{order.number}/").status_code == 401

    def test_the_promise_needs_what_came_out(self, sandbox, buyer):
        order = PaidOrder(sandbox, buyer=buyer.user)
        address = f"orders/{order.number}/refund/"

        assert buyer.post(address).status_code == 400
        answer = buyer.post(address, reason="not_as_shown", evidence="It wrote a poem instead.")

        assert answer.status_code == 201
        assert [one["state"] for one in answer.json()["refund_requests"]] == ["open"]
        assert buyer.post(address, reason="broken", words="Again").status_code == 409

    def test_a_reason_that_is_none_of_ours_is_refused_and_ours_are_named(self, sandbox, buyer):
        order = PaidOrder(sandbox, buyer=buyer.user)

        answer = buyer.post(f"orders/{order.number}/refund/", reason="changed_my_mind", evidence="It wrote a poem.")

        assert answer.status_code == 400
        assert all(reason in str(answer.json()["errors"]["reason"]) for reason in Claim.Reason.values)
        assert not Claim.objects.exists()

    def test_a_line_can_be_given_back_alone(self, sandbox, buyer):
        one, two = ListingFactory(live=True), ListingFactory(live=True)
        order = PaidOrder(sandbox, one, two, buyer=buyer.user, consented=False)

        answer = buyer.post(f"orders/{order.number}/refund/", reason="withdrawal", lines=[one.slug]).json()

        assert answer["state"] == "partially_refunded"
        assert [line["refunded"]["amount"] for line in answer["lines"]] == [499, 0]
        assert [bool(line["library_id"]) for line in answer["lines"]] == [False, True]

    def test_a_list_needs_few_queries(self, sandbox, buyer, django_assert_max_num_queries):
        for _each in range(4):
            PaidOrder(sandbox, buyer=buyer.user)

        with django_assert_max_num_queries(6):
            assert len(buyer.get("orders/").json()["results"]) == 4


class TestSellers:
    def test_a_seller_sees_sales_balance_and_payouts(self, sandbox, seller, buyer):
        listing = ListingFactory(live=True, seller=seller.user)
        PaidOrder(sandbox, listing, buyer=buyer.user)

        summary = seller.get("seller/summary/").json()

        assert (summary["sales"], summary["earned"]["amount"], summary["listings"]["live"]) == (1, 399, 1)
        assert summary["payouts_ready"] is False
        (sale,) = seller.get("seller/sales/").json()["results"]
        assert (sale["share"]["amount"], sale["commission"]["amount"]) == (399, 100)
        assert buyer.user.email not in str(sale)
        balance = seller.get("seller/balance/").json()
        assert {name: balance[name]["amount"] for name in ("pending", "available", "paid_out")} == {
            "pending": 399,
            "available": 0,
            "paid_out": 0,
        }
        assert seller.get("seller/payouts/").json() == {"results": [], "next": None, "previous": None}
        assert [one["slug"] for one in seller.get("seller/listings/").json()["results"]] == [listing.slug]

    def test_onboarding_leads_to_stripe(self, sandbox, seller):
        assert seller.post("seller/onboarding/").json()["url"].startswith("http")
        onboarded(sandbox, seller.user)
        assert seller.get("seller/summary/").json()["payouts_ready"] is True

    @pytest.mark.parametrize("path", ["summary", "sales", "balance", "payouts", "listings"])
    def test_it_is_for_sellers(self, nobody, buyer, path):
        assert nobody.get(f"seller/{path}/").status_code == 401
        assert buyer.get(f"seller/{path}/").status_code == 403
