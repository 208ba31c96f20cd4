"""Pages by position instead of by number: as fast at the millionth row as at the first, and right while rows arrive.

`Keyset` serves HTML pages, `KeysetPagination` the API. An order is a tuple of column names, each with an optional
minus sign; none may hold NULL. Floating point columns must be double precision to compare equal to themselves.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from hmac import compare_digest
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from common import problems

PAGE_SIZE = 24
LARGEST_PAGE = 100
LONGEST_CURSOR = 4000  # characters
_MAC_LENGTH = 12


class BadCursor(problems.Problem, SuspiciousOperation):
    """Not a cursor that we gave out for this list: to the API a page that is not there, to a browser an error 400."""

    status = HTTPStatus.NOT_FOUND
    code = "bad_cursor"
    default_detail = _("This cursor does not belong to this list. Start again from the first page.")


class NullInOrder(ValueError):
    """A row has no value in a column that orders the list, so no position can be told from it."""


class Position(NamedTuple):
    """A place in an ordered list: behind (or, backwards, before) the row with these values."""

    values: tuple[Any, ...]
    backwards: bool = False
    inclusive: bool = False


class Keyset:
    """One page of a queryset; `next` and `previous` are cursors or None."""

    def __init__(
        self,
        queryset: QuerySet[Any],
        order: Sequence[str],
        cursor: str | None = None,
        size: int = PAGE_SIZE,
        *,
        first: Callable[[], list[Any]] | None = None,
    ) -> None:
        """`first` gives the rows of the first page and one more, where there is a quicker way to them."""
        self._first = first
        self.order = _total_order(queryset, order)
        self.size = size
        self._position = decode(cursor, self.order) if cursor else None
        self._queryset = queryset

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def items(self) -> list[Any]:
        return self._fetched[0]

    @cached_property
    def next(self) -> str | None:
        position = self._position
        if position and position.backwards:
            return self._cursor(self.items[-1]) if self.items else self._turned(position)
        return self._cursor(self.items[-1]) if self._fetched[1] else None

    @cached_property
    def previous(self) -> str | None:
        position = self._position
        if position is None:
            return None
        if position.backwards:
            return self._cursor(self.items[0], backwards=True) if self._fetched[1] else None
        return self._cursor(self.items[0], backwards=True) if self.items else self._turned(position)

    @cached_property
    def _fetched(self) -> tuple[list[Any], bool]:
        """The rows of the page in order, and whether there are more in the direction of travel."""
        backwards = self._position is not None and self._position.backwards
        order = tuple(map(_opposite, self.order)) if backwards else self.order
        queryset = self._queryset.order_by(*order)
        if self._position is not None:
            queryset = queryset.filter(beyond(order, self._position))
        quick = self._first if self._position is None else None
        rows = quick() if quick else list(queryset[: self.size + 1])
        more = len(rows) > self.size
        rows = rows[: self.size]
        return (rows[::-1] if backwards else rows), more

    def _cursor(self, row: Any, *, backwards: bool = False) -> str:
        return encode(
            Position(tuple(_value(row, name.removeprefix("-")) for name in self.order), backwards), self.order
        )

    def _turned(self, position: Position) -> str:
        """From an empty page (its rows have gone) the way back starts where it was reached from."""
        return encode(Position(position.values, not position.backwards, inclusive=True), self.order)


class RowComparison(Func):
    """`(a, b) < (1, 2)`: one condition that an index on (a, b) answers directly."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, operator: str) -> None:
        self.operator = operator
        super().__init__(*expressions)

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.operator} ({right})", [param for _sql, params in parts for param in params]


def beyond(order: Sequence[str], position: Position) -> Any:
    """The condition for rows that come after the position in this order."""
    names = [name.removeprefix("-") for name in order]
    descending = [name.startswith("-") for name in order]
    if len(set(descending)) == 1:
        operator = ("<" if descending[0] else ">") + ("=" if position.inclusive else "")
        return RowComparison(*map(F, names), *map(Value, position.values), operator=operator)
    return _beyond_mixed(names, descending, position)


def _beyond_mixed(names: list[str], descending: list[bool], position: Position) -> Q:
    """Built from the last column outwards; the loose bound on each column is what lets an index start there."""
    condition: Q | None = None
    for name, down, value in reversed(list(zip(names, descending, position.values, strict=True))):
        side = "lt" if down else "gt"
        if condition is None:
            condition = Q((f"{name}__{side}{'e' if position.inclusive else ''}", value))
        else:
            condition = Q((f"{name}__{side}e", value)) & (Q((f"{name}__{side}", value)) | condition)
    return condition or Q()


