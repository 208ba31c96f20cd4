"""Refunds at Stripe."""

from dataclasses import dataclass
from typing import Any

from payments.gateway.client import ask, client, every


@dataclass(frozen=True)
class StripeRefund:
    """A refund as Stripe shows it; `intent` is our own id when we made it."""

    id: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    amount: int
    currency: str
    payment_intent: str
    charge: str
    intent: str
    failure: str
    moved: bool = True  # whether our balance at Stripe shows it; not while Stripe waits for funds


def refund(
    *, payment_intent: str, amount: int, intent: str, order: str, fraud: bool = False, key_round: int = 1
) -> StripeRefund:
    """Send money back. The key is our own id, so a repeated call within a day gives the same refund."""
    params: dict[str, Any] = {
        "payment_intent": payment_intent,
        "amount": amount,
        "metadata": {"intent": intent, "order": order},
        "reason": "fraudulent" if fraud else "requested_by_customer",
    }
    return ask(
        lambda: _refund(
            client().v1.refunds.create(params, {"idempotency_key": f"refund-{intent}-{key_round}"})  # type: ignore[arg-type]
        )
    )


def read_refund(refund_id: str) -> StripeRefund:
    return ask(lambda: _refund(client().v1.refunds.retrieve(refund_id)))


def refunds_of(payment_intent: str) -> list[StripeRefund]:
    """Every refund of a payment, newest first."""
    page = ask(lambda: client().v1.refunds.list({"payment_intent": payment_intent, "limit": 100}))
    return [_refund(one) for one in every(page)]


def find_refund(payment_intent: str, intent: str) -> StripeRefund | None:
    """The refund made for an intent of ours, if it was made."""
    return next((one for one in refunds_of(payment_intent) if one.intent == intent), None)


def _refund(one: Any) -> StripeRefund:
    metadata = one.metadata
    return StripeRefund(
        id=one.id,
        status=one.status or "pending",
        amount=one.amount,
        currency=one.currency,
        payment_intent=str(one.payment_intent or ""),
        charge=str(one.charge or ""),
        intent=metadata["intent"] if metadata and "intent" in metadata else "",
        failure=(one["failure_reason"] or "") if "failure_reason" in one else "",
        moved=one.balance_transaction is not None,
    )
