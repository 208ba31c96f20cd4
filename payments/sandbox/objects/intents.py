"""Payment intents. Checkout makes them; they are read here."""

from typing import Any

from payments.sandbox import errors, events, ids, lists
from payments.sandbox.api import Given, get, post
from payments.sandbox.params import META, PAGING, SPAN, TEXT, merged
from payments.sandbox.store import Record
from payments.sandbox.views import public
from payments.sandbox.work import Work


def make(work: Work, session: Record, amount: int, methods: list[str]) -> Record:
    """The intent of a checkout session, made when the buyer first tries to pay."""
    data: dict[str, Any] = session.get("_intent_data") or {}
    identifier = ids.make("pi")
    intent = {
        "id": identifier,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": ids.secret(identifier),
        "confirmation_method": "automatic",
        "created": work.now,
        "currency": session["currency"],
        "customer": session["customer"],
        "customer_account": None,
        "description": data.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": data.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": methods,
        "payment_record": None,
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_group": data.get("transfer_group"),
        "_session": session["id"],
    }
    work.rows.add(intent)
    events.emit(work, "payment_intent.created", intent)
    return intent


def find(work: Work, identifier: str, *, param: str = "id", status: int = 404) -> Record:
    intent = work.rows.find(identifier, "payment_intent", work.account)
    if intent is None:
        raise errors.no_such("payment_intent", identifier, param=param, status=status)
    return intent


@get("/v1/payment_intents", {**PAGING, "created": SPAN, "customer": TEXT, "customer_account": TEXT})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "payment_intent", given, "customer", "customer_account")


@get("/v1/payment_intents/{id}", {"client_secret": TEXT})
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/payment_intents/{id}", {"metadata": META, "description": TEXT, "transfer_group": TEXT})
def update(work: Work, given: Given, identifier: str) -> Record:
    intent = find(work, identifier)
    if "metadata" in given:
        intent["metadata"] = merged(intent["metadata"], given["metadata"])
    if "description" in given:
        intent["description"] = given["description"] or None
    if "transfer_group" in given:
        intent["transfer_group"] = given["transfer_group"] or None
    return work.rows.save(intent)


@post("/v1/payment_intents/{id}/cancel", {"cancellation_reason": TEXT})
def cancel(work: Work, given: Given, identifier: str) -> Record:
    intent = find(work, identifier)
    message = (
        "You cannot cancel this PaymentIntent because it was created by a Checkout Session. "
        "Expire the Checkout Session instead."
    )
    raise errors.refused(message, "payment_intent_unexpected_state", payment_intent=public(intent))
