"""What people look for is counted without who they are, and shown to moderators and to those who type."""

import pytest
from django.urls import reverse

from marketplace import search
from marketplace.models import SearchDemand
from marketplace.search import demand
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    demand.flush()
    SearchDemand.objects.all().delete()


def ask(words, times=1):
    for _ in range(times):
        search.find(search.Query(words=words), facets=True)


def test_searches_are_counted_by_words_and_day():
    ListingFactory(live=True, title="Harbour haiku")

    ask("Harbour ", 3)
    ask("harbour")
    ask("zyxqwv", 2)
    demand.clicked("harbour")
    demand.flush()

    counted = {row.words: (row.searches, row.results, row.clicks) for row in SearchDemand.objects.all()}
    assert counted == {"harbour": (4, 1, 1), "zyxqwv": (2, 0, 0)}


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