def encode(position: Position, order: Sequence[str]) -> str:
    """A signed cursor, good only for this order."""
    flags = position.backwards + 2 * position.inclusive
    body = json.dumps([flags, *map(_packed, position.values)], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(body, order) + body).decode().rstrip("=")


def decode(cursor: str, order: Sequence[str]) -> Position:
    """The position a cursor stands for, or BadCursor; only what we signed is ever looked into."""
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise BadCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    mac, body = raw[:_MAC_LENGTH], raw[_MAC_LENGTH:]
    if not compare_digest(mac, _mac(body, order)):
        raise BadCursor
    flags, *values = json.loads(body)
    return Position(tuple(map(_unpacked, values)), backwards=bool(flags & 1), inclusive=bool(flags & 2))


def _mac(body: bytes, order: Sequence[str]) -> bytes:
    return salted_hmac("common.pagination", ",".join(order).encode() + b"\n" + body, algorithm="sha256").digest()[
        :_MAC_LENGTH
    ]


def _packed(value: Any) -> Any:
    """JSON for a value: itself, or a tagged text for what JSON does not know."""
    if value is None:
        raise NullInOrder("A list cannot be paged by a column that holds NULL.")
    if isinstance(value, datetime | date):
        return ["datetime" if isinstance(value, datetime) else "date", value.isoformat()]
    if isinstance(value, Decimal | UUID):
        return ["decimal" if isinstance(value, Decimal) else "uuid", str(value)]
    return value


_UNPACK: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
}


def _unpacked(value: Any) -> Any:
    return _UNPACK[value[0]](value[1]) if isinstance(value, list) else value


def _value(row: Any, name: str) -> Any:
    """The value of `seller__name` on a row, be it a model instance or a dictionary from `.values()`."""
    if isinstance(row, Mapping):
        return row[name]
    if hasattr(row, name):
        return getattr(row, name)
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _total_order(queryset: QuerySet[Any], order: Sequence[str]) -> tuple[str, ...]:
    """The order with the primary key behind it, so that no two rows are level."""
    names = {name.removeprefix("-") for name in order}
    if names & {"pk", queryset.model._meta.pk.name}:
        return tuple(order)
    return (*order, "-pk" if order and order[-1].startswith("-") else "pk")


def _opposite(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def address(request: HttpRequest | Request, cursor: str | None) -> str | None:
    """The path and query of another page of the same list."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


class BadPageSize(problems.Problem):
    """The page size is not a whole number of rows."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"
    title = _("Invalid input")
    default_detail = _("The page size must be a whole number from 1 to 100.")


class KeysetPagination(BasePagination):
    """Pages of an API list.

    The order is the view's `get_order()` if it has one, else the queryset's own. A view with `page_extra(queryset)`
    adds what that returns (`count`, `facets`) to the page.
    """

    page_size = PAGE_SIZE
    page: Keyset
    request: Request
    extra: Mapping[str, Any]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order = view.get_order() if hasattr(view, "get_order") else ordering(queryset)
        self.request = request
        self.page = Keyset(queryset, order, request.query_params.get("cursor"), self.get_page_size(request))
        self.extra = view.page_extra(queryset) if hasattr(view, "page_extra") else {}
        return self.page.items

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if not text:
            return self.page_size
        if not (text.isascii() and text.isdigit() and text.strip("0")):
            raise BadPageSize(errors={"page_size": [str(BadPageSize.default_detail)]})
        if len(text.lstrip("0")) > 3 or int(text) > LARGEST_PAGE:
            raise BadPageSize(errors={"page_size": [str(BadPageSize.default_detail)]})
        return int(text)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "results": data,
                "next": self._link(self.page.next),
                "previous": self._link(self.page.previous),
                **self.extra,
            }
        )

    def _link(self, cursor: str | None) -> str | None:
        path = address(self.request, cursor)
        return None if path is None else self.request.build_absolute_uri(path)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts, taken from `next` or `previous` of another.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"Rows in a page, {LARGEST_PAGE} at the most.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": self.page_size},
            },
        ]


def ordering(queryset: QuerySet[Any]) -> tuple[str, ...]:
    """The order a queryset already has, as names; by age, newest first, where it has none."""
    model: type[Model] = queryset.model
    order = queryset.query.order_by or model._meta.ordering or ("-pk",)
    names = tuple(name for name in order if isinstance(name, str) and name != "?")
    if len(names) != len(order):
        raise TypeError("A list that is paged must be ordered by names of columns.")
    return names
