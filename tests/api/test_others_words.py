"""What others say about listings through the API: reports, reviews, favourites, follows."""

import pytest

from tests.factories.marketplace import EntitlementFactory, ListingFactory

pytestmark = pytest.mark.django_db


class TestOthersWords:
    def test_a_report_opens_one_case(self, buyer, stranger, seller, nobody, moderator):
        listing = ListingFactory(live=True, seller=seller.user)

        first = buyer.post(f"listings/{listing.slug}/report/", kind="copyright", words="This is my text.")
        second = stranger.post(f"listings/{listing.slug}/report/", reason="It looks stolen to me.")

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json()["case"] == second.json()["case"]
        case = moderator.get(f"moderation/cases/{first.json()['case']}/").json()
        assert [one["kind"] for one in case["reports"]] == ["copyright", "other"]
        assert seller.post(f"listings/{listing.slug}/report/", words="No.").status_code == 403
        assert nobody.post(f"listings/{listing.slug}/report/", words="No.").status_code == 401

    def test_only_buyers_review_and_once(self, buyer, stranger, seller, nobody):
        listing = ListingFactory(live=True, seller=seller.user)
        EntitlementFactory(owner=buyer.user, listing=listing)
        address = f"listings/{listing.slug}/reviews/"

        first = buyer.post(address, rating=5, text="Works as shown.")
        second = buyer.post(address, rating=4, text="On second thoughts.")
        changed = buyer.put(address, {"rating": 4, "text": "On second thoughts."})

        assert (first.status_code, second.status_code, changed.status_code) == (201, 409, 200)
        (shown,) = nobody.get(address).json()["results"]
        assert (shown["rating"], shown["text"]) == (4, "On second thoughts.")
        assert stranger.post(address, rating=1).status_code == 403
        assert seller.post(address, rating=5).status_code == 403
        assert nobody.post(address, rating=5).status_code == 401
        assert buyer.post(address, rating=6).status_code == 400
        assert buyer.post(address, rating="5").status_code == 400
        assert buyer.post(address).status_code == 400

    def test_favourites_and_follows_are_kept_once(self, buyer, seller, nobody):
        listing = ListingFactory(live=True, seller=seller.user)
        handle = seller.user.seller_profile.handle

        for _twice in range(2):
            assert buyer.put(f"favourites/{listing.slug}/").status_code == 204
            assert buyer.put(f"follows/{handle}/").status_code == 204
        assert [one["slug"] for one in buyer.get("favourites/").json()["results"]] == [listing.slug]
        assert [one["handle"] for one in buyer.get("follows/").json()["results"]] == [handle]
        for _twice in range(2):
            assert buyer.delete(f"favourites/{listing.slug}/").status_code == 204
            assert buyer.delete(f"follows/{handle}/").status_code == 204
        assert buyer.get("favourites/").json()["results"] == []
        assert nobody.put(f"favourites/{listing.slug}/").status_code == 401
        assert buyer.put("favourites/none-such/").status_code == 404
        assert buyer.put("follows/none-such/").status_code == 404

    def test_a_seller_is_shown(self, nobody, seller):
        handle = seller.user.seller_profile.handle

        assert nobody.get(f"sellers/{handle}/").json()["handle"] == handle
        assert nobody.get("sellers/none-such/").status_code == 404
