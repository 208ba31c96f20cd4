"""What is gathered is written once, at the end, or not at all."""

import threading

import pytest

from common.gathering import Gathering


@pytest.fixture
def written():
    return []


@pytest.fixture
def notes(written):
    def write(items):
        if items and not gathered.takes(items):
            written.append(list(items))

    gathered = Gathering("notes", write)
    return gathered


def test_outside_nothing_is_taken(notes, written):
    assert not notes.takes(["one"])
    assert written == []


def test_all_is_written_at_once_at_the_end(notes, written):
    with notes.together():
        assert notes.takes(["one"])
        assert notes.takes(["two", "three"])
        assert written == []

    assert written == [["one", "two", "three"]]
    assert not notes.takes(["four"])


def test_a_part_inside_another_waits_for_the_outer_one(notes, written):
    with notes.together():
        notes.takes(["one"])
        with notes.together():
            notes.takes(["two"])
        assert written == []

    assert written == [["one", "two"]]


def test_what_raises_takes_its_own_along(notes, written):
    def fail():
        with notes.together():
            notes.takes(["lost"])
            raise LookupError

    with notes.together():
        notes.takes(["one"])
        with pytest.raises(LookupError):
            fail()
        notes.takes(["two"])

    assert written == [["one", "two"]]


def test_another_thread_is_not_gathered(notes):
    taken = []
    with notes.together():
        other = threading.Thread(target=lambda: taken.append(notes.takes(["one"])))
        other.start()
        other.join()

    assert taken == [False]
