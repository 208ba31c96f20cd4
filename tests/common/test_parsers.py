import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from common import parsers, problems
from common.parsers import StrictJSONParser

NAMES = st.text(st.characters(codec="ascii", exclude_characters="\0"))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=10,
)


def parse(body):
    return StrictJSONParser().parse(io.BytesIO(body))


@given(PLAIN)
def test_ordinary_json_is_read(value):
    assert parse(json.dumps({"it": value}).encode()) == {"it": value}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": 1, "a": 2}',
        b'{"x": {"a": 1, "a": 1}}',
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b"9" * 5000,
        b'"\\u0000"',
        b'"\\ud800"',
        b'{"x": {"a\\u0000": 1}}',
        b"[" * 40 + b"]" * 40,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        "canary prompt".encode("utf-16"),
    ],
)
def test_what_can_be_misread_is_refused_without_being_quoted(body):
    with pytest.raises(ParseError) as caught:
        parse(body)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert str(caught.value.detail).endswith((".", "JSON."))


def test_what_could_not_be_a_name_of_ours_is_ignored_with_all_it_holds():
    assert parse(b'{"a\\u0000": 1, "b\\ud800": {"\\u0000": "\\u0000"}, "c d": [], "e_1": 2}') == {"e_1": 2}


def test_a_body_beyond_the_limit_is_refused_before_it_is_parsed(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert parse(b'"' + b"x" * 98 + b'"') == "x" * 98
    with pytest.raises(problems.Problem) as caught:
        parse(b'"' + b"x" * 99 + b'"')
    assert caught.value.status == 413


def test_a_number_at_the_edge_is_read():
    assert parse(str(parsers.LARGEST_INTEGER).encode()) == parsers.LARGEST_INTEGER


def test_a_number_beyond_the_edge_is_no_whole_number():
    assert repr(parse(str(parsers.LARGEST_INTEGER + 1).encode())) == "9.223372036854776e+18"
    with pytest.raises(ParseError):
        parse(b"1" + b"0" * 400)


def test_a_whole_number_may_be_written_with_a_point():
    """To JSON Schema 3.0 is an integer, too."""
    assert repr(parse(b"[3.0, 1e2, 3.5]")) == "[3, 100, 3.5]"
