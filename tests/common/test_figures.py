"""Charts and diffs, as numbers and pieces before a template writes them."""

import pytest

from common import figures
from common.figures import Point


@pytest.mark.parametrize(
    ("largest", "marks"), [(0, [0, 1]), (3, [0, 1, 2, 3]), (100, [0, 25, 50, 75, 100]), (4300, [0, 2000, 4000, 6000])]
)
def test_the_scale_has_few_round_marks_and_holds_the_largest(largest, marks):
    assert figures.scale(largest) == marks


def test_counts_never_get_half_marks():
    assert all(tick == int(tick) for tick in figures.scale(2))


def test_bars_stand_on_the_ground_line_and_reach_their_value():
    chart = figures.lay_out([Point("1 May", 50, "50"), Point("2 May", 100, "100")])
    assert [float(bar.y) + float(bar.height) for bar in chart.bars] == [figures.HEIGHT, figures.HEIGHT]
    assert float(chart.bars[1].height) == figures.HEIGHT
    assert float(chart.bars[0].height) == figures.HEIGHT / 2


def test_an_empty_series_draws_an_empty_chart():
    assert figures.lay_out([]).bars == []


def test_long_series_name_only_some_of_their_days_with_both_ends():
    labels = figures.lay_out([Point(str(day), 1, "1") for day in range(90)]).labels
    assert (labels[0], labels[-1], len(labels)) == ("0", "89", 6)


def test_equal_texts_have_no_diff():
    assert figures.compare("one\ntwo", "one\ntwo") == []


def test_changed_words_are_marked_within_their_line():
    out, into = figures.compare("Write a short letter to [name].", "Write a long letter to [name].")
    assert [piece.text for piece in out.pieces if piece.changed] == ["short"]
    assert [piece.text for piece in into.pieces if piece.changed] == ["long"]


def test_a_diff_puts_both_texts_together_again():
    before = "a\nb\nc\nd e f\ng"
    after = "a\nc\nd x f\ng\nh"
    lines = figures.compare(before, after)
    side = {
        kind: "\n".join("".join(piece.text for piece in line.pieces) for line in lines if line.kind in (kind, "same"))
        for kind in ("out", "in")
    }
    assert side == {"out": before, "in": after}


def test_far_unchanged_lines_are_counted_not_shown():
    before = "\n".join(str(number) for number in range(40))
    lines = figures.compare(before, before.replace("20", "twenty"))
    assert [line.hidden for line in lines if line.kind == "gap"] == [17, 16]


def test_a_line_that_became_another_is_not_marked_word_by_word():
    out, into = figures.compare("The hedge has grown, and so have we.", "Bread wants eighteen hours of rest.")
    assert [piece.changed for piece in out.pieces + into.pieces] == [False, False]


def test_lines_of_any_length_are_compared_at_once():
    before = "\n".join("word " * 300 for _line in range(60))
    assert {line.kind for line in figures.compare(before, before.replace("word ", "words ", 40))} >= {"out", "in"}
