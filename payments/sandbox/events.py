"""Events: what has happened, kept for reading and queued for every endpoint that asked for it."""

import time
from typing import Any

from payments.sandbox import clock, faults, ids, views
from payments.sandbox.store import Record, dumps
from payments.sandbox.work import API_VERSION, Work


def emit(work: Work, kind: str, record: Record, previous: Record | None = None) -> str:
    """A snapshot event about an object of the account that `work` acts for; returns its id."""
    data: Record = {"object": views.present(work, record)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Record = {
        "id": ids.make("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": work.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": work.request_id, "idempotency_key": work.key if work.request_id else None},
        "type": kind,
    }
    if work.account:
        event["account"] = work.account
    receivers = [one for one in work.endpoints if wants(one, kind, work.account)] if work.deliver else []
    subject = str(record.get("id", ""))
    return keep(work, event, thin=False, subject=subject, receivers=receivers)


def emit_thin(work: Work, kind: str, subject: Record, data: Record | None = None) -> str:
    """A v2 event, which names the object that changed instead of containing it."""
    event: Record = {
        "id": f"evt_test_{ids.letters(24)}",
        "object": "v2.core.event",
        "type": kind,
        "created": clock.written(work.now),
        "livemode": False,
        "context": None,
        "related_object": {
            "id": subject["id"],
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{subject['id']}",
        },
        "reason": reason(work),
        "changes": None,
        "data": data or {},
    }
    receivers = [one for one in work.endpoints if wants_thin(one, kind)] if work.deliver else []
    return keep(work, event, thin=True, subject=subject["id"], receivers=receivers)


def reason(work: Work) -> Record | None:
    if work.request_id is None:
        return None
    return {"type": "request", "request": {"id": work.request_id, "idempotency_key": work.key or ""}}


def keep(work: Work, event: Record, *, thin: bool, subject: str, receivers: list[Record]) -> str:
    hidden = faults.hides(event["type"])
    if receivers and faults.silences(event["type"]):
        receivers = []
    if not thin:
        event["pending_webhooks"] = len(receivers)
    account = "" if thin else work.account
    work.rows.execute(
        "INSERT INTO events (id, thin, account, type, subject, created, hidden, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [event["id"], thin, account, event["type"], subject, work.now, hidden, dumps(event)],
    )
    for endpoint in receivers:
        queue(work, event["id"], endpoint["id"])
    return str(event["id"])


def queue(work: Work, event: str, endpoint: str) -> None:
    work.rows.execute(
        "INSERT INTO deliveries (event, endpoint, state, next_at) VALUES (?, ?, 'waiting', ?)",
        [event, endpoint, time.time()],
    )
    work.stirred.add("deliveries")


def wants(endpoint: Record, kind: str, account: str) -> bool:
    """Whether a snapshot event goes to this endpoint."""
    if endpoint["status"] != "enabled" or not matches(endpoint["enabled_events"], kind):
        return False
    if endpoint["object"] == "webhook_endpoint":
        return bool(endpoint["_connect"]) == bool(account)
    origin = "@accounts" if account else "@self"
    return endpoint["event_payload"] == "snapshot" and origin in endpoint["events_from"]


def wants_thin(endpoint: Record, kind: str) -> bool:
    return (
        endpoint["object"] == "v2.core.event_destination"
        and endpoint["status"] == "enabled"
        and endpoint["event_payload"] == "thin"
        and matches(endpoint["enabled_events"], kind)
    )


def matches(patterns: list[str], kind: str) -> bool:
    return "*" in patterns or kind in patterns


def changes(before: Record, after: Record, *names: str) -> dict[str, Any]:
    """The previous values of those fields that differ."""
    return {name: before.get(name) for name in names if before.get(name) != after.get(name)}
