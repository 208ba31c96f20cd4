"""A buyer asks for money back; the seller may answer; a moderator decides. Fraud and withdrawal need no decision.

The promise (product.md): within REFUND_DAYS of delivery, with what came out. The right of withdrawal: within 14 days
when it was not given up at checkout. Whoever takes money back too often waits for a person.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity, notifications, outbox
from accounts.models import User
from common import clock
from common.problems import Problem
from payments import limits, refunds
from payments.models import Claim, Order, OrderLine, Refund

WITHDRAWAL_DAYS = 14
ANSWER_DAYS = 3
R = Claim.Reason


class NotRefundable(Problem):
    code, status = "not_refundable", 409
    default_detail = _("There is nothing left to refund here.")


class TooLate(Problem):
    code, status = "refund_too_late", 409
    default_detail = _("The time to ask for a refund of this purchase is over.")


class WithdrawalGivenUp(Problem):
    code, status = "withdrawal_given_up", 409
    default_detail = _(
        "You agreed at checkout that the right of withdrawal ends with delivery. The refund promise still holds:"
        " tell us what the prompt does not do."
    )


class EvidenceMissing(Problem):
    code, status = "evidence_missing", 400
    default_detail = _("Say what you tried and paste what came out, so that we can compare it with the examples.")


class AlreadyAsked(Problem):
    code, status = "already_asked", 409
    default_detail = _("You have already asked for this refund; it is being looked at.")


class NotYours(Problem):
    code, status = "not_yours", 404


class Decided(Problem):
    code, status = "already_decided", 409
    default_detail = _("This request has been decided already.")


class AtTheBank(Problem):
    code, status = "payment_disputed", 409
    default_detail = _("The buyer's bank contests this payment. It decides about the money; a refund is not possible.")


def promise_ends_at(order: Order) -> datetime | None:
    """Until when the buyer may ask under the promise; None before delivery."""
    return order.fulfilled_at + timedelta(days=settings.REFUND_DAYS) if order.fulfilled_at else None


def withdrawal_ends_at(order: Order) -> datetime | None:
    """Until when the buyer may withdraw; None when the right was given up, or nothing was delivered yet."""
    if order.withdrawal_waived_at or not order.fulfilled_at:
        return None
    return order.fulfilled_at + timedelta(days=WITHDRAWAL_DAYS)


@transaction.atomic
def ask(line: OrderLine, *, by: User, reason: str, words: str = "", evidence: str = "") -> Claim:
    """Open a request for one line. Fraud and withdrawals are refunded at once, the rest waits for a decision."""
    limits.one_refund_at_a_time(line.order)
    order = Order.objects.select_for_update(no_key=True).get(pk=line.order_id)
    line = OrderLine.objects.select_for_update(no_key=True).get(pk=line.pk)
    if order.buyer_id != by.pk:
        raise NotYours
    _check(order, line, reason, words, evidence)
    now = clock.now()
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                line=line,
                buyer=by,
                reason=reason,
                words=words,
                evidence=evidence,
                asked_at=now,
                answer_due_at=now + timedelta(days=ANSWER_DAYS),
            )
    except IntegrityError as error:
        raise AlreadyAsked from error
    activity.record(by, "refund.asked", ("order", order.number, order.number), reason=str(reason))
    if reason == R.WITHDRAWAL:
        outbox.promise("payments.confirm_withdrawal", key=f"withdrawal:{claim.pk}", claim_id=claim.pk)
    if reason in {R.WITHDRAWAL, R.FRAUD} and not limits.refunds_too_often(order):
        return _grant(claim, by=None)
    if _paid_twice(line) and reason == R.DUPLICATE:
        return _grant(claim, by=None)
    notifications.tell(
        line.seller, "refund_asked", url="/sell/refunds/", key=f"claim:{claim.pk}", title=line.title, reason=str(reason)
    )
    return claim


@transaction.atomic
def withdraw(order: Order, *, by: User) -> list[Claim]:
    """Withdraw from the contract for everything in an order that was not refunded yet; all of it, or nothing.

    A request under the promise that still waits for a decision becomes a withdrawal, which needs none.
    """
    if order.buyer_id != by.pk:
        raise NotYours
    limits.one_refund_at_a_time(order)
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    lines = [line for line in order.lines.order_by("pk") if line.price + line.tax > line.refunded]
    if not lines:
        raise NotRefundable
    waiting = Claim.objects.filter(line__in=lines, state__in=[Claim.State.OPEN, Claim.State.ANSWERED])
    waiting.exclude(reason=R.WITHDRAWAL).update(state=Claim.State.WITHDRAWN, decided_at=clock.now())
    return [ask(line, by=by, reason=R.WITHDRAWAL) for line in lines]


def _check(order: Order, line: OrderLine, reason: str, words: str, evidence: str) -> None:
    if order.status != Order.Status.FULFILLED or order.disputed_at or line.price + line.tax <= line.refunded:
        raise NotRefundable
    delivered = order.fulfilled_at or order.created_at
    now = clock.now()
    if reason == R.WITHDRAWAL:
        if order.withdrawal_waived_at:
            raise WithdrawalGivenUp
        if now > delivered + timedelta(days=WITHDRAWAL_DAYS):
            raise TooLate
    elif reason in {R.NOT_AS_SHOWN, R.BROKEN}:
        if now > delivered + timedelta(days=settings.REFUND_DAYS):
            raise TooLate
        if not (words.strip() or evidence.strip()):
            raise EvidenceMissing
    elif now > delivered + timedelta(days=120):
        raise TooLate


def _paid_twice(line: OrderLine) -> bool:
    """Whether the same person paid another order for the listing, and nothing of it went back or is contested."""
    others = OrderLine.objects.filter(listing=line.listing, order__buyer=line.order.buyer, price__gt=0, refunded=0)
    return others.exclude(pk=line.pk).filter(order__paid_at__isnull=False, order__disputed_at=None).exists()


@transaction.atomic
def answer(claim: Claim, *, by: User, words: str) -> Claim:
    """The seller's side of it, once."""
    claim = Claim.objects.select_for_update(no_key=True, of=("self",)).select_related("line").get(pk=claim.pk)
    if claim.line.seller_id != by.pk:
        raise NotYours
    if claim.state != Claim.State.OPEN:
        raise Decided
    claim.state, claim.answer, claim.answered_at = Claim.State.ANSWERED, words, clock.now()
    claim.save(update_fields=["state", "answer", "answered_at"])
    return claim


