"""What listings cost now: their price, unless whoever takes the money says that it is lower for a while."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from common import clock
from marketplace import signals
from marketplace.models import Listing

_said = ["NULL::integer"]


def source(sql: str) -> None:
    """Ask this from now on: an expression for the lower price of `listing.id`, or NULL; minor units.

    It may name %(now)s, and %(least)s, the lowest price there is.
    """
    _said[0] = sql


def expression() -> str:
    """What is charged for `listing.id` now where it is not the listing's own price, else NULL; takes `parameters()`."""
    return _said[0]


def parameters() -> dict[str, Any]:
    return {"now": clock.now(), "least": settings.MIN_PRICE}


def annotation(at: datetime | None = None) -> RawSQL:
    """The same for a queryset of listings; `at` is another moment than now."""
    given, names = parameters() | ({"now": at} if at else {}), re.findall(r"%\((\w+)\)s", expression())
    sql = re.sub(r"%\(\w+\)s", "%s", expression()).replace("listing.id", '"marketplace_listing"."id"')
    return RawSQL(sql, [given[name] for name in names], IntegerField())  # noqa: S611 — no values in it


def lowered(ids: Sequence[int]) -> dict[int, int]:
    """Listing id → the price that is charged now, where it is not the listing's own."""
    sql = f"SELECT id, {expression()} FROM unnest(%(ids)s::bigint[]) AS listing (id)"  # noqa: S608 — no values in it
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids), **parameters()})
        return {pk: price for pk, price in cursor.fetchall() if price is not None}


def changed(listing: Listing) -> None:
    """What is charged for it is another price from now on: what was kept of pages and answers is out of date."""
    signals.price_changed.send(Listing, listing=listing)
