"""What a visitor does before anybody knows them: narrows the shelves, searches, looks closely, reads on."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from marketplace import images
from marketplace.models import Listing
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory, approved, work
from tests.journeys.hands import Finger, Hand, Keys, Thumb

# One worker has the browser and the site.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

KEYS_AND_PHONES = pytest.mark.parametrize(
    "hands", [Keys, Thumb, Finger], ids=["keys", "thumb", "no JavaScript"], indirect=True
)
KEYS_AND_THUMB = pytest.mark.parametrize("hands", [Keys, Thumb], ids=["keys", "thumb"], indirect=True)
KEYS_AND_FINGER = pytest.mark.parametrize("hands", [Keys, Finger], ids=["keys", "no JavaScript"], indirect=True)


@KEYS_AND_PHONES
def test_a_visitor_narrows_the_shelf_by_what_is_counted_beside_it_shares_it_and_goes_back(hands):
    letters, tides, _jar = shelf()
    hand = hands.of()
    page = hand.page
    page.goto("/prompts/")
    assert counted(page) == {
        "model-chatgpt": "2",
        "model-midjourney": "1",
        "price-under-500": "2",
        "price-1000-1999": "1",
    }

    narrow(hand, "#pick-model-chatgpt", "2 prompts")
    page.wait_for_url(address_of("model=chatgpt"))
    # Models are counted as if none were chosen, everything else among what is left.
    assert counted(page) == {
        "model-chatgpt": "2",
        "model-midjourney": "1",
        "price-under-500": "1",
        "price-1000-1999": "1",
    }
    narrow(hand, "#pick-price-1000-1999", "1 prompt")
    page.wait_for_url(address_of("model=chatgpt&price=1000-1999"))
    expect(page.locator("#found")).to_contain_text(tides.title)
    assert counted(page) == {"model-chatgpt": "1", "price-under-500": "1", "price-1000-1999": "1"}

    friend = hands.of().page
    friend.goto(page.url)
    expect(friend.locator("#found")).to_contain_text(tides.title)
    expect(friend.locator("#found")).not_to_contain_text(letters.title)
    expect(friend.locator("#pick-price-1000-1999")).to_be_checked()

    page.go_back()
    page.wait_for_url(address_of("model=chatgpt"))
    expect(page.locator("#found .found-count")).to_have_text("2 prompts")
    expect(page.locator("#pick-model-chatgpt")).to_be_checked()
    expect(page.locator("#pick-price-1000-1999")).not_to_be_checked()
    hand.press(page.locator("#found .chips a"))
    expect(page.locator("#found .found-count")).to_have_text("3 prompts")


def shelf() -> list[Listing]:
    """Two for one model, one cheap and one not, and a cheap one for another."""
    seller = SellerFactory()
    made = [
        ListingFactory(seller=seller, live=True, title="Lantern letters for slow evenings"),
        ListingFactory(seller=seller, live=True, title="Tide tables for a small harbour", price=1900),
        with_pictures(
            ListingFactory(seller=seller, title="A jar of moths", model="midjourney", category="illustration")
        ),
    ]
    work()
    return made


def with_pictures(draft: Listing) -> Listing:
    for number, colour in enumerate(("teal", "maroon", "olive"), 1):
        drawn = io.BytesIO()
        Image.new("RGB", (900, 600), colour).save(drawn, "PNG")
        images.add(draft, draft.seller, drawn.getvalue(), alt=f"Number {number}")
    work()
    return approved(draft)


def counted(page: Page) -> dict[str, str]:
    """The numbers beside the models and the prices that have any."""
    said = page.locator("#choices-model label, #choices-price label").evaluate_all(
        "all => all.map(one => [one.control.id.slice(5), one.querySelector('.count').textContent])"
    )
    return {name: number for name, number in said if number != "0"}


def narrow(hand: Hand, choice: str, left: str) -> None:
    page = hand.page
    if isinstance(hand, Finger) and not page.locator("#rail").is_visible():
        touch(page, "#found .browse-open")
        expect(page.locator("#rail")).to_be_visible()
    hand.tick(page.locator(choice))
    if not hand.javascript:
        hand.press(page.get_by_role("button", name="Show these"))
    expect(page.locator("#found .found-count")).to_have_text(left)
    if isinstance(hand, Keys):
        expect(page.locator(choice)).to_be_focused()


def address_of(filters: str) -> re.Pattern[str]:
    """A form without JavaScript names the order that holds anyway, too."""
    return re.compile(rf"/prompts/\?{filters}(&sort=trending)?$")


def touch(page: Page, words: str) -> None:
    """The words themselves: what they are the label of is hidden from the eye."""
    box = page.locator(words).bounding_box()
    assert box, words
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@KEYS_AND_THUMB
def test_a_visitor_is_shown_what_there_is_while_typing(hands):
    letters, _tides, _jar = shelf()
    hand = hands.of()
    page = hand.page
    page.goto("/guide/")
    field, offered = page.locator("header [name=q]"), page.locator("#suggestions a")
    if isinstance(hand, Thumb):
        field.press_sequentially("lant")
        hand.press(offered.filter(has_text=letters.title))
        page.wait_for_url(f"**/prompts/{letters.slug}/")
        return
    page.keyboard.press("/")
    page.keyboard.type("lant")
    expect(offered.filter(has_text=letters.title)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(offered.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    expect(field).to_have_value("lant")
    page.keyboard.type("ern")
    wanted = offered.filter(has_text=letters.title)
    expect(wanted).to_be_visible()
    for _press in range(offered.count()):
        page.keyboard.press("ArrowDown")
        if page.evaluate("one => one === document.activeElement", wanted.element_handle()):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/prompts/{letters.slug}/")


@KEYS_AND_PHONES
def test_a_visitor_looks_at_the_pictures_one_after_the_other(hands):
    listing = with_pictures(ListingFactory(model="midjourney", category="illustration"))
    hand = hands.of()
    page = hand.page
    page.goto(f"/prompts/{listing.slug}/")
    stops = page.locator("[data-zoom]")
    large = [f"{hands.site.url}{stops.nth(number).get_attribute('href')}" for number in range(3)]
    hand.press(stops)
    if not hand.javascript:
        page.wait_for_url(large[0])
        return
    dialog = page.locator("dialog.zoom")
    place, shown = dialog.locator("[data-zoom-place]"), dialog.locator("[data-zoom-picture]")
    expect(place).to_have_text("1 / 3")
    expect(shown).to_have_attribute("src", large[0])
    if isinstance(hand, Thumb):
        hand.press(dialog.get_by_role("button", name="Next picture"))
        expect(place).to_have_text("2 / 3")
        hand.press(dialog.get_by_role("button", name="Close"))
        expect(dialog).not_to_be_visible()
        return
    for key, words in (
        ("ArrowRight", "2 / 3"),
        ("ArrowRight", "3 / 3"),
        ("ArrowRight", "1 / 3"),
        ("ArrowLeft", "3 / 3"),
    ):
        page.keyboard.press(key)
        expect(place).to_have_text(words)
    expect(shown).to_have_attribute("src", large[2])
    expect(shown).to_have_attribute("alt", "Number 3")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(stops.nth(2)).to_be_focused()


@KEYS_AND_FINGER
def test_a_visitor_finds_the_guide_at_the_foot_of_the_page_and_the_feed_in_its_head(hands):
    listing = ListingFactory(live=True)
    hand = hands.of()
    page = hand.page
    page.goto("/prompts/")
    feed = page.locator("link[type='application/atom+xml']").get_attribute("href") or "-"
    told = page.request.get(feed)
    assert told.ok
    assert listing.title in told.text()
    for words in ("How it works", "Refund promise", "Licence", "Guide for sellers", "Terms", "Privacy"):
        hand.press(page.locator("footer").get_by_role("link", name=words, exact=True))
        page.wait_for_url(re.compile("/(guide|terms|privacy|refunds|licence|legal)"))
        page.wait_for_load_state()
        expect(page.locator("main h1")).to_be_visible()
