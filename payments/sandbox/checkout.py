"""Paying a checkout session: what happens when the buyer presses the button, and after."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from payments.sandbox import alarms, cards, errors, events
from payments.sandbox.cards import Card
from payments.sandbox.objects import charges, coupons, customers, intents, items, methods
from payments.sandbox.store import Record
from payments.sandbox.work import DAY, Work

BANK_DAYS = 3


class Closed(Exception):
    """The session was paid or has expired; it can't be paid any more."""


@dataclass
class Buyer:
    """What the buyer wrote on the page."""

    email: str
    name: str | None = None
    phone: str | None = None
    address: dict[str, str | None] = field(default_factory=dict)
    tax_ids: list[dict[str, str]] = field(default_factory=list)
    business: str | None = None
    terms_accepted: bool = False
    custom: dict[str, str] = field(default_factory=dict)

    def billing(self) -> Record:
        address = {**charges.NO_ADDRESS, **self.address}
        return {"address": address, "email": self.email, "name": self.name, "phone": self.phone, "tax_id": None}


class Means(NamedTuple):
    """What the buyer pays with: a card, or a bank account for a debit that takes days."""

    number: str
    month: int = 12
    year: int = 2034
    kind: str = "card"


class Outcome(NamedTuple):
    """`result` is paid, processing, challenge or declined."""

    result: str
    message: str = ""
    intent: str = ""


def add_up(work: Work, session: Record, country: str | None) -> None:
    """Fills in the amounts of a session, with the tax of the buyer's country once that is known."""
    automatic = session["automatic_tax"]
    subtotal, discount, taxes, total = items.add_up(
        session["_items"], coupons.worth(work, session), country, taxed=automatic["enabled"]
    )
    session["amount_subtotal"], session["amount_total"] = subtotal, total
    session["total_details"] |= {"amount_discount": discount, "amount_tax": taxes}
    if automatic["enabled"]:
        automatic["status"] = "complete" if country else "requires_location_inputs"


def pay(work: Work, session: Record, buyer: Buyer, means: Means) -> Outcome:
    """One try to pay an open session."""
    if session["status"] != "open" or session["expires_at"] <= work.now:
        raise Closed
    session["customer_details"] = customer_details(buyer)
    add_up(work, session, buyer.address.get("country"))
    keep_answers(session, buyer)
    if session["amount_total"] == 0:
        complete(work, session, "no_payment_required")
        return Outcome("paid")
    intent = prepare(work, session, buyer, means)
    if means.kind != "card":
        return start_debit(work, session, intent, buyer, means)
    card = cards.find(means.number)
    intent["_means"], intent["_billing"] = list(means), buyer.billing()
    if card.challenge:
        return ask_challenge(work, session, intent)
    return charge_card(work, session, intent, card)


def customer_details(buyer: Buyer) -> Record:
    return {
        "address": {**charges.NO_ADDRESS, **buyer.address},
        "business_name": buyer.business,
        "email": buyer.email,
        "individual_name": None,
        "name": buyer.name,
        "phone": buyer.phone,
        "tax_exempt": "none",
        "tax_ids": buyer.tax_ids,
    }


def keep_answers(session: Record, buyer: Buyer) -> None:
    """The consent and the custom fields of the page."""
    if session["consent_collection"]:
        accepted = "accepted" if buyer.terms_accepted else None
        session["consent"] = {"promotions": None, "terms_of_service": accepted}
    for one in session["custom_fields"]:
        one[one["type"]]["value"] = buyer.custom.get(one["key"]) or None


def prepare(work: Work, session: Record, buyer: Buyer, means: Means) -> Record:
    """The intent of this session with the means of this try."""
    if session["payment_intent"]:
        intent = intents.find(work, session["payment_intent"])
        intent["amount"] = session["amount_total"]
    else:
        intent = intents.make(work, session, session["amount_total"], session["payment_method_types"])
        session["payment_intent"] = intent["id"]
        work.rows.save(session)
    if means.kind == "card":
        details = cards.method_card(cards.find(means.number), month=means.month, year=means.year)
    else:
        details = methods.bank_details(means.kind, means.number)
    method = methods.make(work, means.kind, details, buyer.billing(), session["customer"])
    intent["payment_method"] = method["id"]
    intent["last_payment_error"] = None
    return intent


def ask_challenge(work: Work, session: Record, intent: Record) -> Outcome:
    intent["status"] = "requires_action"
    url = f"{work.config.public_url}/3ds/{intent['id']}"
    back = f"{work.config.public_url}/c/pay/{session['id']}"
    intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"return_url": back, "url": url}}
    work.rows.save(intent)
    work.rows.save(session)
    events.emit(work, "payment_intent.requires_action", intent)
    return Outcome("challenge", intent=intent["id"])


def answer_challenge(work: Work, intent: Record, *, passed: bool) -> Outcome:
    """The buyer passed or failed 3-D Secure."""
    session = work.rows.find(intent["_session"], "checkout.session")
    if session is None or session["status"] != "open" or intent["status"] != "requires_action":
        raise Closed
    intent["next_action"] = None
    if passed:
        return charge_card(work, session, intent, cards.find(intent["_means"][0]), challenged=True)
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    refuse(work, intent, message, "payment_intent_authentication_failure", kind="invalid_request_error")
    return Outcome("declined", message)


