"""How the API writes money: orders, sales, balances, payouts."""

from typing import Any

from common import clock, money
from marketplace.api.shown_cards import moment
from marketplace.models import Listing
from payments import claims, ledger
from payments.models import Claim, Order, OrderLine, Payout, Refund, Sale

Shown = dict[str, Any]


def order(found: Order) -> Shown:
    """An order with its lines; `lines` and what hangs on them are best prefetched."""
    return {
        "number": found.number,
        "state": found.state,
        "currency": found.currency,
        "total": _money(found, found.total),
        "subtotal": _money(found, found.subtotal),
        "tax": _money(found, found.tax),
        "refunded": _money(found, found.refunded),
        "created_at": moment(found.created_at),
        "expires_at": moment(found.expires_at) if found.status == Order.Status.PENDING else None,
        "paid_at": moment(found.paid_at),
        "fulfilled_at": moment(found.fulfilled_at),
        "checkout_url": (found.checkout_url or None) if found.status == Order.Status.PENDING else None,
        "lines": [line(found, one) for one in sorted(found.lines.all(), key=lambda one: one.pk)],
    }


def line(parent: Order, found: OrderLine) -> Shown:
    held = found.entitlement
    return {
        "listing": found.listing.slug,
        "title": found.title,
        "version": found.version.number,
        "seller": found.seller.seller_profile.handle if found.seller.is_seller else None,
        "list_price": _money(parent, found.list_price),
        "price": _money(parent, found.price),
        "tax": _money(parent, found.tax),
        "refunded": _money(parent, found.refunded),
        "library_id": held.public_id if held and held.revoked_at is None else None,
    }


def order_page(found: Order) -> Shown:
    """One order with the requests for its money and what went back."""
    asked = Claim.objects.filter(line__order=found).select_related("line__listing").order_by("pk")
    return order(found) | {
        "refund_until": moment(claims.promise_ends_at(found)),
        "withdrawal_until": moment(claims.withdrawal_ends_at(found)),
        "refund_requests": [claim(one) for one in asked],
        "refunds": [refund(one) for one in found.refunds.order_by("pk")],
    }


def claim(found: Claim) -> Shown:
    return {
        "id": found.public_id,
        "listing": found.line.listing.slug,
        "state": found.state,
        "reason": found.reason,
        "words": found.words,
        "evidence": found.evidence,
        "answer": found.answer or None,
        "note": found.note or None,
        "asked_at": moment(found.asked_at),
        "answered_at": moment(found.answered_at),
        "decided_at": moment(found.decided_at),
    }


def refund(found: Refund) -> Shown:
    return {
        "id": found.public_id,
        "amount": money.as_json(found.amount, found.currency),
        "cause": found.cause,
        "state": found.state,
        "created_at": moment(found.created_at),
        "settled_at": moment(found.settled_at),
    }


# ---- Sellers ---------------------------------------------------------------------------------------------------------


def sale(found: OrderLine) -> Shown:
    """A sold line as its seller sees it: nothing of the buyer."""
    return {
        # A counter would tell how much the whole house sells.
        "id": f"{found.order.number}.{found.listing.public_id}",
        "order": found.order.number,
        "listing": found.listing.slug,
        "title": found.title,
        "sold_at": moment(found.order.fulfilled_at),
        "price": _money(found.order, found.price),
        "commission_bps": found.commission_bps,
        "commission": _money(found.order, found.commission),
        "share": _money(found.order, found.seller_share),
        "refunded": _money(found.order, found.refunded),
        "via": found.via or None,
    }


def sale_price(listing: Listing, found: Sale) -> Shown:
    """A lower price for a while."""
    return {
        "listing": listing.slug,
        "price": dict(money.as_json(found.price, listing.currency)),
        "price_before": dict(money.as_json(listing.price, listing.currency)),
        "starts": moment(found.starts_at),
        "ends": moment(found.ends_at),
        "is_running": found.starts_at <= clock.now() < found.ends_at,
    }


def balance(found: ledger.Balance) -> Shown:
    def amount(value: int) -> Shown:
        return dict(money.as_json(value, found.currency))

    return {
        "pending": amount(found.pending),
        "available": amount(found.available),
        "paid_out": amount(found.paid_out),
        "in_transit": amount(found.in_transit),
        "debt": amount(found.debt),
        "becomes_available": [{"day": day.isoformat(), **amount(sum_)} for day, sum_ in found.by_day],
    }


def payout(found: Payout) -> Shown:
    return {
        "id": found.public_id,
        "amount": money.as_json(found.amount, found.currency),
        "state": found.state,
        "transfer": found.transfer,
        "reversed": money.as_json(found.reversed_amount, found.currency),
        "created_at": moment(found.created_at),
        "sent_at": moment(found.sent_at),
        "settled_at": moment(found.settled_at),
    }


def _money(parent: Order, amount: int) -> Shown:
    return dict(money.as_json(amount, parent.currency))
