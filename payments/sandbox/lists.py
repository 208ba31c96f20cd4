"""Pages of the v1 and v2 lists."""

import json
from typing import Any
from urllib.parse import urlencode

from payments.sandbox import errors
from payments.sandbox.api import Given
from payments.sandbox.store import Record
from payments.sandbox.work import Work

Filters = list[tuple[str, Any]]
BOUNDS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def span(column: str, bounds: dict[str, int] | None) -> Filters:
    return [(f"{column} {BOUNDS[name]} ?", value) for name, value in (bounds or {}).items()]


def equal(given: Given, *names: str) -> Filters:
    """A filter for each of these parameters that was given, on the field of the same name."""
    return [(f"json_extract(body, '$.{name}') = ?", given[name]) for name in names if given.get(name) is not None]


def whole(items: list[Record], url: str) -> Record:
    """A list that has only one page."""
    return {"object": "list", "data": items, "has_more": False, "url": url}


def listing(
    work: Work, kind: str, given: Given, *names: str, extra: Filters | None = None, account: str | None = None
) -> Record:
    """One page of a v1 list; `names` are the parameters that filter by the field of the same name."""
    filters = equal(given, *names) + span("created", given.get("created")) + (extra or [])
    page = work.rows.page(
        kind,
        work.account if account is None else account,
        filters,
        limit=given.get("limit") or 10,
        after=given.get("starting_after"),
        before=given.get("ending_before"),
    )
    return {"object": "list", "data": page.records, "has_more": page.has_more, "url": work.path}


def pages(work: Work, kind: str, given: Given, filters: Filters) -> tuple[list[Record], str | None, str | None]:
    """One page of a v2 list, and the addresses of the next and the previous one."""
    limit = given.get("limit") or 20
    direction, _, anchor = (given.get("page") or "").partition(":")
    if anchor and direction not in ("after", "before"):
        raise errors.wrong_parameter("page", "Invalid page token")
    after, before = (anchor if direction == name else None for name in ("after", "before"))
    page = work.rows.page(kind, "", filters, limit=limit, after=after, before=before)
    more_after = page.has_more if not before else True
    more_before = page.has_more if before else bool(after)
    records = page.records

    def url(way: str, record: Record) -> str:
        kept = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in given.items()}
        token = f"{way}:{record['id']}"
        return f"{work.path}?{urlencode({**kept, 'page': token}, doseq=True)}"

    following = url("after", records[-1]) if records and more_after else None
    preceding = url("before", records[0]) if records and more_before else None
    return records, following, preceding
