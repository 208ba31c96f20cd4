import datetime as dt
import io
import random

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from common import clock
from common.images import BadImage
from marketplace import images, listings, moderation, permissions
from marketplace.models import ExampleImage, Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import ListingFactory, approved, submitted, work

pytestmark = pytest.mark.django_db


def picture(colour="teal", size=(900, 600), kind="JPEG", **options):
    """A picture with something to see in it, as bytes."""
    shades = random.Random(colour)
    mosaic = Image.frombytes("L", (9, 6), shades.randbytes(54))
    image = mosaic.resize(size, Image.Resampling.BICUBIC).convert("RGB")
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_place():
    """A picture that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "the secret garden"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return picture(exif=exif)


def stored():
    """Names of everything in the store."""
    found = []

    def walk(folder):
        if not default_storage.exists(folder):
            return
        folders, files = default_storage.listdir(folder)
        found.extend(f"{folder}/{name}" for name in files)
        for name in folders:
            walk(f"{folder}/{name}")

    walk("arrivals")
    walk("pictures")
    return found


@pytest.fixture
def listing():
    return ListingFactory(model="midjourney")


def prepared(image, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        images.make_renditions(image.pk)
    image.refresh_from_db()
    return image


def test_a_picture_goes_into_the_draft_and_waits_for_a_worker(listing):
    image = images.add(listing, listing.seller, io.BytesIO(picture()), alt="  A teal   box ")

    listing.refresh_from_db()
    assert (image.state, image.width, image.height) == ("waiting", 900, 600)
    assert listing.working.pictures == [{"id": image.public_id, "alt": "A teal box", "inputs": {}}]
    assert images.shown(listing.working) == []


def test_a_worker_makes_renditions_and_throws_the_arrival_away(listing, django_capture_on_commit_callbacks):
    image = images.add(listing, listing.seller, with_place())

    prepared(image, django_capture_on_commit_callbacks)

    assert (image.state, image.original) == ("ready", "")
    assert {one["format"] for one in image.renditions} == {"webp", "avif"}
    assert [one["width"] for one in image.renditions if one["format"] == "webp"] == [320, 640, 900]
    assert sorted(stored()) == sorted(one["name"] for one in image.renditions)
    for name in stored():
        with default_storage.open(name) as file:
            data = file.read()
        assert b"secret garden" not in data
        assert b"Exif" not in data


def test_sources_have_what_a_picture_element_needs(listing, django_capture_on_commit_callbacks):
    image = images.add(listing, listing.seller, picture(), alt="A box")
    prepared(image, django_capture_on_commit_callbacks)
    listing.refresh_from_db()

    (shown,) = images.shown(listing.working)

    assert shown["src"].startswith("/media/pictures/")
    assert shown["webp"].count("w") >= 3
    assert shown["avif"].endswith("900w")
    assert (shown["alt"], shown["width"], shown["height"]) == ("A box", 900, 600)
    assert images.card_sources(images.first(listing.working))["src"] == shown["src"]


def test_preparing_twice_changes_nothing(listing, django_capture_on_commit_callbacks):
    image = images.add(listing, listing.seller, picture())
    prepared(image, django_capture_on_commit_callbacks)
    before = (stored(), image.renditions)

    prepared(image, django_capture_on_commit_callbacks)

    assert (stored(), image.renditions) == before


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + b"\0" * 50, b"<svg onload=alert(1)>", picture()[:200], b"\xff\xd8\xff\xe0<html>"]
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(listing, data):
    with pytest.raises(BadImage):
        images.add(listing, listing.seller, data)

    assert stored() == []
    assert not ExampleImage.objects.exists()


def test_the_quota_of_a_listing_and_of_a_day(listing, monkeypatch):
    monkeypatch.setattr(images, "QUOTA", 2)
    for _ in range(2):
        images.add(listing, listing.seller, picture(size=(40, 40)))

    with pytest.raises(images.TooManyImages):
        images.add(listing, listing.seller, picture())
    monkeypatch.setattr(images, "DAILY", 2)
    with pytest.raises(images.TooManyUploads):
        images.add(ListingFactory(seller=listing.seller), listing.seller, picture())
    assert len(stored()) == 2


def test_strangers_add_and_remove_nothing(listing):
    image = images.add(listing, listing.seller, picture())
    stranger = SellerFactory()

    for act in (
        lambda: images.add(listing, stranger, picture()),
        lambda: images.remove(listing, stranger, image.public_id),
    ):
        with pytest.raises(permissions.NotFound):
            act()
    with pytest.raises(images.NoSuchImage):
        images.remove(ListingFactory(seller=listing.seller), listing.seller, image.public_id)


def test_a_picture_of_another_listing_cannot_be_shown(listing):
    image = images.add(listing, listing.seller, picture())
    other = ListingFactory(seller=listing.seller)

    with pytest.raises(listings.BadContent) as caught:
        listings.edit(other, by=listing.seller, pictures=[{"id": image.public_id}])

    assert list(caught.value.errors) == ["pictures.0"]


def test_a_new_picture_is_reviewed_before_the_public_sees_it(listing, django_capture_on_commit_callbacks):
    first = prepared(images.add(listing, listing.seller, picture()), django_capture_on_commit_callbacks)
    listing = approved(listing)
    second = images.add(listing, listing.seller, picture("red"))
    prepared(second, django_capture_on_commit_callbacks)

    listing.refresh_from_db()
    assert [one["id"] for one in images.shown(listing.approved)] == [first.public_id]
    assert listing.card["picture"]["id"] == first.public_id
    assert len(images.shown(listing.working)) == 2


def test_a_card_gets_its_picture_when_it_is_ready_after_the_approval(listing, django_capture_on_commit_callbacks):
    image = images.add(listing, listing.seller, picture())
    listing = approved(listing)
    assert listing.card["picture"] is None

    prepared(image, django_capture_on_commit_callbacks)

    listing.refresh_from_db()
    assert listing.card["picture"]["id"] == image.public_id


def test_what_is_on_sale_keeps_its_picture_until_the_edit_is_approved(listing, django_capture_on_commit_callbacks):
    image = prepared(images.add(listing, listing.seller, picture()), django_capture_on_commit_callbacks)
    listing = approved(listing)

    images.remove(listing, listing.seller, image.public_id)

    image.refresh_from_db()
    assert image.removed_at is None
    moderation.decide(submitted(listing), by=ModeratorFactory(), decision="approve")
    image.refresh_from_db()
    assert image.removed_at is not None


def test_pictures_nothing_shows_are_gone_after_a_day(listing, django_capture_on_commit_callbacks):
    kept = prepared(images.add(listing, listing.seller, picture()), django_capture_on_commit_callbacks)
    removed = prepared(images.add(listing, listing.seller, picture("red")), django_capture_on_commit_callbacks)
    replaced = prepared(images.add(listing, listing.seller, picture("blue")), django_capture_on_commit_callbacks)
    images.remove(listing, listing.seller, removed.public_id)
    listings.edit(listing, by=listing.seller, pictures=[{"id": kept.public_id, "alt": "Kept"}])

    assert images.clear_up() == 0
    with clock.at(clock.now() + dt.timedelta(hours=25)), django_capture_on_commit_callbacks(execute=True):
        assert images.clear_up() == 2

    assert list(ExampleImage.objects.all()) == [kept]
    assert sorted(stored()) == sorted(one["name"] for one in kept.renditions)
    assert replaced.public_id not in str(Listing.objects.get().working.pictures)


def test_an_upload_that_never_became_a_picture_is_gone_after_a_day(listing):
    waiting = images.add(listing, listing.seller, picture())
    default_storage.save("arrivals/lost", ContentFile(b"left by a crash"))

    images.clear_up()
    assert len(stored()) == 2
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        images.clear_up()

    assert stored() == [waiting.original]


def test_a_store_that_refuses_to_delete_stops_nothing(listing, django_capture_on_commit_callbacks, monkeypatch, caplog):
    """An object store raises errors of its own kind, which are no OSError."""

    class ClientError(Exception):
        pass

    def refuse(_name):
        raise ClientError

    images.add(listing, listing.seller, picture())
    monkeypatch.setattr(default_storage, "delete", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        listings.delete(listing, listing.seller)

    assert not ExampleImage.objects.exists()
    assert "A file could not be deleted" in caplog.text


def test_a_deleted_draft_takes_its_files_along(listing, django_capture_on_commit_callbacks):
    prepared(images.add(listing, listing.seller, picture()), django_capture_on_commit_callbacks)

    with django_capture_on_commit_callbacks(execute=True):
        listings.delete(listing, listing.seller)

    assert stored() == []


def test_the_same_picture_elsewhere_is_found(listing, django_capture_on_commit_callbacks):
    prepared(images.add(listing, listing.seller, picture()), django_capture_on_commit_callbacks)
    approved(listing)
    copy = ListingFactory(model="midjourney")
    stolen = images.add(copy, copy.seller, picture(size=(1200, 800), kind="PNG"))
    other = ListingFactory(model="midjourney")
    own = images.add(other, other.seller, picture("red", size=(500, 900)))
    for image in (stolen, own):
        prepared(image, django_capture_on_commit_callbacks)

    found = moderation.screen(submitted(copy)).findings.get(code="same_picture")
    innocent = moderation.screen(submitted(other))

    assert (found.severity, found.evidence["listing"]) == ("serious", listing.slug)
    assert not innocent.findings.filter(code="same_picture").exists()


def test_a_picture_that_cannot_be_prepared_is_named_before_submission(listing, monkeypatch):
    image = images.add(listing, listing.seller, picture())

    def refuse(data):
        raise BadImage("gave_up")

    monkeypatch.setattr(images.common_images, "process", refuse)
    work()

    image.refresh_from_db()
    assert image.state == "failed"
    with pytest.raises(listings.NotComplete) as caught:
        listings.submit(listing, by=listing.seller)
    assert list(caught.value.problems) == ["pictures"]


def test_addresses_are_those_of_the_store(listing, monkeypatch):
    monkeypatch.setattr(default_storage, "url", lambda name: f"https://pictures.example/{name}")
    image = ExampleImage(
        state="ready", renditions=[{"width": 320, "height": 200, "format": "webp", "name": "a/320.webp"}]
    )

    assert images.sources(image)["src"] == "https://pictures.example/a/320.webp"
