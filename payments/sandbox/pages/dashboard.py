"""The dashboard for people: what is in the sandbox, and buttons to make things happen."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Request, Response

from payments.sandbox import controls, faults, invariants, money
from payments.sandbox.objects.happenings import waiting
from payments.sandbox.pages.html import button, fill, join, notice, page, see_other, table, view
from payments.sandbox.store import Record
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox

TABS = (
    ("/", "Payments"),
    ("/dashboard/accounts", "Accounts"),
    ("/dashboard/balances", "Balances"),
    ("/dashboard/disputes", "Disputes"),
    ("/dashboard/payouts", "Payouts"),
    ("/dashboard/events", "Events"),
    ("/dashboard/calls", "Calls"),
    ("/dashboard/clock", "Clock and faults"),
)
SHOWN = 100
DECIDABLE = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def tabs(current: str) -> Markup:
    links = [
        fill('<a href="{}"{}>{}</a>', url, Markup(' aria-current="page"') if url == current else "", name)
        for url, name in TABS
    ]
    return fill(
        '<h1>Stripe sandbox</h1><nav class="tabs" aria-label="Dashboard">{}</nav>'
        '<form class="inline find" action="/dashboard/find"><label for="find">Find by id</label>'
        '<input id="find" name="id" required>{}</form>',
        join(links),
        button("Find"),
    )


def shell(current: str, title: str, *parts: Markup) -> Response:
    return page(title, tabs(current), Markup('<div class="panel">'), *parts, Markup("</div>"), kind="wide")


def when(moment: int) -> Markup:
    written = dt.datetime.fromtimestamp(moment, dt.UTC)
    return fill('<time datetime="{}">{}</time>', written.isoformat(), written.strftime("%Y-%m-%d %H:%M:%S"))


def named(identifier: str | None, text: str = "") -> Markup:
    if not identifier:
        return Markup("–")
    shown = text or (identifier if len(identifier) <= 16 else f"{identifier[:14]}…")
    return fill('<a href="/dashboard/object/{0}" title="{0}"><code>{1}</code></a>', identifier, shown)


def act(what: str, label: str, kind: str = "small", **given: object) -> Markup:
    """A button that does one thing of the control interface and comes back."""
    hidden = [fill('<input type="hidden" name="{}" value="{}">', name, value) for name, value in given.items()]
    return fill(
        '<form class="inline" method="post" action="/dashboard/do/{}">{}{}</form>',
        what,
        join(hidden),
        button(label, kind=kind),
    )


def latest(work: Work, kind: str) -> list[Record]:
    """The newest records of a kind in all accounts."""
    rows = work.rows.execute(
        "SELECT body, account FROM objects WHERE kind = ? ORDER BY created DESC, seq DESC LIMIT ?", [kind, SHOWN]
    )
    return [{**json.loads(body), "_account": account} for body, account in rows]


@view("/")
def payments(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        sessions = latest(work, "checkout.session")
        intents = {one["payment_intent"]: rows.find(one["payment_intent"]) for one in sessions if one["payment_intent"]}
    lines = []
    for session in sessions:
        intent = intents.get(session["payment_intent"]) or {}
        details = session["customer_details"] or {}
        lines.append(
            (
                when(session["created"]),
                named(session["id"]),
                money.shown(session["amount_total"], session["currency"]),
                f"{session['status']}, {session['payment_status']}",
                details.get("email") or session["customer_email"] or "–",
                named(intent.get("latest_charge")),
                payment_actions(session, intent),
            )
        )
    heads = ("Made", "Session", "Total", "Status", "Buyer", "Charge", "")
    return shell("/", "Payments", table(heads, lines, "No checkout session yet."))


def payment_actions(session: Record, intent: Record) -> Markup:
    if session["status"] == "open":
        link = fill('<a class="button small" href="/c/pay/{}">Open the page</a>', session["id"])
        return join(
            [link, act(f"sessions/{session['id']}/pay", "Pay"), act(f"sessions/{session['id']}/expire", "Expire")]
        )
    if intent.get("status") == "processing":
        settle = f"payment_intents/{intent['id']}/settle"
        return join([act(settle, "Debit succeeds"), act(settle, "Debit fails", fails="true")])
    if session["payment_status"] == "paid":
        return act(f"charges/{intent['latest_charge']}/dispute", "Dispute", kind="small bad")
    return Markup("")


@view("/dashboard/accounts")
def accounts(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        found = [one for one in latest(work, "account") if one["id"] != sandbox.config.platform]
        amounts = {one["id"]: money.balance(work, one["id"]) for one in found}
    lines = [
        (
            when(one["created"]),
            named(one["id"]),
            one["display_name"] or "–",
            one["email"] or "–",
            one["transfers"]["status"] + (", closed" if one["closed"] else ""),
            in_words(amounts[one["id"]][0]),
            join(
                act(f"accounts/{one['id']}/{what}", label)
                for what, label in (("complete", "Complete"), ("due", "Requirement due"), ("reject", "Reject"))
            ),
        )
        for one in found
    ]
    heads = ("Made", "Account", "Name", "E-mail", "Transfers", "Available", "")
    return shell("/dashboard/accounts", "Accounts", table(heads, lines, "No seller yet."))


def in_words(amounts: dict[str, int]) -> str:
    return ", ".join(money.shown(amount, currency) for currency, amount in sorted(amounts.items()) if amount) or "0"


@view("/dashboard/balances")
def balances(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        found = invariants.check(rows, work.now)
        transactions = latest(work, "balance_transaction")
    amounts = [
        (
            named(one["account"]) if one["account"] else "The platform",
            money.shown(one["available"], one["currency"]),
            money.shown(one["pending"], one["currency"]),
            one["transactions"],
        )
        for one in found["balances"]
    ]
    lines = [
        (
            when(one["created"]),
            named(one["id"]),
            named(one["_account"]) if one["_account"] else "platform",
            one["type"],
            money.shown(one["amount"], one["currency"]),
            money.shown(one["fee"], one["currency"]),
            money.shown(one["net"], one["currency"]),
            named(one["source"]),
        )
        for one in transactions
    ]
    verdict = notice("The nets of all transactions add up to the balances.") if found["ok"] else Markup("")
    problems = [notice(one, "problem") for one in found["problems"]]
    return shell(
        "/dashboard/balances",
        "Balances",
        verdict,
        *problems,
        table(("Account", "Available", "Pending", "Transactions"), amounts, "No money yet."),
        act("funds/release", "Make pending funds available"),
        Markup("<h2>Latest transactions</h2>"),
        table(("Made", "Transaction", "Account", "Type", "Amount", "Fee", "Net", "Source"), lines),
    )


@view("/dashboard/disputes")
def disputes(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        found = latest(sandbox.work(rows), "dispute")
    lines = [
        (
            when(one["created"]),
            named(one["id"]),
            money.shown(one["amount"], one["currency"]),
            one["reason"],
            one["status"],
            named(one["charge"]),
            dispute_actions(one),
        )
        for one in found
    ]
    heads = ("Made", "Dispute", "Amount", "Reason", "Status", "Charge", "")
    return shell("/dashboard/disputes", "Disputes", table(heads, lines, "No dispute yet."))


def dispute_actions(dispute: Record) -> Markup:
    if dispute["status"] not in DECIDABLE:
        return Markup("")
    moves = [("win", "Won by the seller"), ("lose", "Lost")]
    if dispute["status"].startswith("warning_"):
        moves = [("escalate", "Escalate"), ("win", "Close")]
    return join(act(f"disputes/{dispute['id']}/{move}", label) for move, label in moves)


@view("/dashboard/payouts")
def payouts(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        sent, transfers = latest(work, "payout"), latest(work, "transfer")
    moved = [
        (
            when(one["created"]),
            named(one["id"]),
            money.shown(one["amount"], one["currency"]),
            named(one["destination"]),
            money.shown(one["amount_reversed"], one["currency"]) if one["amount_reversed"] else "–",
            one["transfer_group"] or "–",
        )
        for one in transfers
    ]
    lines = [
        (
            when(one["created"]),
            named(one["id"]),
            named(one["_account"]),
            money.shown(one["amount"], one["currency"]),
            one["status"] + (f" ({one['failure_code']})" if one["failure_code"] else ""),
            act(f"payouts/{one['id']}/fail", "Fail", kind="small bad")
            if one["status"] not in ("failed", "canceled")
            else "",
        )
        for one in sent
    ]
    return shell(
        "/dashboard/payouts",
        "Payouts",
        Markup("<h2>Transfers to sellers</h2>"),
        table(("Made", "Transfer", "Amount", "To", "Reversed", "Group"), moved),
        Markup("<h2>Payouts to banks</h2>"),
        table(("Made", "Payout", "Account", "Amount", "Status", ""), lines),
        act("payouts/run", "Run today's automatic payouts"),
    )


@view("/dashboard/events")
def events(sandbox: "Sandbox", request: Request) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        found = rows.execute(
            "SELECT id, type, account, subject, created, hidden FROM events ORDER BY created DESC, seq DESC LIMIT ?",
            [SHOWN],
        ).fetchall()
        left = {row[0]: waiting(work, row[0]) for row in found}
    lines = [
        (
            when(created),
            named(identifier),
            kind + (" (hidden from lists)" if hidden else ""),
            named(account) if account else "platform",
            named(subject),
            f"{left[identifier]} waiting" if left[identifier] else "delivered",
            act(f"events/{identifier}/resend", "Send again"),
        )
        for identifier, kind, account, subject, created, hidden in found
    ]
    heads = ("Made", "Event", "Type", "Account", "Object", "Delivery", "")
    retry = act("deliveries/retry", "Send all that waits now")
    return shell("/dashboard/events", "Events", retry, table(heads, lines, "No event yet."))


@view("/dashboard/calls")
def calls(sandbox: "Sandbox", request: Request) -> Response:
    lines = [
        (
            when(int(one["at"])),
            "webhook" if one["kind"] == "delivery" else "call",
            fill("<code>{} {}</code>", one["method"], one["path"][:80]),
            one["status"] or "no answer",
            f"{one['ms']:.1f} ms",
            one["fault"] or "–",
            fill("<code>{}</code>", (one["key"] or one["reference"])[:60]),
        )
        for one in sandbox.journal.latest(SHOWN)
    ]
    heads = ("At", "What", "Address", "Status", "Took", "Fault", "Key or type")
    return shell("/dashboard/calls", "Calls", table(heads, lines, "No call yet."))


@view("/dashboard/clock")
def clock(sandbox: "Sandbox", request: Request) -> Response:
    steps = ((3_600, "1 hour"), (86_400, "1 day"), (7 * 86_400, "7 days"), (30 * 86_400, "30 days"))
    moves = join(act("clock", f"Forward {label}", advance=seconds) for seconds, label in steps)
    rules = [
        (one.number, one.scope, one.action, one.when, one.path if one.scope == "call" else one.type, one.hits)
        for one in faults.current.rules
    ]
    return shell(
        "/dashboard/clock",
        "Clock and faults",
        fill("<h2>It is {} UTC here</h2>", when(sandbox.clock.now())),
        moves,
        act("clock", "Back to real time", reset="true"),
        Markup("<h2>Faults</h2>"),
        table(("Number", "Scope", "Action", "When", "Matches", "Struck"), rules, "Nothing goes wrong on purpose."),
    )


@view("/dashboard/find")
def find(sandbox: "Sandbox", request: Request) -> Response:
    return see_other(f"/dashboard/object/{request.args.get('id', '').strip() or '-'}")


@view("/dashboard/object/<identifier>")
def show(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """Anything by its id, with its events or deliveries."""
    with sandbox.store.read() as rows:
        record = rows.find(identifier)
        if record is None:
            body = rows.one("SELECT body FROM events WHERE id = ?", [identifier])
            record = json.loads(body) if body else None
        found = rows.execute(
            "SELECT id, type, created FROM events WHERE subject = ? ORDER BY seq", [identifier]
        ).fetchall()
        sent = rows.execute(
            "SELECT endpoint, state, attempts, answered, note FROM deliveries WHERE event = ?", [identifier]
        ).fetchall()
    if record is None:
        return page(
            "Not found", tabs(""), notice(f"There is nothing with the id {identifier}."), status=404, kind="wide"
        )
    text = fill("<pre>{}</pre>", json.dumps(record, indent=2, ensure_ascii=False))
    related = [(when(created), named(event), kind) for event, kind, created in found]
    return shell(
        "",
        identifier,
        fill("<h2><code>{}</code></h2>", identifier),
        optional(("Receiver", "State", "Tries", "Last answer", "Note"), sent),
        optional(("Made", "Event", "Type"), related),
        text,
    )


def optional(heads: Iterable[str], rows: list[Any]) -> Markup:
    return table(heads, rows) if rows else Markup("")


@view("/dashboard/do/<path:what>", "POST")
def do(sandbox: "Sandbox", request: Request, what: str) -> Response:
    if controls.foreign(request):
        raise Forbidden("This came from a page of another site.")
    given = {name: json.loads(value) if value in ("true", "false") else value for name, value in request.form.items()}
    problem = controls.do(sandbox, what, given)
    if problem:
        return page("Not possible", tabs(""), notice(problem, "problem"), status=409, kind="wide")
    back = request.headers.get("Referer", "").partition(request.host)[2]
    return see_other(back if back.startswith("/") and not back.startswith("//") else "/")
