"""Ranges of standing are said with few marks, which stand for their steps and no others."""

import itertools

from marketplace.search import standing


def test_every_range_is_said_with_marks_of_its_own_steps():
    marks_of = {number: set(standing.marks((number + 0.5) / standing.STEPS)) for number in range(standing.STEPS)}

    for least, most in itertools.combinations_with_replacement(range(standing.STEPS), 2):
        marks = standing.between(least, most)
        held = {number for number, own in marks_of.items() if own & set(marks)}
        assert held == set(range(least, most + 1))
        assert len(marks) == len(set(marks)) <= 14
    assert set().union(*marks_of.values()) == set(standing.every_mark())
