"""A call's own description, written beside it and turned into the OpenAPI document by config.openapi.

@tells("Search and browse", answer=page_of(CARD), query=(FIRST, SECOND))
def get(self, request): …
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from accounts.api.shapes import Schema
from common.pagination import LARGEST_PAGE, PAGE_SIZE

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the address."""

    name: str
    schema: Schema
    words: str = ""
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    summary: str
    words: str = ""
    answer: Schema | None = None
    status: int = 200
    also: Mapping[int, Schema | None] = field(default_factory=dict)  # further statuses that are no refusals
    media: Mapping[str, Schema] = field(default_factory=dict)  # of the answer, when it is not JSON alone
    body: Schema | None = None
    body_media: str = "application/json"
    needs_body: bool = False
    query: Sequence[Parameter] = ()
    pages: bool = False
    matches: bool = False  # takes If-Match
    example: Any = None  # of a body
    answer_example: Any = None


def tells(summary: str, **facts: Any) -> Callable[[Function], Function]:
    def keep(function: Function) -> Function:
        function.told = Told(summary, **facts)  # type: ignore[attr-defined]
        return function

    return keep


PAGED = (
    Parameter("cursor", {"type": "string"}, "Where the page begins: taken from `next` or `previous` of another."),
    Parameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        "How many rows a page has.",
    ),
)


def may_be_empty(schema: Schema) -> bool:
    """Whether nothing at all is a value: for plain text, and for lists of it."""
    schema = schema.get("items", schema)
    return schema.get("type") == "string" and not {"enum", "format", "pattern", "minLength"} & schema.keys()
