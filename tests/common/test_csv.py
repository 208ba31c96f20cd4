import csv as standard
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import csv


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋x", "－x", "＠x", "−x"),
        *(' "=1"', '"=HYPERLINK(1)', "'=1", "  =1", "\u200b=1", "\ufeff=1", "|cmd", "%0A", "-", "+cmd|' /C calc'!A0"),
    ],
)
def test_what_a_spreadsheet_would_run_becomes_text(text):
    assert csv.safe_cell(text) == "'" + text.replace("\x00", "")


@pytest.mark.parametrize(
    "text", ["plain", "a=b", "1 + 1", "3:2", "", "a@b.example", "it's", "(x)", "-4.99", "+5", "4,99", "007"]
)
def test_everything_else_stays_as_it_is(text):
    assert csv.safe_cell(text) == text


def test_numbers_stay_numbers():
    values = (-499, 4.5, Decimal("-1.50"), None, True, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))

    assert [csv.safe_cell(value) for value in values] == [
        -499,
        4.5,
        Decimal("-1.50"),
        "",
        "true",
        "2026-01-02T03:04:00+00:00",
    ]


def read(text):
    assert text.startswith("\ufeff")
    return list(standard.reader(io.StringIO(text[1:], newline="")))


def test_a_file_is_read_back_as_it_was_written():
    rows = [("PR-1", 499, 'He said "no"; really, \n twice'), ("PR-2", -499, "=1+1"), ("PR-3", 0, "東京 🎉")]

    assert read("".join(csv.lines(("order", "amount", "note"), rows))) == [
        ["order", "amount", "note"],
        ["PR-1", "499", 'He said "no"; really, \n twice'],
        ["PR-2", "-499", "'=1+1"],
        ["PR-3", "0", "東京 🎉"],
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_no_cell_spills_into_another(row):
    written = read("".join(csv.lines(("a",), [row])))[1]

    assert written == [csv.safe_cell(cell) for cell in row]
    assert not any(cell[:1] in "=@\t\r\x00" for cell in written if cell)


def test_long_files_are_sent_as_they_are_written():
    asked = []

    def rows():
        for number in range(1000):
            asked.append(number)
            yield [number]

    pieces = csv.lines(["n"], rows())
    next(pieces)

    assert len(asked) == 200
    assert len(read("\ufeff" + "".join(pieces))) == 800


def test_a_download_is_named_safely_and_cached_nowhere():
    response = csv.respond('sales "2026"\r\nX: y/../é.csv', ("a",), [(1,)])

    assert response["Content-Disposition"] == 'attachment; filename="sales-2026-X-y.csv"'
    assert response["Cache-Control"] == "no-store, private"
    assert b"".join(response.streaming_content) == b"\xef\xbb\xbfa\r\n1\r\n"
