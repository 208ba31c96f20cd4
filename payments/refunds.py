"""Money going back to buyers: decided and booked first, then sent, then settled; undone if Stripe fails it later.

A refund moves through the books in two steps. Deciding takes it from the seller and from our commission into
"to be given back"; Stripe's confirmation takes it from there out of the money at Stripe. What a seller gives up is
the same share of the frozen line as the buyer gets back, exact over any number of slices.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, Sum

from accounts import activity, notifications, outbox
from accounts.models import User
from common import clock, money
from marketplace import library
from marketplace.models import Entitlement, Listing
from payments import alerts, bank_losses, gateway, ledger, payouts, signals
from payments.ledger import K, Leg
from payments.models import Claim, Order, OrderLine, Refund, RefundLine, Transaction

log = logging.getLogger(__name__)
UNDER_WAY = (Refund.State.PLANNED, Refund.State.UNKNOWN)
GIVEN = (Refund.State.PENDING, Refund.State.SUCCEEDED)
RESEND_AFTER = timedelta(seconds=30)
LOOK_AGAIN_AFTER = timedelta(minutes=10)  # at a refund that Stripe calls pending, should its events be lost


class TooMuch(ValueError):
    """More than what is left of the line or the payment."""


class Slice(NamedTuple):
    """One line's part of a refund, in minor units; amount = tax + commission + seller_share."""

    amount: int
    tax: int
    commission: int
    seller_share: int


def slice_of(line: OrderLine, amount: int, given: Slice | None = None) -> Slice:
    """What each side gives up when `amount` more of a line goes back, after what was `given` before.

    Slices sum to the line exactly, whatever their number, and though some of them failed and were taken back.
    """
    given = given or Slice(0, 0, 0, 0)
    whole, taken = line.price + line.tax, given.amount + amount
    tax_due = line.tax * taken // whole
    commission_due = line.commission * (taken - tax_due) // line.price if line.price else 0

    left_tax, left_commission = line.tax - given.tax, line.commission - given.commission
    left_share = line.seller_share - given.seller_share
    tax = _between(amount - left_commission - left_share, tax_due - given.tax, min(left_tax, amount))
    rest = amount - tax
    commission = _between(rest - left_share, commission_due - given.commission, min(left_commission, rest))
    return Slice(amount, tax, commission, rest - commission)


def _between(least: int, wanted: int, most: int) -> int:
    return min(max(0, least, wanted), most)


def given_of(line: OrderLine) -> Slice:
    """What went back of a line so far, without refunds that failed."""
    parts = RefundLine.objects.filter(line=line).exclude(refund__state=Refund.State.FAILED)
    names = Slice._fields
    sums = parts.aggregate(**{f"{name}_sum": Sum(name) for name in names})
    return Slice(*(sums[f"{name}_sum"] or 0 for name in names))


# ---- Deciding ------------------------------------------------------------------------------------------------------
@transaction.atomic
def give(
    order: Order,
    amounts: Mapping[int, int] | None,
    *,
    cause: Refund.Cause,
    key: str,
    by: User | None = None,
    claim: Claim | None = None,
    stripe_id: str | None = None,
) -> Refund | None:
    """Refund amounts by line id (None: all that is left). Once for each key; None when nothing is left.

    Raises TooMuch. With `stripe_id` the refund exists already at Stripe (made in its dashboard).
    """
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if existing := Refund.objects.filter(key=key).first():
        return existing
    held = order.lines.select_for_update(no_key=True, of=("self",))
    lines = {line.pk: line for line in held.select_related("listing", "seller").order_by("pk")}
    left = {pk: line.price + line.tax - line.refunded for pk, line in lines.items()}
    wanted = {pk: amount for pk, amount in (left if amounts is None else amounts).items() if amount}
    if any(pk not in left or not 0 < amount <= left[pk] for pk, amount in wanted.items()):
        raise TooMuch
    total = sum(wanted.values())
    if not total or not order.payment_intent:
        return None

    refund = Refund.objects.create(
        order=order,
        claim=claim,
        payment_intent=order.payment_intent,
        amount=total,
        currency=order.currency,
        cause=cause,
        key=key,
        made_by=by,
        stripe_id=stripe_id,
    )
    _take(refund, {lines[pk]: amount for pk, amount in wanted.items()})
    Order.objects.filter(pk=order.pk).update(refunded=F("refunded") + total)
    activity.record(by, "refund.decided", ("order", order.number, order.number), amount=total, cause=str(cause))
    if stripe_id is None:
        outbox.promise("payments.send_refund", key=f"refund:{refund.pk}", refund_id=refund.pk)
    return refund


