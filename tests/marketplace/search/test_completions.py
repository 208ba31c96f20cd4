"""How a word goes on that is being typed: as it does in our own titles, behind the word before it."""

import pytest

from marketplace.search import documents, vocabulary
from marketplace.search.understanding import understand
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db

TITLES = [
    "Planning a garden",
    "Planning a week",
    "Planning for teams in business",
    "Business plan for a bakery",
    "A business plan that banks read",
    "English for nurses",
    "English for pilots",
    "English for cooks",
    "Prompt engineering from the start",
]


@pytest.fixture(autouse=True)
def market():
    listings = [ListingFactory(live=True, title=title) for title in TITLES]
    documents.index([listing.pk for listing in listings])
    vocabulary.refresh()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pla", "planning"),  # what most titles say
        ("business pla", "business plan"),  # what follows
        ("eng", "english"),
        ("prompt eng", "prompt engineering"),  # behind a word that tells nothing by itself, too
        ("garden pla", "garden planning"),  # stands beside it, if not behind
        ("sunset eng", "sunset english"),
    ],
)
def test_a_word_goes_on_as_it_does_in_titles(typed, meant):
    assert understand(typed).sentence == meant


@pytest.mark.parametrize("before", ["o'clock", "a\\b", "'", "c++", "&", "@t3", "!", "été", "x" * 300])
def test_whatever_stands_before_is_a_word_and_no_question_to_the_database(before):
    assert understand(f"{before} pla").terms
