"""Disputes: what the bank takes, the sellers' shares give up at once; what it gives back, they get back.

An inquiry moves no money and changes nothing. When Stripe withdraws the amount, the lines' shares are taken from the
sellers (as with a refund) and the right to read ends; when it is won, both come back. The dispute fee is ours.
"""

import logging

from django.db import transaction
from django.db.models import Sum

from accounts import activity, notifications
from common import clock
from marketplace import library
from marketplace.models import Entitlement
from payments import alerts, bank_losses, gateway, ledger, orders, payouts
from payments.ledger import K, Leg
from payments.models import Dispute, Entry, Order, OrderLine, Refund

log = logging.getLogger(__name__)
CLOSED = {"won", "lost", "warning_closed", "prevented"}


def sync(dispute_id: str) -> None:
    """Look at a dispute at Stripe and book what it has moved since; forward only, any number of times."""
    found = gateway.read_dispute(dispute_id)
    order = orders.of_payment(found.payment_intent, found.charge) or _stray(found.payment_intent)
    if order is None:
        alerts.raise_("dispute_unknown", f"dispute:{dispute_id}", "A dispute names a payment that no order has.")
        return
    _book(order.pk, found)


def _stray(payment_intent: str) -> Order | None:
    """The order that a payment to be given back was made for."""
    stray = Refund.objects.filter(key=f"stray:{payment_intent}").select_related("order").first()
    return stray.order if stray else None


@transaction.atomic
def _book(order_id: int, found: gateway.StripeDispute) -> None:
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    dispute, is_new = Dispute.objects.select_for_update(no_key=True, of=("self",)).get_or_create(
        stripe_id=found.id,
        defaults={
            "order": order,
            "payment_intent": found.payment_intent,
            "status": found.status,
            "reason": found.reason,
            "amount": found.amount,
            "currency": found.currency,
        },
    )
    if is_new:
        alerts.raise_("dispute", f"dispute:{found.id}", f"The payment of order {order.number} is disputed.")
        activity.record(None, "dispute.opened", ("order", order.number, order.number), amount=found.amount)
    if found.withdrawn and dispute.withdrawn_at is None:
        withdraw = _withdraw if found.payment_intent == order.payment_intent else _withdraw_stray
        withdraw(order, dispute, found)
    if found.reinstated and dispute.reinstated_at is None:
        _reinstate(order, dispute, found)
    if found.fee != dispute.fee:
        legs = [Leg(K.STRIPE, dispute.fee - found.fee), Leg(K.DISPUTE_FEES, found.fee - dispute.fee)]
        ledger.post("dispute_fee", f"dispute-fee:{found.id}:{found.fee}", found.currency, legs, order=order)
        dispute.fee = found.fee
    dispute.status = found.status
    if found.status in CLOSED and dispute.settled_at is None:
        dispute.settled_at = clock.now()
        alerts.settle(f"dispute:{found.id}")
    dispute.save()


def _lines(order: Order) -> list[OrderLine]:
    held = order.lines.select_for_update(no_key=True, of=("self",))
    return list(held.select_related("seller", "listing").order_by("pk"))


