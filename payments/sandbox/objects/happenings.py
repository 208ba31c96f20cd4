"""Reading events, v1 (snapshots) and v2 (thin)."""

# ruff: noqa: S608 - the pieces of SQL are our own words; what callers give is always bound.

import json
from typing import Any

from payments.sandbox import errors, lists
from payments.sandbox.api import Given, get
from payments.sandbox.params import FLAG, PAGING, SPAN, TEXT, Integer, Several, Span
from payments.sandbox.store import Record
from payments.sandbox.work import DAY, Work

KEPT_DAYS = 30
OPEN = "EXISTS (SELECT 1 FROM deliveries WHERE deliveries.event = events.id AND deliveries.state <> 'delivered')"


def waiting(work: Work, identifier: str) -> int:
    """How many endpoints have yet to take this event."""
    return int(
        work.rows.one("SELECT count(*) FROM deliveries WHERE event = ? AND state <> 'delivered'", [identifier]) or 0
    )


def load(work: Work, body: str) -> Record:
    event: Record = json.loads(body)
    if event["object"] == "event":
        event["pending_webhooks"] = waiting(work, event["id"])
    return event


def select(work: Work, clauses: list[str], values: list[Any], order: str, limit: int) -> list[str]:
    oldest = work.now - KEPT_DAYS * DAY
    rows = work.rows.execute(
        f"SELECT body FROM events WHERE hidden = 0 AND created > {oldest} AND {' AND '.join(clauses)} "
        f"ORDER BY created {order}, seq {order} LIMIT {limit}",
        values,
    )
    return [row[0] for row in rows]


def place_of(work: Work, identifier: str, param: str) -> tuple[int, int]:
    row = work.rows.execute("SELECT created, seq FROM events WHERE id = ?", [identifier]).fetchone()
    if row is None:
        raise errors.no_such("event", identifier, param=param)
    return row[0], row[1]


def types_of(given: Given) -> list[str]:
    if given.get("type") and given.get("types"):
        message = "You may only specify one of these parameters: type, types."
        raise errors.StripeError(message, code="parameters_exclusive")
    return [given["type"]] if given.get("type") else given.get("types") or []


@get("/v1/events", {**PAGING, "created": SPAN, "delivery_success": FLAG, "type": TEXT, "types": Several(TEXT, 20)})
def index(work: Work, given: Given) -> Record:
    clauses, values = ["thin = 0", "account = ?"], list[Any]([work.account])
    if kinds := types_of(given):
        clauses.append(f"({' OR '.join('type GLOB ?' for _ in kinds)})")
        values += kinds
    for clause, value in lists.span("created", given.get("created")):
        clauses.append(clause)
        values.append(value)
    if "delivery_success" in given:
        clauses.append(("NOT " if given["delivery_success"] else "") + OPEN)
    after, before = given.get("starting_after"), given.get("ending_before")
    if anchor := after or before:
        place = place_of(work, anchor, "starting_after" if after else "ending_before")
        clauses.append("(created, seq) < (?, ?)" if after else "(created, seq) > (?, ?)")
        values += place
    limit = given.get("limit") or 10
    backwards = bool(before and not after)
    found = select(work, clauses, values, "ASC" if backwards else "DESC", limit + 1)
    shown = [load(work, body) for body in found[:limit]]
    data = shown[::-1] if backwards else shown
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": work.path}


def find(work: Work, identifier: str, *, thin: bool) -> Record:
    row = work.rows.execute(
        "SELECT body, account FROM events WHERE id = ? AND thin = ? AND created > ?",
        [identifier, thin, work.now - KEPT_DAYS * DAY],
    ).fetchone()
    if row is None or (work.account and row[1] != work.account):
        raise errors.no_such("event", identifier, status=404)
    return load(work, row[0])


@get("/v1/events/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier, thin=False)


@get(
    "/v2/core/events",
    {"created": Span(), "limit": Integer(1, 100), "object_id": TEXT, "types": Several(TEXT, 20), "page": TEXT},
)
def index_thin(work: Work, given: Given) -> Record:
    clauses, values = ["thin = 1"], list[Any]()
    if given.get("object_id"):
        clauses.append("subject = ?")
        values.append(given["object_id"])
    if kinds := given.get("types"):
        clauses.append(f"type IN ({', '.join('?' for _ in kinds)})")
        values += kinds
    for clause, value in lists.span("created", given.get("created")):
        clauses.append(clause)
        values.append(value)
    if given.get("page"):
        clauses.append("(created, seq) < (?, ?)")
        values += place_of(work, given["page"].removeprefix("after:"), "page")
    limit = given.get("limit") or 20
    found = [json.loads(body) for body in select(work, clauses, values, "DESC", limit + 1)]
    following = f"{work.path}?limit={limit}&page=after:{found[limit - 1]['id']}" if len(found) > limit else None
    return {"data": found[:limit], "next_page_url": following, "previous_page_url": None}


@get("/v2/core/events/{id}")
def retrieve_thin(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier, thin=True)
