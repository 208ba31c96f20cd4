"""Rows out of files, one after the other, each with the place where it stands."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

LARGEST_FIELD = 8 * 1024 * 1024  # characters
LARGEST_JSON = 512 * 1024 * 1024  # bytes: JSON is read as a whole
LINES = {".jsonl", ".ndjson", ".jl"}
WIDE = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins, which spreadsheets write


class BadFile(Exception):
    """The file cannot be read at all; the message is for the person at the keyboard."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its columns by name, where it stands, and what is wrong with it as a whole."""

    place: str
    columns: dict[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""


class Source:
    """Something to iterate over, that knows how far it is."""

    def __init__(self, rows: Iterator[Row], total: int) -> None:
        self._rows = rows
        self.total = total
        self.done = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            yield row
            self.done += 1


def open_file(path: Path) -> Source:
    """By its name, and when that does not tell, by how it begins."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            beginning = _plain(file.read(4096))
    except OSError as problem:
        raise BadFile(_("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": problem.strerror}) from None
    if not beginning:
        raise BadFile(_("%(path)s is empty.") % {"path": path})
    if path.suffix.lower() in LINES:
        return _lines_source(path, size)
    if path.suffix.lower() == ".json" or (path.suffix.lower() not in {".csv", ".tsv"} and beginning[:1] in b"[{"):
        return _json_source(path, size)
    return _csv_source(path, size)


class _Counted(Source):
    """A source that is read line by line: how far it is, is told by the file."""

    def __init__(self, rows: Iterator[Row], total: int, raw: IO[bytes]) -> None:
        super().__init__(rows, total)
        self._raw = raw

    def __iter__(self) -> Iterator[Row]:
        with self._raw:
            for row in self._rows:
                yield row
                self.done = min(self._raw.tell(), self.total)
        self.done = self.total


def _plain(beginning: bytes) -> bytes:
    """The first bytes as if they were UTF-8."""
    if beginning.startswith(WIDE):
        return beginning[: len(beginning) // 2 * 2].decode("utf-16", errors="replace").lstrip().encode()
    return beginning.removeprefix(b"\xef\xbb\xbf").lstrip()


def _text(raw: IO[bytes]) -> io.TextIOWrapper:
    is_wide = raw.read(2) in WIDE
    raw.seek(0)
    if is_wide:
        return io.TextIOWrapper(raw, encoding="utf-16", errors="replace", newline="")
    # A broken byte becomes a lone surrogate, which is refused row by row instead of ending the whole import.
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")


# ---- CSV -------------------------------------------------------------------------------------------------------------


def _csv_source(path: Path, size: int) -> Source:
    raw = path.open("rb")
    return _Counted(_csv_rows(_text(raw), _delimiter(path)), size, raw)


def _delimiter(path: Path) -> str:
    with path.open("rb") as raw:
        head = _text(raw).readline(20_000)
    return _named_delimiter(head) or max((",", ";", "\t", "|"), key=head.count)


def _named_delimiter(head: str) -> str:
    """Spreadsheets may write `sep=;` into a line before the names of the columns."""
    found = re.fullmatch(r"\"?sep=(.)\"?\s*", head, flags=re.IGNORECASE)
    return found[1] if found else ""


def _csv_rows(file: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        names = [name.strip() for name in next(reader)]
        if _named_delimiter(delimiter.join(names)):
            names = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise BadFile(_("The file has no line with the names of its columns.")) from None
    while True:
        line = reader.line_num + 1
        place = _("line %(number)d") % {"number": line}
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(place, problem=_("This line cannot be read as CSV."))
            continue
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(names):
            words = _("This row has %(found)d columns instead of %(wanted)d.")
            yield Row(place, problem=words % {"found": len(values), "wanted": len(names)})
            continue
        yield Row(place, dict(zip(names, values, strict=True)))


# ---- JSON ------------------------------------------------------------------------------------------------------------


def _json_source(path: Path, size: int) -> Source:
    if size > LARGEST_JSON:
        raise BadFile(_("The file is too large to be read as JSON. Turn it into JSON Lines or CSV first."))
    try:
        sent = path.read_bytes()
        data = json.loads(sent.decode("utf-16" if sent.startswith(WIDE) else "utf-8-sig"))
    except UnicodeDecodeError:
        raise BadFile(_("The file is neither UTF-8 nor UTF-16 text.")) from None
    except RecursionError:
        raise BadFile(_("The file is nested too deeply.")) from None
    except ValueError as problem:
        if isinstance(problem, json.JSONDecodeError) and problem.msg.startswith("Extra data"):
            return _lines_source(path, size)
        where = f"{problem.lineno}:{problem.colno}" if isinstance(problem, json.JSONDecodeError) else "?"
        raise BadFile(_("The file is not JSON (at %(where)s).") % {"where": where}) from None
    items = _items(data)
    return Source(_item_rows(items), len(items))


def _items(data: Any) -> list[Any]:
    """The list, or the longest list inside an object, or an object's own values with their names as titles."""
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        if lists:
            return max(lists, key=len)
        named = [{"title": name, **value} for name, value in data.items() if isinstance(value, dict)]
        if named:
            return named
        if data and all(isinstance(value, str) for value in data.values()):
            return [data] if "prompt" in data else [{"title": k, "prompt": v} for k, v in data.items()]
    raise BadFile(_("The file holds no list of prompts."))


def _item_rows(items: list[Any]) -> Iterator[Row]:
    for number, item in enumerate(items, start=1):
        yield _row(_("item %(number)d") % {"number": number}, item)


def _lines_source(path: Path, size: int) -> Source:
    raw = path.open("rb")
    return _Counted(_line_rows(_text(raw)), size, raw)


def _line_rows(file: io.TextIOWrapper) -> Iterator[Row]:
    number = 0
    while line := file.readline(LARGEST_FIELD):
        number += 1
        place = _("line %(number)d") % {"number": number}
        if not line.strip():
            continue
        try:
            yield _row(place, json.loads(line))
        except (ValueError, RecursionError):
            yield Row(place, problem=_("This line is not JSON."))


def _row(place: str, item: Any) -> Row:
    if isinstance(item, dict):
        return Row(place, {str(name): value for name, value in item.items()})
    return Row(place, problem=_("This is not an object with named fields."))
