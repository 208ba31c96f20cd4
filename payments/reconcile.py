"""Do the books agree with the orders, with Stripe, and with what people are shown? To the cent.

`differences` names each disagreement. `watch` is what beat runs: it holds payouts back while an invariant is broken,
raises an alert that names it, and lets go by itself once all is well. Sales go on either way.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import OutboxEntry
from common import clock
from marketplace.models import Entitlement
from payments import alerts, gateway, ledger, reports
from payments.ledger import K
from payments.models import Alert, Entry, Order, OrderLine, Payout, Refund, Reversal, StripeEvent, Transaction

log = logging.getLogger(__name__)
REASON = "the books do not agree"
RECENT = timedelta(hours=1)
PATIENCE = 10.0  # seconds for what is just being worked on


@dataclass(frozen=True)
class Difference:
    """One disagreement: which rule, about what, in words with amounts in minor units."""

    rule: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.message}"

    @property
    def key(self) -> str:
        return f"books:{self.rule}:{self.subject}"[: alerts.LONGEST_KEY]


def differences(*, with_stripe: bool = True) -> list[Difference]:
    """Every disagreement found. Raises gateway.Away when Stripe cannot be asked."""
    checks: list[Callable[[], Iterator[Difference]]] = [
        transactions_balance,
        orders_are_booked,
        lines_are_granted,
        refunds_are_booked,
        payouts_are_booked,
        nothing_left_unallocated,
    ]
    if with_stripe:
        checks += [stripe_balance_agrees, stripe_objects_agree]
    return [difference for check in checks for difference in check()]


def quick_differences() -> list[Difference]:
    """What a look every other minute can afford: sums over everything, details of the last hour only."""
    since = clock.now() - RECENT
    checks = [
        books_sum_to_zero(),
        transactions_balance(since),
        recent_sales_are_booked(since),
        lines_are_granted(since),
        payouts_are_booked(),
        nothing_left_unallocated(),
        stripe_balance_agrees(),
    ]
    return [difference for check in checks for difference in check]


def books_sum_to_zero() -> Iterator[Difference]:
    for row in Entry.objects.values("account__currency").annotate(sum=Sum("amount")).exclude(sum=0):
        yield Difference("I1", row["account__currency"], f"all entries sum to {row['sum']}")


def transactions_balance(since: datetime | None = None) -> Iterator[Difference]:
    facts = Transaction.objects.filter(created_at__gte=since) if since else Transaction.objects.all()
    off = facts.values("key", "entries__account__currency").annotate(sum=Sum("entries__amount")).exclude(sum=0)
    for row in off:
        yield Difference("I1", row["key"], f"entries sum to {row['sum']}")


def recent_sales_are_booked(since: datetime) -> Iterator[Difference]:
    lately = Order.objects.filter(status=Order.Status.FULFILLED, total__gt=0, fulfilled_at__gte=since)
    for number in lately.exclude(transactions__kind="sale").values_list("number", flat=True):
        yield Difference("I5", number, "delivered and not booked")
    sales = Transaction.objects.filter(kind="sale", created_at__gte=since)
    for key in sales.exclude(order__status=Order.Status.FULFILLED).values_list("key", flat=True):
        yield Difference("I5", key, "booked for an order that is not fulfilled")


def orders_are_booked() -> Iterator[Difference]:
    """Each fulfilled order with a total is booked once with that total; nothing else is booked as a sale."""
    fulfilled = Order.objects.filter(status=Order.Status.FULFILLED, total__gt=0)
    booked = dict(
        Entry.objects.filter(transaction__kind="sale", account__kind=K.STRIPE)
        .values_list("transaction__order_id")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    for pk, number, total in fulfilled.values_list("pk", "number", "total").iterator():
        amount = booked.pop(pk, 0)
        if amount != total:
            yield Difference("I5", number, f"order total {total}, booked {amount}")
    for pk, amount in booked.items():
        yield Difference("I5", f"order {pk}", f"booked {amount} for an order that is not fulfilled")
    wrong = fulfilled.annotate(sum=Sum(F("lines__price") + F("lines__tax"))).exclude(sum=F("total"))
    for number, total, lines in wrong.values_list("number", "total", "sum"):
        yield Difference("I5", number, f"order total {total}, lines {lines}")


def lines_are_granted(since: datetime | None = None) -> Iterator[Difference]:
    """Each line of a fulfilled order has a grant, or its money went back; no paid grant is without a line."""
    bare = OrderLine.objects.filter(order__status=Order.Status.FULFILLED, entitlement=None)
    if since:
        bare = bare.filter(order__fulfilled_at__gte=since)
    for pk, number in bare.exclude(refunded=F("price") + F("tax")).values_list("pk", "order__number"):
        yield Difference("I3", number, f"line {pk} was paid and not delivered")
    if since:
        return
    orphans = Entitlement.objects.filter(is_paid=True, order_line=None)
    for public_id in orphans.values_list("public_id", flat=True):
        yield Difference("I3", public_id, "a paid grant without an order line")
    refunded = OrderLine.objects.filter(
        refunded=F("price") + F("tax"), price__gt=0, entitlement__revoked_at=None, entitlement__isnull=False
    )
    for pk, number in refunded.values_list("pk", "order__number"):
        yield Difference("I3", number, f"line {pk} was refunded and can still be read")


def refunds_are_booked() -> Iterator[Difference]:
    given = Q(refunds__state__in=["planned", "unknown", "pending", "succeeded"], refunds__lines__isnull=False)
    sums = Order.objects.filter(refunded__gt=0).annotate(given=Coalesce(Sum("refunds__lines__amount", filter=given), 0))
    for number, refunded, sum_ in sums.exclude(given=F("refunded")).values_list("number", "refunded", "given"):
        yield Difference("I9", number, f"refunded {refunded}, refunds sum to {sum_}")
    sent = Refund.objects.filter(state="succeeded")
    keys = set(Transaction.objects.filter(kind="refund_sent").values_list("key", flat=True))
    for public_id in sent.values_list("public_id", flat=True).iterator():
        if f"refund-sent:{public_id}" not in keys:
            yield Difference("I9", public_id, "a refund was sent and not booked")


def payouts_are_booked() -> Iterator[Difference]:
    """What stands in transit is exactly what is in flight; no seller was paid what had not matured."""
    in_transit = -(Entry.objects.filter(account__kind=K.IN_TRANSIT).aggregate(sum=Sum("amount"))["sum"] or 0)
    flying = Payout.objects.filter(state__in=["reserved", "unknown"]).aggregate(sum=Sum("amount"))["sum"] or 0
    if in_transit != flying:
        yield Difference("I6", "in transit", f"books {in_transit}, payouts {flying}")
    early = (
        Entry.objects.filter(payout_items__released=False, payout_items__payout__created_at__lt=F("matures_at"))
        .values("payout_items__payout__public_id")
        .annotate(count=Count("pk"))
    )
    for row in early:
        yield Difference("I7", row["payout_items__payout__public_id"], f"{row['count']} entries had not matured")


def nothing_left_unallocated() -> Iterator[Difference]:
    """What waits to be given back is the sum of refunds that are still to be sent."""
    waiting = -(Entry.objects.filter(account__kind=K.UNALLOCATED).aggregate(sum=Sum("amount"))["sum"] or 0)
    booked = set(Transaction.objects.filter(kind="refund_sent").values_list("key", flat=True))
    open_ = Refund.objects.filter(state__in=["planned", "unknown", "pending"], lines__isnull=False).distinct()
    due = sum(
        a for public_id, a in open_.values_list("public_id", "amount") if f"refund-sent:{public_id}" not in booked
    )
    strays = Refund.objects.filter(lines=None).exclude(state="failed", key__startswith="outside:")
    for key, public_id, state, amount in strays.values_list("key", "public_id", "state", "amount"):
        due += amount if key.startswith("stray:") else 0
        due -= amount if f"refund-sent:{public_id}" in booked and state != "failed" else 0
    to_banks = Entry.objects.filter(account__kind=K.UNALLOCATED, transaction__kind__in=reports.DISPUTES)
    due -= to_banks.aggregate(sum=Sum("amount"))["sum"] or 0
    if waiting != due:
        yield Difference("I9", "to be given back", f"books {waiting}, refunds {due}")


# ---- Against Stripe ------------------------------------------------------------------------------------------------
def stripe_balance_agrees() -> Iterator[Difference]:
    """The account "money at Stripe" is Stripe's own balance, but for fees not booked yet (named one by one)."""
    ours = ledger.totals(settings.CURRENCY).get(K.STRIPE, 0)
    theirs = gateway.balance(settings.CURRENCY)
    if ours != theirs:
        yield Difference("I5", "balance at Stripe", f"books {ours}, Stripe {theirs}, difference {theirs - ours}")


