"""What a question comes to: spelling, fragments, French, jargon, operators."""

import pytest

from marketplace.models import SearchState, SearchWord
from marketplace.search import text, vocabulary
from marketplace.search.understanding import understand

pytestmark = pytest.mark.django_db

WORDS = {
    "developer": 200, "development": 150, "cover": 30, "letter": 26, "recipe": 12, "business": 390, "plan": 90,
    "planning": 40, "pentest": 1, "dentist": 5, "marketing": 80, "chatgpt": 500, "email": 60, "job": 17,
    "interview": 25, "code": 300, "review": 100, "resume": 10, "bus": 2, "python": 23, "health": 90,
}  # fmt: skip


@pytest.fixture(autouse=True)
def words():
    SearchState.objects.create(version=7, documents=2000)
    SearchWord.objects.bulk_create(SearchWord(word=word, documents=n, titles=n) for word, n in WORDS.items())
    vocabulary.forget()


def said(question, reader="en"):
    return understand(question, reader=reader).sentence


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("devloper", "developer"),
        ("busness plan", "business plan"),
        ("recipie", "recipe"),
        ("cover lettr", "cover letter"),
        ("job intervew", "job interview"),
        ("marketng", "marketing"),
        ("pyhton", "python"),
        ("mental helth", "mental health"),
    ],
)
def test_what_is_misspelt_is_mended_and_said(typed, meant):
    asked = understand(typed)

    assert asked.sentence == meant
    assert asked.corrected == meant


@pytest.mark.parametrize("word", ["pentest", "plan", "developer", "interviews", "resume", "zyxqwvut"])
def test_what_is_known_or_like_nothing_is_never_touched(word):
    asked = understand(word)

    assert asked.corrected is None
    assert asked.terms[0].alternatives[0].atoms == (text.stem(word),)


def test_a_correction_stands_beside_what_was_typed():
    [term] = understand("devloper").terms

    assert [one.atoms for one in term.alternatives[:2]] == [("=devloper",), ("develop",)]


@pytest.mark.parametrize(("typed", "meant"), [("recip", "recipe"), ("job interv", "job interview"), ("pyth", "python")])
def test_the_word_being_typed_is_completed(typed, meant):
    asked = understand(typed)

    assert asked.sentence == meant
    assert asked.corrected is None
    assert any(one.atoms[0].endswith("*") for one in asked.terms[-1].alternatives)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("lettre de motivation", "cover letter"),
        ("recettes de cuisine", "recipe"),
        ("revue de code", "code review"),
        ("Préparer un entretien d’embauche", "job interview"),
        ("référencement naturel", "seo"),
        ("comment améliorer mon propre cv", "improve my"),
        ("lettre motivation", "letter"),
        ("je rédige une lettre de motivation", "cover letter"),
        ("une infirmière heureuse sous la pluie", "nurse happiness under rain"),
        ("que cuisiner sans gluten", "gluten free"),
        ("entretien d embauche", "job interview"),
        ("un astronaute en forêt", "astronaut forest"),
        ("écrire", "write"),
    ],
)
def test_french_is_carried_over(french, english):
    assert english in said(french)
    assert english in said(french, "fr")


@pytest.mark.parametrize(
    ("typed", "mended", "meant"),
    [
        ("une recete de cuisine", "une recette de cuisine", "recipe"),
        ("planifer un voyage à Rome", "planifier un voyage a rome", "travel planner"),
    ],
)
def test_slips_in_french_are_mended_in_french(typed, mended, meant):
    asked = understand(typed)

    assert asked.corrected == mended
    assert meant in asked.sentence


@pytest.mark.parametrize(
    "question",
    ["brand story", "job interv", "python code", "chat four coin", "sale car pain", "main character habit"],
)
def test_english_is_not_taken_for_french(question):
    assert not understand(question).is_french


def test_whoever_reads_french_may_ask_in_english():
    assert not understand("cover letter", reader="fr").is_french
    assert said("job interv", "fr") == "job interview"
    assert said("chat", "fr") == "cat"


@pytest.mark.parametrize(
    "question", ["resume", "portrait", "code review", "art", "image of a cat in the rain", "business plan"]
)
def test_words_of_both_languages_are_english_to_the_english(question):
    assert not understand(question).is_french


def test_accents_make_no_difference():
    assert said("référencement naturel") == said("referencement naturel")
    assert text.words("Résumé d’été, cœur") == ["resume", "ete", "coeur"]


def test_troubles_bring_what_listings_call_them():
    assert said("my website does not show up on google").endswith("google seo search optimization")
    assert said("how do I tell my boss about it").endswith("it manager")
    assert said("google show up") == "google show up"
    assert "manager" not in said("the boss of a level in games")


def test_jargon_brings_its_other_names():
    alternatives = [one.atoms for one in understand("cv").terms[0].alternatives]

    assert ("resum",) in alternatives


def test_operators_phrases_and_excluded_words():
    asked = understand('"cover letter" -python model:claude seller:@ada plan')

    assert asked.phrases == [["cover", "letter"]]
    assert asked.excluded == [["python"]]
    assert asked.operators == {"model": ("claude",), "seller": ("ada",)}
    assert [term.word for term in asked.terms] == ["cover", "letter", "plan"]


@pytest.mark.parametrize(
    "strange", ["'", "\\", '"', "a:b & c | !d", "-", "(((", "' OR 1=1 --", "😀", "日本語の手紙", "%", "*"]
)
def test_anything_may_be_typed(strange):
    from marketplace import search

    assert search.find(search.Query(words=strange), facets=True).results == []
    assert search.suggest(strange).listings == []
