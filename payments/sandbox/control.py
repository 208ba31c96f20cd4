"""The control interface: how a test or a person makes the sandbox do what Stripe would do by itself, or misbehave."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from . import checkout, courier, errors, events, faults, invariants, money, onboarding
from .objects import accounts, disputes, payouts, refunds
from .pages import setup
from .store import Record, dumps
from .work import Work

if TYPE_CHECKING:
    from .app import Sandbox

Given = dict[str, Any]
View = Callable[..., Any]
rules: list[Rule] = []
views: dict[str, View] = {}


class WrongControl(Exception):
    """The control was not understood; nothing was done."""


def control(method: str, path: str) -> Callable[[View], View]:
    def register(function: View) -> View:
        name = f"{method} {path}"
        views[name] = function
        rules.append(Rule(f"/_control{path}", endpoint=name, methods=[method]))
        return function

    return register


def foreign(request: Request) -> bool:
    """Whether a page of another site sent this."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin.partition("://")[2] != request.host


def answer(sandbox: "Sandbox", request: Request) -> Response:
    status = 200
    try:
        name, places = table.bind_to_environ(request.environ).match()
        if request.method != "GET" and foreign(request):
            return respond({"error": "This came from a page of another site."}, 403)
        result = views[name](sandbox, read(request), **places)
    except (WrongControl, faults.WrongRule, TypeError, ValueError, KeyError) as problem:
        result, status = {"error": str(problem)}, 400
    except errors.StripeError as problem:
        result, status = {"error": problem.message, "code": problem.code}, problem.status
    except checkout.Closed:
        result, status = {"error": "The session is not open."}, 409
    except HTTPException as problem:
        result, status = {"error": problem.description}, problem.code or 400
    return respond(result, status)


def respond(result: Any, status: int = 200) -> Response:
    return Response(dumps(result), status, {"Cache-Control": "no-store"}, content_type="application/json")


def read(request: Request) -> Given:
    given: Given = {**request.args.to_dict()}
    if body := request.get_data(as_text=True):
        found = json.loads(body)
        if not isinstance(found, dict):
            raise WrongControl("The body is a JSON object.")
        given |= found
    return given


def at_work(sandbox: "Sandbox", given: Given, act: Callable[[Work], Any]) -> Any:
    """One transaction; `created` and `deliver` make it a quiet piece of the past."""
    with sandbox.store.write() as rows:
        moment = given.get("created")
        work = sandbox.work(rows, now=int(moment) if moment else None, deliver=given.get("deliver", True))
        result = act(work)
    sandbox.stir(work)
    return result


def need(work: Work, kind: str, id: str) -> Record:
    record = work.rows.find(id, kind)
    if record is None:
        raise errors.no_such(kind, id, status=404)
    return record


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
        rows.set("clock_offset", sandbox.clock.offset)
        work = sandbox.work(rows)
        if work.now < before:
            money.rebuild(work)
        payouts.plan(work)
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


# -- what people and banks do


@control("POST", "/sessions/<id>/pay")
def pay_session(sandbox: "Sandbox", given: Given, id: str) -> Any:
    """Pays without the page. A card that asks for 3-D Secure gets `challenge`: pass (default), fail or leave."""

    def act(work: Work) -> Any:
        session = need(work, "checkout.session", id)
        if session["created"] > work.now:
            session |= {"created": work.now - 60, "expires_at": work.now + 86_400}
        email = given.get("email") or session["customer_email"] or "buyer@example.com"
        buyer = checkout.Buyer(
            email=email,
            name=given.get("name"),
            address={"country": given.get("country", "US")},
            terms_accepted=True,
            custom=given.get("custom") or {},
        )
        kind = given.get("method", "card")
        number = str(given.get("card") or given.get("account_number") or "4242424242424242")
        outcome = checkout.pay(work, session, buyer, checkout.Means(number, kind=kind))
        if outcome.result == "challenge" and given.get("challenge", "pass") != "leave":
            intent = need(work, "payment_intent", outcome.intent)
            outcome = checkout.answer_challenge(work, intent, passed=given.get("challenge", "pass") == "pass")
        session = need(work, "checkout.session", id)
        return {"result": outcome.result, "message": outcome.message, "payment_intent": session["payment_intent"]}

    return at_work(sandbox, given, act)


