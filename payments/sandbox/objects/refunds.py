"""Refunds: money back to the buyer, some of them late or failing."""

from typing import Any

from payments.sandbox import alarms, errors, events, ids, lists, money
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import charges, intents
from payments.sandbox.params import AMOUNT, FLAG, META, PAGING, SPAN, TEXT, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.work import Work

RETRY_SECONDS = 5


@post(
    "/v1/refunds",
    {
        "amount": AMOUNT,
        "charge": TEXT,
        "currency": TEXT,
        "customer": TEXT,
        "instructions_email": TEXT,
        "metadata": META,
        "origin": choice("customer_balance"),
        "payment_intent": TEXT,
        "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
        "refund_application_fee": FLAG,
        "reverse_transfer": FLAG,
    },
)
def create(work: Work, given: Given) -> Record:
    charge = charge_of(work, given)
    left = charge["amount"] - charge["amount_refunded"]
    amount = given.get("amount") or left
    check(work, charge, amount, left)
    refund = build(work, charge, amount, given)
    work.rows.add(refund, work.account)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if refund["status"] == "pending" and refund.get("pending_reason") == "insufficient_funds":
        alarms.put(work, work.now + RETRY_SECONDS, "refund_waits", refund["id"])
    else:
        take_money(work, refund)
    work.rows.save(charge)
    close_inquiry(work, charge)
    events.emit(work, "refund.created", refund)
    events.emit(work, "charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    if refund["status"] == "succeeded":
        tell_update(work, refund, {"destination_details": {"card": {"type": "refund"}, "type": "card"}})
    plan_fate(work, charge, refund)
    return refund


def charge_of(work: Work, given: Given) -> Record:
    if given.get("origin") or given.get("customer"):
        raise errors.wrong_parameter("origin", "The sandbox keeps no customer balances.")
    if given.get("charge") and given.get("payment_intent"):
        message = "You may only specify one of these parameters: charge, payment_intent."
        raise errors.StripeError(message, code="parameters_exclusive")
    if given.get("charge"):
        return charges.find(work, given["charge"], param="charge", status=400)
    if not given.get("payment_intent"):
        raise errors.StripeError("One of the following params should be provided: charge or payment_intent.")
    intent = intents.find(work, given["payment_intent"], param="payment_intent", status=400)
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise errors.refused(message, "payment_intent_unexpected_state", "payment_intent")
    return charges.find(work, intent["latest_charge"])


def check(work: Work, charge: Record, amount: int, left: int) -> None:
    identifier, currency = charge["id"], charge["currency"]
    if charge["status"] != "succeeded" or charge["source_transfer"]:
        raise errors.refused(f"Charge {identifier} cannot be refunded.", "charge_not_refundable", "charge")
    if charge.get("_disputed_formally"):
        raise errors.refused(f"Charge {identifier} has been charged back; cannot issue a refund.", "charge_disputed")
    if left == 0:
        raise errors.refused(f"Charge {identifier} has already been refunded.", "charge_already_refunded")
    if amount > left:
        message = (
            f"Refund amount ({money.shown(amount, currency)}) is greater than unrefunded amount on charge "
            f"({money.shown(left, currency)})"
        )
        raise errors.refused(message, param="amount")


def build(work: Work, charge: Record, amount: int, given: Given) -> Record:
    refund: dict[str, Any] = {
        "id": ids.make("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": merged({}, given.get("metadata") or {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        refund["destination_details"] = {"type": "us_bank_transfer", "us_bank_transfer": {}}
    if not money.covers(work, amount, charge["currency"]):
        refund |= {"status": "pending", "pending_reason": "insufficient_funds"}
    elif charge.get("_refund") == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
    else:
        finish(refund)
    return refund


def finish(refund: Record) -> None:
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    if "card" in refund["destination_details"]:
        reference = {"reference_status": "available", "reference_type": "acquirer_reference_number"}
        refund["destination_details"]["card"] |= {"reference": refund["id"][-11:], **reference}


def take_money(work: Work, refund: Record) -> None:
    kind = "refund" if refund["charge"].startswith("ch_") else "payment_refund"
    transaction = money.record(
        work, kind, -refund["amount"], refund["currency"], refund["id"], description="REFUND FOR CHARGE"
    )
    refund["balance_transaction"] = transaction["id"]
    work.rows.save(refund)


def close_inquiry(work: Work, charge: Record) -> None:
    from payments.sandbox.objects import disputes

    if charge["disputed"]:
        disputes.close_inquiries(work, charge)


def plan_fate(work: Work, charge: Record, refund: Record) -> None:
    """Some cards make a refund succeed, or fail, only later."""
    if charge.get("_refund") == "failed":
        alarms.put(work, work.now, "refund_fails", refund["id"])
    elif refund.get("pending_reason") == "processing":
        alarms.put(work, work.now, "refund_succeeds", refund["id"])


def tell_update(work: Work, refund: Record, previous: Record) -> None:
    events.emit(work, "charge.refund.updated", refund, previous)
    events.emit(work, "refund.updated", refund, previous)


@alarms.handler("refund_succeeds")
def succeed(work: Work, identifier: str, details: Record) -> None:
    refund = work.rows.find(identifier, "refund")
    if refund and refund["status"] == "pending":
        previous = {"status": "pending", "pending_reason": refund.get("pending_reason")}
        finish(refund)
        if refund["balance_transaction"] is None:
            take_money(work, refund)
        work.rows.save(refund)
        tell_update(work, refund, previous)


@alarms.handler("refund_waits")
def try_again(work: Work, identifier: str, details: Record) -> None:
    """A refund that the balance could not cover is made as soon as it can."""
    refund = work.rows.find(identifier, "refund")
    if not refund or refund["status"] != "pending" or refund.get("pending_reason") != "insufficient_funds":
        return
    if money.covers(work, refund["amount"], refund["currency"]):
        succeed(work, identifier, details)
    else:
        alarms.put(work, max(work.now, work.latest) + RETRY_SECONDS, "refund_waits", identifier)


@alarms.handler("refund_fails")
def fail(work: Work, identifier: str, details: Record) -> None:
    """The buyer's bank sends the money back."""
    refund = work.rows.find(identifier, "refund")
    if not refund or refund["status"] not in ("succeeded", "pending"):
        return
    previous = {"status": refund["status"]}
    refund |= {"status": "failed", "failure_reason": details.get("reason") or "expired_or_canceled_card"}
    refund.pop("pending_reason", None)
    give_back(work, refund, "refund_failure", "REFUND FAILURE")
    work.rows.save(refund)
    events.emit(work, "refund.failed", refund)
    tell_update(work, refund, previous)


def give_back(work: Work, refund: Record, kind: str, description: str) -> None:
    """Returns the money of a refund that did not happen to the balance and to its charge."""
    if refund["balance_transaction"]:
        transaction = money.record(
            work, kind, refund["amount"], refund["currency"], refund["id"], description=description
        )
        refund["failure_balance_transaction"] = transaction["id"]
    charge = charges.find(work, refund["charge"])
    before = dict(charge)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    work.rows.save(charge)
    events.emit(work, "charge.updated", charge, events.changes(before, charge, "amount_refunded", "refunded"))


def find(work: Work, identifier: str) -> Record:
    refund = work.rows.find(identifier, "refund", work.account)
    if refund is None:
        raise errors.no_such("refund", identifier, status=404)
    return refund


@get("/v1/refunds", {**PAGING, "created": SPAN, "charge": TEXT, "payment_intent": TEXT})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "refund", given, "charge", "payment_intent")


@get("/v1/refunds/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/refunds/{id}", {"metadata": META})
def update(work: Work, given: Given, identifier: str) -> Record:
    refund = find(work, identifier)
    if "metadata" in given:
        before = dict(refund)
        refund["metadata"] = merged(refund["metadata"], given["metadata"])
        work.rows.save(refund)
        tell_update(work, refund, events.changes(before, refund, "metadata"))
    return refund


@post("/v1/refunds/{id}/cancel")
def cancel(work: Work, given: Given, identifier: str) -> Record:
    refund = find(work, identifier)
    if refund["status"] != "requires_action" and refund.get("pending_reason") != "insufficient_funds":
        message = f"Refund {identifier} cannot be canceled because it has a status of {refund['status']}."
        raise errors.refused(message, "status_transition_invalid")
    previous = {"status": refund["status"]}
    refund["status"] = "canceled"
    refund.pop("pending_reason", None)
    give_back(work, refund, "refund_failure", "REFUND CANCELED")
    work.rows.save(refund)
    tell_update(work, refund, previous)
    return refund
