"""Who looks at a seller's listings: how many looks each had, and where people came from; one statement for both."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace.models import ListingDay

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
    rows = ListingDay.objects.filter(listing__seller=seller, day__gte=since).order_by()
    views: dict[int, int] = {}
    sources: dict[str, int] = {}
    for listing, source, number in rows.values_list("listing", "source").annotate(number=Sum("views")):
        views[listing] = views.get(listing, 0) + number
        known = source if source in SOURCES else "direct"
        sources[known] = sources.get(known, 0) + number
    most_first = sorted(sources.items(), key=lambda item: -item[1])
    return views, [Source(name, SOURCES[name], number) for name, number in most_first if number]
