"""Every page there is, looked at in a real browser: nothing in anybody's way, nothing wider than the screen."""

from itertools import cycle

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import webhooks
from accounts.models import WebhookDelivery
from config import examples, looking, tour
from config.main_job import picture
from marketplace import images, reviews, social
from marketplace.models import Collection, CollectionItem, Listing
from payments import claims, payouts
from tests.factories.accounts import ModeratorFactory, SellerFactory, StaffFactory, UserFactory, sign_in
from tests.factories.marketplace import EntitlementFactory, ListingFactory, approved, submitted, work
from tests.factories.payments import PaidOrder, onboarded

# Playwright's loop lives in this thread; one worker has it.
pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("journeys")]
LOOKS = [("light", "en"), ("dark", "fr"), ("light", "fr"), ("dark", "en")]
LONG = "Donaudampfschifffahrts" * 9
ARABIC = "رسائل هادئة للعمل اليومي مع أسئلة صعبة"
EMOJI = "🦊📚✨👩🏽‍🚀🏳️‍🌈"


@pytest.fixture(autouse=True)
def patient(db, request):
    """A browser takes its time between two statements of the one transaction."""
    if "chromium" in request.fixturenames:
        request.getfixturevalue("chromium")  # its loop first: connections belong to it from then on
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def pictured(listing: Listing) -> Listing:
    images.add(listing, listing.seller, picture(1), alt="A first try")
    work()
    listing.refresh_from_db()
    return approved(listing)


@pytest.fixture
def world(sandbox, settings) -> examples.World:
    """An example of every page: a market on its second day."""
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    seller = onboarded(sandbox, SellerFactory(seller_profile__country="US"))
    rich, plain = pictured(ListingFactory(seller=seller)), ListingFactory(seller=seller, live=True)
    ListingFactory(seller=seller)
    ListingFactory(live=True)
    submitted(seller=seller)
    buyer = UserFactory()
    StaffFactory(), ModeratorFactory()
    order = PaidOrder(sandbox, rich, plain, buyer=buyer)
    PaidOrder(sandbox, rich, consented=False)
    reviews.post(buyer, rich, rating=4, text="As it says, twice over.")
    claims.ask(order.lines.get(listing=plain), by=buyer, reason="not_as_shown", words="It said something else.")
    twice = PaidOrder(sandbox, ListingFactory(live=True), buyer=UserFactory())
    claims.ask(twice.lines.get(), by=twice.buyer, reason="fraud")
    work()
    payouts.pay(seller.pk)
    hook, _secret = webhooks.subscribe(seller, url="https://hooks.example.com/", events=["sale.completed"])
    WebhookDelivery.objects.create(webhook=hook, event="sale.completed", key="one", payload={})
    house = Collection.objects.create(slug="first", title_en="First", title_fr="D’abord")
    CollectionItem.objects.create(collection=house, listing=rich)
    social.collect(buyer, title="Mine", is_public=False)
    work()
    return examples.World()


# ---- The table of pages ----------------------------------------------------------------------------------------------
def test_no_route_is_forgotten():
    known = set(tour.PAGES) | tour.NO_PAGES
    assert tour.names() - known == set(), "Each is a page with an example in config/tour.py, or named there as none."


def test_what_is_said_to_be_no_page_answers_a_plain_question_with_none(client):
    seller = SellerFactory()
    sign_in(client, seller)
    wrong = []
    for name in sorted(tour.ACTS):
        try:
            path = reverse(name)
        except NoReverseMatch:
            continue
        answer = client.get(path)
        if answer.status_code == 200 and b"<main" in answer.content:
            wrong.append(name)
    assert wrong == []


@pytest.mark.timeout(600)
def test_every_page_can_be_read_by_everybody(world, chromium):
    """Each page as each who may see it, in turns light and dark, English and French; bin/shots --check does it all."""
    assert tour.missing(world) in ([], ["letter"]), "An example is missing."
    wrong, stops = [], list(tour.stops(world))
    people: dict[object, list[tuple[tour.Stop, tuple[str, str]]]] = {}
    seen: set[str] = set()
    for stop, look in zip(stops, cycle(LOOKS), strict=False):
        if stop.name in seen:
            continue  # once is enough here
        seen.add(stop.name)
        people.setdefault((stop.person, look), []).append((stop, look))
    for (person, (scheme, language)), group in people.items():
        width = 390 if scheme == "dark" else 1280
        with looking.looking(chromium, person, language=language, scheme=scheme, width=width) as eyes:
            for stop, _look in group:
                status = eyes.open(stop.path)
                said = [f"answered {status}"] * (status != 200) + eyes.unread() + eyes.too_wide() + eyes.troubles
                said += eyes.too_wide_enlarged() if width == 390 else []
                wrong += [f"{stop.name} ({stop.role}, {scheme}, {language}): {one}" for one in said]
    assert not wrong, "\n".join(wrong)


