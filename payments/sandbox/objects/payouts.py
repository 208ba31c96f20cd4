"""Payouts from an account's balance to its bank, made by hand or by the account's schedule."""

import datetime as dt
from typing import Any

from payments.sandbox import alarms, clock, errors, events, ids, lists, money, onboarding
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import accounts
from payments.sandbox.params import AMOUNT, META, PAGING, SPAN, TEXT, Text, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.work import DAY, Work

# What becomes of payouts to the test bank accounts: code and message.
FAILURES = {
    "000111111116": (
        "no_account",
        "The bank account details on file are probably incorrect. No bank account could be found.",
    ),
    "000111111113": ("account_closed", "The bank account has been closed."),
    "000222222227": ("insufficient_funds", "Your Stripe account has insufficient funds to cover the payout."),
    "000333333335": ("debit_not_authorized", "Debit transactions are not approved on your bank account."),
    "000444444440": ("invalid_currency", "The bank was unable to process this payout because of its currency."),
}
OTHER_FAILURE = "The bank could not process this payout."
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def owner_of(work: Work) -> Record:
    return accounts.find(work, work.account or work.config.platform)


@post(
    "/v1/payouts",
    {
        "amount*": AMOUNT,
        "currency*": TEXT,
        "description": TEXT,
        "destination": TEXT,
        "metadata": META,
        "method": choice("instant", "standard"),
        "payout_method": TEXT,
        "source_type": choice("bank_account", "card", "fpx"),
        "statement_descriptor": Text(22),
    },
)
def create(work: Work, given: Given) -> Record:
    owner, currency = owner_of(work), given["currency"].lower()
    if owner["closed"] or (work.account and owner["payouts"]["status"] != "active"):
        raise errors.refused("Payouts are not allowed on this account.", "payouts_not_allowed")
    bank = destination(owner, currency, given.get("destination"))
    if given["amount"] > money.available(work, work.account, currency):
        message = (
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. "
            "You can use the the /v1/balance endpoint to view your Stripe balance."
        )
        raise errors.refused(message, "balance_insufficient")
    return make(work, bank, given["amount"], currency, given, automatic=False)


def destination(owner: Record, currency: str, identifier: str | None) -> Record:
    found = [
        one
        for one in owner["external_accounts"]
        if one["id"] == identifier or (identifier is None and one["currency"] == currency)
    ]
    if identifier is not None and not found:
        raise errors.no_such("external account", identifier, param="destination")
    if not found:
        message = f"Sorry, you don't have any external accounts in that currency ({currency})."
        raise errors.refused(message, "balance_invalid_parameter", "currency")
    bank: Record = found[0]
    if bank["status"] == "errored":
        message = "Cannot create payouts: the bank account could not be paid out to. Attach another one."
        raise errors.refused(message, "bank_account_unusable", "destination")
    return bank


