"""An order's life after it was placed: paid, fulfilled, expired. Every way in takes the same lock: the order's row."""

import logging
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction

from accounts import activity, notifications, outbox
from common import clock, money, prepared
from marketplace import library
from marketplace.models import Entitlement, Listing
from payments import alerts, gateway, ledger, prices, refunds, signals, tasks
from payments.models import Order, OrderLine, Refund

log = logging.getLogger(__name__)
PAID_FIELDS = (
    *("status", "paid_at", "payment_intent", "charge", "session_id", "card_fingerprint"),
    *("tax", "total", "stripe_fee"),
)

# What stands on the way of every delivery is written once: Django takes as long to write it as the database to answer.
_ordered = prepared.Prepared(lambda pk: Order.objects.select_for_update(no_key=True).filter(pk=pk), -1)
_paid_for = prepared.Prepared(
    lambda pk: (
        Order.objects.select_for_update(no_key=True, of=("self",))
        .select_related("buyer")
        .annotate(moment=TransactionNow())
        .filter(pk=pk)
    ),
    -1,
)
_lines_of = prepared.Prepared(
    lambda pk: OrderLine.objects.filter(order=pk).select_related("listing", "version", "seller").order_by("pk"), -1
)
_WRITE_PAID = f"UPDATE payments_order SET {', '.join(f'{name} = %s' for name in PAID_FIELDS)} WHERE id = %s"  # noqa: S608 — our own columns
_WRITE_FULFILLED = """
WITH handed_over AS (
    UPDATE payments_orderline SET entitlement_id = given.entitlement
    FROM unnest(%s::bigint[], %s::bigint[]) AS given (line, entitlement) WHERE id = given.line
), forgotten AS (
    DELETE FROM payments_cartitem WHERE user_id = %s AND listing_id = ANY(%s::bigint[])
)
UPDATE payments_order SET status = %s, fulfilled_at = %s WHERE id = %s
"""


class NotPaid(Exception):
    """Fulfilment was asked for before the money arrived."""


class NoSuchOrder(Exception):
    """Stripe names an order that we do not have (yet)."""


def sync_session(session_id: str) -> Order | None:
    """Look at a payment page at Stripe and do what follows from it; the webhook, the return page and the sweep call."""
    payment = gateway.read_session(session_id)
    order = Order.objects.filter(number=payment.order).first()
    if order is None:
        raise NoSuchOrder(payment.order)
    if payment.paid and payment.status == "complete":
        _paid(order.pk, payment)
    elif payment.status == "expired" or payment.failed:
        expire(order.pk)
    order.refresh_from_db()
    return order


def _paid(order_id: int, payment: gateway.Payment) -> None:
    """A payment that came too late or is not what was asked for goes back; there is nothing to hand over then."""
    if mark_paid(order_id, payment).status != Order.Status.PAID:
        return
    try:
        fulfil(order_id)
    except Exception:
        # A worker tries again soon; of a process that died, the event is still in the queue, and the sweep looks too.
        tasks.hurry_order(order_id)
        raise


def _locked(statement: prepared.Prepared[Any], order_id: int) -> Order:
    order: Order | None = statement.first(order_id)
    if order is None:
        raise Order.DoesNotExist(order_id)
    return order


def of_payment(payment_intent: str, charge: str) -> Order | None:
    """The order that a payment paid, caught up with first: news of its refund may overtake those of the payment."""
    order = Order.objects.filter(payment_intent=payment_intent).first()
    if order is None and charge:
        named = Order.objects.filter(number=gateway.read_charge(charge).order).first()
        if named is not None and named.session_id and named.payment_intent is None:
            sync_session(named.session_id)
        order = Order.objects.filter(payment_intent=payment_intent).first()
    if order is not None and order.status == Order.Status.PAID:
        order = fulfil(order.pk)
    return order