# ---- Hostile content -------------------------------------------------------------------------------------------------
@pytest.fixture
def hostile() -> dict[str, Listing]:
    """Listings nobody wishes for."""
    names = [f"field_{number}_{'x' * (number % 30)}" for number in range(60)]
    template = "Say it. " + " ".join(f"[{name}]" for name in names)
    seller = SellerFactory(seller_profile__name=LONG[:60], seller_profile__bio=LONG * 3, name=LONG[:80])
    example = {"inputs": dict.fromkeys(names[:3], LONG), "output": f"{LONG}\n\n{ARABIC}\n\n{EMOJI}"}
    made = {
        "long": ListingFactory(seller=seller, live=True, title=LONG[:120], summary=LONG[:200], description=LONG * 9),
        "arabic": ListingFactory(live=True, title=ARABIC, summary=ARABIC, description=f"# {ARABIC}\n\n{ARABIC}"),
        "emoji": ListingFactory(live=True, title=EMOJI * 3, summary=EMOJI, description=EMOJI * 40, price=0),
        "many": ListingFactory(live=True, prompt={"template": template}, examples=[example]),
    }
    for each in made.values():
        EntitlementFactory(listing=each)
    held = made["long"].entitlements.get()
    reviews.post(held.owner, made["long"], rating=1, text=LONG * 4, output=LONG * 9)
    # As many as a page may ever have to say, and a picture whose file is gone.
    Listing.objects.filter(pk=made["long"].pk).update(
        rating_count=9999,
        rating_average=4.96,
        sales_count=99999,
        card={
            "picture": {
                "renditions": [{"format": "webp", "width": 480, "name": "gone/480.webp"}],
                "width": 7,
                "height": 4000,
                "alt": LONG,
                "tone": "",
            },
            "excerpt": "",
        },
    )
    return made


@pytest.mark.timeout(300)
def test_hostile_content_neither_breaks_nor_widens_a_page(hostile, chromium):
    paths = ["/", "/prompts/", f"/prompts/?q={LONG[:180]}"]
    paths += [each.get_absolute_url() for each in hostile.values()]
    paths += [f"{hostile['long'].get_absolute_url()}reviews/", f"/@{hostile['long'].seller.seller_profile.handle}/"]
    wrong = []

    def look(person, wanted):
        with looking.looking(chromium, person, width=320, language="fr" if person else "en") as eyes:
            for path in wanted:
                status = eyes.open(path)
                said = [f"answered {status}"] * (status != 200) + eyes.too_wide()
                wrong.extend(f"{path[:60]}: {one}" for one in said)

    look(None, paths)
    for each in (hostile["long"], hostile["many"]):
        held = each.entitlements.get()
        look(held.owner, ["/library/", f"/library/{held.public_id}/", f"/prompts/{each.slug}/review/"])
        look(each.seller, ["/sell/listings/", f"/sell/listings/{each.slug}/", f"/sell/listings/{each.slug}/preview/"])
        look(each.seller, ["/sell/", "/notifications/"])
    assert not wrong, "\n".join(wrong)


def test_a_letter_is_no_wider_than_a_phone_whatever_its_title(chromium):
    with looking.looking(chromium, None, width=390) as eyes:
        eyes.page.set_content(render_to_string("email/base.html", {"title": LONG}))

        assert eyes.page.evaluate("document.documentElement.scrollWidth") <= 390


# ---- Small manners ---------------------------------------------------------------------------------------------------
def test_a_cursor_of_nobodys_is_a_page_that_says_so_and_no_line_in_the_log(client: Client, caplog):
    answer = client.get("/prompts/?cursor=zzz")

    assert answer.status_code == 400
    assert "<main" in answer.content.decode()
    assert not [record for record in caplog.records if record.levelname == "ERROR" and record.exc_info]


def test_keys_walk_along_the_wall_and_tell_of_themselves(chromium):
    titles = {ListingFactory(live=True).title, ListingFactory(live=True).title}
    with looking.looking(chromium, None) as eyes:
        eyes.open("/prompts/")
        press, here = eyes.page.keyboard.press, "document.activeElement.textContent"

        press("j")
        first = eyes.page.evaluate(here)
        press("j")
        second = eyes.page.evaluate(here)
        press("k")
        again = eyes.page.evaluate(here)
        press("?")

        assert {first, second} == titles
        assert again == first
        assert eyes.page.locator("#keys[open]").is_visible()


def test_pictures_are_put_in_another_order_by_dragging(chromium):
    listing = ListingFactory()
    for number in (1, 2):
        images.add(listing, listing.seller, picture(number), alt=f"Number {number}")
    with looking.looking(chromium, listing.seller) as eyes:
        eyes.open(f"/sell/listings/{listing.slug}/")
        rows = eyes.page.locator("[data-picture]")
        alt = "input[name^=picture-][name$=-alt]"
        assert [rows.nth(at).locator(alt).input_value() for at in (0, 1)] == ["Number 1", "Number 2"]
        eyes.page.locator("[data-drag]").nth(1).scroll_into_view_if_needed()
        handle, goal = eyes.page.locator("[data-drag]").nth(1).bounding_box(), rows.first.bounding_box()
        eyes.page.mouse.move(handle["x"] + 8, handle["y"] + 8)
        eyes.page.mouse.down()
        eyes.page.mouse.move(goal["x"] + 60, goal["y"] + 30, steps=6)
        eyes.page.mouse.move(goal["x"] + 60, goal["y"] + 20, steps=3)
        eyes.page.mouse.up()
        assert [rows.nth(at).locator(alt).input_value() for at in (0, 1)] == ["Number 2", "Number 1"]
        assert eyes.page.locator("#listing-form[data-dirty]").count() == 1
