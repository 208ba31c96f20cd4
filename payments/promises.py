"""The work that money promises through the outbox; what Stripe has to be asked for is tried for days."""

from accounts import outbox
from payments import letters, notices, orders, payouts, refunds

__all__ = ["letters", "notices"]
ATTEMPTS = 400


@outbox.handler("payments.send_refund", attempts=ATTEMPTS, priority=outbox.FIRST)
def send_refund(refund_id: int) -> None:
    refunds.send(refund_id)


@outbox.handler("payments.sync_refunds", attempts=ATTEMPTS, priority=outbox.FIRST)
def sync_refunds(payment_intent: str) -> None:
    refunds.sync_payment(payment_intent)


@outbox.handler("payments.reverse", attempts=ATTEMPTS, priority=outbox.FIRST)
def reverse(reversal_id: int) -> None:
    payouts.reverse(reversal_id)


@outbox.handler("payments.book_fee", attempts=ATTEMPTS, priority=outbox.FIRST)
def book_fee(order_id: int, charge: str = "") -> None:
    orders.book_fee(order_id, charge)
