from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Notification
from marketplace import figures, library, listings, permissions, reviews
from marketplace.models import Listing, Review
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory

pytestmark = pytest.mark.django_db


def reviewed(rating=5, **values):
    held = EntitlementFactory(**values)
    return reviews.post(held.owner, held.listing, rating=rating, text="It did what it shows.")


def test_who_bought_it_reviews_it_once_and_may_change_it():
    review = reviewed(3)

    again = reviews.post(review.author, review.listing, rating=4, text="Better than I thought.")

    assert (again.pk, again.rating, Review.objects.count()) == (review.pk, 4, 1)
    assert Notification.objects.filter(kind="review_received").count() == 1


def test_who_did_not_buy_or_gave_it_back_cannot_review():
    held = EntitlementFactory()
    library.revoke(held, "refund")

    for person in (UserFactory(), held.owner, ModeratorFactory()):
        with pytest.raises(reviews.NotBought):
            reviews.post(person, held.listing, rating=5)
    assert not Review.objects.exists()


def test_a_seller_cannot_review_their_own_work():
    listing = ListingFactory(live=True)
    library.grant(listing.seller, listing, key="own")

    with pytest.raises(reviews.OwnWork):
        reviews.post(listing.seller, listing, rating=5)


def test_a_suspended_buyer_cannot_review():
    held = EntitlementFactory()
    held.owner.suspended_at = held.granted_at

    with pytest.raises(permissions.Suspended):
        reviews.post(held.owner, held.listing, rating=5)


@pytest.mark.parametrize("rating", [0, 6, -1, True, "5", 4.5, None])
def test_other_than_one_to_five_stars_is_refused(rating):
    held = EntitlementFactory()

    with pytest.raises(listings.BadContent):
        reviews.post(held.owner, held.listing, rating=rating)
    assert not Review.objects.exists()


def test_only_the_seller_replies():
    review = reviewed()

    for person in (review.author, UserFactory(), ModeratorFactory()):
        with pytest.raises(permissions.NotAllowed):
            reviews.reply(review, person, "Thanks")
    reviews.reply(review, review.listing.seller, "Thank you.")

    review.refresh_from_db()
    assert review.reply == "Thank you."
    assert Notification.objects.get(user=review.author).kind == "review_answered"


def test_a_hidden_review_counts_nothing_and_the_seller_cannot_hide_it():
    review = reviewed(1)
    with pytest.raises(permissions.NotAModerator):
        reviews.hide(review, review.listing.seller, "I do not like it")

    reviews.hide(review, ModeratorFactory(), "It insults somebody.")

    figures.recount([review.listing_id])
    listing = Listing.objects.get(pk=review.listing_id)
    assert (listing.rating_count, listing.rating_average) == (0, 0)
    assert list(reviews.of(listing)) == []
    assert Notification.objects.get(user=review.author).kind == "review_hidden"


def test_a_moderator_who_sells_it_cannot_hide_its_reviews():
    review = reviewed(1)
    seller = review.listing.seller
    seller.is_moderator = True
    seller.save()

    with pytest.raises(permissions.NotAllowed):
        reviews.hide(review, seller, "Untrue.")


def test_a_refund_takes_the_review_out_of_the_rating():
    review = reviewed(1)
    figures.recount([review.listing_id])
    library.revoke(review.entitlement, "refund")

    figures.recount([review.listing_id])

    listing = Listing.objects.get(pk=review.listing_id)
    assert (listing.sales_count, listing.rating_count) == (0, 0)
    assert reviews.spread(listing) == {5: 0, 4: 0, 3: 0, 2: 0, 1: 0}


@pytest.mark.django_db(transaction=True)
def test_a_review_sent_twice_at_once_is_one_review():
    held = EntitlementFactory()
    barrier = Barrier(8)

    def post(rating):
        try:
            barrier.wait()
            reviews.post(held.owner, held.listing, rating=rating % 5 + 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post, range(8)))
    assert Review.objects.count() == 1