def _take(refund: Refund, amounts: Mapping[OrderLine, int]) -> None:
    """Write the lines of a refund, book it, end the right to read where a whole line went back."""
    ledger.lock_sellers({line.seller_id for line in amounts}, refund.currency)
    legs = [Leg(K.UNALLOCATED, -refund.amount)]
    for line, amount in amounts.items():
        part = slice_of(line, amount, given_of(line))
        RefundLine.objects.create(refund=refund, line=line, **part._asdict())
        matures = ledger.matures_at(line)
        legs.append(Leg(K.SELLER, part.seller_share, line.seller_id, line.pk, matures))
        legs.append(Leg(K.COMMISSION, part.commission, line_id=line.pk))
        legs.append(Leg(K.TAX, part.tax, line_id=line.pk))
        line.refunded += amount
        line.save(update_fields=["refunded"])
        if line.refunded == line.price + line.tax:
            _revoke(line, Entitlement.Cause.FRAUD if refund.cause == Refund.Cause.FRAUD else Entitlement.Cause.REFUND)
    ledger.post("refund", f"refund:{refund.public_id}", refund.currency, legs, order=refund.order)
    for seller in {line.seller_id: line.seller for line in amounts}.values():
        payouts.recover(seller, refund.currency, because=f"refund:{refund.public_id}")


def _revoke(line: OrderLine, cause: str) -> None:
    if line.entitlement_id:
        library.revoke(Entitlement.objects.get(pk=line.entitlement_id), cause)


@transaction.atomic
def give_back(order: Order, payment_intent: str, amount: int, currency: str, cause: Refund.Cause) -> Refund:
    """Send back a payment that bought nothing; its money waits under "to be given back"."""
    refund, is_new = Refund.objects.get_or_create(
        key=f"stray:{payment_intent}",
        defaults={
            "order": order,
            "payment_intent": payment_intent,
            "amount": amount,
            "currency": currency,
            "cause": cause,
        },
    )
    if is_new:
        outbox.promise("payments.send_refund", key=f"refund:{refund.pk}", refund_id=refund.pk)
    return refund


def give_line_back(order: Order, line: OrderLine) -> None:
    """Refund a line that could not be handed over: bought twice, or taken off the shelves in between."""
    left = line.price + line.tax - line.refunded
    if left:
        banned = line.listing.status == Listing.Status.SUSPENDED
        cause = Refund.Cause.BANNED if banned else Refund.Cause.DUPLICATE
        give(order, {line.pk: left}, cause=cause, key=f"undelivered:{line.pk}")


# ---- Sending and settling ------------------------------------------------------------------------------------------
def send(refund_id: int) -> None:
    """Bring a decided refund to Stripe. Raises gateway.Away while what happened is unknown; call again then."""
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    if refund.state not in UNDER_WAY:
        return
    made = gateway.find_refund(refund.payment_intent, refund.public_id) if refund.attempts else None
    if made is None:
        # Given up, or taken for one from the dashboard, since it was read above: then it must not be made any more.
        asked = Refund.objects.filter(pk=refund.pk, state__in=UNDER_WAY)
        if not asked.update(state=Refund.State.UNKNOWN, attempts=F("attempts") + 1, asked_at=clock.now()):
            return
        try:
            made = gateway.refund(
                payment_intent=refund.payment_intent,
                amount=refund.amount,
                intent=refund.public_id,
                order=refund.order.number,
                fraud=refund.cause == Refund.Cause.FRAUD,
                key_round=refund.key_round,
            )
        except gateway.Away as error:
            # Looked for before the next try; not there then, it needs a key without a kept answer. Only the key
            # that was answered is given up: whoever still holds an older one must not skip another.
            if error.answered:
                Refund.objects.filter(pk=refund.pk, key_round=refund.key_round).update(key_round=F("key_round") + 1)
            raise
        except gateway.Refused as error:
            made = gateway.find_refund(refund.payment_intent, refund.public_id)
            if made is None:
                _refused(refund.pk, error.code)
                return
    settle(refund.pk, made)


