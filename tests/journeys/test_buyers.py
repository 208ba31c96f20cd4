"""What a buyer does after paying: waits for the prompt, copies it, finds it again, keeps a receipt, hears news."""

import pytest
from playwright.sync_api import expect

from accounts.models import Notification
from marketplace import listings
from payments import orders
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import TEMPLATE, EntitlementFactory, ListingFactory, approved, work
from tests.factories.payments import PaidOrder, PendingOrder, pay
from tests.journeys.hands import Keys, Thumb

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

KEYS_ALONE = pytest.mark.parametrize("hands", [Keys], ids=["keys"], indirect=True)
KEYS_AND_THUMB = pytest.mark.parametrize("hands", [Keys, Thumb], ids=["keys", "thumb"], indirect=True)


def test_a_buyer_keeps_a_receipt_in_the_name_it_should_have(hands, sandbox):
    order = PaidOrder(sandbox, ListingFactory(live=True, title="Lantern letters for slow evenings"))
    hand = hands.of(order.buyer)
    page = hand.page
    page.goto("/orders/")
    hand.press(page.locator("main .list a"))
    page.wait_for_url(f"**/orders/{order.number}/")
    hand.press(page.get_by_role("link", name="Receipt"))
    page.wait_for_url("**/receipt/")
    for words in ("Lantern letters for slow evenings", "$4.99"):
        expect(page.locator("main table")).to_contain_text(words)
    for name, words in {"name": "Quill and Sons", "address": "3 Harbour Row", "country": "FR", "tax_id": ""}.items():
        hand.write(page.locator(f"main [name={name}]"), words)
    hand.press(page.get_by_role("button", name="Put these details on the receipt"))
    for words in ("Quill and Sons", "3 Harbour Row"):
        expect(page.locator("main address")).to_contain_text(words)
    with page.expect_download() as taken:
        hand.press(page.get_by_role("link", name="Download as PDF"))
    assert taken.value.path().read_bytes().startswith(b"%PDF")


@KEYS_AND_THUMB
def test_the_page_that_waits_for_the_payment_becomes_the_prompt_by_itself_and_one_key_copies_it(hands, sandbox):
    order = PendingOrder(ListingFactory(live=True))
    hands.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand = hands.of(order.buyer)
    page = hand.page
    page.goto(f"/orders/{order.number}/")
    expect(page.locator("#waiting")).to_contain_text("Waiting for the payment to be confirmed.")
    pay(sandbox, order)
    orders.sync_session(order.session_id or "")
    work()
    page.wait_for_url("**/library/**")

    hand.write(page.locator("main [name=subject]"), "a lighthouse")
    expect(page.locator("#result")).to_contain_text("a lighthouse")
    if isinstance(hand, Keys):
        page.keyboard.press("c")  # in a field it is a letter
        expect(page.locator("main [name=subject]")).to_have_value("a lighthousec")
        page.keyboard.press("Backspace")
        hand.reach(page.locator("#result"))
        page.keyboard.press("c")
    else:
        hand.press(page.locator("button[data-copy=result]"))
    expect(page.locator("#toasts")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "voice, about a lighthouse, without any excuse." in copied
    assert copied == page.locator("#result").text_content()


def test_a_buyer_finds_what_is_in_the_library(hands):
    reader = UserFactory()
    seller = SellerFactory()
    letters = ListingFactory(seller=seller, live=True, title="Lantern letters for slow evenings")
    tides = ListingFactory(seller=seller, live=True, title="Tide tables for a small harbour", model="cursor")
    for listing in (letters, tides):
        EntitlementFactory(owner=reader, listing=listing)
    listings.new_version(letters, by=seller, prompt=f"{TEMPLATE}\n\nIn verse.", note="In verse now.", submit=False)
    approved(letters)
    hand = hands.of(reader)
    page = hand.page
    shelf = page.locator("main .volume-link")
    page.goto("/library/")
    expect(shelf).to_have_count(2)
    hand.write(page.locator("main [name=q]"), "harbour")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=harbour**")
    expect(shelf).to_have_text([tides.title])
    page.goto("/library/")
    hand.tick(page.locator("main [name=news]"))
    if not hand.javascript:
        hand.press(page.get_by_role("button", name="Show", exact=True))
    page.wait_for_url("**news=1**")
    expect(shelf).to_have_text([letters.title])
    if isinstance(hand, Keys):
        # Whoever chose it goes on from there.
        expect(page.locator("main [name=news]")).to_be_focused()
    page.goto("/library/")
    if isinstance(hand, Keys):
        hand.pick(page.locator("main [name=medium]"), "Code")
    else:
        page.locator("main [name=medium]").select_option("code")
        hand.press(page.get_by_role("button", name="Show", exact=True))
    page.wait_for_url("**medium=code**")
    expect(shelf).to_have_text([tides.title])


def test_a_buyer_opens_the_news_that_a_new_version_is_there(hands):
    reader, listing = UserFactory(), ListingFactory(live=True)
    held = EntitlementFactory(owner=reader, listing=listing)
    words = f"{TEMPLATE}\n\nAnswer in verse."
    listings.new_version(listing, by=listing.seller, prompt=words, note="It answers in verse now.", submit=False)
    approved(listing)
    work()
    hand = hands.of(reader)
    page = hand.page
    page.goto("/collections/")
    hand.press(page.get_by_role("link", name="Notifications: 1 new"))
    page.wait_for_url("**/notifications/")
    hand.press(page.locator("main .list button.link"))
    page.wait_for_url(f"**{held.get_absolute_url()}**")
    expect(page.locator("main")).to_contain_text("Version 2 is here")
    expect(page.get_by_role("link", name="Notifications: 0 new")).to_be_attached()
    assert not Notification.objects.filter(user=reader, read_at=None).exists()
