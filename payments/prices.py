"""What a listing costs now: its price, a sale price of its seller, a coupon. Minor units; never below the minimum."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock, money
from common.problems import Problem
from marketplace import prices as asking
from marketplace.models import Listing
from payments.models import Coupon, Redemption


class NoSuchCoupon(Problem):
    code, status = "coupon_invalid", 409
    default_detail = _("This code is not valid for what you are buying.")


class CouponUsedUp(Problem):
    code, status = "coupon_used_up", 409
    default_detail = _("This code has been used as often as it can be.")


def current(listings: Sequence[Listing]) -> dict[int, int]:
    """Listing id → price now, sale prices counted in. One query."""
    found = {listing.pk: listing.price for listing in listings}
    return found | {pk: min(found[pk], price) for pk, price in asking.lowered(list(found)).items()}


# The sales that run now; lists of pages and API put it beside each listing.
asking.source("""(
    SELECT greatest(min(sale.price), %(least)s) FROM payments_sale AS sale
    WHERE sale.listing_id = listing.id AND sale.starts_at <= %(now)s AND sale.ends_at > %(now)s
        AND sale.stopped_at IS NULL
    HAVING count(*) > 0
)""")


def find_coupon(code: str, buyer: User, listings: Iterable[Listing]) -> Coupon:
    """The coupon behind a code, if it fits now and may still be used. Raises NoSuchCoupon or CouponUsedUp."""
    coupon = fitting_coupon(code, listings)
    if coupon.limit is not None and coupon.used >= coupon.limit:
        raise CouponUsedUp
    used = Redemption.objects.filter(coupon=coupon, buyer=buyer, freed_at=None).count()
    if used >= coupon.limit_per_buyer:
        raise CouponUsedUp
    return coupon


def fitting_coupon(code: str, listings: Iterable[Listing]) -> Coupon:
    """The coupon behind a code, if it fits now, however often it was used. Raises NoSuchCoupon."""
    now = clock.now()
    coupon = (
        Coupon.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), code__iexact=code.strip(), starts_at__lte=now)
        .filter(stopped_at=None)
        .first()
    )
    if coupon is None or not any(covers(coupon, listing) for listing in listings):
        raise NoSuchCoupon
    return coupon


def covers(coupon: Coupon, listing: Listing) -> bool:
    if listing.seller_id != coupon.seller_id:
        return False
    chosen = {one.pk for one in coupon.listings.all()}
    return not chosen or listing.pk in chosen


def discounted(price: int, coupon: Coupon) -> int:
    """The price with the coupon, at least the minimum; free stays free."""
    if not price:
        return 0
    off = money.share(price, coupon.percent_bps) if coupon.percent_bps is not None else coupon.amount or 0
    return min(price, max(settings.MIN_PRICE, price - off))


def take_coupon(coupon: Coupon, buyer: User) -> None:
    """Count one use inside the transaction that places the order. Raises CouponUsedUp when it was the last one."""
    taken = Coupon.objects.filter(Q(limit=None) | Q(used__lt=F("limit")), pk=coupon.pk).update(used=F("used") + 1)
    if not taken:
        raise CouponUsedUp
    if Redemption.objects.filter(coupon=coupon, buyer=buyer, freed_at=None).count() >= coupon.limit_per_buyer:
        raise CouponUsedUp


def free_coupon(redemption: Redemption) -> None:
    """Give a use back when the order expired unpaid; once."""
    freed = Redemption.objects.filter(pk=redemption.pk, freed_at=None).update(freed_at=clock.now())
    if freed:
        Coupon.objects.filter(pk=redemption.coupon_id, used__gt=0).update(used=F("used") - 1)
