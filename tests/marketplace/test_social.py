import pytest

from marketplace import permissions, social
from marketplace.models import Collection
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


def test_a_favourite_is_kept_once():
    user, listing = UserFactory(), ListingFactory(live=True)

    assert [social.favourite(user, listing), social.favourite(user, listing)] == [True, False]
    assert list(social.favourites(user)) == [listing]
    assert social.liked_among(user, [listing.pk, 0]) == {listing.pk}
    assert [social.unfavourite(user, listing), social.unfavourite(user, listing)] == [True, False]


def test_what_cannot_be_seen_cannot_be_liked_or_collected():
    user, draft = UserFactory(), ListingFactory()
    collection = social.collect(user, title="For later")

    for act in (lambda: social.favourite(user, draft), lambda: social.put_in(collection, draft, by=user)):
        with pytest.raises(permissions.NotFound):
            act()


def test_following_is_for_sellers_other_than_oneself():
    user, seller = UserFactory(), SellerFactory()

    assert [social.follow(user, seller), social.follow(user, seller)] == [True, False]
    assert list(social.followed(user)) == [seller]
    with pytest.raises(permissions.NotFound):
        social.follow(user, UserFactory())
    with pytest.raises(social.OwnShop):
        social.follow(seller, seller)


def test_a_suspended_person_joins_nothing():
    user = UserFactory()
    listing = ListingFactory(live=True)
    user.suspended_at = user.joined_at

    for act in (
        lambda: social.favourite(user, listing),
        lambda: social.follow(user, listing.seller),
        lambda: social.collect(user, title="For later"),
    ):
        with pytest.raises(permissions.Suspended):
            act()


def test_a_private_collection_does_not_exist_for_others():
    owner, stranger = UserFactory(), UserFactory()
    listing = ListingFactory(live=True)
    private = social.collect(owner, title="Mine", is_public=False)
    public = social.collect(owner, title="Mine")

    assert private.slug != public.slug
    assert social.put_in(private, listing, by=owner)
    assert not social.put_in(private, listing, by=owner)
    assert list(social.shown_in(private)) == [listing]
    with pytest.raises(permissions.NotFound):
        social.edit_collection(private, by=stranger, title="Theirs")
    with pytest.raises(permissions.NotAllowed):
        social.delete_collection(public, by=stranger)
    assert Collection.objects.count() == 2
