"""Sell, moderate, buy, read: in a real browser, with JavaScript and without, on a desk and on a phone."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from config.main_job import picture
from marketplace.models import Listing
from payments.models import Order
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import load_catalogue
from tests.processes import Site, wait_until

TEMPLATE = "Describe a [subject] at [hour] for a field notebook, in two short paragraphs without adjectives."
SECONDS = 20_000  # milliseconds a page may take on a busy machine


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def contexts(request, chromium: Browser, site: Site) -> Iterator["Contexts"]:
    made = Contexts(chromium, site, javascript=request.param == "with JavaScript")
    yield made
    made.close()


class Contexts:
    """A browser for each person, signed in already; the door has tests of its own."""

    def __init__(self, chromium: Browser, site: Site, *, javascript: bool) -> None:
        self.chromium = chromium
        self.site = site
        self.javascript = javascript
        self.opened: list[BrowserContext] = []

    def of(self, user: User) -> Page:
        client = Client()
        client.force_login(user)
        size = {"width": 1280, "height": 900} if self.javascript else {"width": 390, "height": 844}
        context = self.chromium.new_context(
            java_script_enabled=self.javascript, viewport=size, base_url=self.site.url, reduced_motion="reduce"
        )
        context.set_default_timeout(SECONDS)
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site.url}])
        self.opened.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self.opened:
            context.close()


def test_a_prompt_is_sold_moderated_bought_and_read(contexts, worker):
    load_catalogue()
    listing = sell(contexts.of(SellerFactory(name="Journey seller")), javascript=contexts.javascript)
    wait_until(lambda: listing.cases.exclude(state="screening").exists(), "the case was screened")
    moderate(contexts.of(ModeratorFactory()), listing)
    buyer = UserFactory(email="reader@example.com")
    buy_and_read(contexts.of(buyer), listing, buyer)


def sell(page: Page, *, javascript: bool) -> Listing:
    page.goto("/sell/new/")
    page.fill("#id_title", "Field notes from a harbour")
    choose(page, "#id_model", "ChatGPT")
    page.locator("main form button.button-primary").click()
    page.wait_for_url("**/sell/listings/**")
    page.fill("#id_summary", "Short scenes as a careful observer writes them down.")
    page.fill("#id_description", "Give a subject and an hour, get two paragraphs that could be checked.")
    choose(page, "#id_category", "Fiction")
    page.fill("#id_price", "4.99")
    page.fill("#id_template", TEMPLATE)
    page.locator("button[data-key=s]").click()
    page.wait_for_load_state()
    page.fill("[name=example-0-input-0]", "crane")
    page.fill("[name=example-0-input-1]", "dawn")
    page.fill("[name=example-0-output]", "Six boats, four of them tied. The crane stands still.")
    page.set_input_files("input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": picture(1)})
    if not javascript:
        page.get_by_role("button", name="Upload the chosen pictures").click()
        page.wait_for_load_state()
    expect(page.locator("[data-picture]")).to_have_count(1)
    page.check("[name=rights_affirmed]")
    page.locator("button[formaction*='/submit/']").first.click()
    page.wait_for_load_state()
    listing = Listing.objects.get(title="Field notes from a harbour")
    assert listing.status == "in_review", page.locator("main").inner_text()[:2000]
    return listing


def choose(page: Page, select: str, words: str) -> None:
    """The option with these words in it."""
    value = page.locator(f"{select} option", has_text=words).first.get_attribute("value")
    page.select_option(select, value=value)


def moderate(page: Page, listing: Listing) -> None:
    page.goto("/moderation/")
    page.locator("main a", has_text=listing.title).first.click()
    page.wait_for_url("**/moderation/cases/**")
    page.locator("button[formaction*='/claim/']").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Describe a")
    page.locator("button[name=decision][value=approve]").click()
    wait_until(lambda: listing.refresh_from_db() or listing.status == "live", "the listing is live")


def buy_and_read(page: Page, listing: Listing, buyer: User) -> None:
    page.goto(f"/prompts/{listing.slug}/")
    expect(page.locator("h1")).to_contain_text(listing.title)
    assert "field notebook, in two" not in page.content()
    page.locator(f"main a[href*='/checkout/?listing={listing.slug}']").first.click()
    page.wait_for_url("**/checkout/**")
    page.check("[name=delivery]")
    page.check("[name=withdrawal]")
    page.locator("main form button.button-primary").click()
    page.wait_for_url("**/c/pay/**")
    page.fill("[name=card_number]", "4242424242424242")
    page.fill("[name=exp]", "12/40")
    page.fill("[name=cvc]", "123")
    page.fill("[name=name]", "A Reader")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.wait_for_url(re.compile("/(orders|library)/"))
    order = Order.objects.get(buyer=buyer)
    wait_until(lambda: order.refresh_from_db() or order.status == "fulfilled", "the order is delivered")
    page.goto(f"/orders/{order.number}/")
    page.get_by_role("link", name="Open the prompt").click()
    page.wait_for_url("**/library/**")
    expect(page.locator("main")).to_contain_text("field notebook, in two short paragraphs")
    page.locator("main input[name]:visible:not([type=hidden])").first.fill("lighthouse")
