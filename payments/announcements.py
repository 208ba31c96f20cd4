"""What happens to sellers' money, as messages to their own programs."""

from collections import defaultdict
from typing import Any

from django.dispatch import receiver

from accounts import webhooks
from accounts.models import User
from common import money
from marketplace.announcements import line as listing_line
from payments import signals
from payments.models import Order, OrderLine, Payout, Refund

Event = webhooks.Event


@receiver(signals.sale_completed)
def sold(order: Order, lines: list[OrderLine], **_: Any) -> None:
    """One message for each line: a seller hears of what is theirs and of nothing else in the order."""
    listening = webhooks.listeners({line.seller_id for line in lines}, Event.SALE_COMPLETED)
    for line in lines:
        if line.seller_id not in listening:
            continue
        data = {
            "order": order.number,
            "listing": listing_line(line.listing),
            "price": money.as_json(line.price, order.currency),
            "commission": money.as_json(line.commission, order.currency),
            "share": money.as_json(line.seller_share, order.currency),
            "via": line.via or None,
        }
        webhooks.announce(line.seller, Event.SALE_COMPLETED, data, key=str(line.pk))


@receiver(signals.refund_completed)
def refunded(refund: Refund, **_: Any) -> None:
    shares: dict[User, list[dict[str, Any]]] = defaultdict(list)
    for part in refund.lines.select_related("line__listing", "line__seller").order_by("pk"):
        shares[part.line.seller].append(
            {
                "listing": listing_line(part.line.listing),
                "amount": money.as_json(part.amount, refund.currency),
                "share": money.as_json(part.seller_share, refund.currency),
            }
        )
    for seller, lines in shares.items():
        data = {"refund": refund.public_id, "order": refund.order.number, "cause": refund.cause, "lines": lines}
        webhooks.announce(seller, Event.REFUND_COMPLETED, data, key=str(refund.pk))


@receiver(signals.payout_sent)
def paid_out(payout: Payout, **_: Any) -> None:
    data = {"payout": payout.public_id, "amount": money.as_json(payout.amount, payout.currency)}
    webhooks.announce(payout.seller, Event.PAYOUT_PAID, data, key=str(payout.pk))
