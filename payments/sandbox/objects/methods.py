"""Payment methods, made by Checkout for each payment."""

from payments.sandbox import cards, errors, ids
from payments.sandbox.api import Given, get
from payments.sandbox.store import Record
from payments.sandbox.work import Work


def make(work: Work, kind: str, details: Record, billing: Record, customer: str | None) -> Record:
    """`details` is what stands under the name of the kind."""
    method = {
        "id": ids.make("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing,
        kind: details,
        "created": work.now,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    return work.rows.add(method)


def bank_details(kind: str, number: str) -> Record:
    """The bank account of a payment method."""
    if kind == "sepa_debit":
        return {
            "bank_code": "19043",
            "branch_code": "",
            "country": number[:2] or "AT",
            "fingerprint": cards.fingerprint(number),
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": number[-4:],
        }
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": cards.fingerprint(number),
        "last4": number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": None,
    }


def charge_details(kind: str, number: str) -> Record:
    """The same in `payment_method_details` of a charge."""
    details = bank_details(kind, number)
    if kind == "sepa_debit":
        del details["generated_from"]
        return {"type": kind, kind: {**details, "mandate": None}}
    for name in ("financial_connections_account", "networks", "status_details"):
        del details[name]
    return {"type": kind, kind: {**details, "payment_reference": None}}


@get("/v1/payment_methods/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    method = work.rows.find(identifier, "payment_method")
    if method is None:
        raise errors.StripeError(
            f"No such PaymentMethod: '{identifier}'", status=404, code="resource_missing", param="payment_method"
        )
    return method