@transaction.atomic
def decide(claim: Claim, *, by: User, granted: bool, note: str = "") -> Claim:
    """A moderator's decision; the buyer and the seller are told with the note."""
    # The order first, as everybody does who gives money back.
    order = Order.objects.select_for_update(no_key=True).get(lines__claims=claim.pk)
    locked = Claim.objects.select_for_update(no_key=True, of=("self",))
    claim = locked.select_related("line__order", "line__seller", "buyer").get(pk=claim.pk)
    if claim.state not in {Claim.State.OPEN, Claim.State.ANSWERED}:
        raise Decided
    if by.pk in {claim.buyer_id, claim.line.seller_id}:
        raise NotYours
    claim.note = note
    if granted and order.disputed_at:
        raise AtTheBank
    if granted:
        return _grant(claim, by=by)
    claim.state, claim.decided_by, claim.decided_at = Claim.State.REFUSED, by, clock.now()
    claim.save(update_fields=["state", "decided_by", "decided_at", "note"])
    activity.record(by, "refund.refused", ("claim", claim.public_id, claim.line.title), reason=note)
    notifications.tell(
        claim.buyer,
        "refund_refused",
        url=claim.line.order.get_absolute_url(),
        key=f"claim-refused:{claim.pk}",
        title=claim.line.title,
        note=note,
    )
    return claim


def _grant(claim: Claim, *, by: User | None) -> Claim:
    causes = {
        R.FRAUD: Refund.Cause.FRAUD,
        R.DUPLICATE: Refund.Cause.DUPLICATE,
        R.WITHDRAWAL: Refund.Cause.WITHDRAWAL,
    }
    line = claim.line
    line.refresh_from_db()
    left = line.price + line.tax - line.refunded
    claim.state, claim.decided_by, claim.decided_at = Claim.State.GRANTED, by, clock.now()
    claim.save(update_fields=["state", "decided_by", "decided_at", "note"])
    refunds.give(
        line.order,
        {line.pk: left},
        cause=causes.get(R(claim.reason), Refund.Cause.PROMISE),
        key=f"claim:{claim.pk}",
        by=by,
        claim=claim,
    )
    return claim