def stripe_objects_agree() -> Iterator[Difference]:
    """Whatever moved our money at Stripe is an order's payment, or a refund, transfer or reversal of ours."""
    payments = set(Order.objects.exclude(charge=None).values_list("charge", flat=True))
    strays = set(Refund.objects.filter(key__startswith="stray:").values_list("payment_intent", flat=True))
    known: dict[str, set[str | None]] = {
        "refund": set(Refund.objects.exclude(stripe_id=None).values_list("stripe_id", flat=True)),
        "transfer": set(Payout.objects.exclude(transfer=None).values_list("transfer", flat=True)),
        "transfer_refund": set(Reversal.objects.exclude(stripe_id=None).values_list("stripe_id", flat=True)),
    }
    known["payment_refund"] = known["refund"]
    since = int((clock.now() - timedelta(days=30)).timestamp())
    for movement in gateway.movements(since):
        if movement.kind in {"charge", "payment"} and movement.source not in payments:
            charge = gateway.read_charge(movement.source)
            if charge.payment_intent not in strays:
                yield Difference("I4", movement.source, f"Stripe has a charge of {movement.amount} that no order has")
        elif movement.source not in known.get(movement.kind, {movement.source}):
            yield Difference("I8", movement.source, f"Stripe has a {movement.kind} of {movement.amount} unknown to us")


