"""Checkout sessions and the charges behind them."""

import contextlib
from dataclasses import dataclass
from typing import Any, cast

import stripe
from django.conf import settings

from payments.gateway.client import Refused, ask, client
from payments.models import Order


@dataclass(frozen=True)
class Payment:
    """What Stripe knows of a checkout session and the payment behind it."""

    session: str
    status: str  # open, complete, expired
    paid: bool
    amount: int
    tax: int
    currency: str
    order: str
    payment_intent: str | None = None
    charge: str | None = None
    fee: int | None = None
    card_fingerprint: str = ""
    url: str = ""
    failed: bool = False  # a slow method that said yes at first and no in the end


def open_checkout(order: Order) -> Payment:
    """The hosted payment page of an order; asking again with the same attempt gives the same page."""
    mine = {"order": order.number}
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": order.number,
        "metadata": mine,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency,
                    "unit_amount": line.price,
                    "product_data": {"name": line.title, "tax_code": "txcd_10000000"},
                    **({"tax_behavior": "exclusive"} if settings.STRIPE_TAX else {}),
                },
            }
            for line in order.lines.order_by("pk")
            if line.price
        ],
        "payment_intent_data": {"metadata": mine, "transfer_group": order.number},
        "success_url": f"{settings.SITE_URL}{order.get_absolute_url()}?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{settings.SITE_URL}{order.get_absolute_url()}?cancelled=1",
        "expires_at": int(order.expires_at.timestamp()),
        "customer_creation": "if_required",
        "locale": order.language if order.language in {"en", "fr"} else "auto",
        "adaptive_pricing": {"enabled": False},
    }
    if order.email:
        params["customer_email"] = order.email
    if settings.STRIPE_TAX:
        params["automatic_tax"] = {"enabled": True}
    key = f"checkout-{order.number}-{order.attempt}"
    session = ask(
        lambda: client().v1.checkout.sessions.create(
            cast("stripe.params.checkout.SessionCreateParams", params), {"idempotency_key": key}
        )
    )
    return ask(lambda: _payment(session))


def read_session(session_id: str) -> Payment:
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return ask(lambda: _payment(client().v1.checkout.sessions.retrieve(session_id, {"expand": expand})))


def expire_session(session_id: str) -> Payment:
    """Close the payment page, or learn that it was already paid or closed."""
    # A refusal means that it is not open any more: the answer below says what it is.
    with contextlib.suppress(Refused):
        ask(lambda: client().v1.checkout.sessions.expire(session_id))
    return read_session(session_id)


def _payment(session: Any) -> Payment:
    intent = session.payment_intent
    charge = None if intent is None or isinstance(intent, str) else intent.latest_charge
    known = None if charge is None or isinstance(charge, str) else charge
    booked = known.balance_transaction if known is not None else None
    details = known.payment_method_details if known is not None else None
    card = details.card if details is not None and "card" in details else None
    return Payment(
        session=session.id,
        status=session.status or "open",
        paid=session.payment_status != "unpaid",
        amount=session.amount_total or 0,
        tax=(session.total_details.amount_tax if session.total_details else 0) or 0,
        currency=session.currency or "",
        order=(session.metadata["order"] if session.metadata and "order" in session.metadata else "")
        or session.client_reference_id
        or "",
        payment_intent=intent if isinstance(intent, str) or intent is None else intent.id,
        charge=charge if isinstance(charge, str) or charge is None else charge.id,
        fee=None if booked is None or isinstance(booked, str) else booked.fee,
        card_fingerprint=(card.fingerprint or "") if card is not None else "",
        url=session.url or "",
        failed=_has_failed(session),
    )


def _has_failed(session: Any) -> bool:
    """The page was completed, and the payment behind it will not come any more."""
    intent = session.payment_intent
    if session.status != "complete" or session.payment_status != "unpaid" or intent is None or isinstance(intent, str):
        return False
    return intent.status in {"requires_payment_method", "canceled"}


@dataclass(frozen=True)
class Charge:
    id: str
    payment_intent: str
    amount: int
    refunded: int
    currency: str
    order: str
    disputed: bool
    fee: int | None


def read_charge(charge_id: str) -> Charge:
    return ask(lambda: _charge(client().v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]})))


def _charge(charge: Any) -> Charge:
    booked = charge.balance_transaction
    return Charge(
        id=charge.id,
        payment_intent=str(charge.payment_intent or ""),
        amount=charge.amount,
        refunded=charge.amount_refunded,
        currency=charge.currency,
        order=charge.metadata["order"] if charge.metadata and "order" in charge.metadata else "",
        disputed=bool(charge.disputed),
        fee=None if booked is None or isinstance(booked, str) else booked.fee,
    )
