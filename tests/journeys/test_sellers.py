"""What a seller does beside listing the first prompt: opens the shop, drafts, mends, changes prices, counts."""

import csv
import io

import pytest
from playwright.sync_api import expect

from marketplace import lifecycle, moderation
from marketplace.figures import recount_all
from marketplace.models import Listing
from payments import coupons
from payments.models import PayoutAccount
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted
from tests.factories.payments import PaidOrder
from tests.journeys.hands import Hand, Keys

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

KEYS_ALONE = pytest.mark.parametrize("hands", [Keys], ids=["keys"], indirect=True)


def test_a_member_opens_a_shop_and_an_account_that_earnings_go_to(hands):
    member = UserFactory(name="Orla Quill")
    hand = hands.of(member)
    page = hand.page
    page.goto("/sell/")
    page.wait_for_url("**/sell/start/")
    hand.write(page.locator("main [name=name]"), "Quill and Lantern")
    hand.write(page.locator("main [name=handle]"), "quill-lantern")
    if isinstance(hand, Keys):
        hand.pick(page.locator("main [name=country]"), "France")
    else:
        page.locator("main [name=country]").select_option("FR")
    hand.press(page.get_by_role("button", name="Open my shop"))
    page.wait_for_url("**/sell/payouts/")
    hand.press(page.get_by_role("button", name="Set up payouts at Stripe"))
    page.wait_for_url("**/setup/**")
    hand.press(page.get_by_role("button", name="Complete"))
    page.wait_for_url("**/sell/payouts/**")
    expect(page.locator("main")).to_contain_text("Your account at Stripe is ready.")
    member.refresh_from_db()
    assert (member.seller_profile.handle, member.seller_profile.country) == ("quill-lantern", "FR")
    assert PayoutAccount.objects.get(seller=member).state == "active"
    page.goto("/@quill-lantern/")
    expect(page.locator("h1")).to_have_text("Quill and Lantern")


@KEYS_ALONE
def test_a_draft_is_kept_and_shown_while_it_is_written(hands):
    draft = ListingFactory(title="Lantern letters")
    hand = hands.of(draft.seller)
    page = hand.page
    page.goto(f"/sell/listings/{draft.slug}/")
    beside, saved = page.locator("#beside"), page.locator("[data-saved]")
    expect(beside.locator(".card-title")).to_have_text("Lantern letters")
    hand.write(page.locator("#id_title"), "Lantern letters for slow evenings")
    expect(saved).to_have_text("Saved")
    expect(beside.locator(".card-title")).to_have_text("Lantern letters for slow evenings")
    assert lifecycle.working(fresh(draft)).title == "Lantern letters for slow evenings"

    hand.write(page.locator("#id_template"), "Read the tides of [place] aloud, as a harbour master would, and add why.")
    expect(page.locator("#variables")).to_contain_text("place")
    expect(page.locator("#variables")).not_to_contain_text("letter")
    hand.write(page.locator("#id_price"), "7.50")
    expect(page.locator("#earnings")).to_contain_text("$6.00")
    expect(beside.locator(".price")).to_have_text("$7.50")
    hand.write(page.locator("#id_summary"), "")
    expect(beside.locator(".check:not(.check-done)").first).to_be_visible()

    page.reload()
    expect(page.locator("#id_title")).to_have_value("Lantern letters for slow evenings")
    expect(page.locator("#id_price")).to_have_value("7.50")


def fresh(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def test_what_was_sent_back_is_mended_looked_at_as_a_buyer_and_sent_again(hands):
    case = submitted(title="Lantern letters for slow evenings")
    listing = case.listing
    moderation.decide(case, by=ModeratorFactory(), decision="reject", reason="unclear", note="Say how long they are.")
    hand = hands.of(listing.seller)
    page = hand.page
    page.goto(f"/sell/listings/{listing.slug}/")
    for words in (
        "Sent back: this is what to mend",
        "The page does not say what a buyer gets",
        "Say how long they are.",
    ):
        expect(page.locator("main")).to_contain_text(words)
    hand.write(page.locator("#id_summary"), "Letters of half a page, by lantern light.")
    hand.press(page.get_by_role("button", name="Save and preview"))
    page.wait_for_url("**/preview/")
    expect(page.locator("main")).to_contain_text("A preview of your draft.")
    expect(page.locator("main")).to_contain_text("Letters of half a page, by lantern light.")
    expect(page.locator("main")).not_to_contain_text("without any excuse")
    hand.press(page.get_by_role("link", name="Back to the form"))
    page.wait_for_url(f"**/sell/listings/{listing.slug}/")
    rights = page.locator("[name=rights_affirmed]")
    if not rights.is_checked():
        hand.tick(rights)
    hand.press(page.locator("button[formaction*='/submit/']"))
    expect(page.locator("main")).to_contain_text("Take back to change it")
    again = listing.cases.exclude(pk=case.pk).get()
    assert again.state != "decided"
    assert again.revision.summary == "Letters of half a page, by lantern light."


def test_a_seller_prices_many_at_once_and_takes_the_figures_home(hands, sandbox):
    seller = SellerFactory()
    sold, other, untouched = [ListingFactory(seller=seller, live=True) for _each in range(3)]
    coupons.make(seller, code="LANTERN10", percent_bps=1000)
    orders = [PaidOrder(sandbox, sold), PaidOrder(sandbox, sold, coupon="LANTERN10")]
    hand = hands.of(seller)
    page = hand.page
    page.goto("/sell/listings/")
    for listing in (sold, other):
        hand.tick(page.locator(f"[name=listing][value='{listing.slug}']"))
    hand.write(page.locator("[name=price]"), "6.50")
    hand.press(page.get_by_role("button", name="Set the price"))
    expect(page.locator("body")).to_contain_text("2 listings have their new price as a draft.")
    # What is on sale keeps its price until the change is approved.
    expect(page.locator("main tr", has_text=sold.title)).to_contain_text("$4.99→ $6.50")
    expect(page.locator("main tr", has_text=untouched.title)).not_to_contain_text("$6.50")
    assert [fresh(one).price for one in (sold, other, untouched)] == [499, 499, 499]

    figures(hand, sold)
    take_home(hand, [order.number for order in orders], sold)


def figures(hand: Hand, sold: Listing) -> None:
    """What the overview says of two sales, one of them with a code."""
    page = hand.page
    recount_all()
    page.goto("/sell/")
    shares = sum(line.seller_share for line in sold.seller.sales.all())
    expect(page.locator("main")).to_contain_text(f"2 sales, ${shares / 100:.2f} for you.")
    expect(page.locator("main tr", has_text=sold.title).locator("td").nth(5)).to_have_text("2")
    hand.press(page.get_by_role("link", name="Discount codes"))
    page.wait_for_url("**/sell/coupons/")
    row = page.locator("main tr", has_text="LANTERN10").locator("td")
    assert [text.strip() for text in row.all_text_contents()[:3]] == ["LANTERN10", "10 %", "1"]


def take_home(hand: Hand, numbers: list[str], sold: Listing) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name="Sales", exact=True))
    page.wait_for_url("**/sell/sales/")
    expect(page.locator("main tbody tr")).to_have_count(2)
    with page.expect_download() as taken:
        hand.press(page.get_by_role("link", name="CSV"))
    rows = list(csv.DictReader(io.StringIO(taken.value.path().read_text("utf-8-sig"))))
    assert [row["order"] for row in rows] == numbers
    assert [row["price"] for row in rows] == ["4.99", "4.49"]
    assert {row["listing"] for row in rows} == {sold.title}