@transaction.atomic
def _refused(refund_id: int, code: str) -> None:
    """Stripe will not make it. What it has instead (a refund from its dashboard, say) is looked at again."""
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    if refund.state in UNDER_WAY:
        fail(refund_id, code)
        outbox.promise("payments.sync_refunds", key=f"refused:{refund.pk}", payment_intent=refund.payment_intent)


@transaction.atomic
def settle(refund_id: int, made: gateway.StripeRefund) -> None:
    """Write down what Stripe says of a refund. Any order of calls, any number."""
    locked = Refund.objects.select_for_update(no_key=True, of=("self",))
    refund = locked.select_related("order").get(pk=refund_id)
    if refund.stripe_id is None:
        refund.stripe_id = made.id
        refund.save(update_fields=["stripe_id"])
    if made.status in {"failed", "canceled"}:
        fail(refund.pk, made.failure or made.status)
        return
    if refund.state == Refund.State.FAILED:
        if made.failure == "" and made.status == "succeeded":
            alerts.raise_("refund_late", f"refund-late:{refund.public_id}", "A refund that had been given up was made.")
        return
    if made.moved:
        legs = [Leg(K.UNALLOCATED, refund.amount), Leg(K.STRIPE, -refund.amount)]
        ledger.post("refund_sent", _sent_key(refund), refund.currency, legs, order=refund.order)
    before = refund.state
    done = made.status == "succeeded"
    if before != Refund.State.SUCCEEDED:
        refund.state = Refund.State.SUCCEEDED if done else Refund.State.PENDING
    refund.settled_at = refund.settled_at or (clock.now() if done else None)
    refund.save(update_fields=["state", "settled_at"])
    if before not in GIVEN:
        _tell(refund)


def _tell(refund: Refund) -> None:
    outbox.promise("payments.send_credit_note", key=f"credit-note:{refund.pk}", refund_id=refund.pk)
    for line in refund.lines.select_related("line__seller"):
        notifications.tell(
            line.line.seller,
            "sale_refunded",
            url="/sell/",
            key=f"refunded:{line.pk}",
            title=line.line.title,
            amount=money.as_json(line.seller_share, refund.currency),
        )
    signals.refund_completed.send(Refund, refund=refund)


@transaction.atomic
def fail(refund_id: int, code: str) -> None:
    """A refund that will not happen: everything as before, and a person looks at it. Once."""
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    if refund.state == Refund.State.FAILED:
        return
    order = Order.objects.select_for_update(no_key=True).get(pk=refund.order_id)
    was_sent = Transaction.objects.filter(key=_sent_key(refund)).exists()
    refund.state, refund.failure, refund.settled_at = Refund.State.FAILED, code[:60], clock.now()
    refund.save(update_fields=["state", "failure", "settled_at"])
    if was_sent:
        legs = [Leg(K.STRIPE, refund.amount), Leg(K.UNALLOCATED, -refund.amount)]
        ledger.post("refund_returned", f"refund-returned:{refund.public_id}", refund.currency, legs, order=order)
    lines = list(refund.lines.select_related("line").order_by("line_id"))
    if not lines:
        bank_losses.take_over_stray(refund, order)
    if lines:
        _restore(refund, order, lines)
        order.refunded -= refund.amount
        order.save(update_fields=["refunded"])
    alerts.raise_("refund_failed", f"refund:{refund.public_id}", f"A refund of order {order.number} failed: {code}.")


def _sent_key(refund: Refund) -> str:
    return f"refund-sent:{refund.public_id}"


def _restore(refund: Refund, order: Order, lines: list[RefundLine]) -> None:
    ledger.lock_sellers({part.line.seller_id for part in lines}, refund.currency)
    legs = [Leg(K.UNALLOCATED, refund.amount)]
    for part in lines:
        line = OrderLine.objects.select_for_update(no_key=True).get(pk=part.line_id)
        matures = ledger.matures_at(line)
        legs.append(Leg(K.SELLER, -part.seller_share, line.seller_id, line.pk, matures))
        legs.append(Leg(K.COMMISSION, -part.commission, line_id=line.pk))
        legs.append(Leg(K.TAX, -part.tax, line_id=line.pk))
        was_whole = line.refunded == line.price + line.tax
        line.refunded -= part.amount
        line.save(update_fields=["refunded"])
        if was_whole and line.entitlement_id and order.disputed_at is None:
            library.reinstate(Entitlement.objects.get(pk=line.entitlement_id))
    ledger.post("refund_undone", f"refund-undone:{refund.public_id}", refund.currency, legs, order=order)
    bank_losses.take_over(refund, order, legs[1:])


