"""Payouts above the limit wait for leave by two people (given in `corrections`)."""

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from common import money
from payments import alerts
from payments.models import LargePayout, Payout


def may_go(seller: User, amount: int) -> bool:
    """Whether so much (minor units) may be sent; if not, people are called, and the money waits."""
    if amount <= settings.PAYOUT_LIMIT or _leaves(seller, amount).exists():
        return True
    shown = money.format_money(amount, settings.CURRENCY, "en")
    alerts.raise_("payout_large", _key(seller), f"A payout of {shown} to seller {seller.pk} needs two people.")
    return False


def use(payout: Payout) -> None:
    """The leave that lets this payout go is used up by it."""
    if payout.amount <= settings.PAYOUT_LIMIT:
        return
    leave = _leaves(payout.seller, payout.amount).select_for_update(no_key=True).order_by("pk")[0]
    leave.payout = payout
    leave.save(update_fields=["payout"])
    alerts.settle(_key(payout.seller))


def _leaves(seller: User, amount: int) -> QuerySet[LargePayout]:
    given = LargePayout.objects.filter(seller=seller, approved_by__isnull=False, refused=False, payout=None)
    return given.filter(currency=settings.CURRENCY, amount__gte=amount)


def _key(seller: User) -> str:
    return f"payout-large:{seller.pk}"
