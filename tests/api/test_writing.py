"""Listings through the API: written, edited, submitted, illustrated."""

import io

import pytest
from PIL import Image

from marketplace.models import Case, Listing
from tests.factories.marketplace import ListingFactory, content, work

pytestmark = pytest.mark.django_db


def picture(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(file, "PNG")
    file.name = "shot.png"
    file.seek(0)
    return file


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