def make(work: Work, bank: Record, amount: int, currency: str, given: dict[str, Any], *, automatic: bool) -> Record:
    identifier = ids.make("po")
    payout: dict[str, Any] = {
        "id": identifier,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": clock.midnight_after(work.now + work.config.payout_seconds) - DAY,
        "automatic": automatic,
        "balance_transaction": None,
        "created": work.now,
        "currency": currency,
        "description": given.get("description") or ("STRIPE PAYOUT" if automatic else None),
        "destination": bank["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": merged({}, given.get("metadata") or {}),
        "method": given.get("method") or "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": given.get("source_type") or "card",
        "statement_descriptor": given.get("statement_descriptor"),
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
        "_number": bank["_number"],
    }
    sent = money.record(work, "payout", -amount, currency, identifier, description=payout["description"])
    payout["balance_transaction"] = sent["id"]
    work.rows.add(payout, work.account)
    if automatic:
        mark(work, identifier)
    events.emit(work, "payout.created", payout)
    seconds = work.config.payout_seconds
    alarms.put(work, work.now + seconds // 2, "payout_leaves", identifier)
    alarms.put(work, work.now + seconds, "payout_arrives", identifier)
    return payout


def mark(work: Work, payout: str) -> None:
    """Remembers which transactions an automatic payout is made of."""
    work.rows.execute(
        "UPDATE objects SET body = json_set(body, '$._payout', ?) WHERE kind = 'balance_transaction' AND account = ? "
        "AND json_extract(body, '$._payout') IS NULL AND json_extract(body, '$.available_on') <= ?",
        [payout, work.account, work.now],
    )


def seller_of(work: Work, identifier: str) -> tuple[Record | None, Work]:
    return work.rows.find(identifier, "payout"), work.acting_for(work.rows.account_of(identifier))


@alarms.handler("payout_leaves")
def leave(work: Work, identifier: str, details: Record) -> None:
    payout, seller = seller_of(work, identifier)
    if payout and payout["status"] == "pending":
        payout["status"] = "in_transit"
        seller.rows.save(payout)
        events.emit(seller, "payout.updated", payout, {"status": "pending"})


@alarms.handler("payout_arrives")
def arrive(work: Work, identifier: str, details: Record) -> None:
    leave(work, identifier, details)
    payout, seller = seller_of(work, identifier)
    if payout is None or payout["status"] != "in_transit":
        return
    if payout["_number"] in FAILURES:
        fail(work, identifier, FAILURES[payout["_number"]][0])
        return
    payout |= {"status": "paid", "trace_id": {"status": "supported", "value": f"{payout['id'][-15:].upper()}"}}
    if payout["automatic"]:
        payout["reconciliation_status"] = "completed"
    seller.rows.save(payout)
    events.emit(seller, "payout.paid", payout)


def fail(work: Work, identifier: str, code: str = "could_not_process") -> Record:
    """The bank sends the money back, even days after the payout was paid."""
    payout, seller = seller_of(work, identifier)
    if payout is None:
        raise errors.no_such("payout", identifier, status=404)
    if payout["status"] in ("failed", "canceled"):
        raise errors.refused(f"The payout {identifier} is {payout['status']} already.", "status_transition_invalid")
    messages = dict(FAILURES.values())
    payout |= {"status": "failed", "failure_code": code, "failure_message": messages.get(code, OTHER_FAILURE)}
    back = money.record(
        seller, "payout_failure", payout["amount"], payout["currency"], identifier, description="STRIPE PAYOUT FAILURE"
    )
    payout["failure_balance_transaction"] = back["id"]
    seller.rows.save(payout)
    events.emit(seller, "payout.failed", payout)
    spoil(work, seller, payout["destination"])
    return payout


def spoil(work: Work, seller: Work, bank: str) -> None:
    """A bank account that sent money back is not used again."""
    owner = owner_of(seller)
    before = {**owner, "external_accounts": [dict(one) for one in owner["external_accounts"]]}
    for one in owner["external_accounts"]:
        if one["id"] == bank and one["status"] != "errored":
            one["status"] = "errored"
            seller.rows.save(owner)
            seller.rows.save({**one, "_created": owner["created"]})
            events.emit(seller, "account.external_account.updated", one, {"status": "new"})
            onboarding.tell(work, owner, before)


def find(work: Work, identifier: str) -> Record:
    payout = work.rows.find(identifier, "payout", work.account)
    if payout is None:
        raise errors.no_such("payout", identifier, status=404)
    return payout


@get("/v1/payouts", {**PAGING, "created": SPAN, "arrival_date": SPAN, "destination": TEXT, "status": TEXT})
def index(work: Work, given: Given) -> Record:
    extra = lists.span("json_extract(body, '$.arrival_date')", given.get("arrival_date"))
    return lists.listing(work, "payout", given, "destination", "status", extra=extra)


@get("/v1/payouts/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/payouts/{id}", {"metadata": META})
def update(work: Work, given: Given, identifier: str) -> Record:
    payout = find(work, identifier)
    if "metadata" in given:
        before = dict(payout)
        payout["metadata"] = merged(payout["metadata"], given["metadata"])
        work.rows.save(payout)
        events.emit(work, "payout.updated", payout, events.changes(before, payout, "metadata"))
    return payout


@post("/v1/payouts/{id}/cancel")
def cancel(work: Work, given: Given, identifier: str) -> Record:
    payout = find(work, identifier)
    if payout["status"] != "pending" or payout["automatic"]:
        message = (
            f"Payout {identifier} cannot be canceled: it is {'automatic' if payout['automatic'] else payout['status']}."
        )
        raise errors.refused(message, "status_transition_invalid")
    payout["status"] = "canceled"
    back = money.record(work, "payout_cancel", payout["amount"], payout["currency"], identifier)
    payout["failure_balance_transaction"] = back["id"]
    work.rows.save(payout)
    events.emit(work, "payout.canceled", payout)
    return payout


# -- automatic payouts


def plan(work: Work, *, anew: bool = False) -> None:
    """The next daily run, if none is planned."""
    if anew:
        alarms.cancel(work, "payout_run", "")
    if not work.rows.one("SELECT 1 FROM alarms WHERE name = 'payout_run'"):
        alarms.put(work, clock.midnight_after(work.now), "payout_run", "")


@alarms.handler("payout_run")
def run(work: Work, subject: str, details: Record) -> None:
    plan(work)
    rows = work.rows.execute("SELECT DISTINCT account FROM funds WHERE account <> '' AND amount > 0").fetchall()
    for (account,) in rows:
        pay_out(work.acting_for(account))


def pay_out(work: Work) -> None:
    """Pays out what an account has, if its schedule says so today."""
    owner = owner_of(work)
    if not due_today(owner["schedule"], work.now) or owner["payouts"]["status"] != "active" or owner["closed"]:
        return
    money.merge(work, work.account)
    for currency, available in sorted(money.balance(work, work.account)[0].items()):
        amount = available - int((owner["minimum_balance"] or {}).get(currency, 0))
        banks = [
            one for one in owner["external_accounts"] if one["currency"] == currency and one["status"] != "errored"
        ]
        if amount > 0 and banks:
            make(work, banks[0], amount, currency, {"statement_descriptor": owner["payout_descriptor"]}, automatic=True)


def due_today(schedule: Record, now: int) -> bool:
    today = dt.datetime.fromtimestamp(now, dt.UTC)
    if schedule["interval"] == "weekly":
        return WEEKDAYS[today.weekday()] in (schedule.get("weekly_payout_days") or ["monday"])
    if schedule["interval"] == "monthly":
        return today.day in (schedule.get("monthly_payout_days") or [1])
    return bool(schedule["interval"] == "daily")