# ---- What Stripe knows and we do not -------------------------------------------------------------------------------
def sync(charge_or_refund: str) -> None:
    """Look at every refund of a payment at Stripe: settle ours, take in those made in its dashboard."""
    if charge_or_refund.startswith(("re_", "pyr_")):
        sync_payment(gateway.read_refund(charge_or_refund).payment_intent)
    else:
        sync_payment(gateway.read_charge(charge_or_refund).payment_intent)


def sync_payment(payment_intent: str) -> None:
    for made in gateway.refunds_of(payment_intent):
        ours = Refund.objects.filter(public_id=made.intent).first() if made.intent else None
        ours = ours or Refund.objects.filter(stripe_id=made.id).first()
        if ours is None:
            ours = _take_in(payment_intent, made)
        if ours is not None:
            settle(ours.pk, made)


def _take_in(payment_intent: str, made: gateway.StripeRefund) -> Refund | None:
    """Book a refund made in Stripe's dashboard, over the lines in their order until its amount is used up."""
    if made.status in {"failed", "canceled"}:
        return None
    if adopted := _adopt(payment_intent, made):
        return adopted
    order = Order.objects.filter(payment_intent=payment_intent).first()
    if order is None:
        return _take_in_stray(payment_intent, made)
    amounts, left = {}, made.amount
    for line in order.lines.order_by("pk"):
        amounts[line.pk] = min(left, line.price + line.tax - line.refunded)
        left -= amounts[line.pk]
    if left:
        alerts.raise_("refund_too_large", f"refund:{made.id}", f"Stripe refunded more than order {order.number} holds.")
    return give(order, amounts, cause=Refund.Cause.OUTSIDE, key=f"outside:{made.id}", stripe_id=made.id)


@transaction.atomic
def _adopt(payment_intent: str, made: gateway.StripeRefund) -> Refund | None:
    """Somebody made in the dashboard what we had decided and not asked for yet: then that is it."""
    same = Refund.objects.select_for_update(no_key=True).filter(
        payment_intent=payment_intent, amount=made.amount, state=Refund.State.PLANNED, attempts=0, stripe_id=None
    )
    if not made.intent and (refund := same.order_by("pk").first()):
        refund.stripe_id, refund.state = made.id, Refund.State.PENDING
        refund.save(update_fields=["stripe_id", "state"])
        _tell(refund)
        return refund
    return None


def _take_in_stray(payment_intent: str, made: gateway.StripeRefund) -> Refund | None:
    """A payment that bought nothing was sent back from the dashboard; its money waits under "to be given back"."""
    ours = Refund.objects.filter(key=f"stray:{payment_intent}").select_related("order").first()
    if ours is None:
        return None
    refund, _is_new = Refund.objects.get_or_create(
        key=f"outside:{made.id}",
        defaults={
            "order": ours.order,
            "payment_intent": payment_intent,
            "amount": made.amount,
            "currency": made.currency,
            "cause": Refund.Cause.OUTSIDE,
            "stripe_id": made.id,
        },
    )
    return refund


def sweep() -> int:
    """Refunds that were decided but not confirmed: bring them to Stripe again, or ask how they stand."""
    now = clock.now()
    waiting = Refund.objects.filter(state__in=UNDER_WAY, created_at__lt=now - RESEND_AFTER)
    long_ago = Q(asked_at__lt=now - LOOK_AGAIN_AFTER) | Q(asked_at=None, created_at__lt=now - LOOK_AGAIN_AFTER)
    slow = Refund.objects.filter(long_ago, state=Refund.State.PENDING)
    found = list(waiting.order_by("pk").values_list("pk", flat=True)[:200])
    found += list(slow.order_by("asked_at").values_list("pk", flat=True)[:50])
    for pk in found:
        try:
            send(pk)
            _look_again(pk)
        except gateway.Away:
            log.warning("refund %s waits for Stripe", pk)
        except Exception:
            log.exception("refund %s could not be brought to an end", pk)
    return len(found)


def _look_again(refund_id: int) -> None:
    refund = Refund.objects.get(pk=refund_id)
    if refund.state == Refund.State.PENDING and refund.stripe_id:
        Refund.objects.filter(pk=refund.pk).update(asked_at=clock.now())
        settle(refund.pk, gateway.read_refund(refund.stripe_id))
