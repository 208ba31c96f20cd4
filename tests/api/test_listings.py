"""Listings through the API: found, read, written, submitted, never their words."""

import io

import pytest
from PIL import Image

from common import clock
from marketplace import listings as domain
from marketplace.models import Case, Listing
from tests.factories.marketplace import EntitlementFactory, ListingFactory, content, work

pytestmark = pytest.mark.django_db


def picture(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(file, "PNG")
    file.name = "shot.png"
    file.seek(0)
    return file


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
            {"cursor": "abc"},
        ],
    )
    def test_values_that_make_no_sense_are_named(self, nobody, wrong):
        answer = nobody.get("listings/", **wrong)

        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert wrong.keys() <= answer.json().get("errors", wrong).keys()

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


class TestWriting:
    def test_a_draft_is_made_of_what_was_sent(self, seller):
        sent = content(price={"amount": 500, "currency": "usd"}, model="ChatGPT", tags="letters, work")

        answer = seller.post("listings/", sent)

        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/listings/{answer.json()['slug']}/"
        assert (answer.json()["status"], answer.json()["price"]["amount"]) == ("draft", 500)
        assert answer.json()["tags"] == ["letters", "work"]
        assert answer.json()["missing"] == {}

    def test_a_title_is_enough_to_begin(self, seller):
        answer = seller.post("listings/", title="Only a title")

        assert answer.status_code == 201
        assert "prompt.template" in answer.json()["missing"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("title", 7),
            ("price", 299),
            ("price", "4.99"),
            ("price", -1),
            ("price", 2**62),
            ("price", True),
            ("model", "no such model"),
            ("category", ["email"]),
            ("tags", {"a": 1}),
            ("prompt", [1]),
            ("examples", "none"),
            ("language", "klingonese"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_by_field(self, seller, field, value):
        answer = seller.post("listings/", content(**{field: value}))

        assert answer.status_code == 400
        assert any(name.split(".")[0] == field for name in answer.json()["errors"])
        assert not Listing.objects.filter(seller=seller.user).exists()

    def test_what_only_the_house_decides_is_passed_over(self, seller):
        listing = ListingFactory(seller=seller.user)

        answer = seller.patch(
            f"listings/{listing.slug}/", status="live", seller="other", sales_count=9, rating_average=5, slug="mine"
        )

        listing.refresh_from_db()
        assert answer.status_code == 200
        assert (listing.status, listing.sales_count, listing.rating_average) == ("draft", 0, 0)

    def test_an_edit_of_what_is_live_waits_beside_it(self, seller, nobody):
        listing = ListingFactory(live=True, seller=seller.user)

        answer = seller.patch(f"listings/{listing.slug}/", title="A better title", price=900)

        assert answer.json()["draft"]["title"] == "A better title"
        assert answer.json()["draft"]["price"]["amount"] == 900
        assert nobody.get(f"listings/{listing.slug}/").json()["title"] == listing.title

    def test_who_may_not_write_is_told_so(self, nobody, buyer, rival):
        listing = ListingFactory(live=True)

        assert nobody.post("listings/", title="Hello there").status_code == 401
        assert buyer.post("listings/", title="Hello there").status_code == 403
        assert rival.patch(f"listings/{listing.slug}/", title="Mine now").status_code == 403
        assert rival.delete(f"listings/{listing.slug}/").status_code == 403
        assert rival.patch(f"listings/{ListingFactory().slug}/", title="Mine now").status_code == 404

    def test_an_edit_of_an_old_state_is_refused(self, seller):
        listing = ListingFactory(seller=seller.user)
        tag = seller.get(f"listings/{listing.slug}/").headers["ETag"]

        first = seller.patch(f"listings/{listing.slug}/", title="First change", headers={"If-Match": tag})
        second = seller.patch(f"listings/{listing.slug}/", title="Second change", headers={"If-Match": tag})
        third = seller.patch(
            f"listings/{listing.slug}/", title="Third change", headers={"If-Match": first.headers.get("ETag", "*")}
        )

        assert (first.status_code, second.status_code, third.status_code) == (200, 412, 200)
        assert second.json()["code"] == "precondition_failed"

    def test_what_has_not_changed_is_not_sent_again(self, nobody):
        listing = ListingFactory(live=True)
        tag = nobody.get(f"listings/{listing.slug}/").headers["ETag"]

        again = nobody.get(f"listings/{listing.slug}/", headers={"If-None-Match": tag})

        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)

    def test_a_draft_goes_for_good(self, seller):
        listing = ListingFactory(seller=seller.user)

        assert seller.delete(f"listings/{listing.slug}/").status_code == 204
        assert not Listing.objects.filter(pk=listing.pk).exists()

    def test_submitted_withdrawn_put_back(self, seller):
        listing = ListingFactory(seller=seller.user)

        submitted = seller.post(f"listings/{listing.slug}/submit/")

        assert (submitted.status_code, submitted.json()["status"]) == (200, "in_review")
        assert submitted.json()["review"]["state"] == "screening"
        assert seller.post(f"listings/{listing.slug}/submit/").status_code == 409
        assert seller.post(f"listings/{listing.slug}/withdraw/").json()["status"] == "draft"

        live = ListingFactory(live=True, seller=seller.user)
        assert seller.post(f"listings/{live.slug}/withdraw/").json()["status"] == "withdrawn"
        assert seller.post(f"listings/{live.slug}/withdraw/").status_code == 409
        assert seller.post(f"listings/{live.slug}/put-back/").json()["status"] == "live"

    def test_what_is_not_complete_says_what_is_missing(self, seller):
        slug = seller.post("listings/", title="Only a title").json()["slug"]

        answer = seller.post(f"listings/{slug}/submit/")

        assert answer.status_code == 400
        assert {"model", "category", "examples", "prompt.template"} <= answer.json()["errors"].keys()

    def test_a_new_version_goes_into_review(self, seller, nobody):
        listing = ListingFactory(live=True, seller=seller.user)

        answer = seller.post(
            f"listings/{listing.slug}/versions/",
            prompt={"template": "An entirely new way to answer [letter] well."},
            note="Shorter answers",
        )

        assert answer.status_code == 201
        assert (answer.json()["number"], answer.json()["note"]) == (2, "Shorter answers")
        assert [one["number"] for one in nobody.get(f"listings/{listing.slug}/versions/").json()["results"]] == [1]
        assert [one["number"] for one in seller.get(f"listings/{listing.slug}/versions/").json()["results"]] == [2, 1]
        assert Case.objects.filter(listing=listing, state="screening").exists()

    def test_pictures_come_and_go(self, seller, rival):
        listing = ListingFactory(seller=seller.user)

        added = seller.upload(f"listings/{listing.slug}/images/", image=picture(), alt="A red field")
        work()
        shown = seller.get(f"listings/{listing.slug}/").json()["images"]

        assert added.status_code == 201
        assert added.json()["state"] == "waiting"
        assert [(one["id"], one["alt"], one["state"]) for one in shown] == [
            (added.json()["id"], "A red field", "ready")
        ]
        assert shown[0]["url"].startswith("http")
        address = f"listings/{listing.slug}/images/{added.json()['id']}/"
        assert rival.delete(address).status_code == 404
        assert seller.delete(address).status_code == 204
        assert seller.delete(address).status_code == 404

    def test_what_is_no_picture_is_refused(self, seller):
        listing = ListingFactory(seller=seller.user)
        text = io.BytesIO(b"<svg onload=alert(1)>")
        text.name = "x.png"

        assert seller.upload(f"listings/{listing.slug}/images/", image=text).status_code == 400
        assert seller.upload(f"listings/{listing.slug}/images/").status_code == 400
        assert seller.post(f"listings/{listing.slug}/images/", image="x").status_code == 415


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


def test_times_are_in_utc(nobody):
    listing = ListingFactory(live=True)

    shown = nobody.get(f"listings/{listing.slug}/").json()

    assert shown["created_at"] == listing.created_at.isoformat().replace("+00:00", "Z")
    assert clock.now() >= listing.created_at
