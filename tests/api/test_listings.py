"""Listings through the API: found and read, never their words."""

import pytest

from common import clock
from marketplace import listings as domain
from marketplace.models import Listing
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


class TestFinding:
    def test_a_list_shows_what_is_live_and_nothing_else(self, nobody):
        ListingFactory()
        live = ListingFactory(live=True)

        answer = nobody.get("listings/")

        assert answer.status_code == 200
        assert list(answer.json()) == ["results", "next", "previous"]
        (shown,) = answer.json()["results"]
        assert shown["slug"] == live.slug
        assert shown["price"] == {"amount": 499, "currency": "usd"}
        assert shown["model"] == {"slug": "chatgpt", "name": "ChatGPT"}
        assert shown["seller"]["handle"] == live.seller.seller_profile.handle
        assert shown["tags"] == ["letters", "work"]
        assert shown["published_at"].endswith("Z")

    def test_filters_narrow_and_sort_orders(self, nobody):
        cheap = ListingFactory(live=True, price=300)
        free = ListingFactory(live=True, price=0, model="midjourney", category="illustration")
        dear = ListingFactory(live=True, price=2000)

        def slugs(**params):
            return [one["slug"] for one in nobody.get("listings/", **params).json()["results"]]

        assert slugs(sort="price") == [free.slug, cheap.slug, dear.slug]
        assert slugs(sort="-price", price_min=300) == [dear.slug, cheap.slug]
        assert slugs(price_max=300, sort="price") == [free.slug, cheap.slug]
        assert slugs(free=1) == [free.slug]
        assert slugs(model="midjourney") == slugs(medium="image") == [free.slug]
        assert slugs(seller=dear.seller.seller_profile.handle) == [dear.slug]
        assert slugs(tag="letters", sort="newest") == [dear.slug, free.slug, cheap.slug]
        assert slugs(rating_min=4) == []
        assert slugs(q=dear.title)[0] == dear.slug

    def test_facets_come_with_a_count(self, nobody):
        ListingFactory(live=True)

        answer = nobody.get("listings/", facets=1).json()

        assert (answer["count"], answer["count_is_capped"]) == (1, False)
        assert {"value": "chatgpt", "label": "ChatGPT", "count": 1} in answer["facets"]["model"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sort": "shuffle"},
            {"price_min": "three"},
            {"price_max": "-1"},
            {"rating_min": "9"},
            {"medium": "smell"},
            {"facets": "maybe"},
            {"page_size": "101"},
            {"page_size": "0"},
        ],
    )
    def test_values_that_make_no_sense_are_named(self, nobody, wrong):
        answer = nobody.get("listings/", **wrong)

        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert wrong.keys() <= answer.json().get("errors", wrong).keys()

    def test_a_cursor_that_nobody_gave_leads_nowhere(self, nobody):
        assert nobody.get("listings/", cursor="abc").status_code == 404

    def test_pages_lead_through_everything_while_rows_arrive_and_go(self, nobody):
        first = [ListingFactory(live=True) for _ in range(7)]
        wanted = {listing.slug for listing in first}

        page = nobody.get("listings/", sort="newest", page_size=2).json()
        seen = [one["slug"] for one in page["results"]]
        gone = first[0]
        while page["next"]:
            ListingFactory(live=True)
            if gone.status == "live":
                domain.withdraw(gone, gone.seller)
                gone.refresh_from_db()
            page = nobody.get(page["next"].removeprefix("http://testserver")).json()
            seen += [one["slug"] for one in page["results"]]

        assert len(seen) == len(set(seen))
        assert wanted - {gone.slug} <= set(seen)

    def test_names_are_completed(self, nobody):
        listing = ListingFactory(live=True)

        answer = nobody.get("suggest/", q="chat").json()

        assert "ChatGPT" in answer["completions"]
        assert answer["corrected"] is None
        assert nobody.get("suggest/", q=listing.title[:8]).json()["listings"][0]["slug"] == listing.slug

    def test_what_can_be_chosen_is_listed(self, nobody):
        ListingFactory()

        assert "chatgpt" in {one["slug"] for one in nobody.get("models/", page_size=100).json()["results"]}
        assert "email" in {one["slug"] for one in nobody.get("categories/", page_size=100).json()["results"]}
        assert nobody.get("collections/").json()["results"] == []

    def test_similar_ones_are_near(self, nobody):
        one, other = ListingFactory(live=True), ListingFactory(live=True)

        assert [each["slug"] for each in nobody.get(f"listings/{one.slug}/similar/").json()["results"]] == [other.slug]

    @pytest.mark.parametrize("rows", [3, 60])
    def test_a_list_needs_few_queries_however_long(self, nobody, django_assert_max_num_queries, rows):
        listing = ListingFactory(live=True)
        many = Listing.objects.filter(pk=listing.pk).values().get()
        for name in ("id", "public_id", "slug"):
            many.pop(name)
        Listing.objects.bulk_create([Listing(slug=f"copy-{n}", **many) for n in range(rows)])

        with django_assert_max_num_queries(6):
            assert len(nobody.get("listings/", page_size=100).json()["results"]) == rows + 1


class TestReading:
    def test_a_listing_is_shown_without_its_words(self, nobody):
        listing = ListingFactory(live=True)

        answer = nobody.get(f"listings/{listing.slug}/")

        assert answer.status_code == 200
        assert answer.json()["examples"][0]["inputs"]["tone"] == "warm"
        assert [one["name"] for one in answer.json()["variables"]] == ["tone", "subject", "letter"]
        assert "calm answer to the letter" not in answer.content.decode()
        assert "draft" not in answer.json()

    def test_a_draft_is_there_for_its_seller_and_moderators_only(self, nobody, seller, buyer, rival, moderator):
        listing = ListingFactory(seller=seller.user)

        assert seller.get(f"listings/{listing.slug}/").json()["status"] == "draft"
        assert moderator.get(f"listings/{listing.slug}/").status_code == 200
        for caller in (nobody, buyer, rival):
            answer = caller.get(f"listings/{listing.slug}/")
            assert (answer.status_code, answer.content) == (404, caller.get("listings/no-such-thing/").content)

    def test_nobody_who_did_not_buy_it_sees_a_word_of_it(self, nobody, seller, buyer, rival, moderator):
        canary = "quetzalcoatlus-1846"
        listing = ListingFactory(live=True, seller=seller.user, prompt={"template": f"Write about {canary} in [tone]."})
        addresses = [
            "listings/", f"listings/{listing.slug}/", f"listings/{listing.slug}/similar/",
            f"listings/{listing.slug}/versions/", f"listings/{listing.slug}/reviews/", "suggest/?q=quetz",
            f"listings/?q={canary}", "library/", "orders/", "moderation/cases/", "seller/listings/", "me/",
        ]  # fmt: skip

        for caller in (nobody, seller, buyer, rival, moderator):
            for address in addresses:
                assert canary not in caller.get(address).content.decode().replace(f"q={canary}", "")


def test_times_are_in_utc(nobody):
    listing = ListingFactory(live=True)

    shown = nobody.get(f"listings/{listing.slug}/").json()

    assert shown["created_at"] == listing.created_at.isoformat().replace("+00:00", "Z")
    assert clock.now() >= listing.created_at