@transaction.atomic
def mark_paid(order_id: int, payment: gateway.Payment) -> Order:
    """The money is at Stripe. Once for each payment: it pays the order, or goes back with a reason."""
    order = _locked(_ordered, order_id)
    if payment.payment_intent and order.payment_intent == payment.payment_intent:
        return order
    if order.paid_at is not None:
        return _give_back(order, payment, Refund.Cause.DUPLICATE)
    if order.status == Order.Status.EXPIRED:
        return _give_back(order, payment, Refund.Cause.LATE)
    if payment.currency != order.currency or payment.amount - payment.tax != order.subtotal:
        order.status, order.hold_reason = Order.Status.HELD, "amount_mismatch"
        order.save(update_fields=["status", "hold_reason"])
        alerts.raise_("payment_mismatch", f"order:{order.number}", f"Order {order.number} was paid with another sum.")
        return _give_back(order, payment, Refund.Cause.MISMATCH)

    order.status = Order.Status.PAID
    order.paid_at = clock.now()
    order.payment_intent, order.charge = payment.payment_intent, payment.charge
    order.session_id = order.session_id or payment.session
    order.card_fingerprint = payment.card_fingerprint
    if payment.tax:
        _spread_tax(order, payment.tax)
    if payment.fee is not None and payment.charge:
        ledger.record_fee(order, payment.fee, payment.charge)
        order.stripe_fee = payment.fee
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_PAID, [*(getattr(order, name) for name in PAID_FIELDS), order.pk])
    return order


def _give_back(order: Order, payment: gateway.Payment, cause: Refund.Cause) -> Order:
    """Book money that bought nothing, and send it back; the buyer is told."""
    if payment.payment_intent:
        ledger.record_stray(order, payment.amount, payment.currency, payment.payment_intent)
        if payment.fee is not None and payment.charge:
            ledger.record_fee(order, payment.fee, payment.charge)
        elif payment.charge:
            outbox.promise("payments.book_fee", key=f"fee:{payment.charge}", order_id=order.pk, charge=payment.charge)
        refunds.give_back(order, payment.payment_intent, payment.amount, payment.currency, cause)
    return order


def _spread_tax(order: Order, tax: int) -> None:
    """Put Stripe's tax on the lines in proportion to their prices; left cents go to the last with a price."""
    left, lines = tax, list(order.lines.filter(price__gt=0).order_by("pk"))
    for line in lines:
        line.tax = left if line is lines[-1] else tax * line.price // order.subtotal
        left -= line.tax
    OrderLine.objects.bulk_update(lines, ["tax"])
    order.tax, order.total = tax, order.subtotal + tax


@transaction.atomic
def fulfil(order_id: int) -> Order:
    """Hand over what was bought. Safe to call again; Stripe will make us."""
    order = _locked(_paid_for, order_id)
    if order.status == Order.Status.FULFILLED:
        return order
    if order.status == Order.Status.HELD:
        return order
    if order.status != Order.Status.PAID:
        raise NotPaid(order.number)

    lines = _lines_of.rows(order.pk)
    with outbox.together(), activity.together():
        granted = _grant(order, lines)
        if order.total:
            ledger.record_sale(order, lines, sold_at=order.moment)  # type: ignore[attr-defined] # annotated
        _hand_over(order, lines, granted)
        _tell(order, granted)
    for line in lines:
        if line not in granted:
            refunds.give_line_back(order, line)
    return order


def _hand_over(order: Order, lines: list[OrderLine], granted: list[OrderLine]) -> None:
    """Mark lines and order as delivered, and take what was bought out of the cart."""
    order.status, order.fulfilled_at = Order.Status.FULFILLED, clock.now()
    rights = [line.entitlement_id for line in granted]
    bought = [line.listing_id for line in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE_FULFILLED,
            [[line.pk for line in granted], rights, order.buyer_id, bought, order.status, order.fulfilled_at, order.pk],
        )


