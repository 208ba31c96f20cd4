"""What somebody likes: the heart on every card, and the page of all of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.guards import signed_in
from common import pagination
from common.pagination import Keyset
from marketplace import cards, highlights, social
from marketplace.models import Favourite, Listing
from marketplace.views import doors


@require_POST
@doors.refusals
@doors.members
def toggle(request: HttpRequest, slug: str) -> HttpResponse:
    """Like it, or not any more: whichever it is not now."""
    user = doors.person(request)
    listing = Listing.objects.select_related("seller").filter(slug=slug).first()
    if listing is None:
        raise Http404
    if social.unfavourite(user, listing):
        return doors.done(request, _("It is no longer among your favourites."))
    social.favourite(user, listing)
    return doors.done(request, _("It is among your favourites."))


@signed_in
@require_safe
def list_favourites(request: HttpRequest) -> HttpResponse:
    user = doors.person(request)
    kept = Favourite.objects.filter(user=user, listing__in=Listing.objects.live())
    joined = ("listing__seller__seller_profile", "listing__model")
    page = Keyset(
        kept.select_related(*joined).defer("listing__description"), ["-pk"], request.GET.get("cursor") or None
    )
    context = {
        "cards": [card | {"is_favourite": True} for card in cards.of(row.listing for row in page)],
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
        "followed": social.followed(user)[:24],
        "instead": [] if page.items else cards.of_rows(highlights.trending(6), user),
    }
    return render(request, "marketplace/people/favourites.html", context)