# ---- Watching ------------------------------------------------------------------------------------------------------
def lasting(
    *,
    with_stripe: bool = True,
    patience: float | None = None,
    between: Callable[[], object] = bool,
    quick: bool = False,
) -> list[Difference]:
    """Differences that stay the same while work under way has its time (seconds): money is not booked the moment it
    moves. `between` is called before each new look. Raises gateway.Away when Stripe cannot be asked.
    """
    look = quick_differences if quick else partial(differences, with_stripe=with_stripe)
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    found = look()
    while found and time.monotonic() < deadline:
        between()
        time.sleep(0.5)
        again = set(look())
        found = [difference for difference in found if difference in again]
    return found


def glance(*, patience: float | None = None, between: Callable[[], object] = bool) -> None:
    """The cheap look of every other minute; what it finds, and what is wrong already, is looked at in full."""
    in_doubt = alerts.payouts_held_because() == REASON or Alert.objects.filter(kind="books", resolved_at=None).exists()
    try:
        in_doubt = in_doubt or bool(lasting(quick=True, patience=patience, between=between))
    except gateway.Away:
        log.warning("the books are compared with Stripe later: it is away")
    if in_doubt:
        watch(patience=patience, between=between)
    else:
        _watch_for_stuck_work()


def watch(*, patience: float | None = None, between: Callable[[], object] = bool) -> list[Difference]:
    """Compare, hold payouts back when something is wrong, let them go when it is mended."""
    asked = True
    try:
        found = lasting(patience=patience, between=between)
    except gateway.Away:
        asked = False
        found = lasting(with_stripe=False, patience=patience)
    if found and alerts.payouts_on():
        alerts.switch_payouts(on=False, reason=REASON)
    for difference in found:
        alerts.raise_("books", difference.key, str(difference))
    if asked:
        _mended({difference.key for difference in found})
    _watch_for_stuck_work()
    return found


def _mended(still_wrong: set[str]) -> None:
    for key in Alert.objects.filter(kind="books", resolved_at=None).values_list("key", flat=True):
        if key not in still_wrong:
            alerts.settle(key)
    if not still_wrong and alerts.payouts_held_because() == REASON:
        alerts.switch_payouts(on=True, reason="the books agree again")


def _watch_for_stuck_work() -> None:
    now = clock.now()
    stuck = OutboxEntry.objects.filter(done_at=None, parked_at=None, due_at__lt=now - timedelta(minutes=5)).count()
    _say(stuck, "outbox_stuck", f"{stuck} promised pieces of work wait for more than five minutes.")
    unknown = Payout.objects.filter(state="unknown", created_at__lt=now - timedelta(hours=24)).count()
    unknown += Refund.objects.filter(state="unknown", created_at__lt=now - timedelta(hours=24)).count()
    _say(unknown, "intent_unknown", f"The outcome of {unknown} transfers or refunds is unknown for a day.")
    parked = StripeEvent.objects.filter(state=StripeEvent.State.PARKED).count()
    _say(parked, "events_parked", f"{parked} Stripe events need a person.")


def _say(count: int, kind: str, message: str) -> None:
    if count:
        alerts.raise_(kind, kind, message, count=count)
    else:
        alerts.settle(kind)