def _grant(order: Order, lines: list[OrderLine]) -> list[OrderLine]:
    """Give the rights to read, but none that must not be (banned since) or is there already (bought twice)."""
    wanted = [
        line
        for line in lines
        if line.listing.status != Listing.Status.SUSPENDED
        and not (line.price and line.refunded == line.price + line.tax)
    ]
    grants = [library.Grant(line.listing, line.version, f"line:{line.pk}", line.price > 0) for line in wanted]
    granted = []
    for line, given in zip(wanted, library.grant_all(order.buyer, grants), strict=True):
        if given.key == f"line:{line.pk}":
            line.entitlement = given
            granted.append(line)
    return granted


def _tell(order: Order, lines: list[OrderLine]) -> None:
    outbox.promise("payments.send_receipt", key=f"receipt:{order.number}", order_id=order.pk)
    if order.total and order.stripe_fee is None:
        outbox.promise("payments.book_fee", key=f"fee:{order.number}", order_id=order.pk)
    sales = [
        notifications.Telling(
            line.seller,
            f"sale:{line.pk}",
            {"title": line.title, "amount": money.as_json(line.seller_share, order.currency)},
        )
        for line in lines
    ]
    notifications.tell_all("sale", sales, url="/sell/")
    if lines:
        signals.sale_completed.send(Order, order=order, lines=lines)
    activity.record(order.buyer, "order.fulfilled", ("order", order.number, order.number), total=order.total)


@transaction.atomic
def accept_free(order: Order) -> Order:
    """An order without a price needs no Stripe: it is paid and delivered where it is placed."""
    order.status, order.paid_at = Order.Status.PAID, clock.now()
    order.save(update_fields=["status", "paid_at"])
    fulfil(order.pk)
    order.refresh_from_db()
    return order


def close(order: Order) -> None:
    """End a pending order whose time is up, after asking Stripe whether it was paid after all."""
    if order.session_id:
        payment = gateway.expire_session(order.session_id)
        if payment.paid and payment.status == "complete":
            _paid(order.pk, payment)
            return
        if payment.status != "expired" and not payment.failed:
            return  # still being paid (a slow method); looked at again later
    expire(order.pk)


@transaction.atomic
def expire(order_id: int) -> Order:
    """Nobody paid in time: give the coupon's use back. Anything but a pending order is left alone."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.status != Order.Status.PENDING:
        return order
    order.status, order.expired_at = Order.Status.EXPIRED, clock.now()
    order.save(update_fields=["status", "expired_at"])
    if redemption := getattr(order, "redemption", None):
        prices.free_coupon(redemption)
    return order


def book_fee(order_id: int, charge: str = "") -> None:
    """Book what Stripe took of the order's payment, or of a `charge` that bought nothing, once it is known."""
    order = Order.objects.get(pk=order_id)
    if charge and charge != order.charge:
        ledger.record_fee(order, _fee_of(charge), charge)
        return
    if order.stripe_fee is not None or not order.charge:
        return
    fee = _fee_of(order.charge)
    with transaction.atomic():
        ledger.record_fee(order, fee, order.charge)
        Order.objects.filter(pk=order.pk).update(stripe_fee=fee)


def _fee_of(charge: str) -> int:
    fee = gateway.read_charge(charge).fee
    if fee is None:
        raise gateway.Away("The fee is not known yet.")
    return fee


def entitlements(order: Order) -> list[Entitlement]:
    """What the buyer can read because of this order, in the order of its lines."""
    return [
        line.entitlement
        for line in order.lines.select_related("entitlement__listing").order_by("pk")
        if line.entitlement and line.entitlement.revoked_at is None
    ]


def book_missing_fees() -> int:
    """Fees of paid orders that are not booked yet."""
    missing = list(Order.objects.filter(stripe_fee=None).exclude(charge=None).values_list("pk", flat=True)[:500])
    for pk in missing:
        book_fee(pk)
    return len(missing)
