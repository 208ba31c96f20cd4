"""Pictures in the seller's form."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory, work
from tests.marketplace.workshop.browser import form_of

pytestmark = pytest.mark.django_db


def picture(name="jar.jpg", grey=90):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (grey, 120, 160)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@pytest.fixture
def draft(client):
    listing = ListingFactory(seller=SellerFactory())
    client.force_login(listing.seller)
    return listing


def at(name, *arguments):
    return reverse(name, args=arguments)


def shown(listing):
    listing.refresh_from_db()
    return [(one["id"], one["alt"]) for one in listing.working.pictures]


def upload(client, listing, **how):
    return client.post(at("sell-pictures", listing.slug), {"image": picture(**how)}, headers={"hx-request": "true"})


def test_a_dropped_picture_is_answered_with_its_row(client, draft):
    answer = upload(client, draft)

    (public_id, alt) = shown(draft)[0]
    assert alt == ""
    assert f"picture-{public_id}-alt" in answer.content.decode()
    assert "Being prepared" in answer.content.decode()
    work()
    ready = client.get(at("sell-picture", draft.slug, public_id)).content.decode()
    assert "<img" in ready
    assert "every 2s" not in ready


def test_what_is_no_picture_is_refused_in_words(client, draft):
    file = SimpleUploadedFile("jar.jpg", b"MZ not a picture", "image/jpeg")

    answer = client.post(at("sell-pictures", draft.slug), {"image": file}, headers={"hx-request": "true"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.content.decode() == "This is not a JPEG, PNG or WebP picture."
    assert shown(draft) == []


def test_several_are_sent_with_the_form_without_javascript(client, draft):
    values = form_of(client.get(at("sell-listing", draft.slug))) | {"summary": "Typed before the pictures were sent."}

    files = [picture("a.jpg", 10), picture("b.jpg", 200), SimpleUploadedFile("c.jpg", b"no", "image/jpeg")]
    answer = client.post(at("sell-pictures", draft.slug), values | {"image": files}, follow=True)

    assert len(shown(draft)) == 2
    assert draft.working.summary == "Typed before the pictures were sent."
    assert "c.jpg: This is not a JPEG, PNG or WebP picture." in answer.content.decode()


def test_words_and_order_are_kept(client, draft):
    upload(client, draft, grey=1)
    upload(client, draft, grey=250)
    (first, _), (second, _) = shown(draft)
    values = form_of(client.get(at("sell-listing", draft.slug)))
    values |= {f"picture-{first}-alt": "The first", f"picture-{second}-input-0": "warm"}

    client.post(at("sell-picture-up", draft.slug, second), values)

    assert shown(draft) == [(second, ""), (first, "The first")]
    assert draft.working.pictures[0]["inputs"] == {"tone": "warm"}


def test_a_save_from_before_an_upload_does_not_drop_the_picture(client, draft):
    page = client.get(at("sell-listing", draft.slug))
    token = form_of(page)["page"]
    address = f"{at('sell-pictures', draft.slug)}?page={token}"
    client.post(address, {"image": picture()}, headers={"hx-request": "true"})

    answer = client.post(at("sell-autosave", draft.slug), form_of(page) | {"title": "Typed meanwhile"})

    assert answer.status_code == 204
    assert len(shown(draft)) == 1
    assert draft.working.title == "Typed meanwhile"


def test_a_removed_picture_is_gone_and_the_rest_of_the_form_is_not(client, draft):
    upload(client, draft)
    ((public_id, _),) = shown(draft)
    values = form_of(client.get(at("sell-listing", draft.slug))) | {"title": "Kept while removing"}

    answer = client.post(at("sell-picture-remove", draft.slug, public_id), values, headers={"hx-request": "true"})

    assert public_id not in answer.content.decode()
    assert shown(draft) == []
    assert draft.working.title == "Kept while removing"


def test_another_sellers_picture_cannot_be_reached(client, draft):
    other = ListingFactory(seller=SellerFactory())
    upload(client, draft)
    ((public_id, _),) = shown(draft)
    client.force_login(other.seller)

    assert client.get(at("sell-picture", other.slug, public_id)).status_code == 404
    assert client.post(at("sell-picture-remove", other.slug, public_id)).status_code == 404
    assert len(shown(draft)) == 1
