"""A bounded number of listings is weighed, by the same formula as all of them, and nothing is lost between pages."""

import re

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.expressions import RawSQL

from marketplace import search
from marketplace.models import Listing, SearchDocument, SearchMeaning
from marketplace.models.search import TIERS
from marketplace.search import candidates, documents, engine, marks, ranking, standing, statements, vocabulary
from marketplace.search.understanding import understand
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    made = [ListingFactory(live=True, title=f"Lantern {name} letter") for name in ("calm", "bold", "calm calm")]
    copies = [Listing.objects.get(pk=made[at % 3].pk) for at in range(9)]
    for at, listing in enumerate(copies):
        listing.pk, listing.public_id, listing.slug = None, f"copy-{at}", f"copy-{at}"
        listing.quality, listing.rating_bayesian = at / 9, 2 + at / 3
        listing.rating_count, listing.rating_average, listing.price = at % 2, 3 + at / 6, 300 * at
        listing.save()
    documents.index([one.pk for one in copies])
    vocabulary.refresh()
    return [*made, *copies]


def test_the_quick_computation_is_the_formula(market):
    plan = ranking.plan(understand("calm lantern letter"))
    matching = RawSQL(*ranking.candidates(plan, marks.Fit()))
    plain = Listing.objects.filter(document__made_by__gte=0, pk__in=matching).annotate(meant=F("meaning__listing_id"))

    expected = {row.pk: row.score for row in plain.annotate(score=ranking.score(plan))}
    scored, _besides = ranking.best(plan, marks.Fit(), 100)

    assert {pk: score for score, pk in scored} == pytest.approx(expected, abs=1e-6)
    assert len(scored) == len(expected) > 5
    assert scored == sorted(scored, reverse=True)


def test_in_a_large_market_those_that_stand_best_come_first_and_none_twice(market, monkeypatch):
    monkeypatch.setattr(candidates, "POOL", 4)
    monkeypatch.setattr(candidates, "WHOLE", 5)
    query, seen, cursors = search.Query(words="lantern"), [], [None]

    while cursors[-1] is not None or not seen:
        page = search.find(query, cursor=cursors[-1], size=5, facets=True)
        seen += [listing.pk for listing in page.results]
        cursors.append(page.next)
    back = search.find(query, cursor=page.previous, size=5)

    stands = dict(SearchDocument.objects.values_list("pk", "standing"))
    best = sorted(stands, key=lambda pk: -stands[pk])
    assert sorted(seen) == sorted(one.pk for one in market)
    assert set(seen[:3]) <= set(best[:6])
    assert [one.pk for one in back.results] == seen[5:10]
    assert page.count == len(market)


def test_filters_go_on_to_lower_shelves_until_there_is_enough(market, monkeypatch):
    monkeypatch.setattr(candidates, "POOL", 2)
    monkeypatch.setattr(candidates, "WHOLE", 5)

    found = search.find(search.Query(words="lantern", price_min=300, price_max=600), facets=True)

    assert {one.price for one in found.results} == {300, 499, 600}
    assert found.count == len(found.results) == Listing.objects.filter(price__range=(300, 600)).count()


def test_marks_and_facts_follow_the_figures(market):
    listing = market[-1]
    Listing.objects.filter(pk=listing.pk).update(rating_average=4.6, rating_count=3, rating_bayesian=5, trending=50)

    documents.restand([listing.pk])
    moved = SearchDocument.objects.values("vector", "facts", "rating", "standing").get(pk=listing.pk)
    documents.index([listing.pk])

    assert SearchDocument.objects.values("vector", "facts", "rating", "standing").get(pk=listing.pk) == moved
    assert moved["facts"] & 3 == marks.step(4.6) == 3


def test_each_step_of_standing_lies_in_one_tier(market):
    document = SearchDocument.objects.filter(pk=market[0].pk)

    for value in (near for bound in TIERS for near in (bound, round(bound - 0.0001, 4))):
        document.update(standing=value)
        of_step = next(at for at, least in enumerate(standing.LEAST_STEPS) if standing.step(value) >= least)
        assert document.get().tier == of_step
    for value in (number / 10_000 for number in range(10_001)):
        of_step = next(at for at, least in enumerate(standing.LEAST_STEPS) if standing.step(value) >= least)
        assert of_step == next((at for at, least in enumerate(TIERS) if value >= least), len(TIERS))


@pytest.mark.parametrize("wanted", [0, 3, 40])
@pytest.mark.parametrize("expected", [10, 1_000])
def test_shelves_hold_every_step_once_best_first(market, monkeypatch, wanted, expected):
    known = vocabulary.current()
    monkeypatch.setattr(known, "steps", {f"@t{number}": number for number in range(standing.STEPS)})

    held = []
    for tier, steps in candidates._ranges(expected, wanted):
        most = standing.LEAST_STEPS[tier - 1] - 1 if tier else standing.STEPS - 1
        named = list(range(most, standing.LEAST_STEPS[tier] - 1, -1))
        if steps:
            inside = {sign + number for sign, number in re.findall(r"(@[tuv])(\d+)", steps)}
            named = [number for number in named if inside & set(standing.marks(number / standing.STEPS + 0.001))]
        held += named

    assert held == list(range(standing.STEPS - 1, -1, -1))


