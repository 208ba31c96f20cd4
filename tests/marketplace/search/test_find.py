"""The interface of search, which holds whatever answers inside."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from marketplace import search
from marketplace import shelves as names
from marketplace.models import Listing
from marketplace.search import Query
from tests.factories.accounts import SellerFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


def ask(text="", **options):
    return search.find(Query.from_params(QueryDict(text), "en"), **options)


def titles(found):
    return [listing.title for listing in found.results]


@pytest.fixture
def shelves():
    seller = SellerFactory(seller_profile__name="Ada Press")
    rows = {
        "Haiku about harbours": {"category": "fiction", "model": "claude", "price": 0},
        "Letters of complaint": {"category": "email", "model": "chatgpt", "price": 499},
        "Rain on glass": {"category": "photography", "model": "midjourney", "price": 1200},
    }
    return {
        title: ListingFactory(seller=seller, live=True, title=title, tags=["kept", title.split()[0]], **fields)
        for title, fields in rows.items()
    }


def test_every_word_counts_and_any_will_do_when_nothing_has_them_all(shelves):
    assert titles(ask("q=harbours+haiku")) == ["Haiku about harbours"]
    assert set(titles(ask("q=harbours+complaint"))) == {"Haiku about harbours", "Letters of complaint"}
    assert titles(ask("q=zyxqwv")) == []


def test_filters_narrow_together(shelves):
    assert titles(ask("model=claude,chatgpt&sort=price")) == ["Haiku about harbours", "Letters of complaint"]
    assert titles(ask("model=claude&model=chatgpt&free=1")) == ["Haiku about harbours"]
    assert titles(ask("category=writing&sort=-price")) == ["Letters of complaint", "Haiku about harbours"]
    assert titles(ask("price_min=400&price_max=600")) == ["Letters of complaint"]
    assert titles(ask("price=under-500&price=1000-1999&sort=price")) == ["Letters of complaint", "Rain on glass"]
    assert titles(ask("tag=rain&tag=kept")) == ["Rain on glass"]
    assert titles(ask("medium=image")) == ["Rain on glass"]
    assert titles(ask("seller=nobody")) == []
    assert titles(ask("rating_min=4")) == []


def test_drafts_and_suspended_sellers_are_never_found(shelves):
    ListingFactory(title="Haiku in a drawer")
    listing = shelves["Haiku about harbours"]
    Listing.objects.filter(pk=listing.pk).update(status=Listing.Status.SUSPENDED)

    assert titles(ask("q=haiku")) == []


def test_facets_count_under_the_other_filters(shelves):
    found = ask("model=claude", facets=True)

    assert found.count == 1
    assert [(one.value, one.count, one.selected) for one in found.facets["model"]] == [
        ("chatgpt", 1, False),
        ("claude", 1, True),
        ("midjourney", 1, False),
    ]
    assert {one.value: one.count for one in found.facets["category"]} == {"writing": 1, "fiction": 1}
    assert {one.value: one.count for one in found.facets["medium"] if one.count} == {"text": 1}
    assert [one.count for one in found.facets["free"]] == [1]


def test_a_selected_value_stays_among_its_facet_even_with_nothing_left(shelves):
    found = ask("model=suno&category=games", facets=True)

    assert found.count == 0
    assert [(one.value, one.selected) for one in found.facets["model"]] == [("suno", True)]
    assert [(one.value, one.count) for one in found.facets["category"]] == [("games", 0)]


def test_pages_go_on_and_back(shelves):
    first = ask("sort=price", size=2)
    second = ask("sort=price", size=2, cursor=first.next)
    back = ask("sort=price", size=2, cursor=second.previous)

    assert titles(first) == titles(back) == ["Haiku about harbours", "Letters of complaint"]
    assert titles(second) == ["Rain on glass"]
    assert first.previous is None
    assert second.next is None


def test_what_cannot_be_understood_is_left_out_and_named():
    query = Query.from_params(QueryDict("price_min=4.99&sort=best&medium=smell&rating_min=9&updated_since=soon"), "en")

    assert query.params() == []
    assert set(query.errors) == {"price_min", "sort", "medium", "rating_min", "updated_since"}


def test_a_query_writes_itself_as_it_was_asked():
    text = "q=rain&model=claude&tag=night&price_min=300&rating_min=4.5&free=1&sort=newest"

    assert dict(Query.from_params(QueryDict(text), "en").params()) == dict(pair.split("=") for pair in text.split("&"))


def test_suggestions_know_models_shelves_sellers_and_listings(shelves):
    assert [model.slug for model in search.suggest("mid", "en").models] == ["midjourney"]
    assert [category.slug for category in search.suggest("fict", "en").categories] == ["fiction"]
    assert [seller.name for seller in search.suggest("ada", "en").sellers] == ["Ada Press"]
    assert [listing.title for listing in search.suggest("harb", "en").listings] == ["Haiku about harbours"]
    assert not search.suggest("  ", "en")


@pytest.mark.parametrize("typed", ["mar", "de Mar", "MARSEILLE él", "o'ne", "o'neil-mar", "élodie o", "neil-m"])
def test_sellers_are_found_by_the_beginning_of_any_word(shelves, typed):
    SellerFactory(seller_profile__name="Élodie O'Neil de Marseille", seller_profile__handle="o-neil-m")

    assert [one.handle for one in search.suggest(typed, "en").sellers] == ["o-neil-m"]
    assert search.suggest("arseille", "en").sellers == []


def test_sellers_are_looked_up_in_their_index(shelves):
    with CaptureQueriesContext(connection) as asked:
        search.suggest("ada", "en")
    sql = next(one["sql"] for one in asked.captured_queries if 'FROM "accounts_sellerprofile"' in one["sql"])

    with connection.cursor() as cursor:
        # Only a bitmap has a condition to begin with, however few rows there are.
        cursor.execute(
            f"SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; EXPLAIN {sql.replace('%', '%%')}", []
        )
        while cursor.nextset():
            pass
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Bitmap Index Scan on seller_words" in plan, plan


def test_similar_stays_on_the_shelf_first(shelves):
    other = ListingFactory(live=True, title="More letters", category="email", model="claude")
    same_model = ListingFactory(live=True, title="Another shelf", category="study", model="chatgpt")

    assert search.similar(shelves["Letters of complaint"], 2) == [other.pk, same_model.pk]


def test_the_number_of_queries_does_not_grow(shelves, monkeypatch, django_assert_num_queries):
    # The names of the shelves are kept by the cache, which may be slow or away; that is not what is counted here.
    known, makers = names.categories(), names.models()
    monkeypatch.setattr(names, "categories", lambda: known)
    monkeypatch.setattr(names, "models", lambda: makers)

    with django_assert_num_queries(2):
        found = ask("q=kept", facets=True)
        assert [listing.seller.seller_profile.name for listing in found.results] == ["Ada Press"] * 3
