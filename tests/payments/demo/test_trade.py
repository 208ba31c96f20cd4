"""The months of buying that the demo makes up."""

from datetime import timedelta

import pytest

from accounts.models import Notification, OutboxEntry
from common import clock
from marketplace import social
from marketplace.models import Listing
from payments.demo import trade
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


def test_what_came_in_the_past_was_told_on_its_day_to_those_who_followed_then_and_no_letter_waits():
    then = clock.now() - timedelta(days=30)
    early, late = UserFactory(), UserFactory()
    listing = ListingFactory(live=True)
    with clock.at(then - timedelta(days=1)):
        social.follow(early, Listing.objects.get(pk=listing.pk).seller)
    OutboxEntry.objects.all().delete()
    with clock.at(then):
        trade.outbox.promise("marketplace.tell_followers", listing_id=listing.pk)
    social.follow(late, listing.seller)

    trade.announce_past()
    trade.forget_letters()

    told = Notification.objects.filter(kind="new_listing")
    assert [(one.user, one.created_at) for one in told] == [(early, then)]
    assert not OutboxEntry.objects.filter(done_at=None).exists()
