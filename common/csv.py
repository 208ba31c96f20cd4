"""CSV files that a spreadsheet opens without running anything, sent as they are written."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

# Behind blanks and quotes too: spreadsheets strip those before they decide what a cell is.
_FORMULA = re.compile("^[\\s\"'\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212|%]|^[\t\r\n\x00]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something older
_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_ROWS_A_CHUNK = 200


def safe_cell(value: Any) -> str | int | float | Decimal:
    """The value as a cell that stays what it is: text that looks like a formula gets a quote in front (ASVS 1.2.10).

    Numbers stay numbers, times become ISO 8601, None an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return value
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    if _NUMBER.fullmatch(text):
        return text
    return "'" + text.replace("\x00", "") if _FORMULA.search(text) else text.replace("\x00", "")


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file in pieces, each a good many rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow([safe_cell(cell) for cell in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % _ROWS_A_CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def respond(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download that is kept in no cache; rows may come from a server-side cursor."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{safe_name(name)}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def safe_name(name: str) -> str:
    stem = _UNSAFE_IN_NAMES.sub("-", name.removesuffix(".csv")).strip("-.")[:80] or "export"
    return f"{stem}.csv"