def _withdraw(order: Order, dispute: Dispute, found: gateway.StripeDispute) -> None:
    """The bank took the money: each line's remaining shares are given up, in proportion when it took a part only.

    What it took beyond them is our loss.
    """
    lines = _lines(order)
    ledger.lock_sellers({line.seller_id for line in lines}, order.currency)
    legs = [Leg(K.STRIPE, -found.withdrawn)]
    given_up = 0
    standing = {line.pk: _standing(line) for line in lines}
    whole = sum(sum(parts) for parts in standing.values())
    left = min(found.withdrawn, whole)
    for line in lines:
        gross = sum(standing[line.pk])
        part = left * gross // whole if whole else 0
        share, commission, tax = _part(standing[line.pk], part)
        left, whole = left - part, whole - gross
        legs.append(Leg(K.SELLER, share, line.seller_id, line.pk, ledger.matures_at(line)))
        legs.append(Leg(K.COMMISSION, commission, line_id=line.pk))
        legs.append(Leg(K.TAX, tax, line_id=line.pk))
        given_up += share + commission + tax
        if line.entitlement_id:
            library.revoke(Entitlement.objects.get(pk=line.entitlement_id), Entitlement.Cause.DISPUTE)
    legs.append(Leg(K.LOSSES, found.withdrawn - given_up))
    ledger.post("dispute_withdrawn", f"dispute:{found.id}", found.currency, legs, order=order)
    now = clock.now()
    dispute.withdrawn_at = now
    Order.objects.filter(pk=order.pk).update(disputed_at=now)
    for line in lines:
        payouts.recover(line.seller, order.currency, because=f"dispute:{found.id}:{line.pk}")
        notifications.tell(
            line.seller, "sale_disputed", url="/sell/", key=f"disputed:{dispute.pk}:{line.pk}", title=line.title
        )


def _withdraw_stray(order: Order, dispute: Dispute, found: gateway.StripeDispute) -> None:
    """The bank took back a payment that bought nothing: what still waited to be given back, else our own money."""
    failed = Refund.objects.filter(key=f"stray:{found.payment_intent}", state=Refund.State.FAILED)
    waiting = min(found.withdrawn, failed.values_list("amount", flat=True).first() or 0)
    legs = [Leg(K.STRIPE, -found.withdrawn), Leg(K.UNALLOCATED, waiting), Leg(K.LOSSES, found.withdrawn - waiting)]
    ledger.post("dispute_withdrawn", f"dispute:{found.id}", found.currency, legs, order=order)
    dispute.withdrawn_at = clock.now()


def _standing(line: OrderLine) -> tuple[int, int, int]:
    """What the books still give to (seller, commission, tax) for a line."""
    rows = Entry.objects.filter(line=line).values_list("account__kind").annotate(sum=-Sum("amount"))
    sums = dict(rows.order_by("account__kind"))
    return sums.get(K.SELLER, 0), sums.get(K.COMMISSION, 0), sums.get(K.TAX, 0)


def _part(standing: tuple[int, int, int], amount: int) -> tuple[int, int, int]:
    """(seller, commission, tax) of an amount out of what stands; together the amount."""
    share, commission, tax = standing
    gross = share + commission + tax
    if amount >= gross:
        return standing
    taken_tax, taken_commission = tax * amount // gross, commission * amount // gross
    return amount - taken_tax - taken_commission, taken_commission, taken_tax


def _reinstate(order: Order, dispute: Dispute, found: gateway.StripeDispute) -> None:
    """Won: exactly what was taken comes back, and the right to read with it."""
    taken = bank_losses.entries_of(found.id).filter(transaction__order=order)
    taken = taken.select_related("account").order_by("pk")
    legs = [
        Leg(entry.account.kind, -entry.amount, entry.account.user_id, entry.line_id, entry.matures_at)
        for entry in taken
    ]
    difference = found.reinstated - found.withdrawn
    legs += [Leg(K.STRIPE, difference), Leg(K.LOSSES, -difference)]
    ledger.post("dispute_reinstated", f"dispute-won:{found.id}", found.currency, legs, order=order)
    dispute.reinstated_at = clock.now()
    if found.payment_intent != order.payment_intent:
        return
    others = order.disputes.filter(withdrawn_at__isnull=False, reinstated_at=None).exclude(pk=dispute.pk)
    others = others.filter(payment_intent__in=["", found.payment_intent])
    if others.exists():
        return
    Order.objects.filter(pk=order.pk).update(disputed_at=None)
    for line in _lines(order):
        if line.entitlement_id and line.refunded < line.price + line.tax:
            library.reinstate(Entitlement.objects.get(pk=line.entitlement_id))
