"""From wanting to paying: the order is placed and committed first, then Stripe is asked for its payment page.

The server derives every amount. Price, rate and version are frozen on the lines here and never looked up again.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import consents
from accounts.models import Consent, User
from common import clock
from common.problems import Problem
from marketplace.models import Listing
from payments import cart, fees, gateway, limits, orders, prices
from payments.models import BillingDetails, Coupon, Order, OrderLine, Redemption

LIFETIME = timedelta(minutes=60)  # of a payment page; Stripe allows 30 minutes to 24 hours
NOT_WORTH_REUSING = timedelta(minutes=10)


class NothingToBuy(Problem):
    code, status = "nothing_to_buy", 400
    default_detail = _("Choose at least one prompt to buy.")


class MayNotBuy(Problem):
    code, status = "may_not_buy", 403
    default_detail = _("This account is suspended and cannot buy.")


class PaymentsAway(Problem):
    code, status = "payments_away", 503
    default_detail = _("The payment service does not answer right now. Nothing was charged; try again in a minute.")


def start(
    buyer: User,
    listings: Sequence[Listing],
    *,
    coupon: str | None = None,
    consented: bool = False,
    via: dict[int, str] | None = None,
    language: str = "en",
    note: Callable[[Order], object] | None = None,
    address: str = "",
) -> Order:
    """Place an order and open its payment page; free orders are delivered at once.

    `via` maps a listing's id to the handle of the seller whose link brought the buyer. The same basket again, while
    its page is open, gives the same order. `note` is told of the order in the transaction that places it; `address` is
    where the buyer is, as far as it is known. Raises a Problem that says what cannot be bought, or PaymentsAway.
    """
    limits.checkout(buyer, address)
    with transaction.atomic():
        order = _place(buyer, list(listings), coupon, consented=consented, via=via or {}, language=language)
        if note is not None:
            note(order)
    if order.status != Order.Status.PENDING:
        return order
    limits.placed_at(order, address)
    return open_page(order)


def open_page(order: Order) -> Order:
    """Ask Stripe for the payment page of a placed order; asking twice gives the same page."""
    if order.checkout_url:
        return order
    try:
        page = gateway.open_checkout(order)
    except gateway.Away as error:
        # A page that was made all the same is one more way to pay the same order; a second payment goes back.
        Order.objects.filter(pk=order.pk).update(attempt=F("attempt") + int(error.answered))
        raise PaymentsAway(retry_after=30) from error
    except gateway.Refused as error:
        orders.expire(order.pk)
        raise PaymentsAway(retry_after=60) from error
    Order.objects.filter(pk=order.pk, session_id=None).update(session_id=page.session, checkout_url=page.url)
    order.refresh_from_db()
    return order


@transaction.atomic
def _place(
    buyer: User,
    listings: list[Listing],
    code: str | None,
    *,
    consented: bool,
    via: dict[int, str],
    language: str,
) -> Order:
    # One checkout of a person at a time: two clicks at once must find each other's order.
    buyer = User.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    listings = _checked(buyer, listings)
    # Uses are counted below: the same basket again must find its order though that order took the last use.
    coupon = prices.fitting_coupon(code, listings) if code else None
    lines = _lines(listings, coupon, via)
    if again := _same_open_order(buyer, lines, coupon, consented=consented):
        return again

    now = clock.now()
    total = sum(line.price for line in lines)
    details = BillingDetails.objects.filter(user=buyer).values("name", "address", "country", "tax_id").first()
    order = Order.objects.create(
        buyer=buyer,
        currency=settings.CURRENCY,
        subtotal=total,
        total=total,
        coupon=coupon,
        email=buyer.email,
        language=language,
        billing=details or {},
        withdrawal_waived_at=now if consented else None,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    if coupon:
        prices.take_coupon(coupon, buyer)
        Redemption.objects.create(coupon=coupon, buyer=buyer, order=order)
    if consented:
        for kind in (Consent.Kind.IMMEDIATE_DELIVERY, Consent.Kind.WITHDRAWAL_LOST):
            consents.give(buyer, kind, subject=f"order:{order.number}", language=language)
    if total == 0:
        orders.accept_free(order)
    return order


def _checked(buyer: User, listings: list[Listing]) -> list[Listing]:
    """The listings as they are now, each once, all of them buyable by this person."""
    if buyer.is_suspended:
        raise MayNotBuy
    wanted = {listing.pk for listing in listings}
    if not wanted:
        raise NothingToBuy
    if len(wanted) > cart.LIMIT:
        raise cart.CartFull
    fresh = list(
        Listing.objects.filter(pk__in=wanted)
        .select_related("seller__seller_profile", "approved__version")
        .order_by("pk")
    )
    owned = cart.owned(buyer, fresh)
    for listing in fresh:
        cart.check(buyer, listing, owned)
    return fresh


def _lines(listings: list[Listing], coupon: Coupon | None, via: dict[int, str]) -> list[OrderLine]:
    now = prices.current(listings)
    lines = []
    for listing in listings:
        price = now[listing.pk]
        if coupon and prices.covers(coupon, listing):
            price = prices.discounted(price, coupon)
        link = via.get(listing.pk, "")
        rate = fees.rate_for(listing.seller, link)
        commission, share = fees.split(price, rate)
        version = listing.approved.version if listing.approved else None
        if version is None:
            raise cart.NotForSale
        lines.append(
            OrderLine(
                listing=listing,
                version=version,
                seller=listing.seller,
                title=listing.title,
                list_price=max(listing.price, price),
                price=price,
                commission_bps=rate,
                commission=commission,
                seller_share=share,
                via=link if rate == 0 else "",
            )
        )
    return lines


def _same_open_order(buyer: User, lines: list[OrderLine], coupon: Coupon | None, *, consented: bool) -> Order | None:
    basket = {(line.listing_id, line.version_id, line.price, line.commission_bps) for line in lines}
    waiting = buyer.orders.filter(
        status=Order.Status.PENDING, coupon=coupon, expires_at__gt=clock.now() + NOT_WORTH_REUSING
    ).filter(withdrawal_waived_at__isnull=not consented)
    for order in waiting.prefetch_related("lines").order_by("-pk")[:5]:
        if {(one.listing_id, one.version_id, one.price, one.commission_bps) for one in order.lines.all()} == basket:
            return order
    return None
