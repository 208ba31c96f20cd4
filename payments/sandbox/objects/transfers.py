"""Transfers from the platform to a seller, and their reversals."""

from typing import Any, NamedTuple

from payments.sandbox import errors, events, ids, lists, money
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import charges
from payments.sandbox.params import AMOUNT, FLAG, META, PAGING, SPAN, TEXT, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import Work

SHORT = (
    "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance "
    "by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance"
)


class Order(NamedTuple):
    """A transfer that was found to be possible."""

    amount: int
    currency: str
    account: str
    source: Record | None
    available_on: int


@post(
    "/v1/transfers",
    {
        "currency*": TEXT,
        "destination*": TEXT,
        "amount": AMOUNT,
        "description": TEXT,
        "metadata": META,
        "source_transaction": TEXT,
        "source_type": choice("bank_account", "card", "fpx"),
        "transfer_group": TEXT,
    },
)
def create(work: Work, given: Given) -> Record:
    if work.account:
        raise errors.refused("A connected account of the sandbox cannot make transfers.", "transfers_not_allowed")
    currency, source = given["currency"].lower(), None
    account = work.rows.find(given["destination"], "account")
    if account is None or account.get("closed"):
        raise errors.no_such("destination", given["destination"], param="destination")
    if given.get("source_transaction"):
        source = charges.find(work, given["source_transaction"], param="source_transaction", status=400)
    amount = given.get("amount") or (source["amount"] if source else None)
    if amount is None:
        raise errors.missing_parameter("amount")
    if account["transfers"]["status"] != "active":
        message = (
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments"
        )
        raise errors.refused(message, "transfers_not_allowed")
    available_on = check_source(work, source, amount, currency) if source else check_funds(work, amount, currency)
    return make(work, given, Order(amount, currency, account["id"], source, available_on))


def check_funds(work: Work, amount: int, currency: str) -> int:
    if money.available(work, work.account, currency) < amount:
        raise errors.refused(SHORT, "balance_insufficient")
    return work.now


def check_source(work: Work, charge: Record, amount: int, currency: str) -> int:
    """When the charge's funds arrive; the transfers that use it can't take more than it brought."""
    if charge["status"] != "succeeded":
        raise errors.refused(f"The charge {charge['id']} has not succeeded.", param="source_transaction")
    if charge["currency"] != currency:
        message = f"The currency of source_transaction's balance transaction ({charge['currency']}) must match."
        raise errors.refused(message, param="currency")
    used = charge.get("_transferred", 0)
    if used + amount > charge["amount"]:
        message = (
            f"Transfers using this transaction as a source must not exceed the source amount of "
            f"{money.shown(charge['amount'], currency)}. (There is already a transfer using this source, amounting to "
            f"a total of {money.shown(used, currency)}.)"
        )
        raise errors.refused(message, param="source_transaction")
    charge["_transferred"] = used + amount
    work.rows.save(charge)
    transaction = work.rows.find(charge["balance_transaction"] or "") or {}
    return int(transaction.get("available_on", work.now))


def make(work: Work, given: Given, order: Order) -> Record:
    amount, currency, account, source, available_on = order
    identifier = ids.make("tr")
    group = given.get("transfer_group") or None
    if source is not None and group is None:
        group = source["transfer_group"] or f"group_{source['payment_intent'] or source['id']}"
    transfer: dict[str, Any] = {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": work.now,
        "currency": currency,
        "description": given.get("description") or None,
        "destination": account,
        "destination_payment": None,
        "livemode": False,
        "metadata": merged({}, given.get("metadata") or {}),
        "reversed": False,
        "source_transaction": source["id"] if source else None,
        "source_type": given.get("source_type") or "card",
        "transfer_group": group,
    }
    seller = work.acting_for(account)
    payment = charges.make_payment(seller, transfer)
    received = money.record(seller, "payment", amount, currency, payment["id"], available_on=available_on)
    payment["balance_transaction"] = received["id"]
    work.rows.save(payment)
    transfer["destination_payment"] = payment["id"]
    sent = money.record(
        work, "transfer", -amount, currency, identifier, available_on=available_on, description=transfer["description"]
    )
    transfer["balance_transaction"] = sent["id"]
    work.rows.add(transfer, work.account)
    events.emit(work, "transfer.created", transfer)
    return transfer


@presenter("transfer")
def view(work: Work, transfer: Record) -> Record:
    """With its last ten reversals, as Stripe shows them."""
    found = work.rows.where("transfer_reversal", transfer=transfer["id"])[::-1] if transfer["amount_reversed"] else []
    reversals = {
        "object": "list",
        "data": [public(one) for one in found[:10]],
        "has_more": len(found) > 10,
        "url": f"/v1/transfers/{transfer['id']}/reversals",
    }
    return {**public(transfer), "reversals": reversals}


