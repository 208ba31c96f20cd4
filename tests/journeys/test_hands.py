"""What each of the people does with nothing but the keys of a desk, and on a phone, mostly without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import expect

from common import clock
from marketplace.models import Listing
from payments import sale_prices
from payments.models import Claim, Coupon
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted, work
from tests.journeys.hands import Finger, Hand, Keys, Thumb

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    "hands", [Keys, Thumb, Finger], ids=["keys alone", "a thumb, JavaScript", "a finger, no JavaScript"], indirect=True
)
def test_a_buyer_comes_finds_signs_in_pays_reads_reviews_and_asks_for_the_money_back(hands):
    listing = ListingFactory(live=True, title="Lantern letters for slow evenings")
    work()
    UserFactory(email="reader@example.com")
    hand = hands.of()
    page = hand.page
    page.goto("/")
    hand.search("lantern letters")
    page.wait_for_url("**/prompts/?q=**")
    hand.press(page.locator(f"main a[href='/prompts/{listing.slug}/']"))
    page.wait_for_url(f"**/prompts/{listing.slug}/")
    hand.press(page.locator("button[formaction*='/cart/add/']"))
    page.wait_for_url("**/cart/")
    expect(page.locator("main")).to_contain_text(listing.title)
    hand.press(page.locator("main a[href='/checkout/']"))
    sign_in_by_code(hand)
    page.wait_for_url("**/checkout/")
    pay(hand)
    hand.press(page.get_by_role("link", name="Open the prompt"))
    page.wait_for_url("**/library/**")
    use(hand)
    review_and_return(hand, listing)


def sign_in_by_code(hand: Hand) -> None:
    page = hand.page
    page.wait_for_url("**/account/login/**")
    hand.write(page.locator("main [name=login]"), "reader@example.com")
    hand.press(page.get_by_role("button", name="Send me a code"))
    field = page.locator("main [name=code]")
    field.wait_for()
    work()
    found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    hand.write(field, found[1])
    hand.press(page.locator("main form button.button-primary"))


def pay(hand: Hand) -> None:
    page = hand.page
    hand.tick(page.locator("[name=delivery]"))
    hand.tick(page.locator("[name=withdrawal]"))
    hand.press(page.locator("main form button.button-primary"))
    page.wait_for_url("**/c/pay/**")
    for name, words in {"card_number": "4242424242424242", "exp": "12/40", "cvc": "123", "name": "A Reader"}.items():
        hand.write(page.locator(f"[name={name}]"), words)
    hand.press(page.get_by_role("button", name=re.compile("^Pay")))
    page.wait_for_url("**/orders/**")


def use(hand: Hand) -> None:
    """What is written in the form stands in the finished prompt at once, or after asking for it."""
    page = hand.page
    hand.write(page.locator("main [name=subject]"), "a lighthouse")
    if not hand.javascript:
        page.locator("main [name=subject]").press("Enter")
        page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("a lighthouse")


def review_and_return(hand: Hand, listing: Listing) -> None:
    page = hand.page
    page.goto(f"/prompts/{listing.slug}/review/")
    hand.choose("rating", "4")
    hand.write(page.locator("[name=text]"), "It kept the peace at home.")
    hand.press(page.get_by_role("button", name="Post the review"))
    page.wait_for_url(lambda address: "/review/" not in address)
    assert listing.reviews.get().rating == 4
    page.goto("/orders/")
    hand.press(page.locator("main .list a"))
    page.wait_for_url("**/orders/PR-**")
    hand.press(page.get_by_role("link", name="Ask for a refund"))
    page.wait_for_url("**/refund/**")
    hand.choose("reason", "not_as_shown")
    hand.write(page.locator("[name=words]"), "Long letters come back shorter than they went in.")
    hand.write(page.locator("[name=evidence]"), "Dear all,")
    hand.press(page.get_by_role("button", name="Send the request"))
    page.wait_for_url(lambda address: "/refund/" not in address)
    assert Claim.objects.get().state == "open"


def test_a_seller_makes_a_code_and_a_sale_offers_a_new_version_and_takes_the_listing_down(hands):
    seller = SellerFactory()
    listing = ListingFactory(seller=seller, live=True)
    hand = hands.of(seller)
    page = hand.page
    page.goto("/sell/coupons/")
    hand.write(page.locator("[name=code]"), "LANTERN10")
    hand.write(page.locator("[name=percent]"), "10")
    hand.press(page.get_by_role("button", name="Make the code"))
    expect(page.locator("main table")).to_contain_text("LANTERN10")
    assert Coupon.objects.get().percent_bps == 1000

    page.goto(f"/sell/listings/{listing.slug}/sale/")
    hand.write(page.locator("[name=price]"), "3.99")
    set_end(hand)
    hand.press(page.get_by_role("button", name="Set the sale price"))
    expect(page.get_by_role("button", name="End the sale now")).to_be_visible()
    assert sale_prices.of(listing).price == 399

    new_version(hand, listing)
    page.goto(f"/sell/listings/{listing.slug}/")
    hand.press(page.locator("summary[aria-label=More]"))
    hand.press(page.locator("button[formaction*='/withdraw/']"))
    page.wait_for_load_state()
    expect(page.locator("button[formaction*='/put-back/']")).to_have_count(1)
    listing.refresh_from_db()
    assert listing.status == "withdrawn"


# With a mouse and without JavaScript it is listed in test_browser.
@pytest.mark.parametrize("hands", [Keys], ids=["keys alone"], indirect=True)
def test_a_seller_lists_a_new_prompt_from_the_first_word_to_review(hands):
    seller = SellerFactory()
    shelf = ListingFactory(seller=seller, live=True)
    hand = hands.of(seller)
    page = hand.page
    page.goto("/sell/new/")
    hand.write(page.locator("#id_title"), "Tide tables for a small harbour")
    hand.pick(page.locator("#id_model"), shelf.model.name)
    hand.press(page.get_by_role("button", name="Begin the draft"))
    page.wait_for_url("**/sell/listings/**")

    hand.write(page.locator("#id_summary"), "Reads a tide table aloud as a harbour master would.")
    hand.write(page.locator("#id_description"), "Give a place and a day, get the hours that matter and why.")
    hand.pick(page.locator("#id_category"), shelf.category.name)
    hand.write(page.locator("#id_template"), "Read the tides of [place] on [day] as a harbour master would.")
    hand.write(page.locator("#id_price"), "4.99")
    hand.press(page.locator("button[data-key=s]"))
    page.wait_for_load_state()
    hand.write(page.locator("[name=example-0-input-0]"), "Oldtown")
    hand.write(page.locator("[name=example-0-input-1]"), "Monday")
    hand.write(page.locator("[name=example-0-output]"), "High water comes at nine; nobody leaves before ten.")
    hand.tick(page.locator("[name=rights_affirmed]"))
    hand.press(page.locator("button[formaction*='/submit/']"))

    expect(page.locator("body")).to_contain_text("Sent to review.")
    assert Listing.objects.get(title="Tide tables for a small harbour").status == "in_review"


def set_end(hand: Hand) -> None:
    """Ten days from now."""
    day, field = clock.now() + timedelta(days=10), hand.page.locator("[name=ends]")
    if isinstance(hand, Finger):
        return field.fill(day.strftime("%Y-%m-%dT09:15"))
    hand.reach(field)
    hand.page.keyboard.type(day.strftime("%m%d%Y"))
    hand.page.keyboard.press("ArrowRight")
    hand.page.keyboard.type("0915AM")
    return None


def new_version(hand: Hand, listing: Listing) -> None:
    page = hand.page
    page.goto(f"/sell/listings/{listing.slug}/")
    before = page.locator("#id_template").input_value()
    hand.write(page.locator("#id_template"), f"{before}\nEnd with a question.")
    hand.write(page.locator("#id_note"), "It ends with a question now.")
    rights = page.locator("[name=rights_affirmed]")
    if not rights.is_checked():
        hand.tick(rights)
    hand.press(page.locator("button[formaction*='/submit/']"))
    expect(page.locator("body")).to_contain_text("Sent to review.")
    assert listing.cases.exclude(state="decided").exists()


def test_a_moderator_claims_and_sends_back_with_a_reason_and_a_note(hands):
    case = submitted()
    work()
    hand = hands.of(ModeratorFactory())
    page = hand.page
    page.goto("/moderation/")
    hand.press(page.locator(f"main a[href='/moderation/cases/{case.public_id}/']"))
    page.wait_for_url("**/moderation/cases/**")
    hand.decide("One example is too thin.")
    expect(page.locator("body")).to_contain_text(f"Sent back: {case.listing.title}")
    case.refresh_from_db()
    assert (case.decision, case.reason, case.note) == ("reject", "examples", "One example is too thin.")
