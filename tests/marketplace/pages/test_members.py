"""What people with an account do: keep, follow, collect, review, report."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from marketplace import reviews, social
from marketplace.models import Collection, Favourite, Follow, Report, Review
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing():
    return ListingFactory(live=True)


@pytest.fixture
def person(client):
    user = UserFactory()
    client.force_login(user)
    return user


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_signing_in_leads_back_to_the_page_the_act_was_on(client, listing):
    page = f"http://testserver{listing.get_absolute_url()}"

    answer = client.post(reverse("favourite", args=[listing.slug]), headers={"Referer": page})

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert listing.slug in answer["Location"]


def test_nobody_is_sent_to_a_strangers_page(client, person, listing):
    answer = client.post(reverse("favourite", args=[listing.slug]), headers={"Referer": "https://evil.example/x"})

    assert answer["Location"] == "/"


def test_the_heart_is_pressed_and_released(client, person, listing):
    address = reverse("favourite", args=[listing.slug])

    client.post(address)
    assert Favourite.objects.filter(user=person, listing=listing).exists()
    assert listing.title in client.get(reverse("favourites")).content.decode()
    assert client.post(address, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert not Favourite.objects.exists()


def test_the_heart_needs_a_post(client, person, listing):
    assert client.get(reverse("favourite", args=[listing.slug])).status_code == 405


def test_a_card_shows_what_is_liked(client, person, listing):
    assert 'aria-pressed="true"' not in client.get("/prompts/").content.decode()

    social.favourite(person, listing)

    assert client.get("/prompts/").content.decode().count('aria-pressed="true"') == 1


def test_following_is_begun_and_ended(client, person, listing):
    handle = listing.seller.seller_profile.handle
    address = reverse("follow", args=[handle])

    client.post(address, {"follow": "1"})
    client.post(address, {"follow": "1"})
    assert Follow.objects.filter(user=person, seller=listing.seller).count() == 1
    assert "Following" in client.get(reverse("seller", args=[handle])).content.decode()
    client.post(address, {"follow": "0"})
    assert not Follow.objects.exists()


def test_nobody_follows_themselves(client, listing):
    client.force_login(listing.seller)

    answer = client.post(reverse("follow", args=[listing.seller.seller_profile.handle]), {"follow": "1"})

    assert said(answer) == ["You cannot follow yourself."]
    assert not Follow.objects.exists()


def test_a_collection_is_begun_filled_and_emptied(client, person, listing):
    collect = reverse("listing-collect", args=[listing.slug])

    client.post(collect, {"title": "For the desk", "words": "Every day.", "is_public": "on"})
    collection = Collection.objects.get()
    assert listing.title in client.get(collection.get_absolute_url()).content.decode()
    client.post(collect, {"collection": []})
    assert not collection.items.exists()
    client.post(collect, {"collection": [collection.slug]})
    assert collection.items.count() == 1
    client.post(reverse("collection-take-out", args=[collection.slug, listing.slug]))
    assert not collection.items.exists()


def test_a_collection_is_edited_and_deleted_by_its_owner_alone(client, person, listing):
    collection = social.collect(person, title="Mine")
    client.force_login(UserFactory())
    for name in ("collection-edit", "collection-delete"):
        assert client.post(reverse(name, args=[collection.slug]), {"title": "Theirs"}).status_code == 404

    client.force_login(person)
    client.post(reverse("collection-edit", args=[collection.slug]), {"title": "Better"})
    collection.refresh_from_db()
    assert (collection.title, collection.is_public) == ("Better", False)
    client.post(reverse("collection-delete", args=[collection.slug]))
    assert not Collection.objects.exists()


def test_a_collection_without_a_title_keeps_what_was_typed(client, person):
    answer = client.post(reverse("collection-new"), {"title": "", "words": "Kept words."})

    assert answer.status_code == 422
    assert "Kept words." in answer.content.decode()


def test_a_review_is_written_changed_and_taken_back(client, person, listing):
    EntitlementFactory(owner=person, listing=listing)
    address = reverse("review", args=[listing.slug])

    client.post(address, {"rating": "4", "text": "It kept the peace.", "output": "Dear neighbour"})
    client.post(address, {"rating": "5", "text": "It still does."})
    review = Review.objects.get()
    assert (review.rating, review.text) == (5, "It still does.")
    client.post(reverse("review-remove", args=[review.public_id]))
    assert not Review.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"rating": "6"}, {"rating": "0"}, {"rating": "good"}])
def test_a_review_needs_one_to_five_stars(client, person, listing, sent):
    EntitlementFactory(owner=person, listing=listing)

    answer = client.post(reverse("review", args=[listing.slug]), {"text": "Kept words."} | sent)

    assert answer.status_code == 422
    assert "Kept words." in answer.content.decode()
    assert not Review.objects.exists()


def test_only_buyers_review(client, person, listing):
    assert client.get(reverse("review", args=[listing.slug])).status_code == 403
    client.post(reverse("review", args=[listing.slug]), {"rating": "1", "text": "Bad."})

    assert not Review.objects.exists()


def test_only_the_seller_replies(client, person, listing):
    buyer = EntitlementFactory(listing=listing).owner
    review = reviews.post(buyer, listing, rating=3, text="Fair.")
    address = reverse("review-reply", args=[review.public_id])
    assert client.post(address, {"text": "Thanks"}).status_code == 404

    client.force_login(listing.seller)
    client.post(address, {"text": "Thank you for saying so."})

    review.refresh_from_db()
    assert review.reply == "Thank you for saying so."
    assert "Thank you for saying so." in client.get(listing.get_absolute_url()).content.decode()


def test_a_report_reaches_the_moderators_once(client, person, listing):
    address = reverse("listing-report", args=[listing.slug])

    client.post(address, {"kind": "copyright", "words": "It is from my book, page 12."})
    client.post(address, {"kind": "other", "words": "Again."})

    assert [report.words for report in Report.objects.all()] == ["It is from my book, page 12."]


def test_a_report_without_words_keeps_what_was_chosen(client, person, listing):
    answer = client.post(reverse("listing-report", args=[listing.slug]), {"kind": "broken", "words": ""})

    assert answer.status_code == 422
    assert "checked" in answer.content.decode()


def test_a_seller_does_not_report_themselves(client, listing):
    client.force_login(listing.seller)

    assert client.get(reverse("listing-report", args=[listing.slug])).status_code == 403


def test_private_pages_are_kept_by_nobody(client, person, listing):
    held = EntitlementFactory(owner=person, listing=listing)

    for path in (reverse("favourites"), reverse("library"), held.get_absolute_url()):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_suspended_person_reads_but_does_not_act(client, person, listing):
    held = EntitlementFactory(owner=person, listing=listing)
    person.suspended_at = held.granted_at
    person.save()

    assert client.get(held.get_absolute_url()).status_code == 200
    client.post(reverse("favourite", args=[listing.slug]))
    client.post(reverse("review", args=[listing.slug]), {"rating": "5"})
    assert not Favourite.objects.exists()
    assert not Review.objects.exists()
