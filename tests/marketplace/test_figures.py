import datetime as dt

import pytest

from accounts.models import OutboxEntry
from common import clock
from marketplace import figures, library, reviews, signals, social
from marketplace.models import Listing
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, work

pytestmark = pytest.mark.django_db


def counted(listing):
    figures.recount([listing.pk])
    return Listing.objects.get(pk=listing.pk)


def test_figures_count_what_holds_and_nothing_else():
    listing = ListingFactory(live=True)
    library.grant(listing.seller, listing, key="own")
    EntitlementFactory(listing=listing, counts=False)
    library.revoke(EntitlementFactory(listing=listing), "refund")
    held = [EntitlementFactory(listing=listing) for _ in range(3)]
    reviews.post(held[0].owner, listing, rating=5)
    reviews.post(held[1].owner, listing, rating=2)
    social.favourite(UserFactory(), listing)
    social.favourite(listing.seller, listing)

    listing = counted(listing)

    assert (listing.sales_count, listing.rating_count, listing.rating_average, listing.favourites_count) == (
        3,
        2,
        3.5,
        1,
    )
    assert listing.rating_bayesian == pytest.approx((6 * 4 + 7) / 8)
    assert 0 < listing.quality <= 1


def test_a_ring_moves_no_rank_once_it_is_known():
    listing = ListingFactory(live=True)
    held = [EntitlementFactory(listing=listing) for _ in range(3)]
    before = counted(listing)

    for one in held:
        figures.set_counting(one, False)

    after = counted(listing)
    assert (before.sales_count, after.sales_count, after.trending) == (3, 0, 0)
    assert before.trending > 0


def test_trending_fades_and_a_burst_counts_less_than_a_stream():
    today = clock.now().date()
    moment = clock.now()
    stream = {today - dt.timedelta(days=n): 30.0 for n in range(4)}

    assert figures.trending({today: 120.0}, 4, moment) < figures.trending(stream, 4, moment)
    assert figures.trending({today: 9.0}, 4, moment) > figures.trending({today: 9.0}, 4, moment + figures.HALF_LIFE)


def test_few_stars_stay_near_the_mean():
    assert figures.bayesian(5, 1) < figures.bayesian(5 * 50, 50)
    assert figures.bayesian(0, 0, 4.2) == pytest.approx(4.2)


def test_what_happens_together_is_counted_once():
    listing = ListingFactory(live=True)

    with clock.at(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)):
        for _ in range(5):
            figures.changed(listing.pk)

    assert OutboxEntry.objects.filter(handler="marketplace.recount").count() == 1


def test_the_workers_count_and_say_so():
    listing = ListingFactory(live=True)
    EntitlementFactory(listing=listing)
    heard = []

    def hear(ids, **_):
        heard.extend(ids)

    signals.figures_changed.connect(hear)
    with clock.at(clock.now() + dt.timedelta(seconds=30)):
        work()
    signals.figures_changed.disconnect(hear)

    assert Listing.objects.get().sales_count == 1
    assert heard == [listing.pk]


def test_the_pass_over_everything_goes_on_where_it_stopped(monkeypatch):
    made = [ListingFactory(live=True) for _ in range(3)]
    monkeypatch.setattr(figures, "BATCH", 1)
    Listing.objects.update(sales_count=7)

    assert figures.recount_all(0, 2) == made[1].pk
    assert figures.recount_all(made[1].pk) is None
    assert set(Listing.objects.values_list("sales_count", flat=True)) == {0}


def test_a_batch_is_counted_in_a_constant_number_of_queries(django_assert_max_num_queries):
    made = [EntitlementFactory().listing for _ in range(4)]
    figures.market_mean()

    with django_assert_max_num_queries(14):
        figures.recount([listing.pk for listing in made])


def test_who_has_sold_enough_is_no_new_voice_any_more(monkeypatch):
    monkeypatch.setattr(figures, "NEW_VOICE", 3)
    first = ListingFactory(live=True)
    profile, second = first.seller.seller_profile, ListingFactory(live=True, seller=first.seller)
    other = ListingFactory(live=True).seller.seller_profile

    sold = []
    for listing in (first, second, first):
        sold.append(EntitlementFactory(listing=listing))
        profile.refresh_from_db()
        assert profile.is_new_voice
        counted(listing)
    profile.refresh_from_db()
    other.refresh_from_db()
    assert (profile.is_new_voice, other.is_new_voice) == (False, True)

    library.revoke(sold[0], "refund")
    counted(first)
    profile.refresh_from_db()
    assert not profile.is_new_voice
