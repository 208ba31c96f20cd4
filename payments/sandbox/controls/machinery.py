"""Controls of the machinery: faults, the clock, deliveries, the journal, the store."""

# ruff: noqa: S608 - the pieces of SQL are our own words; what callers give is always bound.

import time
from typing import TYPE_CHECKING, Any

from payments.sandbox import courier, faults, invariants, money
from payments.sandbox.controls import Given, WrongControl, at_work, control
from payments.sandbox.objects import payouts
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox


# -- faults


@control("GET", "/faults")
def list_faults(sandbox: "Sandbox", given: Given) -> Any:
    return {"faults": [rule.view() for rule in faults.current.rules]}


@control("POST", "/faults")
def add_fault(sandbox: "Sandbox", given: Given) -> Any:
    return faults.current.add(given).view()


@control("DELETE", "/faults")
def clear_faults(sandbox: "Sandbox", given: Given) -> Any:
    faults.current.clear()
    return {"faults": []}


@control("DELETE", "/faults/<int:number>")
def remove_fault(sandbox: "Sandbox", given: Given, number: int) -> Any:
    return {"removed": faults.current.remove(number)}


# -- time and money


@control("GET", "/clock")
def read_clock(sandbox: "Sandbox", given: Given) -> Any:
    return {"now": sandbox.clock.now(), "offset": sandbox.clock.offset}


@control("POST", "/clock")
def move_clock(sandbox: "Sandbox", given: Given) -> Any:
    before = sandbox.clock.now()
    if "advance" in given:
        sandbox.clock.advance(float(given["advance"]))
    elif "now" in given:
        sandbox.clock.set(float(given["now"]))
    elif given.get("reset"):
        sandbox.clock.offset = 0.0
    else:
        raise WrongControl("The clock takes advance (seconds), now (a Unix time) or reset.")
    with sandbox.store.write() as rows:
        rows.keep("clock_offset", sandbox.clock.offset)
        work = sandbox.work(rows)
        if work.now < before:
            money.rebuild(work)
            payouts.plan(work, anew=True)
        if work.now > before:
            courier.kick(rows)
    sandbox.woken.set()
    sandbox.courier.wake()
    if given.get("wait", True):
        drain(sandbox, given)
    return read_clock(sandbox, given)


@control("POST", "/funds/release")
def release_funds(sandbox: "Sandbox", given: Given) -> Any:
    def act(work: Work) -> Any:
        account = given.get("account")
        return {"released": money.release(work, "" if account == "platform" else account)}

    return at_work(sandbox, {}, act)


@control("POST", "/drain")
def drain(sandbox: "Sandbox", given: Given) -> Any:
    """Waits until all that is due was done and delivered."""
    deadline = time.monotonic() + float(given.get("seconds", 30))
    while time.monotonic() < deadline:
        with sandbox.store.read() as rows:
            due = rows.one("SELECT 1 FROM alarms WHERE due <= ?", [sandbox.clock.now()])
        if not due and (not given.get("deliveries", True) or sandbox.courier.idle()):
            return {"idle": True}
        sandbox.woken.set()
        time.sleep(0.01)
    return {"idle": False}


@control("GET", "/invariants")
def read_invariants(sandbox: "Sandbox", given: Given) -> Any:
    with sandbox.store.read() as rows:
        return invariants.check(rows, sandbox.clock.now())


# -- events and deliveries


@control("POST", "/events/<identifier>/resend")
def resend_event(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    with sandbox.store.write() as rows:
        count = courier.resend(rows, identifier)
    sandbox.courier.wake()
    return {"deliveries": count}


@control("POST", "/events/<identifier>/<any(hide, show):what>")
def hide_event(sandbox: "Sandbox", given: Given, identifier: str, what: str) -> Any:
    with sandbox.store.write() as rows:
        changed = rows.execute("UPDATE events SET hidden = ? WHERE id = ?", [what == "hide", identifier]).rowcount
    return {"changed": changed}


@control("GET", "/deliveries")
def list_deliveries(sandbox: "Sandbox", given: Given) -> Any:
    names = ("id", "event", "type", "endpoint", "state", "attempts", "next_at", "answered", "note")
    with sandbox.store.read() as rows:
        found = rows.execute(
            "SELECT d.id, d.event, e.type, d.endpoint, d.state, d.attempts, d.next_at, d.answered, d.note "
            "FROM deliveries d JOIN events e ON e.id = d.event WHERE (? = '' OR d.state = ?) AND d.id > ? "
            "ORDER BY d.id LIMIT ?",
            [given.get("state", ""), given.get("state", ""), int(given.get("after", 0)), int(given.get("limit", 500))],
        ).fetchall()
    return {"deliveries": [dict(zip(names, row, strict=True)) for row in found]}


@control("POST", "/deliveries/retry")
def retry_deliveries(sandbox: "Sandbox", given: Given) -> Any:
    with sandbox.store.write() as rows:
        if given.get("dropped"):
            rows.execute("UPDATE deliveries SET state = 'waiting' WHERE state IN ('dropped', 'failed')")
        count = courier.kick(rows)
    sandbox.courier.wake()
    return {"deliveries": count}


# -- the journal and the store


@control("GET", "/journal")
def read_journal(sandbox: "Sandbox", given: Given) -> Any:
    lines = sandbox.journal.read(int(given.get("after", 0)), int(given.get("limit", 500)), given.get("kind", ""))
    return {"lines": lines, "last": lines[-1]["seq"] if lines else int(given.get("after", 0))}


@control("POST", "/prune")
def prune(sandbox: "Sandbox", given: Given) -> Any:
    """Forgets old lines of the journal (`journal`: how many to keep) and delivered events before a moment."""
    found: dict[str, int] = {}
    if "journal" in given:
        sandbox.journal.flush()
        found["journal"] = sandbox.journal.prune(int(given["journal"]))
    if "events_before" in given:
        with sandbox.store.write() as rows:
            old = "created < ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = id AND d.state = 'waiting')"
            rows.execute(
                f"DELETE FROM deliveries WHERE event IN (SELECT id FROM events WHERE {old})", [given["events_before"]]
            )
            found["events"] = rows.execute(f"DELETE FROM events WHERE {old}", [given["events_before"]]).rowcount
    return {"removed": found}


@control("POST", "/reset")
def reset(sandbox: "Sandbox", given: Given) -> Any:
    """Empties the store; the endpoints made at start and the platform are made anew."""
    faults.current.clear()
    sandbox.clock.offset = 0.0
    sandbox.reset()
    return {"reset": True}


@control("GET", "/state")
def read_state(sandbox: "Sandbox", given: Given) -> Any:
    with sandbox.store.read() as rows:
        objects = dict(rows.execute("SELECT kind, count(*) FROM objects GROUP BY kind").fetchall())
        deliveries = dict(rows.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
        count = rows.one("SELECT count(*) FROM events")
    return {"objects": objects, "deliveries": deliveries, "events": count, "now": sandbox.clock.now()}
