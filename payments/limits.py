"""How often money may be set in motion by one account: against card testing and loops of buying and refunding."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock, throttle
from common.problems import Problem
from payments.models import Claim, Order

CHECKOUTS = (30, 600)  # of one account, in seconds
DECLINES = (5, 600)


class TooManyCheckouts(Problem):
    code, status = "too_many_checkouts", 429
    default_detail = _("Too many purchases were begun in a short time. Wait a few minutes and try again.")


def checkout(buyer: User) -> None:
    """Count one checkout begun, and refuse after too many, or after five declined cards. Open when Redis is away."""
    if (declined := throttle.peek("declines", str(buyer.pk), *DECLINES, when_down="open")) and not declined.allowed:
        raise TooManyCheckouts(retry_after=declined.retry_after)
    begun = throttle.hit("checkout", str(buyer.pk), *CHECKOUTS, when_down="open")
    if not begun.allowed:
        raise TooManyCheckouts(retry_after=begun.retry_after)


def declined(buyer: User) -> None:
    """Count one declined card."""
    throttle.hit("declines", str(buyer.pk), *DECLINES, when_down="open")


REFUNDS_BEFORE_A_LOOK = 5
REFUND_WINDOW = timedelta(days=60)


def refunds_too_often(order: Order) -> bool:
    """Whether its buyer, or its card in other hands, takes money back so often that a person should look first."""
    same = Q(buyer=order.buyer_id)
    if order.card_fingerprint:
        same |= Q(line__order__card_fingerprint=order.card_fingerprint)
    since = clock.now() - REFUND_WINDOW
    granted = Claim.objects.filter(same, state=Claim.State.GRANTED, decided_at__gte=since)
    return granted.count() >= REFUNDS_BEFORE_A_LOOK
