"""What people look for is counted without who they are, and shown to moderators and to those who type."""

import pytest
from django.conf import settings
from django.urls import reverse

from marketplace import search
from marketplace.models import SearchDemand
from marketplace.search import demand
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db

VISITOR = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    demand.flush()
    SearchDemand.objects.all().delete()


def ask(words, times=1):
    for _ in range(times):
        search.find(search.Query(words=words), facets=True)


def test_searches_are_counted_by_words_and_day():
    listing = ListingFactory(live=True, title="Harbour haiku")

    ask("Harbour ", 3)
    ask("harbour")
    ask("zyxqwv", 2)
    demand.clicked("harbour", listing.slug)
    demand.flush()

    counted = {row.words: (row.searches, row.results, row.clicks, row.positions) for row in SearchDemand.objects.all()}
    assert counted == {"harbour": (4, 1, 1, 1), "zyxqwv": (2, 0, 0, 0)}


def test_sums_grow_when_more_comes():
    ask("zyxqwv", 2)
    demand.flush()
    ask("zyxqwv", 3)
    demand.flush()

    assert SearchDemand.objects.get().searches == 5


@pytest.mark.parametrize("words", ["ada@example.com", "0612345678", "https://site.example/me"])
def test_what_may_name_a_person_is_not_kept(words):
    ask(words)
    demand.flush()

    assert not SearchDemand.objects.exists()


def test_what_many_ask_for_is_suggested_and_what_few_ask_for_is_not():
    ListingFactory(live=True, title="Harbour haiku")
    ask("harbour haiku", 5)
    ask("harbour lights", 2)
    demand.flush()

    assert search.suggest("harb").queries == ["harbour haiku"]


def test_moderators_see_what_finds_nothing(client):
    ask("zyxqwv", 6)
    demand.flush()
    client.force_login(ModeratorFactory())

    assert "zyxqwv" in client.get(reverse("moderation-searches")).content.decode()
    client.force_login(UserFactory())
    assert client.get(reverse("moderation-searches")).status_code in {302, 403, 404}


def test_what_only_comes_near_is_no_result():
    ListingFactory(live=True, title="Harbour haiku")
    ask("beekeeping harbour", 2)
    demand.flush()

    assert SearchDemand.objects.get().results == 0


def test_a_page_opened_from_results_counts_with_its_place(client):
    _first, second = (ListingFactory(live=True, title=title) for title in ("Harbour", "Lanterns on a harbour"))
    client.get(second.get_absolute_url(), headers=VISITOR | {"Referer": "http://testserver/prompts/?q=harbour"})
    demand.flush()

    assert [(row.clicks, row.positions) for row in SearchDemand.objects.all()] == [(1, 2)]


def test_sellers_see_what_several_people_miss_and_never_what_one_person_does(client):
    seller = SellerFactory()
    for number in range(3):
        client.get("/prompts/?q=beekeeping", headers=VISITOR | {"User-Agent": f"Browser {number}"})
        client.get("/prompts/?q=beekeeping", headers=VISITOR | {"User-Agent": f"Browser {number}"})
        client.get("/prompts/?q=my+strange+wish", headers=VISITOR)
        client.get("/prompts/?q=my+strange+wish", headers=VISITOR)
    demand.flush()
    client.force_login(seller)

    page = client.get("/sell/").content.decode()

    assert "beekeeping" in page
    assert "strange" not in page


def test_nothing_that_is_kept_tells_who_asked(client):
    ask("harbour", 2)
    client.get("/prompts/?q=harbour", headers=VISITOR)
    kept = demand._client(settings.REDIS_URL)
    held = [key for key in kept.scan_iter(match="promptuary:*") if b"ask" in key or b"searches" in key]

    assert not any(b"127.0.0.1" in key or b"Firefox" in key for key in held)
    assert demand.ASKERS.encode() + demand._digest("harbour").encode() in held
