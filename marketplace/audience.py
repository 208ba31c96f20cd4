"""Who looks at a seller's listings: how many looks each had, and where people came from; one statement for both."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

SOURCES: dict[str, str | Promise] = {
    "search": _("Search"),
    "browse": _("Browsing"),
    "seller": _("Your own page"),
    "via": _("Your own link"),
    "api": _("Programs"),
    "direct": _("Elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    label: str | Promise
    views: int


def of(seller: User, *, since: date) -> tuple[dict[int, int], list[Source]]:
    """Looks by listing, and by source with the most first."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, [seller.pk, since])
        rows = cursor.fetchall()
    views: dict[int, int] = {}
    sources: dict[str, int] = {}
    for listing, source, number in rows:
        views[listing] = views.get(listing, 0) + number
        known = source if source in SOURCES else "direct"
        sources[known] = sources.get(known, 0) + number
    most_first = sorted(sources.items(), key=lambda item: -item[1])
    return views, [Source(name, SOURCES[name], number) for name, number in most_first if number]


# Written by the ORM it costs more than it takes.
_LOOKS = """
    SELECT day.listing_id, day.source, sum(day.views)::bigint
    FROM marketplace_listing AS listing JOIN marketplace_listingday AS day ON day.listing_id = listing.id
    WHERE listing.seller_id = %s AND day.day >= %s GROUP BY day.listing_id, day.source
"""
