"""A question as a tsquery asks for enough of its words, whatever way it is written down."""

from itertools import combinations

import pytest
from django.db import connection

from marketplace.search import candidates, marks, ranking, tsqueries, vocabulary
from marketplace.search.understanding import Term, understand

pytestmark = pytest.mark.django_db
RARITIES = [(1,), (3, 1), (1, 1), (2, 1.5, 1), (1, 1, 1, 1), (4, 1, 1, 1), (5, 4, 3, 2, 1), (3, 3, 3, 3, 3, 3)]


def _terms(number: int) -> list[Term]:
    made = [Term(f"word{at}", documents=5) for at in range(number)]
    for term in made:
        term.add_atom(term.word)
    return made


@pytest.mark.parametrize("rarities", RARITIES)
def test_it_matches_what_holds_enough_of_the_words_and_nothing_else(rarities):
    asked, _ways = tsqueries.matching(_terms(len(rarities)), rarities)
    held = [some for size in range(len(rarities) + 1) for some in combinations(range(len(rarities)), size)]

    with connection.cursor() as cursor:
        texts = [" ".join(f"word{at}" for at in some) for some in held]
        cursor.execute("SELECT text::tsvector @@ %s::tsquery FROM unnest(%s::text[]) AS text", [asked, texts])
        matched = [row[0] for row in cursor.fetchall()]

    enough = [sum(rarities[at] for at in some) >= tsqueries.MASS * sum(rarities) for some in held]
    assert matched == enough
    assert 0 < sum(matched) < len(matched)


def test_what_several_ways_share_is_named_once():
    asked, ways = tsqueries.matching(_terms(4), (1, 1, 1, 1))

    assert len(ways) == 4  # any three of the four
    assert asked.count("'word") == 9  # of twelve
    assert asked.count("'word0'") == 1


def test_fewer_are_weighed_by_their_words_where_meaning_brings_candidates_of_its_own(monkeypatch):
    for words, pool in (("letter", 200), ("calm letter assistant", 200), ("help me plan a calm wedding in june", 100)):
        plan = ranking.plan_of_words(understand(words))
        assert candidates.pool(plan) == candidates.POOL == 200  # nothing is near: words are all there is
        plan.near = {1: 0.5}
        assert candidates.pool(plan) == candidates.POOL  # so it is in a market of any size that is not large
        with monkeypatch.context() as large:
            large.setattr(vocabulary, "LARGE", 0)
            assert candidates.pool(plan) == pool, words

    monkeypatch.setattr(vocabulary, "LARGE", 0)
    monkeypatch.setattr(candidates, "expected", lambda made: 10**6)
    monkeypatch.setattr(candidates, "lead", lambda made: None)
    assert ranking._shelves(plan, marks.Fit()).most == 100
