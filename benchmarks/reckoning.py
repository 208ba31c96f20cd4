"""Counts the money from both ends, without asking the market's own auditor: Stripe's objects against the tables."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, transaction
from django.db.models import Count, Sum

from accounts import tasks
from accounts.models import OutboxEntry
from benchmarks.market import MOMENTARY, Market
from common import clock
from marketplace.models import Entitlement
from payments import gateway, ledger, reconcile, sweeping
from payments.models import (
    Dispute,
    Entry,
    Order,
    OrderLine,
    Payout,
    Refund,
    RefundLine,
    Reversal,
    StripeEvent,
)

SWEEP_SECONDS = 15


@dataclass
class Result:
    lost: int = 0
    doubled: int = 0
    unexplained: int = 0
    problems: list[str] = field(default_factory=list)
    counted: dict[str, Any] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        return bool(self.lost or self.doubled or self.unexplained or self.problems)

    def lose(self, what: str) -> None:
        self.lost += 1
        self.problems.append(f"lost: {what}")

    def double(self, what: str) -> None:
        self.doubled += 1
        self.problems.append(f"doubled: {what}")

    def differ(self, what: str, one: int, other: int) -> None:
        if one != other:
            self.unexplained += abs(one - other)
            self.problems.append(f"{what}: {one} and {other}")


def reckon(market: Market) -> Result:
    result = Result()
    charges = [one for one in _all("charges") if one.paid]
    refunds = [one for one in _all("refunds") if one.status not in {"failed", "canceled"}]
    transfers = _all("transfers")
    _payments(result, charges, refunds)
    _grants(result)
    _by_intent(result, "refund", refunds, Refund.objects.filter(state="succeeded"))
    _by_intent(result, "transfer", transfers, Payout.objects.filter(state__in=["sent", "paid"]))
    _cents(result, transfers)
    _events(result)
    invariants = market.sandbox.control("_control/invariants", "GET")
    result.problems += [f"sandbox: {problem}" for problem in invariants["problems"]]
    result.counted |= {
        "payments": len(charges),
        "refunds": len(refunds),
        "transfers": len(transfers),
        "disputes": Dispute.objects.count(),
        "dollars through Stripe": sum(one.amount for one in charges) / 100,
    }
    return result


def _all(name: str) -> list[Any]:
    page = getattr(gateway.client.client().v1, name).list({"limit": 100})
    return list(page.auto_paging_iter())


def _payments(result: Result, charges: list[Any], refunds: list[Any]) -> None:
    """Each payment ended in one delivery or in one refund of all of it."""
    back: Counter[str] = Counter()
    for one in refunds:
        back[str(one.payment_intent)] += one.amount
    orders = {order.payment_intent: order for order in Order.objects.exclude(payment_intent=None)}
    strays = set(Refund.objects.filter(key__startswith="stray:").values_list("payment_intent", flat=True))
    for charge in charges:
        order = orders.pop(charge.payment_intent, None)
        if order is None:
            if back[charge.payment_intent] != charge.amount:
                result.lose(
                    f"payment {charge.payment_intent} bought nothing and went back by {back[charge.payment_intent]}"
                )
        elif charge.payment_intent in strays:
            result.double(f"payment {charge.payment_intent} both bought and is to go back")
        elif order.status != Order.Status.FULFILLED:
            result.lose(f"order {order.number} was paid and is {order.status}")
        else:
            result.differ(f"order {order.number} and its payment", order.total, charge.amount)
            result.differ(f"order {order.number} and its refunds", order.refunded, back[charge.payment_intent])
    for order in orders.values():
        result.lose(f"order {order.number} says it was paid, and Stripe knows nothing of it")


def _grants(result: Result) -> None:
    lines = OrderLine.objects.filter(order__status=Order.Status.FULFILLED).select_related("entitlement", "order")
    for line in lines:
        whole = line.refunded == line.price + line.tax
        if line.entitlement is None:
            if not whole:
                result.lose(f"line {line.pk} was paid and not delivered")
        elif whole and line.entitlement.revoked_at is None:
            result.double(f"line {line.pk} was refunded and can be read")
        elif line.entitlement.revoked_at and not whole and not line.order.disputed_at:
            result.lose(f"line {line.pk} was paid and cannot be read")
    twice = (
        Entitlement.objects.filter(revoked_at=None).values("owner", "listing").annotate(n=Count("pk")).filter(n__gt=1)
    )
    for row in twice:
        result.double(f"{row['n']} grants of one listing to one person")
    sales = OrderLine.objects.filter(entries__transaction__kind="sale", entries__account__kind="seller")
    for row in sales.values("pk").annotate(n=Count("entries")).filter(n__gt=1):
        result.double(f"line {row['pk']} was booked {row['n']} times")


def _by_intent(result: Result, name: str, made: list[Any], ours: Any) -> None:
    """Intents and Stripe's objects are a bijection."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in made:
        found[one.metadata["intent"] if one.metadata and "intent" in one.metadata else ""].append(one.amount)
    for public_id, amount in ours.values_list("public_id", "amount"):
        amounts = found.pop(public_id, [])
        if not amounts:
            result.lose(f"{name} {public_id} is not at Stripe")
        elif len(amounts) > 1:
            result.double(f"{name} {public_id} was made {len(amounts)} times")
        else:
            result.differ(f"{name} {public_id}", amount, amounts[0])
    for intent, amounts in found.items():
        result.double(f"Stripe has a {name} of {amounts} for {intent or 'nobody'} that we do not count")


