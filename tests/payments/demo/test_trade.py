"""The past that the demo makes up, and what it leaves for the workers."""

from datetime import timedelta

import pytest

from accounts.models import Notification, OutboxEntry
from common import clock
from marketplace import social
from marketplace.models import ExampleImage, Listing
from payments.demo import catalogue_files, market, people, trade
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


def test_the_pictures_of_what_is_trending_are_made_first_and_second_examples_last(monkeypatch):
    plain, hot = ListingFactory(live=True), ListingFactory(live=True)
    Listing.objects.filter(pk=hot.pk).update(trending=9)
    OutboxEntry.objects.all().delete()
    for name, listing in (("plain", plain), ("plain again", plain), ("hot", hot), ("hot again", hot)):
        image = ExampleImage.objects.create(listing=listing, original=name, width=8, height=8, size=1)
        trade.outbox.promise("marketplace.make_renditions", image_id=image.pk)
    asked: list[int] = []
    monkeypatch.setattr(market.outbox, "hurry", lambda entries, priority=0: asked.extend(entries) or True)

    market.hurry()

    of_entry = {
        one.pk: ExampleImage.objects.get(pk=one.arguments["image_id"]).original for one in OutboxEntry.objects.all()
    }
    assert [of_entry[pk] for pk in asked[:4]] == ["hot", "plain", "hot again", "plain again"]


def test_the_months_of_trade_are_spread_over_the_days_in_few_orders_and_nothing_is_bought_before_its_day():
    entries = {entry["slug"]: entry for entry in catalogue_files.on_sale()}
    everybody = people.People(buyers=[UserFactory.build() for _ in range(24)])

    baskets = trade.purchases(entries.values(), everybody, clock.now())

    days = {days for _buyer, days in baskets}
    assert len(days) > 80
    assert len(baskets) < 150  # each is a payment, and bin/up waits for all of them
    early = [slug for (_, day), slugs in baskets.items() for slug in slugs if day > entries[slug]["days_live"] - 0.5]
    assert early == []
