import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import diff
from common.diff import Piece

SENTENCES = st.lists(
    st.sampled_from(["one ", "two", " ", "\n", "\r\n", "three, ", "four.", "é🎉", "\t", "two two"])
).map("".join)


def sides(pieces):
    return (
        "".join(piece.text for piece in pieces if piece.kind != "added"),
        "".join(piece.text for piece in pieces if piece.kind != "removed"),
    )


@given(SENTENCES | st.text(), SENTENCES | st.text())
def test_both_texts_can_be_read_back_from_the_difference(old, new):
    assert sides(diff.words(old, new)) == (old, new)


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_the_matchers_steps_turn_one_sequence_into_the_other(old, new):
    made = []
    position = 0
    for kind, a, b, c, d in diff.opcodes(old, new):
        assert a == position
        assert kind != "equal" or old[a:b] == new[c:d]
        made += new[c:d]
        position = b
    assert (made, position) == (new, len(old))


def test_a_changed_word_is_the_only_change():
    assert diff.words("Write a short poem.\nThe end.", "Write a long poem.\nThe end.") == [
        Piece("same", "Write a "),
        Piece("removed", "short"),
        Piece("added", "long"),
        Piece("same", " poem.\nThe end."),
    ]


def test_a_rewritten_phrase_is_one_change():
    assert diff.words("Say very good things now", "Say quite bad words now") == [
        Piece("same", "Say "),
        Piece("removed", "very good things"),
        Piece("added", "quite bad words"),
        Piece("same", " now"),
    ]


def test_equal_and_empty_texts():
    assert diff.words("", "") == []
    assert diff.words("same\r\n", "same\r\n") == [Piece("same", "same\r\n")]
    assert diff.words("", "new") == [Piece("added", "new")]


def test_a_moved_line_leaves_the_others_in_place():
    pieces = diff.words("a\nb\nc\nd\n", "b\nc\nd\na\n")

    assert pieces == [Piece("removed", "a\n"), Piece("same", "b\nc\nd\n"), Piece("added", "a\n")]


def test_words_that_came_and_went_are_counted():
    assert diff.changed(diff.words("one two three", "one four five three six")) == (3, 1)


@pytest.mark.parametrize("unit", ["x\n", "a b\n", "\n", "a ", "ab", "a\nb\n", "the cat, the dog and "])
def test_long_and_monotonous_texts_are_compared_quickly(unit):
    old = unit * (200_000 // len(unit))
    new = old[::-1] if len(unit) > 1 else old[:-5]
    new = "start\n" + new[: len(new) // 2] + " middle " + new[len(new) // 2 :]
    began = time.process_time()

    pieces = diff.words(old, new)

    assert time.process_time() - began < 3
    assert sides(pieces) == (old, new)


def test_long_and_ordinary_texts_are_compared_well_and_quickly():
    chance = random.Random(7)
    vocabulary = [f"word{number}" for number in range(3000)]
    lines = [" ".join(chance.choices(vocabulary, k=12)) for _ in range(2500)]
    changed = list(lines)
    for place in chance.sample(range(2500), 40):
        changed[place] = changed[place].replace(" ", " changed ", 1)
    began = time.process_time()

    pieces = diff.words("\n".join(lines), "\n".join(changed))

    assert time.process_time() - began < 2
    assert diff.changed(pieces) == (40, 0)
