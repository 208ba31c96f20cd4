"""How often money may be set in motion by one account: against card testing and loops of buying and refunding."""

import ipaddress
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock, throttle
from common.problems import Problem
from payments.models import Claim, Order

CHECKOUTS = (30, 600)  # of one account, in seconds
DECLINES = (5, 600)
ADDRESS_KEPT = 2 * 3600


class TooManyCheckouts(Problem):
    code, status = "too_many_checkouts", 429
    default_detail = _("Too many purchases were begun in a short time. Wait a few minutes and try again.")


def checkout(buyer: User, address: str = "") -> None:
    """Count one checkout begun, and refuse after too many, or after five declined cards. Open when Redis is away.

    Cards declined at one `address` count together, whoever tries them.
    """
    for scope, identity in _declined_of(buyer, address):
        declines = throttle.peek(scope, identity, *DECLINES, when_down="open")
        if not declines.allowed:
            raise TooManyCheckouts(retry_after=declines.retry_after)
    begun = throttle.hit("checkout", str(buyer.pk), *CHECKOUTS, when_down="open")
    if not begun.allowed:
        raise TooManyCheckouts(retry_after=begun.retry_after)


def placed_at(order: Order, address: str) -> None:
    """Remember for as long as the payment page lives where an order was placed, should its cards be declined."""
    if address:
        cache.set(f"order-at:{order.number}", address, ADDRESS_KEPT)


def declined(order: Order) -> None:
    """Count one declined card, for the account and for the place."""
    for scope, identity in _declined_of(order.buyer, cache.get(f"order-at:{order.number}", "")):
        throttle.hit(scope, identity, *DECLINES, when_down="open")


def _declined_of(buyer: User, address: str) -> list[tuple[str, str]]:
    # Behind a proxy that nobody told us of, everybody comes from here; they must not pay for one another.
    at_home = address in {"", throttle.NOWHERE} or ipaddress.ip_network(address, strict=False).is_loopback
    return [("declines", str(buyer.pk))] + ([] if at_home else [("declines-at", address)])


REFUNDS_BEFORE_A_LOOK = 5
REFUND_WINDOW = timedelta(days=60)


def one_refund_at_a_time(order: Order) -> None:
    """For the rest of this transaction its buyer, and its card, ask for nothing else: counts are of what is decided."""
    whose = {f"refunds:buyer:{order.buyer_id}"}
    if order.card_fingerprint:
        whose.add(f"refunds:card:{order.card_fingerprint}")
    with connection.cursor() as cursor:
        for name in sorted(whose):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def refunds_too_often(order: Order) -> bool:
    """Whether its buyer, or its card in other hands, takes money back so often that a person should look first.

    Orders count, not their lines: who withdraws from a full basket does so once.
    """
    same = Q(buyer=order.buyer_id)
    if order.card_fingerprint:
        same |= Q(line__order__card_fingerprint=order.card_fingerprint)
    since = clock.now() - REFUND_WINDOW
    granted = Claim.objects.filter(same, state=Claim.State.GRANTED, decided_at__gte=since)
    others = granted.exclude(line__order=order.pk).values("line__order").distinct()
    return others.count() >= REFUNDS_BEFORE_A_LOOK