def charge_card(work: Work, session: Record, intent: Record, card: Card, *, challenged: bool = False) -> Outcome:
    _, month, year, _ = intent["_means"]
    details = cards.details(card, month=month, year=year, challenged=challenged, amount=intent["amount"])
    charge = charges.make(work, intent, details, intent["_billing"])
    charge["_refund"] = card.refund
    intent["latest_charge"] = charge["id"]
    if card.code:
        message = cards.message(card)
        charges.fail(charge, code=card.code, message=message, decline_code=card.decline_code)
        work.rows.save(charge)
        events.emit(work, "charge.failed", charge)
        refuse(work, intent, message, card.code, decline_code=card.decline_code, charge=charge["id"])
        return Outcome("declined", message)
    work.rows.save(charge)
    succeed(work, session, intent, charge)
    charges.settle(work, charge, at_once=card.instant)
    if card.dispute:
        alarms.put(work, work.now, "dispute_opens", charge["id"], reason=card.dispute, inquiry=card.inquiry)
    if card.warned:
        alarms.put(work, work.now, "fraud_warning", charge["id"])
    return Outcome("paid", intent=intent["id"])


def refuse(work: Work, intent: Record, message: str, code: str, *, kind: str = "card_error", **details: Any) -> None:
    """The try failed; the intent waits for another means."""
    method = work.rows.find(intent["payment_method"] or "")
    problem = errors.StripeError(message, kind=kind, code=code, payment_method=method).body
    problem |= {name: value for name, value in details.items() if value}
    intent |= {"status": "requires_payment_method", "last_payment_error": problem, "payment_method": None}
    work.rows.save(intent)
    events.emit(work, "payment_intent.payment_failed", intent)


def succeed(work: Work, session: Record, intent: Record, charge: Record) -> None:
    """The money was taken: charge, intent and session say so, in this order."""
    events.emit(work, "charge.succeeded", charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "next_action": None,
        "processing": None,
        "latest_charge": charge["id"],
    }
    work.rows.save(intent)
    events.emit(work, "payment_intent.succeeded", intent)
    if session["status"] == "open":
        complete(work, session, "paid")
    else:
        session["payment_status"] = "paid"
        work.rows.save(session)
        events.emit(work, "checkout.session.async_payment_succeeded", session)


def complete(work: Work, session: Record, payment_status: str) -> None:
    session |= {"status": "complete", "payment_status": payment_status}
    if session["customer_creation"] == "always" and not session["customer"]:
        session["customer"] = customers.from_checkout(work, session["customer_details"])["id"]
    coupons.redeem(work, session)
    work.rows.save(session)
    alarms.cancel(work, "session_expires", session["id"])
    events.emit(work, "checkout.session.completed", session)


def start_debit(work: Work, session: Record, intent: Record, buyer: Buyer, means: Means) -> Outcome:
    """A bank debit: the session completes unpaid, and the money comes or fails days later."""
    charge = charges.make(
        work, intent, methods.charge_details(means.kind, means.number), buyer.billing(), status="pending"
    )
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    work.rows.save(intent)
    events.emit(work, "charge.pending", charge)
    events.emit(work, "payment_intent.processing", intent)
    complete(work, session, "unpaid")
    fails = means.number.endswith(("111111116", "111111113", "222222227"))
    alarms.put(work, work.now + BANK_DAYS * DAY, "debit_ends", intent["id"], fails=fails)
    return Outcome("processing", intent=intent["id"])


@alarms.handler("debit_ends")
def end_debit(work: Work, identifier: str, details: Record) -> None:
    intent = work.rows.find(identifier, "payment_intent")
    if intent is None or intent["status"] != "processing":
        return
    session = work.rows.find(intent["_session"]) or {}
    charge = charges.find(work, intent["latest_charge"])
    if not details["fails"]:
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        work.rows.save(charge)
        succeed(work, session, intent, charge)
        charges.settle(work, charge)
        return
    message = "The customer's bank account could not be located."
    charges.fail(charge, code="payment_method_provider_decline", message=message, decline_code="")
    work.rows.save(charge)
    events.emit(work, "charge.failed", charge)
    refuse(work, intent, message, "payment_method_provider_decline", charge=charge["id"])
    events.emit(work, "checkout.session.async_payment_failed", session)


def expire(work: Work, session: Record) -> Record:
    """Closes an open session; a payment that waits for 3-D Secure ends with it."""
    session["status"] = "expired"
    session["expires_at"] = min(session["expires_at"], work.now)
    work.rows.save(session)
    alarms.cancel(work, "session_expires", session["id"])
    if session["payment_intent"]:
        intent = intents.find(work, session["payment_intent"])
        intent |= {
            "status": "canceled",
            "canceled_at": work.now,
            "cancellation_reason": "expired",
            "next_action": None,
        }
        work.rows.save(intent)
        events.emit(work, "payment_intent.canceled", intent)
    events.emit(work, "checkout.session.expired", session)
    return session