ORDERED = (
    {"words": "lantern", "price_min": 300},
    {"words": "lantern -bold"},
    {"words": "-bold"},
    {"words": '"calm lantern"'},
    {"words": '"lantern calm"'},
    {"words": "lantern", "tag": ("unheard",)},
    {"price_min": 300},
    {"tag": ("unheard",)},
)


@pytest.mark.parametrize("question", ORDERED)
def test_an_order_finds_the_same_by_walking_and_by_gathering(market, monkeypatch, question):
    query = search.Query(sort="price", **question)
    pages = [[one.pk for one in search.find(query).results]]
    monkeypatch.setattr(vocabulary, "LARGE", 1)
    monkeypatch.setattr(engine, "COUNTED_TO", 0)
    for is_more in (True, False):
        monkeypatch.setattr(engine.facets_, "is_more", lambda *asked, answer=is_more: answer)
        pages.append([one.pk for one in search.find(query, facets=True).results])

    assert pages[0] == pages[1] == pages[2]
    assert len(pages[0]) > 3 or "unheard" in str(question) or '"' in str(question)


def test_an_order_walks_only_where_as_many_were_counted_as_make_it_worth_while(market, monkeypatch):
    """Words tell how many there may be; what leaves out, a rare tag and a column do not."""
    monkeypatch.setattr(vocabulary, "LARGE", 1)
    monkeypatch.setattr(candidates, "worth_walking", lambda: 3)
    monkeypatch.setattr(engine, "COUNTED_TO", 3)

    for question in ORDERED:
        query = search.Query(sort="price", **question)
        over = engine._walked_over(query, _plan(query), None)
        walks = over is None or "tier" not in over[0]
        assert walks == (len(search.find(query).results) >= 3), question


def _plan(query):
    return ranking.plan(understand(query.words), marks.fit(query)) if query.words else None


def test_a_phrase_is_looked_for_in_so_many_of_a_large_market_and_in_all_of_a_small_one(market, monkeypatch):
    def found():
        return {one.pk for one in search.find(search.Query(words='"lantern calm letter" -bold')).results}

    everything = found()
    monkeypatch.setattr(candidates, "PHRASES_READ", 0)
    assert found() == everything != set()

    monkeypatch.setattr(vocabulary, "LARGE", 1)
    assert found() == set()
    monkeypatch.setattr(candidates, "PHRASES_READ", 1000)
    assert found() == everything


TABLES = re.compile("marketplace_search(document|meaning)")
QUESTIONS = (
    {"words": "lantern"},
    {"words": "calm lantern market", "model": ("chatgpt",)},
    {"words": '"calm lantern" -market', "free": True},
    {"words": "lantern", "sort": "price"},
    {"free": True, "price_min": 0},
    {},
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_a_large_table_from_end_to_end(market, question):
    """Where reading a table from end to end is forbidden, no plan does, nor walks an index without a condition."""
    asked = _asked(lambda: search.find(search.Query(**question), facets=True))

    for sql, plan in asked:
        assert "Seq Scan" not in plan, f"{sql}\n{plan}"
        if "vector @@" in sql:
            assert "search_words" in plan or "marketplace_searchdocument_pkey" in plan
        for tier in re.findall(r"tier = (\d)", sql):
            assert f"Bitmap Index Scan on search_words_{tier}" in plan, f"{sql}\n{plan}"


def test_what_is_near_is_read_from_the_index_of_meanings(market):
    near = [pair for pair in _asked(lambda: search.similar(market[0])) if "<#>" in pair[0]]

    assert near
    for sql, plan in near:
        assert "Index Scan using search_meaning on marketplace_searchmeaning" in plan, f"{sql}\n{plan}"


def _asked(act):
    """Each statement over the tables of search and its plan, as it would be in a table too large to read."""
    asked = []

    def watch(execute, sql, params, many, context):
        asked.append((statements.parted(sql)[1], params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        act()
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for sql, params in asked:
            if TABLES.search(sql) and sql.lstrip().startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append((sql, "\n".join(row[0] for row in cursor.fetchall())))
    return plans


@pytest.mark.parametrize("is_large", [False, True])
def test_where_words_find_many_that_fit_meaning_brings_only_the_nearest(market, monkeypatch, is_large):
    directions = {one.pk: [1 - at / 40, *[0.0] * 383] for at, one in enumerate(market)}
    SearchMeaning.objects.bulk_create(SearchMeaning(pk=pk, digest="", embedding=at) for pk, at in directions.items())
    monkeypatch.setattr(ranking.encoder, "of_query", lambda words: (1.0, 0.0, *[0.0] * 382))
    monkeypatch.setattr(ranking, "_leaning", lambda direction: direction)
    monkeypatch.setattr(ranking, "NEAR_IN_LARGE", 4)
    monkeypatch.setattr(candidates, "MOST_WEIGHED", 5)
    if is_large:
        monkeypatch.setattr(vocabulary, "LARGE", 1)
    fit = marks.fit(search.Query(price_min=300))

    near = ranking.plan(understand("lantern"), fit).near

    paid = {one.pk for one in market if one.price >= 300}
    assert set(near) == (paid if not is_large else paid & set(list(directions)[:4]))
    assert 0 < len(near) < len(market)
