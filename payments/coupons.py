"""A seller's own discount codes."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity
from accounts.models import User
from common import clock
from common.problems import Problem
from marketplace.models import Listing
from payments.models import Coupon


class CodeTaken(Problem):
    code, status = "code_taken", 409
    default_detail = _("This code is taken. Choose another one.")


class MayNotDiscount(Problem):
    code, status = "may_not_discount", 403
    default_detail = _("Only sellers in good standing make codes, for their own prompts.")


@transaction.atomic
def make(
    seller: User,
    *,
    code: str,
    percent_bps: int | None = None,
    amount: int | None = None,
    ends_at: datetime | None = None,
    limit: int | None = None,
    limit_per_buyer: int = 1,
    listings: Sequence[Listing] = (),
) -> Coupon:
    """A new code: percent (basis points) or an amount (minor units) off each listing, never below the minimum price."""
    if not seller.is_seller or seller.is_suspended or any(one.seller_id != seller.pk for one in listings):
        raise MayNotDiscount
    try:
        with transaction.atomic():
            coupon = Coupon.objects.create(
                seller=seller,
                code=code.strip().upper(),
                percent_bps=percent_bps,
                amount=amount,
                ends_at=ends_at,
                limit=limit,
                limit_per_buyer=limit_per_buyer,
            )
    except IntegrityError as error:
        raise CodeTaken from error
    coupon.listings.set(listings)
    activity.record(seller, "coupon.made", ("coupon", str(coupon.pk), coupon.code))
    return coupon


def stop(coupon: Coupon) -> None:
    """From now on the code does nothing; orders placed with it keep their price."""
    Coupon.objects.filter(pk=coupon.pk, stopped_at=None).update(stopped_at=clock.now())


def minimum() -> int:
    return int(settings.MIN_PRICE)
