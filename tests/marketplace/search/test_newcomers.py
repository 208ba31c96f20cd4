"""Places for good new work: in turn, beside the results, marked, and never for sale."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from common import clock
from marketplace import search
from marketplace.models import Listing
from marketplace.search import newcomers
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    """A page of older work and two new listings, one of them poor."""
    cache.delete(newcomers.POOL)
    old = [ListingFactory(live=True, title=f"Harbour song {number}") for number in range(2)]
    Listing.objects.filter(pk__in=[one.pk for one in old]).update(published_at=clock.now() - timedelta(days=60))
    good, poor = ListingFactory(live=True, title="Meadow lullaby"), ListingFactory(live=True, title="Meadow noise")
    Listing.objects.filter(pk=good.pk).update(quality=0.9, trending=0)
    Listing.objects.filter(pk=poor.pk).update(quality=0.2, trending=0)
    Listing.objects.filter(pk__in=[one.pk for one in old]).update(trending=2, quality=0.9)
    return good


def find(**asked):
    return search.find(search.Query(**asked), size=2, newcomers=True)


def test_good_new_work_has_places_beside_the_results(market):
    found = find()

    assert [one.title for one in found.newcomers] == ["Meadow lullaby"]
    assert market.pk not in {one.pk for one in found.results}
    assert [one.pk for one in found.results] == [one.pk for one in search.find(search.Query(), size=2).results]


def test_what_is_on_the_page_already_gets_no_second_place(market):
    assert find(words="lullaby").newcomers == []


def test_places_fit_what_was_asked_for(market):
    assert find(words="harbour").newcomers == []
    assert find(free=True).newcomers == []


def test_who_asks_for_an_order_gets_that_order_alone(market):
    assert find(sort="top_rated").newcomers == []


def test_the_api_names_new_work_beside_the_results_for_who_asks(market, client):
    answer = client.get("/api/v1/listings/?page_size=2&new_work=1").json()

    assert [one["slug"] for one in answer["new_work"]] == [market.slug]
    assert set(client.get("/api/v1/listings/?page_size=2").json()) == {"results", "next", "previous"}


def test_pages_say_what_the_places_are(market, client):
    Listing.objects.filter(title__startswith="Harbour").update(price=300)
    for number in range(24):
        ListingFactory(live=True, title=f"Lighthouse {number}", seller=SellerFactory())
    Listing.objects.filter(title__startswith="Lighthouse").update(
        trending=3, published_at=clock.now() - timedelta(days=60)
    )

    page = client.get("/prompts/").content.decode()

    assert "They cannot be bought" in page
    assert page.count(f"/prompts/{market.slug}/") >= 1


def test_each_seller_has_the_same_number_of_turns_however_much_they_publish():
    pool = [(pk, 1) for pk in range(1, 10)] + [(10, 2), (11, 3), (12, 4)]
    given = [pk for number in range(400) for pk in newcomers.in_turn(pool, number)]

    turns = {seller: sum(dict(pool)[pk] == seller for pk in given) for seller in (1, 2, 3, 4)}
    assert turns == {1: 300, 2: 300, 3: 300, 4: 300}
    assert {given.count(pk) for pk in range(1, 10)} <= {33, 34}
