"""What a page costs: the same few questions to the database whatever there is; kept pages; counted looks."""

import re

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import notifications
from marketplace import exhibits, listings, pagecache, reviews, shelves, social, visits
from marketplace.models import Collection, CollectionItem, Listing, ListingDay
from marketplace.search import newcomers
from payments import cart
from payments.cart import Owner
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory

pytestmark = pytest.mark.django_db
VISITOR = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", "Accept-Language": "en"}


def more_like(listing: Listing, number: int) -> None:
    """Many listings of the same kind at once, as an import would make them."""
    copies = []
    for index in range(number):
        copy = Listing.objects.get(pk=listing.pk)
        copy.pk, copy.public_id, copy.slug = None, f"copy{listing.pk}x{index}", f"{listing.slug}-{index}"
        copy.title, copy.trending = f"{listing.title} {index}", index
        copies.append(copy)
    Listing.objects.bulk_create(copies)


@pytest.fixture
def market():
    """Three listings by two sellers, one of them with all that a listing can have, and a house collection."""
    seller = SellerFactory()
    made = [ListingFactory(seller=seller, live=True) for _ in range(2)]
    made.append(ListingFactory(live=True, category="fiction", model="claude", price=0))
    for stars in (5, 4, 3):
        held = EntitlementFactory(listing=made[0])
        reviews.post(held.owner, made[0], rating=stars, text="As it says.")
    collection = Collection.objects.create(slug="first", title_en="First")
    CollectionItem.objects.create(collection=collection, listing=made[0])
    return made


def paths(market):
    return {
        "browse": "/prompts/",
        "search": "/prompts/?q=calm&model=chatgpt&price=under-500",
        "listing": market[0].get_absolute_url(),
        "home": "/",
        "seller": reverse("seller", args=[market[0].seller.seller_profile.handle]),
        "category": reverse("category", args=["writing"]),
        "model": reverse("model", args=["chatgpt"]),
        "collection": reverse("collection", args=["first"]),
    }


@pytest.fixture
def known_shelves(monkeypatch):
    """Kept for minutes by a cache that may be slow or away; not what is counted here."""
    categories, models = shelves.categories(), shelves.models()
    monkeypatch.setattr(shelves, "categories", lambda: categories)
    monkeypatch.setattr(shelves, "models", lambda: models)
    waiting = newcomers.pool()
    monkeypatch.setattr(newcomers, "pool", lambda: waiting)


def asked(client, path):
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=VISITOR).status_code == 200
    return len(queries)


# Signed in: the session, the account, the cart and the bell are four questions of every page.
@pytest.mark.usefixtures("known_shelves")
@pytest.mark.parametrize(
    ("name", "signed_out", "signed_in"),
    [
        ("browse", 5, 7),
        ("search", 5, 7),
        ("listing", 8, 10),
        ("home", 8, 13),
        ("seller", 5, 11),
        ("category", 5, 9),
        ("model", 5, 10),
        ("collection", 4, 8),
    ],
)
def test_pages_ask_few_questions_and_no_more_for_more_rows(client, market, name, signed_out, signed_in):
    path = paths(market)[name]
    few = asked(client, path)
    person = UserFactory()
    more_like(market[0], 300)
    many = asked(client, path)
    client.force_login(person)
    known = asked(client, path)

    assert many <= few
    assert few <= signed_out
    assert known <= signed_in


def test_the_library_asks_the_same_for_one_and_for_twenty(client, market):
    owner = UserFactory()
    EntitlementFactory(owner=owner, listing=market[0])
    client.force_login(owner)
    few = asked(client, reverse("library"))
    more_like(market[0], 20)
    for listing in Listing.objects.filter(slug__startswith=f"{market[0].slug}-"):
        EntitlementFactory(owner=owner, listing=listing, version=market[0].approved.version)

    assert asked(client, reverse("library")) == few <= 8


def test_no_page_skips_rows_or_counts_all(client, market):
    for path in paths(market).values():
        with CaptureQueriesContext(connection) as queries:
            client.get(path, headers=VISITOR)
        for query in queries:
            assert " OFFSET " not in query["sql"]


# ---- Kept pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(settings):
    settings.PAGE_SECONDS = 60


def test_the_next_visitor_gets_the_same_page_without_a_question(client, market, kept, django_assert_num_queries):
    first = client.get("/prompts/", headers=VISITOR)
    with django_assert_num_queries(0):
        second = client.get("/prompts/", headers=VISITOR)

    assert market[0].title in second.content.decode()
    assert second["Content-Type"] == first["Content-Type"]