def _cents(result: Result, transfers: list[Any]) -> None:
    """The books at Stripe to the cent, and each seller's share from the frozen lines, not from the books."""
    result.differ("all entries and zero", Entry.objects.aggregate(sum=Sum("amount"))["sum"] or 0, 0)
    result.differ("our money at Stripe", ledger.totals().get("stripe", 0), gateway.balance("usd"))
    result.differ("money left in between", ledger.totals().get("unallocated", 0), 0)
    arrived: Counter[str] = Counter()
    for one in transfers:
        arrived[str(one.destination)] += one.amount - one.amount_reversed
    for seller, standing in _shares().items():
        balance = ledger.seller_balance(seller)
        account = seller.payout_accounts.get(retired_at=None).stripe_id
        result.differ(f"seller {seller.pk}: paid out", balance.paid_out, arrived[account])
        held = balance.pending + balance.available + balance.in_transit
        result.differ(f"seller {seller.pk}: shares", held + arrived[account], standing)


def _shares() -> dict[Any, int]:
    shares: Counter[Any] = Counter()
    taken = set(
        Dispute.objects.filter(withdrawn_at__isnull=False, reinstated_at=None).values_list("order_id", flat=True)
    )
    given = dict(
        RefundLine.objects.exclude(refund__state="failed")
        .values_list("line")
        .annotate(sum=Sum("seller_share"))
        .order_by()
    )
    for line in OrderLine.objects.filter(order__status=Order.Status.FULFILLED).select_related("seller"):
        lost = line.order_id in taken
        shares[line.seller] += 0 if lost else line.seller_share - given.get(line.pk, 0)
    return dict(shares)


def _events(result: Result) -> None:
    """Each event we asked for is in the inbox once and at its end."""
    waiting = StripeEvent.objects.filter(state=StripeEvent.State.NEW).count()
    if waiting:
        result.problems.append(f"{waiting} events wait")
    result.counted["events"] = StripeEvent.objects.count()


# ---- Until nothing is under way --------------------------------------------------------------------------------------
def settled(market: Market, patience: float) -> list[str]:
    """Waits until everything has come to its end, with the sweep that beat would run; what still has not.

    Between two sweeps the workers have their time: nobody waits for beat's minute, nor is a backlog filled with copies.
    """
    deadline = time.monotonic() + patience
    left = ["not looked yet"]
    next_sweep = 0.0
    while left and time.monotonic() < deadline:
        close_old_connections()
        try:
            if time.monotonic() > next_sweep:
                _waits_for_nothing()
                sweeping.run()
                next_sweep = time.monotonic() + (SWEEP_SECONDS if tasks.waiting() else 1)
            left = _left(market)
        except MOMENTARY as problem:
            left = [f"not answered: {type(problem).__name__}"]
            close_old_connections()
        if left:
            time.sleep(1)
    return left


def _left(market: Market) -> list[str]:
    unfinished = {
        "orders paid and not delivered": Order.objects.filter(status=Order.Status.PAID),
        "orders of paid pages still open": Order.objects.filter(status="pending", number__in=market.paid),
        "events waiting": StripeEvent.objects.filter(state=StripeEvent.State.NEW),
        "events parked": StripeEvent.objects.filter(state=StripeEvent.State.PARKED),
        "refunds under way": Refund.objects.filter(state__in=["planned", "unknown", "pending"]),
        "payouts under way": Payout.objects.filter(state__in=["reserved", "unknown"]),
        "take-backs planned": Reversal.objects.filter(state=Reversal.State.PLANNED),
        "promises due": OutboxEntry.objects.filter(done_at=None, due_at__lt=clock.now()),
        "promises waiting": OutboxEntry.objects.filter(done_at=None),
    }
    found = [f"{count} {name}" for name, rows in unfinished.items() if (count := rows.count())]
    return found or [str(difference) for difference in reconcile.differences()]


def _waits_for_nothing() -> None:
    """What waits for its pause is due now: nobody waits ten minutes to be sure."""
    with transaction.atomic():
        OutboxEntry.objects.filter(done_at=None, parked_at=None, due_at__gt=clock.now()).update(due_at=clock.now())
        if not tasks.waiting():
            StripeEvent.objects.filter(state="new").update(leased_until=None)
