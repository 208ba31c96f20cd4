"""What is new, as Atom: of the whole market and of one seller."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import SellerProfile
from marketplace import cards, highlights, pagecache, structured
from marketplace.models import Listing

MOST = 40


@require_safe
@pagecache.for_everybody
def newest(request: HttpRequest) -> HttpResponse:
    listings = highlights.live().order_by("-published_at", "-id")[:MOST]
    return _answer(listings, title=_("New at Promptuary"), page=reverse("browse") + "?sort=newest", own=request.path)


@require_safe
@pagecache.for_everybody
def of_seller(request: HttpRequest, handle: str) -> HttpResponse:
    profile = SellerProfile.objects.select_related("user").filter(handle=handle, user__suspended_at=None).first()
    if profile is None or profile.user.erased_at is not None:
        raise Http404
    listings = highlights.live().filter(seller=profile.user).order_by("-published_at", "-id")[:MOST]
    title = _("New by %(name)s") % {"name": profile.name}
    return _answer(listings, title=title, page=profile.get_absolute_url(), own=request.path)


def _answer(listings: Any, *, title: str, page: str, own: str) -> HttpResponse:
    feed = Atom1Feed(
        title=title,
        link=structured.absolute(page),
        description=_("Prompts that do what they show, tested on the models they name, with a refund promise."),
        language=get_language(),
        feed_url=structured.absolute(own),
        author_name=settings.SITE_NAME,
    )
    for listing in listings:
        feed.add_item(**_entry(listing))
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _entry(listing: Listing) -> dict[str, Any]:
    address = structured.absolute(listing.get_absolute_url())
    picture = cards.picture(listing)
    shown = f'<p><img src="{escape(structured.absolute(picture["src"]))}" alt=""></p>' if picture else ""
    model = listing.model.name if listing.model else ""
    return {
        "title": listing.title,
        "link": address,
        "unique_id": f"urn:promptuary:listing:{listing.public_id}",
        "description": f"{shown}<p>{escape(listing.summary)}</p>"
        f"<p>{escape(model)} · {escape(cards.price_text(listing))}</p>",
        "author_name": cards.seller_name(listing),
        "pubdate": listing.published_at,
        "updateddate": listing.updated_at,
    }