def test_a_kept_page_carries_the_visitors_own_token_and_nonce(client, market, kept):
    path = market[0].get_absolute_url()
    first = client.get(path, headers=VISITOR)
    second = client.get(path, headers=VISITOR)

    nonce = second["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in second.content.decode()
    assert first["Content-Security-Policy"] != second["Content-Security-Policy"]
    assert b"\x00" not in second.content
    token = second.content.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    strict = type(client)(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    answer = strict.post(reverse("favourite", args=[market[0].slug]), {"csrfmiddlewaretoken": token})
    assert answer["Location"].startswith(reverse("account_login"))


def test_who_is_known_never_gets_a_kept_page(client, market, kept):
    client.get("/prompts/", headers=VISITOR)
    person = UserFactory(name="Known Person", email="known@example.com")
    client.force_login(person)
    known = client.get("/prompts/", headers=VISITOR).content.decode()
    client.logout()
    client.cookies.clear()

    assert "known@example.com" in known
    assert "known@example.com" not in client.get("/prompts/", headers=VISITOR).content.decode()


def test_each_language_and_theme_has_its_own(client, market, kept):
    english = client.get("/", headers=VISITOR).content.decode()
    french = client.get("/", headers=VISITOR | {"Accept-Language": "fr"}).content.decode()
    client.cookies["theme"] = "dark"
    dark = client.get("/", headers=VISITOR).content.decode()

    assert 'lang="en"' in english
    assert 'lang="fr"' in french
    assert 'data-theme="dark"' in dark


def test_what_is_taken_down_is_gone_at_once(client, market, kept):
    path = market[0].get_absolute_url()
    assert client.get(path, headers=VISITOR).status_code == 200

    listings.withdraw(market[0], by=market[0].seller)

    assert client.get(path, headers=VISITOR).status_code == 404
    assert market[0].title not in client.get("/prompts/?sort=price", headers=VISITOR).content.decode()


def test_neighbours_are_kept_without_anybodys_hearts(client, market, kept):
    path = market[0].get_absolute_url()
    first, second = UserFactory(), UserFactory()
    social.favourite(first, market[1])

    client.force_login(first)
    assert (
        client.get(path, headers=VISITOR).content.decode().count('aria-pressed="true"') == 2
    )  # near, and by the seller
    client.force_login(second)
    assert 'aria-pressed="true"' not in client.get(path, headers=VISITOR).content.decode()


def test_a_neighbour_that_is_taken_down_is_gone_at_once(client, market, kept):
    path = market[0].get_absolute_url()
    client.force_login(UserFactory())
    assert market[1].get_absolute_url() in client.get(path, headers=VISITOR).content.decode()

    listings.withdraw(market[1], by=market[1].seller)

    assert market[1].get_absolute_url() not in client.get(path, headers=VISITOR).content.decode()


def test_what_changes_while_a_page_is_made_is_on_the_next_one(client, market, kept, monkeypatch):
    path, load = market[0].get_absolute_url(), exhibits.load

    def changed_meanwhile(*asked):
        found = load(*asked)
        monkeypatch.setattr(exhibits, "load", load)
        listings.withdraw(market[0], by=market[0].seller)
        return found

    cache.clear()
    monkeypatch.setattr(exhibits, "load", changed_meanwhile)

    assert client.get(path, headers=VISITOR).status_code == 200
    assert client.get(path, headers=VISITOR).status_code == 404


def test_errors_are_never_kept(client, market, kept):
    assert client.get("/prompts/no-such-prompt/", headers=VISITOR).status_code == 404
    Listing.objects.filter(pk=market[0].pk).update(slug="no-such-prompt")

    assert client.get("/prompts/no-such-prompt/", headers=VISITOR).status_code == 200


def test_pages_are_made_anew_while_redis_is_away(client, market, kept, monkeypatch):
    monkeypatch.setattr(pagecache.cache, "get_many", lambda keys: {})

    assert client.get("/prompts/", headers=VISITOR).status_code == 200
    assert client.get("/prompts/", headers=VISITOR).status_code == 200


# ---- Looks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def counter():
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.delete(visits.KEY)
    yield client
    for key in [visits.KEY, *client.scan_iter(match=f"{visits.TAKEN}*")]:
        client.delete(key)
    client.close()


def looks():
    return {(row.listing.slug, row.source): row.views for row in ListingDay.objects.select_related("listing")}


def test_looks_are_counted_by_where_people_came_from(client, market, counter):
    path, slug = market[0].get_absolute_url(), market[0].slug
    for referer in ("", "http://testserver/prompts/?q=calm", "http://testserver/", "http://testserver/@somebody/"):
        client.get(path, headers=VISITOR | {"Referer": referer})
    client.get(path + "?via=somebody", headers=VISITOR)
    client.get(path, headers=VISITOR | {"Referer": "http://testserver/@somebody/?via=somebody"})
    for stranger in ("https://elsewhere.example/", "http://[no address"):
        assert client.get(path, headers=VISITOR | {"Referer": stranger}).status_code == 200

    assert not ListingDay.objects.exists()
    assert visits.flush() == 8
    assert looks() == {
        (slug, "direct"): 3,
        (slug, "search"): 1,
        (slug, "browse"): 1,
        (slug, "seller"): 1,
        (slug, "via"): 2,
    }


def test_flushing_adds_and_forgets(client, market, counter):
    for _ in range(2):
        visits.add(market[0].slug, "direct", 2)
        visits.flush()
    visits.flush()

    assert looks() == {(market[0].slug, "direct"): 4}


def test_what_a_killed_flush_had_taken_is_not_lost(market, counter):
    visits.add(market[0].slug, "direct")
    counter.rename(visits.KEY, visits.TAKEN + "dead")

    visits.flush()

    assert looks() == {(market[0].slug, "direct"): 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": "curl/8.5"},
        VISITOR | {"Sec-Purpose": "prefetch"},
    ],
)
def test_machines_do_not_count(client, market, counter, headers):
    client.get(market[0].get_absolute_url(), headers=headers)

    assert visits.flush() == 0


def test_sellers_do_not_count_themselves(client, market, counter):
    client.force_login(market[0].seller)
    client.get(market[0].get_absolute_url(), headers=VISITOR)

    assert visits.flush() == 0


def test_a_kept_page_counts_like_any_other(client, market, counter, kept):
    for _ in range(3):
        client.get(market[0].get_absolute_url(), headers=VISITOR)

    assert visits.flush() == 3


def test_looks_at_what_is_gone_are_dropped(market, counter):
    visits.add("no-such-prompt", "direct")

    assert visits.flush() == 0
    assert not counter.exists(visits.KEY)


@pytest.mark.parametrize("name", ["home", "browse", "search", "category", "model"])
def test_members_get_the_kept_page_with_their_own_header_and_hearts(client, market, settings, name):
    path, person = paths(market)[name], UserFactory(is_moderator=True, name="Ünal O'Brien")
    for listing in market:
        social.favourite(person, listing)
    cart.add(Owner(user=person), market[1])
    notifications.tell(person, "payout_sent", amount=300, currency="usd", url="/sell/payouts/")
    client.force_login(person)

    def page():
        return re.sub(
            r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", client.get(path, headers=VISITOR).content.decode()
        )

    settings.PAGE_SECONDS = 0
    plain = page()
    settings.PAGE_SECONDS = 60
    client.cookies.pop("messages", None)
    first, again = page(), page()
    visitor = Client().get(path, headers=VISITOR).content.decode()

    assert 'data-favourite aria-pressed="true"' in plain
    assert first == plain
    assert again == plain
    assert person.email not in visitor
    assert 'data-favourite aria-pressed="true"' not in visitor


def test_a_member_who_is_told_something_gets_a_page_of_their_own(client, market, settings):
    settings.PAGE_SECONDS = 60
    client.force_login(UserFactory())
    client.get("/prompts/", headers=VISITOR)
    client.post(reverse("favourite", args=[market[0].slug]))

    page = client.get("/prompts/", headers=VISITOR).content.decode()

    assert "toast" in page
    assert 'data-favourite aria-pressed="true"' in page


def test_a_kept_fragment_still_says_what_belongs_in_the_address_bar(client, market, kept):
    headers = VISITOR | {"HX-Request": "true", "HX-Target": "found"}
    first = client.get("/prompts/?medium=text&q=", headers=headers)
    second = client.get("/prompts/?medium=text&q=", headers=headers)

    assert first["HX-Push-Url"] == second["HX-Push-Url"] == "/prompts/?medium=text"
