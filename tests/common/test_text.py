import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common import text
from common.text import BadText


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "a\udfff", "\x07", "\x1b[31m", "\x7f", "\x85", "\x0b"])
def test_what_no_text_may_hold_is_refused_without_quoting_it(bad):
    with pytest.raises(BadText) as caught:
        text.clean(f"canary{bad}")

    assert "canary" not in str(caught.value)
    assert str(caught.value).endswith(".")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\r\n")))
def test_all_other_text_stays_byte_for_byte(sample):
    assert text.clean(sample) == sample


def test_line_ends_change_only_where_asked():
    sample = "one\r\ntwo\rthree\nfour\u2028five"

    assert text.clean(sample) == sample
    assert text.clean(sample, newlines=True) == "one\ntwo\nthree\nfour\nfive"


def test_a_line_is_tidied():
    assert text.clean_line("  Cafe\u0301 \t\n au\u202e  lait \u2066") == "Café au lait"


def test_bidi_controls_go_and_emoji_stay():
    assert text.strip_bidi("a\u202eb\u2069c\u061cd\u200fe 👩\u200d💻 שלום") == "abcde 👩\u200d💻 שלום"


@pytest.mark.parametrize(
    ("sample", "length", "short"),
    [
        ("Short.", 20, "Short."),
        ("A long sentence, cut between words", 17, "A long sentence…"),
        ("unbreakable" * 9, 10, "unbreakab…"),
        ("  many \n\n spaces ", 50, "many spaces"),
        ("", 5, ""),
        ("exactly ten", 11, "exactly ten"),
    ],
)
def test_an_excerpt_is_cut_between_words(sample, length, short):
    assert text.excerpt(sample, length) == short
    assert len(text.excerpt(sample, length)) <= length


@pytest.mark.parametrize("bad", ["a\nb", "a\u2028b", "a\u202eb", "a\x00b"])
def test_a_name_is_one_line_that_reads_one_way(bad):
    with pytest.raises(ValidationError):
        text.validate_line(bad)


def test_validators_let_good_text_pass():
    text.validate_text("Two\r\nlines\tof text 🎉")
    text.validate_line("A good title: 東京")


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Shorter", "Shorter."),
        ("Shorter.", "Shorter."),
        (" Is it shorter? ", "Is it shorter?"),
        ("Knows German (and Dutch)", "Knows German (and Dutch)."),
        ("Plus court…", "Plus court…"),
        ("", ""),
    ],
)
def test_a_note_ends_as_a_sentence_does(note, said):
    assert text.as_sentence(note) == said
