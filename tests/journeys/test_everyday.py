"""What each of the people does on an ordinary day, by keys alone, and with a finger on a phone without JavaScript."""

import pytest
from playwright.sync_api import expect

from accounts.models import Notification
from marketplace import listings
from marketplace.models import Collection, Entitlement, Listing
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import TEMPLATE, EntitlementFactory, ListingFactory, approved, work
from tests.factories.payments import PaidOrder
from tests.journeys.hands import Hand
from tests.processes import wait_until

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def test_a_visitor_opens_a_narrowed_shelf_and_reads_what_a_listing_says_of_itself(hands):
    seller = SellerFactory()
    listing = ListingFactory(seller=seller, live=True, title="Lantern letters for slow evenings")
    other = ListingFactory(seller=seller, live=True, title="Tide tables for a small harbour", price=1900)
    work()
    hand = hands.of()
    page = hand.page
    page.goto("/prompts/?price_max=500")
    expect(page.locator("#found")).to_contain_text(listing.title)
    expect(page.locator("#found")).not_to_contain_text(other.title)
    hand.press(page.locator(f"main a[href='/prompts/{listing.slug}/']"))
    page.wait_for_url(f"**/prompts/{listing.slug}/")
    told = page.locator("main")
    for words in ("Thank you for asking", "a late parcel", "money back", "Later versions are free", other.title):
        expect(told).to_contain_text(words)
    expect(page.locator("main input[name*=subject], main [id*=subject]").first).to_be_attached()
    hand.press(page.locator(f"main a[href='{seller.seller_profile.get_absolute_url()}']"))
    page.wait_for_url(f"**{seller.seller_profile.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text(other.title)


def test_a_member_keeps_a_favourite_follows_a_seller_and_makes_a_collection_public(hands):
    listing = ListingFactory(live=True)
    work()
    reader = UserFactory()
    hand = hands.of(reader)
    page = hand.page
    page.goto(f"/prompts/{listing.slug}/")
    hand.press(page.locator(".buy-acts button[formaction*='/favourite/']"))
    expect(page.locator(".buy-acts button[formaction*='/favourite/']")).to_have_attribute("aria-pressed", "true")
    wait_until(reader.favourites.exists, "the favourite is kept")
    page.goto("/favourites/")
    expect(page.locator("main")).to_contain_text(listing.title)

    page.goto(listing.seller.seller_profile.get_absolute_url())
    hand.press(page.locator("main button[formaction$='/follow/']"))
    expect(page.locator("main button[formaction$='/follow/']").first).to_contain_text("Following")

    page.goto(f"/prompts/{listing.slug}/collect/")
    hand.write(page.locator("main [name=title]"), "For slow evenings")
    hand.press(page.get_by_role("button", name="Begin the collection"))
    page.wait_for_url(lambda address: "/collect/" not in address)
    collection = Collection.objects.get(title_en="For slow evenings")
    Collection.objects.filter(pk=collection.pk).update(is_public=False)
    page.goto(f"{collection.get_absolute_url()}edit/")
    hand.tick(page.locator("main [name=is_public]"))
    hand.press(page.locator("main form button.button-ink"))
    page.wait_for_url(f"**{collection.get_absolute_url()}")
    collection.refresh_from_db()
    assert collection.is_public
    expect(page.locator("main")).to_contain_text(listing.title)


def test_a_buyer_keeps_values_and_notes_reads_what_changed_and_takes_the_prompt_along(hands):
    reader, listing = UserFactory(), ListingFactory(live=True)
    held = EntitlementFactory(owner=reader, listing=listing)
    offer_a_new_version(listing)
    work()
    hand = hands.of(reader)
    page = hand.page
    page.goto("/library/")
    hand.press(page.locator("main .volume-link"))
    page.wait_for_url("**/library/**")
    keep_values_and_notes(hand, held)
    read_what_changed(hand, held)
    with page.expect_download() as taken:
        hand.press(page.locator("main a[download][href*='format=md']"))
    assert "Answer in verse." in taken.value.path().read_text()
    page.goto("/notifications/")
    hand.press(page.get_by_role("button", name="Mark all as read"))
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    assert not Notification.objects.filter(user=reader, read_at=None).exists()


def offer_a_new_version(listing: Listing) -> None:
    words = f"{TEMPLATE}\n\nAnswer in verse."
    listings.new_version(listing, by=listing.seller, prompt=words, note="It answers in verse now.", submit=False)
    approved(listing)


def keep_values_and_notes(hand: Hand, held: Entitlement) -> None:
    page = hand.page
    hand.write(page.locator("main [name=subject]"), "a lighthouse")
    hand.press(page.locator(".bench-keep summary"))
    hand.write(page.locator("#preset-name"), "By the sea")
    hand.press(page.locator("button[formaction*='/presets/']"))
    expect(page.locator("main .chips")).to_contain_text("By the sea")
    page.goto(held.get_absolute_url())
    hand.press(page.locator("main .chips a.chip"))
    expect(page.locator("main [name=subject]")).to_have_value("a lighthouse")
    hand.write(page.locator("main [name=note]"), "Shorter when asked politely.")
    hand.press(page.get_by_role("button", name="Save the notes"))
    # They keep themselves while one writes: only the page that comes says that the button has done its work.
    expect(page.locator("body")).to_contain_text("Your notes are saved.")
    held.refresh_from_db()
    assert held.note == "Shorter when asked politely."


def read_what_changed(hand: Hand, held: Entitlement) -> None:
    page = hand.page
    page.goto(held.get_absolute_url())
    hand.press(page.locator("main .bench-versions a.link"))
    page.wait_for_url("**/changes/**")
    expect(page.locator("main ins").first).to_be_visible()
    page.goto(held.get_absolute_url())


def test_a_seller_sees_how_the_shop_does_and_takes_several_listings_down_at_once(hands, sandbox):
    seller = SellerFactory()
    many = [ListingFactory(seller=seller, live=True) for _each in range(2)]
    PaidOrder(sandbox, many[0])
    hand = hands.of(seller)
    page = hand.page
    page.goto("/sell/")
    for words in ("Pending", "Available", "Paid out", many[0].title):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main figure svg, main svg[role=img]").first).to_be_visible()
    hand.press(page.get_by_role("link", name="All listings"))
    page.wait_for_url("**/sell/listings/")
    for listing in many:
        hand.tick(page.locator(f"[name=listing][value='{listing.slug}']"))
    hand.press(page.locator("button[name=act][value=withdraw]"))
    expect(page.locator("body")).to_contain_text("2 listings were changed.")
    assert Listing.objects.filter(seller=seller, status="withdrawn").count() == len(many)
    expect(page.locator("main")).to_contain_text("Withdrawn")
