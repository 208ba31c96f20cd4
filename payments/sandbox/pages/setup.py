"""Onboarding of a seller, and a stub of the Express dashboard."""

from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from payments.sandbox import money, onboarding
from payments.sandbox.pages.html import button, fill, join, page, see_other, table, view
from payments.sandbox.pages.words import say
from payments.sandbox.store import Record
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox

BANKS = [
    ("000123456789", "Payouts arrive"),
    ("000111111116", "Payouts fail: no account"),
    ("000111111113", "Payouts fail: account closed"),
    ("000222222227", "Payouts fail: insufficient funds"),
]
STATES = {"complete", "due", "pending", "reject"}


def find(work: Work, identifier: str, token: str) -> tuple[Record, Record]:
    account, link = work.rows.find(identifier, "account"), work.rows.find(f"setup_{token}", "_setup_link")
    if account is None or link is None or link["account"] != identifier:
        raise NotFound
    return account, link


def stale(link: Record, now: int) -> Response | None:
    """A link works once and for a short time; afterwards the platform makes a new one."""
    if link["done"] or link["expires_at"] <= now:
        return (
            see_other(link["refresh_url"])
            if link["refresh_url"]
            else page("Expired", fill("<p>{}</p>", say("This link is used up.")))
        )
    return None


@view("/setup/<identifier>/<token>", "GET", "HEAD")
def show(sandbox: "Sandbox", request: Request, identifier: str, token: str) -> Response:
    with sandbox.store.write() as rows:
        work = sandbox.work(rows)
        account, link = find(work, identifier, token)
        if answer := stale(link, work.now):
            return answer
        if link["opened"] is not None:
            return see_other(link["refresh_url"])
        link["opened"] = work.now
        rows.save(link)
    options = [fill('<option value="{}">{} ({})</option>', number, say(label), number) for number, label in BANKS]
    asks = say(
        "Stripe would now ask {} for name, address, date of birth, documents and a bank account. "
        "The sandbox asks for none of it: choose how it ends."
    ).format(account["email"] or say("the seller"))
    form = fill(
        '<form class="panel" method="post" action="/setup/{}/{}"><h1>{}</h1><p>{}</p>'
        '<label for="bank_account">{}</label><select id="bank_account" name="bank_account">{}</select>'
        '<div class="actions">{}{}{}{}</div></form>',
        identifier,
        token,
        say("Get paid"),
        asks,
        say("Bank account"),
        join(options),
        button("Complete", name="result", value="complete", kind="main"),
        button("Leave a requirement due", name="result", value="due"),
        button("Submit, verification pending", name="result", value="pending"),
        button("Be rejected", name="result", value="reject", kind="bad"),
    )
    return page("Onboarding", form)


@view("/setup/<identifier>/<token>", "POST")
def submit(sandbox: "Sandbox", request: Request, identifier: str, token: str) -> Response:
    with sandbox.store.write() as rows:
        work = sandbox.work(rows)
        account, link = find(work, identifier, token)
        if answer := stale(link, work.now):
            return answer
        finish(work, account, request.form.get("result", "complete"), request.form.get("bank_account", ""))
        link["done"] = True
        rows.save(link)
    sandbox.stir(work)
    return see_other(link["return_url"] or link["refresh_url"])


def finish(work: Work, account: Record, result: str, bank: str = "") -> None:
    """How an onboarding ends: complete, due, pending or reject."""
    if result == "due":
        onboarding.leave_due(work, account)
    elif result == "pending":
        onboarding.leave_pending(work, account)
    elif result == "reject":
        onboarding.reject(work, account)
    else:
        onboarding.complete(work, account, bank or onboarding.GOOD_ACCOUNT)


@view("/express/<identifier>/<token>", "GET")
def express(sandbox: "Sandbox", request: Request, identifier: str, token: str) -> Response:
    """What a seller would see at Stripe, in short."""
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        account = rows.find(identifier, "account")
        if account is None:
            raise NotFound
        available, pending = money.balance(work, identifier)
        payouts = rows.page("payout", identifier, limit=20).records
    amounts = [
        (one.upper(), money.shown(available.get(one, 0), one), money.shown(pending.get(one, 0), one))
        for one in sorted(set(available) | set(pending))
    ]
    rows_shown = [(one["id"], money.shown(one["amount"], one["currency"]), one["status"]) for one in payouts]
    banks = [(bank["bank_name"], f"•••• {bank['last4']}", bank["status"]) for bank in account["external_accounts"]]
    return page(
        "Express dashboard",
        fill("<h1>{}</h1>", account["display_name"] or account["email"] or identifier),
        Markup('<section class="panel"><h2>Balance</h2>'),
        table(("Currency", "Available", "Pending"), amounts),
        Markup('</section><section class="panel"><h2>Bank accounts</h2>'),
        table(("Bank", "Account", "Status"), banks),
        Markup('</section><section class="panel"><h2>Payouts</h2>'),
        table(("Payout", "Amount", "Status"), rows_shown),
        Markup("</section>"),
    )
