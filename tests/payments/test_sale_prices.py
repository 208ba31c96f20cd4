"""A lower price for a while: when it may be set, what it costs meanwhile, how it ends."""

from datetime import timedelta

import pytest

from common import clock
from marketplace import listings, permissions, publishing
from marketplace.models import Listing
from payments import prices, sale_prices
from payments.models import Sale
from tests.factories.accounts import SellerFactory, sign_in
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def listing():
    return ListingFactory(live=True, price=1000)


def put(listing, price=700, days=7, starts=None):
    begins = starts or clock.now()
    return sale_prices.put(listing, listing.seller, price=price, starts=starts, ends=begins + days * DAY)


def cost(listing):
    return prices.current([Listing.objects.get(pk=listing.pk)])[listing.pk]


def test_the_sale_price_is_charged_from_its_beginning_to_its_end(listing):
    now = clock.now()
    put(listing, starts=now + DAY, days=2)

    assert cost(listing) == 1000
    with clock.at(now + 1.5 * DAY):
        assert cost(listing) == 700
    with clock.at(now + 3.5 * DAY):
        assert cost(listing) == 1000


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"price": 299}, "price"),
        ({"price": 1000}, "price"),
        ({"price": 1200}, "price"),
        ({"days": 31}, "ends"),
        ({"days": 0}, "ends"),
        ({"days": -1}, "ends"),
        ({"starts": -DAY}, "starts"),
        ({"starts": 91 * DAY}, "starts"),
    ],
)
def test_what_makes_no_sale_is_refused_by_field(listing, asked, wrong):
    if "starts" in asked:
        asked["starts"] = clock.now() + asked["starts"]

    with pytest.raises(sale_prices.BadSale) as refused:
        put(listing, **asked)

    assert list(refused.value.errors) == [wrong]
    assert not Sale.objects.exists()


def test_what_is_free_or_not_on_sale_has_no_sale_price(listing):
    with pytest.raises(sale_prices.BadSale):
        put(ListingFactory(live=True, price=0, seller=listing.seller), price=300)
    with pytest.raises(sale_prices.NotOnSale):
        put(ListingFactory(price=1000))


def test_only_the_seller_sets_and_ends_it(listing):
    put(listing)
    other = SellerFactory()

    with pytest.raises(permissions.NotAllowed):
        sale_prices.put(listing, other, price=500, ends=clock.now() + DAY)
    with pytest.raises(permissions.NotAllowed):
        sale_prices.end(listing, other)

    assert cost(listing) == 700


def test_what_runs_can_be_changed_but_keeps_its_beginning(listing):
    begun = put(listing)
    with clock.at(clock.now() + DAY):
        changed = put(listing, price=600, days=20)

        assert (changed.pk, changed.starts_at) == (begun.pk, begun.starts_at)
        assert cost(listing) == 600
        with pytest.raises(sale_prices.BadSale):
            put(listing, price=600, days=30)


def test_thirty_days_lie_between_two_sales(listing):
    now = clock.now()
    put(listing, days=7)
    with clock.at(now + 3 * DAY):
        sale_prices.end(listing, listing.seller)
        assert cost(listing) == 1000
        with pytest.raises(sale_prices.TooSoon):
            put(listing)
        with pytest.raises(sale_prices.TooSoon):
            put(listing, starts=now + 32 * DAY)
        put(listing, starts=now + 33 * DAY)

        assert Sale.objects.count() == 2


def test_what_had_not_begun_leaves_no_trace(listing):
    put(listing, starts=clock.now() + DAY)
    sale_prices.end(listing, listing.seller)

    assert not Sale.objects.exists()
    put(listing)
    with pytest.raises(sale_prices.NoSale):
        sale_prices.end(ListingFactory(live=True, seller=listing.seller), listing.seller)


def repriced(listing, price):
    listings.edit(listing, by=listing.seller, price=price)
    publishing.publish(Listing.objects.get(pk=listing.pk).working)
    return Listing.objects.get(pk=listing.pk)


def test_a_price_that_was_raised_is_no_price_to_come_down_from(listing):
    now = clock.now()
    with clock.at(now + 10 * DAY):
        listing = repriced(listing, 2000)
        with pytest.raises(sale_prices.TooSoon):
            put(listing, price=1500)
    with clock.at(now + 41 * DAY):
        put(listing, price=1500)

        assert cost(listing) == 1500


def test_a_sale_ends_when_its_price_before_changes_upwards_and_stays_when_it_falls(listing):
    put(listing, days=20)
    with clock.at(clock.now() + DAY):
        listing = repriced(listing, 900)
        assert cost(listing) == 700
    with clock.at(clock.now() + 2 * DAY):
        listing = repriced(listing, 1500)
        assert cost(listing) == 1500
        assert sale_prices.of(listing) is None


def test_it_comes_back_after_a_time_off_the_shelves(listing):
    put(listing, days=20)
    listings.withdraw(listing, listing.seller)
    listings.put_back(listing, listing.seller)

    assert cost(listing) == 700


def test_the_api_sets_shows_and_ends_it(listing, client):
    from tests.api.calls import Caller

    seller, address = Caller(listing.seller), f"listings/{listing.slug}/sale/"
    ends = clock.now() + 7 * DAY
    assert seller.get(address).status_code == 404

    answer = seller.put(address, {"price": {"amount": 700, "currency": "usd"}, "ends": ends.isoformat()})

    assert answer.status_code == 200
    assert answer.json() == seller.get(address).json()
    assert (answer.json()["price"]["amount"], answer.json()["is_running"]) == (700, True)
    card = seller.get(f"listings/{listing.slug}/").json()
    assert (card["price"]["amount"], card["price_before"]["amount"]) == (700, 1000)
    for wrong in ({}, {"price": 700}, {"price": "7", "ends": "soon"}, {"price": 700, "ends": "2026-12-24T00:00:00"}):
        assert seller.put(address, wrong).status_code == 400
    assert seller.delete(address).status_code == 204
    assert seller.delete(address).status_code == 404
    assert seller.put(address, {"price": 700, "ends": ends.isoformat()}).json()["code"] == "sale_too_soon"


def test_the_page_sets_and_ends_a_sale_and_keeps_what_was_typed(client, listing):
    sign_in(client, listing.seller)
    page, until = f"/sell/listings/{listing.slug}/sale/", f"{clock.now() + 7 * DAY:%Y-%m-%dT%H:%M}"

    refused = client.post(page, {"price": "12.34", "ends": until})
    assert refused.status_code == 422
    assert "A sale price is lower than the price." in refused.content.decode()
    assert 'value="12.34"' in refused.content.decode()
    assert until in refused.content.decode()

    assert client.post(page, {"price": "7.00", "ends": until}).status_code == 302
    assert cost(listing) == 700
    assert 'value="7.00"' in client.get(page).content.decode()

    assert client.post(f"{page}end/").status_code == 302
    assert cost(listing) == 1000
    # The next one would compare with a price that was no longer the lowest.
    assert "Not yet" in client.get(page).content.decode()
