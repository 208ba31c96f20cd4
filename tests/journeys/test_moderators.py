"""What a moderator decides, and what leads to it: submissions, reports, appeals, refund requests."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from marketplace.models import Case, Listing
from payments import claims
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted, work
from tests.factories.payments import PaidOrder
from tests.journeys.hands import Hand, Hands, Keys
from tests.processes import wait_until

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

KEYS = {"approve": "a", "reject": "r", "suspend": "s", "dismiss": "d", "restore": "a"}


def test_a_moderator_lets_a_case_go_and_approves_it_later_and_takes_it_off_sale_after_all(hands):
    listing = submitted(title="Lantern letters for slow evenings").listing
    case = listing.cases.get()
    work()
    hand = hands.of(ModeratorFactory())
    page = hand.page
    page.goto("/moderation/")
    open_case(hand, case)
    claim(hand)
    expect(page.locator("main")).to_contain_text("[tone] voice, about [subject]")
    if isinstance(hand, Keys):
        page.keyboard.press("u")
    else:
        hand.press(page.locator("button[formaction*='/release/']"))
    page.wait_for_url("**/moderation/")
    expect(page.locator("body")).to_contain_text("Given back to the queue.")
    case.refresh_from_db()
    assert case.claimed_by is None
    open_case(hand, case)
    decide(hand, "approve")
    assert now(listing).status == "live"

    page.goto(f"/moderation/cases/{case.public_id}/")
    hand.press(page.get_by_role("link", name="Take it off sale"))
    page.wait_for_url("**/suspend/")
    give_reason(hand, "rights")
    hand.write(page.locator("[name=note]"), "It is somebody's book.")
    hand.press(page.get_by_role("button", name="Suspend"))
    page.wait_for_url("**/moderation/cases/**")
    expect(page.locator("main")).to_contain_text("It is somebody's book.")
    assert now(listing).status == "suspended"


def open_case(hand: Hand, case: Case) -> None:
    """The first of the queue is one press of j away."""
    if isinstance(hand, Keys):
        hand.page.keyboard.press("j")
        hand.page.keyboard.press("Enter")
    else:
        hand.press(hand.page.locator(f"main a[href='/moderation/cases/{case.public_id}/']"))
    hand.page.wait_for_url(f"**/moderation/cases/{case.public_id}/")


def claim(hand: Hand) -> None:
    if isinstance(hand, Keys):
        hand.page.keyboard.press("c")
    else:
        hand.press(hand.page.locator("button[formaction*='/claim/']"))
    expect(hand.page.locator("button[formaction*='/release/']")).to_be_visible()


def give_reason(hand: Hand, reason: str) -> None:
    chosen = hand.page.locator(f"[name=reason][value={reason}]")
    if isinstance(hand, Keys):
        hand.page.keyboard.press(chosen.get_attribute("data-key") or "-")
        expect(chosen).to_be_checked()
    else:
        hand.tick(chosen)


def decide(hand: Hand, decision: str, reason: str = "", note: str = "") -> None:
    """By the letter that stands on the button, or by the button."""
    page = hand.page
    if reason:
        give_reason(hand, reason)
    if note:
        hand.write(page.locator("[name=note]"), note)
    if isinstance(hand, Keys):
        if note:
            page.keyboard.press("Tab")  # in the note it would be a letter
        page.keyboard.press(KEYS[decision])
    else:
        hand.press(page.locator(f"button[name=decision][value={decision}]"))
    page.wait_for_url("**/moderation/")


def now(listing: Listing) -> Listing:
    listing.refresh_from_db()
    return listing


def test_a_report_takes_a_listing_down_and_an_appeal_brings_it_back(hands):
    seller = SellerFactory()
    listing = ListingFactory(seller=seller, live=True, title="Lantern letters for slow evenings")
    report(hands.of(UserFactory(name="A reader of letters")), listing)
    case = listing.cases.get(kind="report")

    take_down(hands, ModeratorFactory(name="The first to look"), listing, case)
    appeal(hands.of(seller), listing)
    second_look(hands, ModeratorFactory(), listing)

    hand = hands.of(seller)
    hand.page.goto(f"/sell/listings/{listing.slug}/")
    expect(hand.page.locator("main header")).to_contain_text("Live")
    hand.page.goto(f"/prompts/{listing.slug}/")
    expect(hand.page.locator("h1")).to_have_text(listing.title)


def report(hand: Hand, listing: Listing) -> None:
    page = hand.page
    page.goto(f"/prompts/{listing.slug}/")
    hand.press(page.locator("main .report summary"))
    hand.choose("kind", "copyright")
    hand.write(page.locator("main .report [name=words]"), "Word for word from my book.")
    hand.press(page.get_by_role("button", name="Send the report"))
    expect(page.locator("body")).to_contain_text("Thank you. A moderator will look at it")


def take_down(hands: Hands, moderator: User, listing: Listing, case: Case) -> None:
    hand = hands.of(moderator)
    page = hand.page
    page.goto("/moderation/?kind=report")
    open_case(hand, case)
    for words in ("Word for word from my book.", "A reader of letters", "It copies my work"):
        expect(page.locator("main")).to_contain_text(words)
    claim(hand)
    hand.write(page.locator("#reading"), "To lay it beside the book")
    hand.press(page.get_by_role("button", name="Read the prompt"))
    expect(page.locator("main pre.prompt").first).to_contain_text("without any excuse")
    decide(hand, "suspend", "rights", "It is in the book of the one who reported it.")
    expect(page.locator("body")).to_contain_text(listing.title)
    assert now(listing).status == "suspended"
    assert page.request.get(f"/prompts/{listing.slug}/").ok  # a moderator still sees it
    case.refresh_from_db()
    assert (case.decision, case.reason, case.decided_by) == ("suspend", "rights", moderator)


def appeal(hand: Hand, listing: Listing) -> None:
    page = hand.page
    assert page.request.get(f"/prompts/{listing.slug}/", max_redirects=0).status in {200, 404}
    page.goto(f"/sell/listings/{listing.slug}/")
    expect(page.locator("main")).to_contain_text("It is in the book of the one who reported it.")
    hand.press(page.get_by_text("Appeal against this decision"))
    hand.write(page.locator("#appeal-words"), "The book is mine; here is the contract.")
    hand.press(page.get_by_role("button", name="Send the appeal"))
    expect(page.locator("main")).to_contain_text("Your appeal is waiting for another moderator.")


def second_look(hands: Hands, moderator: User, listing: Listing) -> None:
    hand = hands.of(moderator)
    page = hand.page
    page.goto("/moderation/?kind=appeal")
    open_case(hand, listing.cases.get(kind="appeal"))
    for words in ("The book is mine; here is the contract.", "The first to look", "Someone else's work"):
        expect(page.locator("main")).to_contain_text(words)
    decide(hand, "restore", note="The contract is in order.")
    assert now(listing).status == "live"


def test_a_moderator_weighs_what_both_sides_say_and_gives_the_money_back(hands, sandbox):
    order = PaidOrder(sandbox, ListingFactory(live=True))
    line = order.lines.get()
    said = {"reason": "not_as_shown", "words": "It is shorter than shown.", "evidence": "Dear all,"}
    asked = claims.ask(line, by=order.buyer, **said)
    claims.answer(asked, by=line.seller, words="The long letter comes with the long form.")
    hand = hands.of(ModeratorFactory())
    page = hand.page
    page.goto("/moderation/")
    hand.press(page.get_by_role("link", name="Refund requests"))
    page.wait_for_url("**/moderation/refunds/")
    if isinstance(hand, Keys):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
    else:
        hand.press(page.get_by_role("link", name=line.title))
    page.wait_for_url(f"**{asked.public_id}/")
    shown = "Thank you for asking after parcel"
    for words in (said["words"], said["evidence"], "The long letter comes with the long form.", shown):
        expect(page.locator("main")).to_contain_text(words)
    hand.choose("granted", "yes")
    hand.write(page.locator("[name=note]"), "The examples promise more.")
    hand.press(page.get_by_role("button", name="Decide"))
    page.wait_for_url("**/moderation/refunds/")
    expect(page.locator("main")).to_contain_text("Nothing waits")
    asked.refresh_from_db()
    assert (asked.state, asked.note) == ("granted", "The examples promise more.")
    wait_until(lambda: work() or order.refresh_from_db() or order.refunded == order.total, "the money is back")
