"""Who looked at a seller's listings, and where they came from."""

from datetime import timedelta

import pytest

from common import clock
from marketplace import audience
from marketplace.models import ListingDay
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


def looked(listing, days_ago, source, views):
    day = clock.now().date() - timedelta(days=days_ago)
    ListingDay.objects.create(listing=listing, day=day, source=source, views=views)


def test_looks_are_summed_by_listing_and_by_source_most_first(client, django_assert_num_queries):
    listing, somebody_elses = ListingFactory(live=True), ListingFactory(live=True)
    looked(listing, 0, "search", 5)
    looked(listing, 1, "via", 9)
    looked(listing, 2, "search", 2)
    looked(listing, 40, "browse", 100)
    looked(somebody_elses, 0, "browse", 50)

    with django_assert_num_queries(1):
        views, sources = audience.of(listing.seller, since=clock.now().date() - timedelta(days=30))

    assert views == {listing.pk: 16}
    assert [(str(one.label), one.views) for one in sources] == [("Your own link", 9), ("Search", 7)]
    client.force_login(listing.seller)
    page = client.get("/sell/").content.decode()
    assert "16 looks at your listings in 30 days." in page
    assert "Your own link" in page
