"""The shelf of what somebody owns."""

from functools import lru_cache, partial
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.guards import signed_in
from common import pagination
from common.pagination import Keyset
from common.prepared import Prepared
from common.templatetags import ui
from marketplace import cards, highlights, library
from marketplace.models import Entitlement, Version
from marketplace.models.catalogue import Medium
from marketplace.views import doors

PAGE = 30
UNDER = 500  # minor units: what an empty shelf suggests to begin with
# What a volume on the shelf says; the rest of listing, seller and version stays where it is.
SHOWN = """
    owner public_id granted_at seen_version version__number listing__slug listing__title listing__medium listing__card
    listing__model__name listing__seller__name listing__seller__email listing__seller__seller_profile__name
""".split()  # noqa: SIM905 — a list of this length is read more easily in lines
ORDERS = {
    "updated": (gettext_lazy("Newest update first"), ["-moved_at", "-pk"]),
    "bought": (gettext_lazy("Newest purchase first"), ["-granted_at", "-pk"]),
    "title": (gettext_lazy("By title"), ["listing__title", "pk"]),
}


@signed_in
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    user = doors.person(request)
    words = " ".join(request.GET.get("q", "").split())[:100]
    medium = request.GET.get("medium", "")
    order = request.GET.get("sort", "updated")
    order = order if order in ORDERS else "updated"
    news = request.GET.get("news") == "1"
    found = _found(user, words=words, medium=medium, news=news)
    is_plain = not (words or medium or news)
    first = partial(_first_page(order).rows, user.pk) if is_plain else None
    page = Keyset(found, ORDERS[order][1], request.GET.get("cursor") or None, PAGE, first=first)
    is_empty = not page.items and not (words or medium or news)
    context = {
        "items": [_shown(entitlement) for entitlement in page],
        "words": words,
        "medium": medium,
        "news": news,
        "media": Medium.choices,
        "sorts": [(name, label, name == order) for name, (label, _order) in ORDERS.items()],
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
        "is_empty": is_empty,
        "is_filtered": bool(words or medium or news),
        "suggested": cards.of_rows(highlights.under(UNDER, 3), user) if is_empty else [],
    }
    return render(request, "marketplace/library/shelf.html", context)


def _found(user: User, *, words: str, medium: str, news: bool) -> Any:
    """What the person holds, with the newest version of each, as far as it was asked for."""
    held = _held(library.of(user))
    for word in words.split()[:8]:
        somewhere = Q(listing__title__icontains=word) | Q(listing__summary__icontains=word) | Q(note__icontains=word)
        held = held.filter(somewhere | Q(listing__seller__seller_profile__name__icontains=word))
    if medium in Medium.values:
        held = held.filter(listing__medium=medium)
    if news:
        held = held.filter(newest_number__gt=Greatest(F("seen_version"), F("version__number")))
    return held


@lru_cache(maxsize=8)
def _first_page(order: str) -> Prepared[Entitlement]:
    """The page that opens first, and one more: written once for each order."""
    return Prepared[Entitlement](
        lambda owner: _held(library.of(owner)).order_by(*ORDERS[order][1])[: PAGE + 1], -(2**40) - 11
    )


def _held(entitlements: QuerySet[Entitlement]) -> Any:
    newest = Version.objects.filter(listing=OuterRef("listing"), approved_at__isnull=False).order_by("-number")
    held = entitlements.annotate(
        newest_number=Coalesce(Subquery(newest.values("number")[:1]), F("version__number")),
        moved_at=Greatest(F("granted_at"), Coalesce(Subquery(newest.values("approved_at")[:1]), F("granted_at"))),
    )
    return held.only(*SHOWN)


def _shown(entitlement: Entitlement) -> dict[str, Any]:
    """One volume as plain words, for common.moulds."""
    listing = entitlement.listing
    newest = entitlement.newest_number  # type: ignore[attr-defined]
    picture = cards.picture(listing)
    has_news = library.has_news(entitlement, newest)
    shown = {
        "url": entitlement.get_absolute_url(),
        "title": listing.title,
        "model_name": listing.model.name if listing.model else "",
        "seller_name": cards.seller_name(listing),
        "picture": picture and {name: str(picture[name]) for name in ("src", "width", "height")},
        "cover": ui.tone(picture["tone"]) if picture else ui.tint(listing.slug),
        "icon": "" if picture else ui.icon(listing.medium),
        "news_text": _("Version %(number)s is new") % {"number": newest} if has_news else "",
        "version_text": "" if has_news else _("Version %(number)s") % {"number": newest},
        "since": ui.when(entitlement.granted_at, "date"),
    }
    return shown | {"key": repr(shown)}
