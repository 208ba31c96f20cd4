"""What a listing costs now, and who gets what of it: every edge to the cent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Activity
from common import clock
from marketplace.models import ListingDay
from payments import coupons, fees, prices
from payments.models import Coupon, Order, Redemption, Sale
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def listing():
    return ListingFactory(live=True, price=1000)


def made(listing, **options):
    return coupons.make(listing.seller, **{"code": "LESS", "percent_bps": 1000} | options)


def redeemed(coupon, buyer, **changes):
    order = Order.objects.create(buyer=buyer, subtotal=0, total=0, expires_at=NOW())
    return Redemption.objects.create(coupon=coupon, buyer=buyer, order=order, **changes)


# ---- Shares ----------------------------------------------------------------------------------------------------------
@given(price=st.integers(0, 2**31 - 1), bps=st.integers(0, 10_000))
def test_shares_always_add_up_and_neither_is_negative(price, bps):
    commission, share = fees.split(price, bps)

    assert commission + share == price
    assert 0 <= commission <= price
    assert abs(commission * 10_000 - price * bps) <= 5_000


@pytest.mark.parametrize(
    ("price", "bps", "commission"),
    [(499, 2000, 100), (300, 2000, 60), (5, 1000, 0), (15, 1000, 2), (25, 1000, 2), (999, 0, 0), (999, 10_000, 999)],
)
def test_halves_go_to_the_even_cent(price, bps, commission):
    assert fees.split(price, bps) == (commission, price - commission)


def test_only_the_sellers_own_link_is_free_of_commission(settings):
    settings.COMMISSION_BPS = 1234
    seller = SellerFactory(seller_profile__handle="Lantern")

    assert [fees.rate_for(seller, via) for via in ("lantern", "LANTERN", "", "other")] == [0, 0, 1234, 1234]
    assert fees.rate_for(UserFactory(), "lantern") == 1234


def test_the_dashboard_tells_what_the_sellers_own_link_brought(sandbox, client):
    listing = ListingFactory(live=True, price=700)
    handle = listing.seller.seller_profile.handle
    PaidOrder(sandbox, listing)
    PaidOrder(sandbox, listing, via={listing.pk: handle})
    day = clock.now().date()
    ListingDay.objects.create(listing=listing, day=day, source="via", views=9)
    ListingDay.objects.create(listing=listing, day=day, source="search", views=5)
    client.force_login(listing.seller)

    shown = client.get("/sell/").context["own_link"]

    assert shown == {"looks": 9, "sales": 1, "earned": 700}


# ---- Sale prices -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("price", "hours", "stopped", "now"),
    [
        (700, (-1, 1), False, 700),
        (700, (-2, -1), False, 1000),
        (700, (1, 2), False, 1000),
        (700, (-1, 1), True, 1000),
        (1200, (-1, 1), False, 1000),
    ],
)
def test_a_sale_price_counts_in_its_window_and_never_raises_a_price(listing, price, hours, stopped, now):
    starts, ends = hours
    Sale.objects.create(
        listing=listing,
        price=price,
        starts_at=NOW() + timedelta(hours=starts),
        ends_at=NOW() + timedelta(hours=ends),
        stopped_at=NOW() if stopped else None,
    )

    assert prices.current([listing]) == {listing.pk: now}


def test_a_sale_price_is_never_below_the_minimum_and_free_stays_free(listing, settings):
    settings.MIN_PRICE = 400
    free, other = ListingFactory(live=True, price=0), ListingFactory(live=True, price=2000)
    for one in (listing, free, other):
        Sale.objects.create(listing=one, price=300, starts_at=NOW() - timedelta(1), ends_at=NOW() + timedelta(1))

    assert prices.current([listing, free]) == {listing.pk: 400, free.pk: 0}


def test_wall_and_listing_page_say_what_is_charged_and_what_it_was(client, listing):
    Sale.objects.create(listing=listing, price=700, ends_at=NOW() + timedelta(hours=1))

    for path in ("/prompts/", listing.get_absolute_url()):
        page = client.get(path).content.decode()
        assert "$7.00" in page
        assert '<span class="visually-hidden">Before: </span>$10.00</s>' in page


# ---- Coupons ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("off", "price", "left"),
    [
        ({"percent_bps": 1000}, 1000, 900),
        ({"percent_bps": 3333}, 1000, 667),
        ({"percent_bps": 9000}, 1000, 300),
        ({"percent_bps": None, "amount": 250}, 1000, 750),
        ({"percent_bps": None, "amount": 5000}, 1000, 300),
        ({"percent_bps": 5000}, 0, 0),
        ({"percent_bps": 5000}, 301, 300),
        ({"percent_bps": 5000}, 200, 200),
    ],
)
def test_a_coupon_takes_off_what_it_says_down_to_the_minimum(listing, off, price, left):
    assert prices.discounted(price, made(listing, **off)) == left


def test_a_code_is_found_however_it_is_written(listing):
    coupon = made(listing, code=" Less-10 ")

    assert coupon.code == "LESS-10"
    assert prices.fitting_coupon("  less-10 ", [listing]) == coupon
    assert prices.find_coupon("LESS-10", UserFactory(), [listing]) == coupon


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": NOW() + timedelta(hours=1)},
        {"ends_at": NOW() - timedelta(seconds=1)},
        {"stopped_at": NOW()},
    ],
)
def test_a_code_outside_its_window_is_none(listing, changes):
    Coupon.objects.filter(pk=made(listing).pk).update(**changes)

    with pytest.raises(prices.NoSuchCoupon):
        prices.fitting_coupon("LESS", [listing])


def test_a_code_holds_for_its_sellers_prompts_only_and_for_chosen_ones_if_any(listing):
    another, strange = ListingFactory(live=True, seller=listing.seller), ListingFactory(live=True)
    coupon = made(listing)
    chosen = made(listing, code="ONE", listings=[listing])

    assert [prices.covers(coupon, one) for one in (listing, another, strange)] == [True, True, False]
    assert [prices.covers(chosen, one) for one in (listing, another, strange)] == [True, False, False]
    assert prices.fitting_coupon("LESS", [strange, another]) == coupon
    for code, basket in [("LESS", [strange]), ("ONE", [another, strange]), ("NONE", [listing]), ("LESS", [])]:
        with pytest.raises(prices.NoSuchCoupon):
            prices.fitting_coupon(code, basket)


def test_a_limit_in_all_is_counted_and_its_last_use_is_the_last(listing):
    coupon, buyers = made(listing, limit=2), [UserFactory() for _ in range(3)]
    for buyer in buyers[:2]:
        assert prices.find_coupon("LESS", buyer, [listing]) == coupon
        prices.take_coupon(coupon, buyer)

    with pytest.raises(prices.CouponUsedUp):
        prices.take_coupon(coupon, buyers[2])
    with pytest.raises(prices.CouponUsedUp):
        prices.find_coupon("LESS", buyers[2], [listing])
    coupon.refresh_from_db()
    assert coupon.used == 2


def test_a_limit_per_buyer_counts_uses_that_were_not_given_back(listing):
    coupon, buyer = made(listing, limit_per_buyer=2), UserFactory()
    redeemed(coupon, buyer, freed_at=NOW())
    redeemed(coupon, buyer)
    redeemed(coupon, UserFactory())
    redeemed(made(listing, code="ANOTHER"), buyer)
    prices.take_coupon(coupon, buyer)
    assert prices.find_coupon("LESS", buyer, [listing]) == coupon
    redeemed(coupon, buyer)

    for act in (lambda: prices.take_coupon(coupon, buyer), lambda: prices.find_coupon("LESS", buyer, [listing])):
        with pytest.raises(prices.CouponUsedUp):
            act()
    prices.take_coupon(coupon, UserFactory())


def test_a_use_is_given_back_once_and_never_below_nothing(listing):
    coupon, buyer = made(listing, limit=5), UserFactory()
    prices.take_coupon(coupon, buyer)
    prices.take_coupon(coupon, buyer)
    redemption = redeemed(coupon, buyer)

    for _ in range(2):
        prices.free_coupon(redemption)

    coupon.refresh_from_db()
    redemption.refresh_from_db()
    assert coupon.used == 1
    assert redemption.freed_at is not None
    Coupon.objects.update(used=0)
    prices.free_coupon(redeemed(coupon, buyer))
    assert Coupon.objects.get().used == 0


def test_codes_are_made_by_sellers_in_good_standing_for_their_own_prompts(listing):
    made(listing, limit=7, limit_per_buyer=3, ends_at=NOW() + timedelta(1), listings=[listing])
    coupon = Coupon.objects.get()
    assert (coupon.limit, coupon.limit_per_buyer, coupon.seller) == (7, 3, listing.seller)
    assert coupon.ends_at > NOW()
    assert list(coupon.listings.all()) == [listing]
    assert Activity.objects.get(verb="coupon.made").object_label == "LESS"
    with pytest.raises(coupons.CodeTaken):
        coupons.make(SellerFactory(), code="less", percent_bps=500)
    for seller in (UserFactory(), SellerFactory(suspended_at=NOW())):
        with pytest.raises(coupons.MayNotDiscount):
            coupons.make(seller, code="NEW", percent_bps=500)
    with pytest.raises(coupons.MayNotDiscount):
        coupons.make(SellerFactory(), code="NEW", percent_bps=500, listings=[listing])
    assert made(listing, code="OTHER").limit_per_buyer == 1
    assert coupons.minimum() == 300


def test_a_code_is_stopped_once(listing):
    coupon, other = made(listing), made(listing, code="OTHER")
    coupons.stop(coupon)
    first = Coupon.objects.get(pk=coupon.pk).stopped_at
    coupons.stop(coupon)

    assert Coupon.objects.get(pk=coupon.pk).stopped_at == first is not None
    assert Coupon.objects.get(pk=other.pk).stopped_at is None
