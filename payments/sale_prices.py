"""A lower price for a while, set by the seller: one at a time, and honest about what the price was before.

The price crossed out beside it has to be the lowest of the thirty days before (Directive 98/6/EC, article 6a). So a
sale is only taken where that is the list price: none begins within thirty days of another, or of a time when the list
price was lower. Raising the list price ends a sale that runs or waits.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import User
from common import clock, money
from common.problems import Problem
from marketplace import lifecycle, permissions, prices
from marketplace import signals as market
from marketplace.models import Case, Listing, Revision
from payments.models import Sale

LOOK_BACK = timedelta(days=30)
LONGEST = timedelta(days=30)
FURTHEST = timedelta(days=90)  # ahead
HARDLY = timedelta(minutes=5)  # a start so little ago is “now”


class BadSale(Problem):
    """`errors` names price, starts and ends."""

    code, status = "invalid", 400
    default_detail = gettext_lazy("The sale cannot be set like this.")


class NoSale(Problem):
    code, status = "not_found", 404
    default_detail = gettext_lazy("There is no sale to end.")


class NotOnSale(Problem):
    code, status = "not_for_sale", 409
    default_detail = gettext_lazy("Only what is on the shelves can be given a sale price.")


class TooSoon(Problem):
    """The lowest price of thirty days is not the list price."""

    code, status = "sale_too_soon", 409
    default_detail = gettext_lazy("This price was lower within the last 30 days, so a sale would not be honest yet.")


def of(listing: Listing) -> Sale | None:
    """The sale that runs or waits."""
    return _open(listing).first()


def put(listing: Listing, by: User, *, price: int, ends: datetime, starts: datetime | None = None) -> Sale:
    """Set the sale, or change the one that runs or waits. Raises BadSale, NotOnSale or TooSoon."""
    now = clock.now()
    permissions.require(by, "edit", listing)
    with transaction.atomic():
        listing = lifecycle.locked(listing)
        if not listing.is_live:
            raise NotOnSale
        held = of(listing)
        is_running = held is not None and held.starts_at <= now
        # What runs keeps its beginning, whatever is said now.
        begins = held.starts_at if held is not None and is_running else starts or now
        _check(listing, price=price, starts=begins, ends=ends, now=now, is_running=is_running)
        begins = begins if is_running else max(begins, now)
        if not is_running and (free := free_from(listing, begins, besides=held)) is not None:
            words = _("The price was lower within the 30 days before. A sale can begin on %(day)s.")
            raise TooSoon(words % {"day": _day(free)})
        sale = held or Sale(listing=listing)
        sale.price, sale.starts_at, sale.ends_at = price, begins, ends
        sale.save()
        activity.record(by, "sale.set", listing, price=price, starts=begins.isoformat(), ends=ends.isoformat())
        prices.changed(listing)
    return sale


def end(listing: Listing, by: User) -> None:
    """The list price again, from now on. Raises NoSale."""
    permissions.require(by, "edit", listing)
    with transaction.atomic():
        listing = lifecycle.locked(listing)
        if not _stop(listing):
            raise NoSale
        activity.record(by, "sale.ended", listing)


def free_from(listing: Listing, at: datetime, *, besides: Sale | None = None) -> datetime | None:
    """When a sale could begin honestly, if not at this moment: the list price then was the lowest for thirty days."""
    lower = [until for price, until in _history(listing, at, besides) if price < listing.price]
    latest = max(lower, default=None)
    return latest + LOOK_BACK if latest is not None and latest > at - LOOK_BACK else None


def _history(listing: Listing, at: datetime, besides: Sale | None) -> Iterator[tuple[int, datetime]]:
    """(price, until when it was asked) of everything asked before this moment: earlier list prices, earlier sales."""
    for sale in Sale.objects.filter(listing=listing, starts_at__lt=at):
        if sale == besides:
            continue
        until = min(sale.ends_at, sale.stopped_at or sale.ends_at)
        if until > sale.starts_at:
            yield sale.price, until
    known = listing.revisions.filter(state=Revision.State.APPROVED).order_by("number")
    approved = [(revision.price, _approved_at(revision)) for revision in known.prefetch_related("cases")]
    for (price, _since), (_price, until) in pairwise(approved):
        yield price, until


def _approved_at(revision: Revision) -> datetime:
    """What was imported, or published by the house, has no case."""
    decided = [case.decided_at for case in revision.cases.all() if case.decision == Case.Decision.APPROVE]
    return max((at for at in decided if at), default=revision.submitted_at or revision.changed_at)


def _check(listing: Listing, *, price: int, starts: datetime, ends: datetime, now: datetime, is_running: bool) -> None:
    errors: dict[str, list[str]] = {}
    least = money.format_money(settings.MIN_PRICE, listing.currency)
    if not listing.price:
        errors["price"] = [_("This prompt is free already.")]
    elif price < settings.MIN_PRICE:
        errors["price"] = [_("A price is at least %(least)s.") % {"least": least}]
    elif price >= listing.price:
        errors["price"] = [_("A sale price is lower than the price.")]
    if not is_running and starts < now - HARDLY:
        errors["starts"] = [_("A sale cannot begin in the past.")]
    elif starts > now + FURTHEST:
        errors["starts"] = [_("A sale begins within the next 90 days.")]
    if ends <= max(starts, now):
        errors["ends"] = [_("A sale ends after it began, and in the future.")]
    elif ends - starts > LONGEST:
        errors["ends"] = [_("A sale lasts 30 days at most.")]
    if errors:
        raise BadSale(errors=errors)


def _open(listing: Listing) -> QuerySet[Sale]:
    now = clock.now()
    return Sale.objects.filter(Q(ends_at__gt=now), listing=listing, stopped_at=None).order_by("starts_at", "pk")


def _stop(listing: Listing) -> bool:
    """End what runs, forget what had not begun; whether there was any."""
    now = clock.now()
    waiting = _open(listing).filter(starts_at__gt=now).delete()[0]
    stopped = _open(listing).filter(starts_at__lte=now).update(stopped_at=now)
    if waiting or stopped:
        prices.changed(listing)
    return bool(waiting or stopped)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


@receiver(market.listing_published)
def price_raised(listing: Listing, is_first: bool, **_: Any) -> None:
    """A sale compares with the price of before; with another price, it would compare with nothing."""
    running = of(listing)
    if running is not None and not is_first and _differs(listing, running):
        _stop(listing)


def _differs(listing: Listing, sale: Sale) -> bool:
    at = max(sale.starts_at, clock.now())
    return sale.price >= listing.price or free_from(listing, at, besides=sale) is not None
