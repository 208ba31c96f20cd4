"""The readers of pages notice what they are there to notice."""

import pytest

from tests.words import reading

pytestmark = pytest.mark.django_db


def test_an_untranslated_message_is_foreign_in_french_and_at_home_in_english():
    page = reading.texts('<main><h1>Your library is empty</h1><img alt="Bibliothèque"></main>')

    assert reading.foreign_in(page, "fr") == ["Your library is empty"]
    assert reading.foreign_in(page, "en") == ["Bibliothèque"]


def test_a_message_with_something_put_in_is_recognised():
    page = reading.texts("<p>A payout of more than $500 waits until two people agree.</p>")

    assert reading.foreign_in(page, "fr") == ["A payout of more than $500 waits until two people agree."]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Typed right into the page</p>",
        '<a aria-label="Typed right into the page" href="/"></a>',
        '<input type="submit" value="Typed right into the page">',
        '<button data-confirm="Typed right into the page"></button>',
        '<meta name="description" content="Typed right into the page">',
    ],
)
def test_what_is_said_in_the_same_words_in_both_languages_is_noticed(html):
    page = reading.texts(html)

    assert reading.shared(page, page) == ["Typed right into the page"]


def test_names_codes_and_what_people_wrote_may_be_the_same():
    page = reading.texts(
        "<p>ChatGPT · Promptuary</p><code>Authorization: Bearer</code><p>Zztitle zz</p><p>zz@example.com 4.99</p>"
        '<span lang="en">English words on purpose</span><script>const words = "Anything at all";</script>'
    )

    assert reading.shared(page, page) == []