@control("POST", "/sessions/<id>/expire")
def expire_session(sandbox: "Sandbox", given: Given, id: str) -> Any:
    def act(work: Work) -> Any:
        session = need(work, "checkout.session", id)
        if session["status"] != "open":
            raise checkout.Closed
        return {"status": checkout.expire(work, session)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payment_intents/<id>/settle")
def settle_debit(sandbox: "Sandbox", given: Given, id: str) -> Any:
    """Ends a bank debit now; `fails` makes it fail."""

    def act(work: Work) -> Any:
        checkout.end_debit(work, id, {"fails": bool(given.get("fails"))})
        return {"status": need(work, "payment_intent", id)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/charges/<id>/dispute")
def open_dispute(sandbox: "Sandbox", given: Given, id: str) -> Any:
    def act(work: Work) -> Any:
        reason, inquiry = given.get("reason", "fraudulent"), bool(given.get("inquiry"))
        charge = need(work, "charge", id)
        dispute = disputes.open(work, charge, reason=reason, inquiry=inquiry, amount=given.get("amount"))
        return {"dispute": dispute["id"], "status": dispute["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/charges/<id>/warn")
def warn_of_fraud(sandbox: "Sandbox", given: Given, id: str) -> Any:
    return at_work(sandbox, given, lambda work: disputes.warn(work, need(work, "charge", id)["id"], {})) or {}


@control("POST", "/disputes/<id>/<any(win, lose, escalate):outcome>")
def decide_dispute(sandbox: "Sandbox", given: Given, id: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        dispute = need(work, "dispute", id)
        disputes.decide(work, dispute, {"win": "won", "lose": "lost", "escalate": "escalated"}[outcome])
        return {"dispute": id, "status": need(work, "dispute", id)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/refunds/<id>/<any(fail, succeed, require_action):outcome>")
def decide_refund(sandbox: "Sandbox", given: Given, id: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        refund = need(work, "refund", id)
        if outcome == "require_action":
            refund |= {"status": "requires_action"}
            work.rows.save(refund)
        else:
            (refunds.fail if outcome == "fail" else refunds.succeed)(work, id, {"reason": given.get("reason")})
        return {"refund": id, "status": need(work, "refund", id)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payouts/<id>/<any(fail, arrive):outcome>")
def decide_payout(sandbox: "Sandbox", given: Given, id: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        need(work, "payout", id)
        if outcome == "fail":
            payouts.fail(work, id, given.get("code", "could_not_process"))
        else:
            payouts.arrive(work, id, {})
        return {"payout": id, "status": need(work, "payout", id)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payouts/run")
def run_payouts(sandbox: "Sandbox", given: Given) -> Any:
    """The daily automatic payouts, now."""
    return at_work(sandbox, given, lambda work: payouts.run(work, "", {})) or {}


@control("POST", "/accounts/<id>/<any(complete, due, pending, reject):result>")
def end_onboarding(sandbox: "Sandbox", given: Given, id: str, result: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", id)
        if account["created"] > work.now:
            account["created"] = work.now - 60
        setup.finish(work, account, result, given.get("bank_account", ""))
        return {"account": id, "transfers": need(work, "account", id)["transfers"]["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/accounts/<id>/capability")
def set_capability(sandbox: "Sandbox", given: Given, id: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", id)
        status = given["status"]
        if status not in ("active", *onboarding.CODES):
            raise WrongControl(f"A capability is active, {', '.join(onboarding.CODES)}.")
        before = onboarding.copy(account)
        onboarding.set_capability(work, account, status, given.get("code"), given.get("resolution"))
        onboarding.tell(work, account, before)
        return {"account": id, "transfers": status}

    return at_work(sandbox, given, act)


@control("POST", "/accounts/<id>/deauthorize")
def deauthorize(sandbox: "Sandbox", given: Given, id: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", id)
        onboarding.close(work, account)
        events.emit(work.acting_for(id), "account.application.deauthorized", accounts.application(work))
        return {"account": id, "closed": True}

    return at_work(sandbox, given, act)


@control("POST", "/topup")
def top_up(sandbox: "Sandbox", given: Given) -> Any:
    """Puts money into the platform's balance from nowhere, so that a test can transfer it."""

    def act(work: Work) -> Any:
        amount, currency = int(given["amount"]), given.get("currency", "usd")
        done = money.record(work, "topup", amount, currency, "", description="Top-up by the control interface")
        return {"balance_transaction": done["id"], "available": money.available(work, "", currency)}

    return at_work(sandbox, given, act)


# -- events and deliveries


@control("POST", "/events/<id>/resend")
def resend_event(sandbox: "Sandbox", given: Given, id: str) -> Any:
    with sandbox.store.write() as rows:
        count = courier.resend(rows, id)
    sandbox.courier.wake()
    return {"deliveries": count}


@control("POST", "/events/<id>/<any(hide, show):what>")
def hide_event(sandbox: "Sandbox", given: Given, id: str, what: str) -> Any:
    with sandbox.store.write() as rows:
        changed = rows.execute("UPDATE events SET hidden = ? WHERE id = ?", [what == "hide", id]).rowcount
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


table = Map(rules)
