"""Payments contested at the buyer's bank."""

from dataclasses import dataclass
from typing import Any

from payments.gateway.client import ask, client, every


@dataclass(frozen=True)
class StripeDispute:
    """`withdrawn` and `reinstated` are what moved on our balance, in minor units; `fee` what Stripe kept for it."""

    id: str
    status: str
    reason: str
    amount: int
    currency: str
    charge: str
    payment_intent: str
    withdrawn: int
    reinstated: int
    fee: int


def read_dispute(dispute_id: str) -> StripeDispute:
    return ask(lambda: _dispute(client().v1.disputes.retrieve(dispute_id)))


def disputes_of(payment_intent: str) -> list[StripeDispute]:
    page = ask(lambda: client().v1.disputes.list({"payment_intent": payment_intent, "limit": 100}))
    return [_dispute(one) for one in every(page)]


def send_evidence(dispute_id: str, *, text: str, submit: bool, key: str) -> None:
    """Answer a dispute with what we know of the purchase."""
    params: dict[str, Any] = {"evidence": {"uncategorized_text": text}, "submit": submit}
    ask(lambda: client().v1.disputes.update(dispute_id, params, {"idempotency_key": key}))  # type: ignore[arg-type]


def _dispute(one: Any) -> StripeDispute:
    moves = [(move.amount, move.fee) for move in one.balance_transactions]
    return StripeDispute(
        id=one.id,
        status=one.status,
        reason=one.reason,
        amount=one.amount,
        currency=one.currency,
        charge=one.charge if isinstance(one.charge, str) else one.charge.id,
        payment_intent=str(one.payment_intent or ""),
        withdrawn=-sum(amount for amount, _ in moves if amount < 0),
        reinstated=sum(amount for amount, _ in moves if amount > 0),
        fee=sum(fee for _, fee in moves),
    )
