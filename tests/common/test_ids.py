from datetime import UTC, datetime, timedelta

from common import clock, ids


def test_ids_are_26_letters_and_unlike_each_other():
    made = {ids.new_id() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(one) for one in made} == {26}
    assert all(ids.is_id(one) for one in made)


def test_ids_sort_by_age():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for minutes in (0, 1, 60, 60 * 24 * 400):
        with clock.at(start + timedelta(minutes=minutes)):
            made.append(ids.new_id())

    assert made == sorted(made)


def test_an_id_may_say_what_it_names():
    one = ids.new_id("lst")

    assert one.startswith("lst_")
    assert ids.is_id(one)


def test_what_is_no_id_is_told_apart():
    assert not any(map(ids.is_id, ["", "1", "z" * 26, "0" * 27, "0" * 25 + "l", "../" * 8, "0" * 26 + "\n"]))


def test_order_numbers_can_be_read_out():
    made = [ids.new_order_number() for _ in range(500)]

    assert len(set(made)) == 500
    assert all(ids.is_order_number(one) and len(one) == 12 for one in made)
    assert not set("".join(one[3:] for one in made)) & set("01OILUAE")