def find(work: Work, identifier: str) -> Record:
    transfer = work.rows.find(identifier, "transfer", work.account)
    if transfer is None:
        raise errors.no_such("transfer", identifier, status=404)
    return transfer


@get("/v1/transfers", {**PAGING, "created": SPAN, "destination": TEXT, "transfer_group": TEXT})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "transfer", given, "destination", "transfer_group")


@get("/v1/transfers/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/transfers/{id}", {"description": TEXT, "metadata": META})
def update(work: Work, given: Given, identifier: str) -> Record:
    transfer = find(work, identifier)
    before = dict(transfer)
    if "description" in given:
        transfer["description"] = given["description"] or None
    if "metadata" in given:
        transfer["metadata"] = merged(transfer["metadata"], given["metadata"])
    work.rows.save(transfer)
    events.emit(work, "transfer.updated", transfer, events.changes(before, transfer, "description", "metadata"))
    return transfer


# -- reversals


@post(
    "/v1/transfers/{id}/reversals",
    {"amount": AMOUNT, "description": TEXT, "metadata": META, "refund_application_fee": FLAG},
)
def reverse(work: Work, given: Given, identifier: str) -> Record:
    transfer = find(work, identifier)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = given.get("amount") or left
    currency = transfer["currency"]
    if left == 0:
        raise errors.refused(f"Transfer {identifier} is already fully reversed.", param="amount")
    if amount > left:
        message = (
            f"Transfer reversal amount ({money.shown(amount, currency)}) is greater than unreversed amount on transfer "
            f"({money.shown(left, currency)})"
        )
        raise errors.refused(message, param="amount")
    if money.total(work, transfer["destination"], currency) < amount:
        message = "The connected account does not have enough funds in its balance to reverse this transfer."
        raise errors.refused(message, "balance_insufficient")
    return make_reversal(work, transfer, amount, given)


def make_reversal(work: Work, transfer: Record, amount: int, given: Given) -> Record:
    currency, seller = transfer["currency"], work.acting_for(transfer["destination"])
    reversal = {
        "id": ids.make("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": work.now,
        "currency": currency,
        "destination_payment_refund": None,
        "metadata": merged({}, given.get("metadata") or {}),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    refund = take_back(seller, transfer, amount, reversal["id"])
    received = money.record(work, "transfer_refund", amount, currency, reversal["id"])
    reversal |= {"balance_transaction": received["id"], "destination_payment_refund": refund["id"]}
    work.rows.add(reversal, work.account)
    before = dict(transfer)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    work.rows.save(transfer)
    events.emit(work, "transfer.reversed", transfer, events.changes(before, transfer, "amount_reversed", "reversed"))
    return reversal


def take_back(seller: Work, transfer: Record, amount: int, reversal: str) -> Record:
    """The seller's side of a reversal."""
    payment = charges.find(seller, transfer["destination_payment"])
    identifier = ids.make("pyr")
    sent = money.record(seller, "payment_refund", -amount, transfer["currency"], identifier)
    refund = {
        "id": identifier,
        "object": "refund",
        "amount": amount,
        "balance_transaction": sent["id"],
        "charge": payment["id"],
        "created": seller.now,
        "currency": transfer["currency"],
        "customer": None,
        "customer_account": None,
        "metadata": {},
        "payment_intent": None,
        "payment_method": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": reversal,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    seller.rows.add(refund, seller.account)
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    seller.rows.save(payment)
    return refund


def find_reversal(work: Work, transfer: str, identifier: str) -> Record:
    reversal = work.rows.find(identifier, "transfer_reversal", work.account)
    if reversal is None or reversal["transfer"] != transfer:
        raise errors.no_such("transfer reversal", identifier, status=404)
    return reversal


@get("/v1/transfers/{id}/reversals", PAGING)
def index_reversals(work: Work, given: Given, identifier: str) -> Record:
    find(work, identifier)
    extra = [("json_extract(body, '$.transfer') = ?", identifier)]
    return lists.listing(work, "transfer_reversal", given, extra=extra)


@get("/v1/transfers/{id}/reversals/{reversal}")
def retrieve_reversal(work: Work, given: Given, identifier: str, reversal: str) -> Record:
    return find_reversal(work, identifier, reversal)


@post("/v1/transfers/{id}/reversals/{reversal}", {"metadata": META})
def update_reversal(work: Work, given: Given, identifier: str, reversal: str) -> Record:
    record = find_reversal(work, identifier, reversal)
    if "metadata" in given:
        record["metadata"] = merged(record["metadata"], given["metadata"])
    return work.rows.save(record)
