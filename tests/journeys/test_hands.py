"""What each of the people does with nothing but the keys of a desk, and with a finger on a phone without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from common import clock
from marketplace.models import Case, Listing
from payments import sale_prices
from payments.models import Claim, Coupon
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted, work
from tests.processes import Site, wait_until

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
SECONDS = 20_000  # milliseconds a page may take on a busy machine
FARTHEST = 120  # presses of Tab; nobody goes farther on foot
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Keys:
    """Everything is reached with Tab and used with Enter, Space and letters; the mouse stays where it is."""

    javascript = True

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator) -> None:
        element = wanted.first.element_handle()
        for _press in range(FARTHEST):
            if self.page.evaluate("one => one === document.activeElement", element):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {wanted}.")

    def press(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Enter")

    def tick(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Space")

    def choose(self, group: str, value: str) -> None:
        """One of several buttons: Tab comes to the group, arrows to the one in it."""
        name = f'[name="{group}"]'
        self.reach(self.page.locator(f"{name}:checked").or_(self.page.locator(name)))
        self.page.keyboard.press("Space")
        for _press in range(self.page.locator(name).count()):
            if self.page.locator(f'{name}[value="{value}"]').is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"No arrow comes to {value}.")

    def write(self, wanted: Locator, words: str) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)

    def pick(self, select: Locator, words: str) -> None:
        """The first letters of an option bring it up."""
        self.reach(select)
        self.page.keyboard.type(words)

    def search(self, words: str) -> None:
        self.page.keyboard.press("/")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def decide(self, case: Case, note: str) -> None:
        """Claim, a reason, the note, the decision: each has a key of its own."""
        self.page.keyboard.press("c")
        expect(self.page.locator("button[formaction*='/release/']")).to_be_visible()
        self.page.keyboard.press("2")
        self.write(self.page.locator("[name=note]"), note)
        self.page.keyboard.press("Tab")  # in the note it would be a letter
        self.page.keyboard.press("r")


class Finger:
    """A small screen, and a browser that runs nothing."""

    javascript = False

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, wanted: Locator) -> None:
        wanted.first.click()

    def tick(self, wanted: Locator) -> None:
        wanted.first.check()

    def choose(self, group: str, value: str) -> None:
        chosen = self.page.locator(f'[name="{group}"][value="{value}"]')
        name = chosen.get_attribute("id") or "-"
        # A finger meets the words, or the star, and not the button below them.
        words = self.page.locator(f"label[for='{name}']")
        (words if words.count() else chosen).first.click()
        expect(chosen).to_be_checked()

    def write(self, wanted: Locator, words: str) -> None:
        wanted.first.fill(words)

    def search(self, words: str) -> None:
        field = self.page.locator("header [name=q]")
        field.fill(words)
        field.press("Enter")

    def decide(self, case: Case, note: str) -> None:
        self.press(self.page.locator("button[formaction*='/claim/']"))
        expect(self.page.locator("button[formaction*='/release/']")).to_be_visible()
        self.choose("reason", "examples")
        self.write(self.page.locator("[name=note]"), note)
        self.press(self.page.locator("button[name=decision][value=reject]"))


Hand = Keys | Finger


class Hands:
    """The same hand for whoever is asked for."""

    def __init__(self, chromium: Browser, site: Site, kind: type[Hand]) -> None:
        self.kind = kind
        self.context = chromium.new_context(
            java_script_enabled=kind.javascript,
            viewport=DESK if kind.javascript else PHONE,
            base_url=site.url,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(SECONDS)
        self.site = site

    def of(self, user: User | None = None) -> Hand:
        if user is not None:
            client = Client()
            client.force_login(user)
            name = django_settings.SESSION_COOKIE_NAME
            self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site.url}])
        page = self.context.new_page()
        page.on("dialog", lambda asked: asked.accept())
        return self.kind(page)


@pytest.fixture(params=[Keys, Finger], ids=["keys alone", "a finger, no JavaScript"])
def hands(request, chromium: Browser, site: Site) -> Iterator[Hands]:
    made = Hands(chromium, site, request.param)
    yield made
    made.context.close()


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

    sent = Listing.objects.filter(title="Tide tables for a small harbour", status="in_review")
    wait_until(sent.exists, "the new prompt waits for review")


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
    wait_until(lambda: listing.cases.exclude(state="decided").exists(), "the new version waits for review")


def test_a_moderator_claims_and_sends_back_with_a_reason_and_a_note(hands):
    case = submitted()
    work()
    hand = hands.of(ModeratorFactory())
    page = hand.page
    page.goto("/moderation/")
    hand.press(page.locator(f"main a[href='/moderation/cases/{case.public_id}/']"))
    page.wait_for_url("**/moderation/cases/**")
    hand.decide(case, "One example is too thin.")
    wait_until(lambda: case.refresh_from_db() or case.decision, "the case is decided")
    assert (case.decision, case.reason, case.note) == ("reject", "examples", "One example is too thin.")
