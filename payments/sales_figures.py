"""What a seller sold, day by day; minor units of the house's currency."""

from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from accounts.models import User


class Day(NamedTuple):
    """`own` is what came by the seller's own link, without commission."""

    sales: int = 0
    earned: int = 0
    own_sales: int = 0
    own_earned: int = 0


def by_day(seller: User, *, since: datetime) -> dict[date, Day]:
    """Each day on which something was sold for money."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, {"seller": seller.pk, "since": since, "zone": settings.TIME_ZONE})
        return {row[0]: Day(*row[1:]) for row in cursor.fetchall()}


# Written by the ORM it costs more than it takes.
_BY_DAY = """
    SELECT (bought.fulfilled_at AT TIME ZONE %(zone)s)::date,
        count(*), sum(line.seller_share)::bigint,
        count(*) FILTER (WHERE line.via <> ''),
        coalesce(sum(line.seller_share) FILTER (WHERE line.via <> ''), 0)::bigint
    FROM payments_orderline AS line JOIN payments_order AS bought ON bought.id = line.order_id
    WHERE line.seller_id = %(seller)s AND line.price > 0 AND bought.status = 'fulfilled'
        AND bought.fulfilled_at >= %(since)s
    GROUP BY 1
"""
