"""Charges: an attempt to take money, that succeeded, failed or is on its way."""

from payments.sandbox import errors, events, ids, lists, money
from payments.sandbox.api import Given, get, post
from payments.sandbox.params import ANY, META, PAGING, SPAN, TEXT, merged
from payments.sandbox.store import Record
from payments.sandbox.views import lazy
from payments.sandbox.work import Work

NO_ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
PAID = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 20,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def make(work: Work, intent: Record, details: Record, billing: Record, status: str = "succeeded") -> Record:
    """A charge for an intent; money moves only in `settle`."""
    prefix = "ch" if details["type"] == "card" else "py"
    identifier = ids.make(prefix)
    paid = status != "failed"
    charge = {
        "id": identifier,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing,
        "calculated_statement_descriptor": descriptor(intent["statement_descriptor_suffix"]),
        "captured": status == "succeeded",
        "created": work.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": PAID if paid else None,
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": details,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{work.config.public_url}/receipts/{identifier}" if paid else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
        "_session": intent["_session"],
    }
    return work.rows.add(charge)


def make_payment(work: Work, transfer: Record) -> Record:
    """The seller's side of a transfer; `work` acts for the seller."""
    identifier = ids.make("py")
    payment = {
        "id": identifier,
        "object": "charge",
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": work.now,
        "currency": transfer["currency"],
        "customer": None,
        "description": transfer["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": {"type": "stripe_account", "stripe_account": {}},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": transfer["id"],
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": transfer["transfer_group"],
    }
    return work.rows.add(payment, work.account)


def descriptor(suffix: str | None) -> str:
    return f"SANDBOX* {suffix}"[:22] if suffix else "SANDBOX"


def fail(charge: Record, *, code: str, message: str, decline_code: str) -> None:
    """Marks a charge as declined."""
    charge["status"] = "failed"
    charge["paid"] = charge["captured"] = False
    charge["amount_captured"] = 0
    charge["failure_code"], charge["failure_message"] = code, message
    charge["outcome"] = {
        "advice_code": "try_again_later" if decline_code in ("insufficient_funds", "generic_decline") else None,
        "network_advice_code": None,
        "network_decline_code": "05",
        "network_status": "declined_by_network",
        "reason": decline_code or code,
        "risk_level": "normal",
        "risk_score": 40,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def settle(work: Work, charge: Record, *, at_once: bool = False) -> None:
    """Books the money of a charge that succeeded, and tells so."""
    before = dict(charge)
    transaction = money.record(
        work,
        "charge" if charge["id"].startswith("ch_") else "payment",
        charge["amount"],
        charge["currency"],
        charge["id"],
        fee=money.charge_fee(charge["amount"], charge["currency"]),
        available_on=work.now if at_once else money.settles_on(work),
        description=charge["description"],
    )
    charge["balance_transaction"] = transaction["id"]
    work.rows.save(charge)
    events.emit(work, "charge.updated", charge, events.changes(before, charge, "balance_transaction"))


def find(work: Work, identifier: str, *, param: str = "id", status: int = 404) -> Record:
    charge = work.rows.find(identifier, "charge", work.account)
    if charge is None:
        raise errors.no_such("charge", identifier, param=param, status=status)
    return charge


@lazy("charge", "refunds")
def refunds_of(work: Work, charge: Record) -> Record:
    found = work.rows.where("refund", charge=charge["id"])
    return lists.whole(found[::-1], f"/v1/charges/{charge['id']}/refunds")


@get("/v1/charges", {**PAGING, "created": SPAN, "customer": TEXT, "payment_intent": TEXT, "transfer_group": TEXT})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "charge", given, "customer", "payment_intent", "transfer_group")


@get("/v1/charges/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post(
    "/v1/charges/{id}",
    {"metadata": META, "description": TEXT, "transfer_group": TEXT, "receipt_email": TEXT, "fraud_details": ANY},
)
def update(work: Work, given: Given, identifier: str) -> Record:
    charge = find(work, identifier)
    before = dict(charge)
    if "metadata" in given:
        charge["metadata"] = merged(charge["metadata"], given["metadata"])
    for name in ("description", "transfer_group", "receipt_email"):
        if name in given:
            charge[name] = given[name] or None
    if "fraud_details" in given:
        charge["fraud_details"] = given["fraud_details"]
    work.rows.save(charge)
    if changed := events.changes(before, charge, "metadata", "description", "transfer_group", "receipt_email"):
        events.emit(work, "charge.updated", charge, changed)
    return charge
