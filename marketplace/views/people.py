"""A seller's page, and following them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SellerProfile
from marketplace import figures_of_sellers, pagecache, search, social, structured
from marketplace.search import Query
from marketplace.views import doors, public, shelves


@require_safe
@pagecache.for_everybody
def show_seller(request: HttpRequest, handle: str) -> HttpResponse:
    profile = _profile(handle)
    if handle != profile.handle:
        return HttpResponsePermanentRedirect(profile.get_absolute_url())
    query = Query.from_params(request.GET, get_language() or "en").without("seller")
    asked = Query(seller=(profile.handle,), sort=query.sort or "trending", reader=query.reader, only_keys=True)
    found = search.find(asked, cursor=request.GET.get("cursor") or None)
    listed = public.listed(request, asked, found)
    context = listed | {
        "seller": profile,
        "sums": figures_of_sellers.of(profile.user),
        "sort_links": shelves.sort_links(request.path, asked.sort),
        "is_own": request.user == profile.user,
        "is_followed": social.follows(request.user, profile.user),
        "canonical_url": structured.absolute(profile.get_absolute_url()),
        "instead": [],
        "search_words": "",
        "person_json": structured.script(structured.person(profile)),
    }
    return render(request, "marketplace/people/seller.html", context)


@require_POST
@doors.refusals
@doors.members
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow, or stop; without a word, whichever it is not now."""
    user, seller = doors.person(request), _profile(handle).user
    wanted = request.POST.get("follow")
    begin = wanted == "1" if wanted in {"0", "1"} else not social.follows(user, seller)
    try:
        if begin:
            social.follow(user, seller)
        else:
            social.unfollow(user, seller)
    except social.OwnShop as refusal:
        messages.warning(request, refusal.detail)
        return doors.done(request, "", reverse("seller", args=[handle]), quiet=True)
    name = seller.seller_profile.name
    words = _("You follow %(name)s.") if begin else _("You do not follow %(name)s any more.")
    return doors.done(request, words % {"name": name})


def _profile(handle: str) -> SellerProfile:
    profile = SellerProfile.objects.select_related("user").filter(handle=handle.lower()).first()
    if profile is None or profile.user.is_suspended or profile.user.erased_at is not None:
        raise Http404
    return profile
