"""A listing's own page, its picture for link previews, and reporting it."""

from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import clock, markdown, problems
from marketplace import (
    cards,
    exhibits,
    languages,
    linkcards,
    pagecache,
    permissions,
    reporting,
    reviews,
    structured,
    visits,
)
from marketplace.forms.reports import ReportForm
from marketplace.models import Listing, Review
from marketplace.views import doors, opinions

REVIEWS_SHOWN = 5
NEIGHBOURS = 6
NEAR_KEPT = 60  # seconds, or until the shelves change
MOST_KEPT = 128  # listings whose page a process keeps, some 60 KB each


class Exhibit(NamedTuple):
    """The finished pieces of a listing's page."""

    head: str
    body: str
    tail: str
    product: str
    trail: str


_exhibits: dict[bytes, Exhibit] = {}


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    response = _page(request, slug)
    if response.status_code == 200 and not getattr(response, "is_own", False):
        visits.count(request, slug)
    return response


@pagecache.for_everybody
def _page(request: HttpRequest, slug: str) -> HttpResponse:
    listing = exhibits.load(slug, request.user)
    is_own = permissions.owns(request.user, listing)
    if listing.approved is None:
        # Its own seller's draft has a page elsewhere; to anybody else it does not exist.
        if is_own:
            return redirect("sell-listing", listing.slug)
        raise Http404
    response = render(request, "marketplace/listing/page.html", context(request, listing, is_own=is_own))
    response.is_own = is_own  # type: ignore[attr-defined]
    return response


def context(request: HttpRequest, listing: Listing, *, is_own: bool) -> dict[str, Any]:
    near = f"near:{listing.pk}:{listing.approved_id}"
    similar, others = pagecache.part(near, lambda: exhibits.neighbours(listing, NEIGHBOURS), NEAR_KEPT)
    hung = cards.liked([*similar, *others], request.user)
    return {
        "listing": listing,
        "seller": listing.seller.seller_profile,
        "is_on_sale": getattr(listing, "is_on_sale", False),
        "is_own": is_own,
        "exhibit": exhibited(request, listing, is_own=is_own),
        "similar": hung[: len(similar)],
        "others": hung[len(similar) :],
        "report_form": ReportForm,  # the template makes one where there is somebody to fill it in
        "canonical_url": structured.absolute(listing.get_absolute_url()),
    }


def exhibited(request: HttpRequest, listing: Listing, *, is_own: bool) -> Exhibit:
    """What the page says of the listing; drawn again when anything changed in what was read from the database."""
    newest = reviews.newest(listing, REVIEWS_SHOWN + 1)
    stamp = _stamp(listing, newest, (request.path, is_own, request.user.pk, get_language()))
    kept = None if settings.DEBUG else _exhibits.get(stamp)
    if kept is None:
        if len(_exhibits) >= MOST_KEPT:
            _exhibits.clear()
        values = _values(request, listing, newest, is_own=is_own)
        parts = ("head", "body", "tail")
        head, body, tail = (render_to_string(f"marketplace/listing/{part}.html", values) for part in parts)
        kept = _exhibits[stamp] = Exhibit(head, body, tail, values["product_json"], values["trail_json"])
    return kept


def _stamp(listing: Listing, newest: list[Review], asked: tuple[Any, ...]) -> bytes:
    """A digest of every value the page is made of; “3 minutes ago” is right to the minute."""
    profile, approved = listing.seller.seller_profile, listing.approved
    rows: list[Any] = [listing, profile, approved, approved.version if approved else None]
    rows += [listing.model, listing.model_version]
    rows += [listing.category, listing.category.parent if listing.category else None]
    for review in newest:
        rows += [review, review.author, review.entitlement]
    values = [{name: value for name, value in vars(row).items() if name != "_state"} if row else None for row in rows]
    said = repr((asked, values, int(clock.now().timestamp()) // 60))
    return blake2b(said.encode(), digest_size=20).digest()


def _values(request: HttpRequest, listing: Listing, newest: list[Review], *, is_own: bool) -> dict[str, Any]:
    shown = [opinions.shown(review) for review in newest]
    pictures = exhibits.pictures(listing)
    trail = _trail(listing)
    return {
        "request": request,
        "listing": listing,
        "seller": listing.seller.seller_profile,
        "is_on_sale": getattr(listing, "is_on_sale", False),
        "is_own": is_own,
        "held_id": exhibits.held(listing),
        "is_favourite": getattr(listing, "is_favourite", False),
        "is_followed": getattr(listing, "is_followed", False),
        "own_link": f"{settings.SITE_URL}{listing.get_absolute_url()}?via={listing.seller.seller_profile.handle}",
        "pictures": pictures,
        "examples": exhibits.examples(listing),
        "description": markdown.render(listing.description, heading=3),
        "variables": exhibits.form(listing),
        "shape": exhibits.shape(listing),
        "language": languages.name(listing.language),
        "tags": listing.approved.tags if listing.approved else [],
        "versions": exhibits.versions(listing),
        "reviews": shown[:REVIEWS_SHOWN],
        "has_more_reviews": len(shown) > REVIEWS_SHOWN,
        "distribution": exhibits.distribution(listing),
        **cards.price_texts(listing),
        "refund_days": settings.REFUND_DAYS,
        "trail": trail,
        "canonical_url": structured.absolute(listing.get_absolute_url()),
        "card_url": structured.absolute(structured.card_address(listing)),
        "product_json": structured.script(structured.product(listing, pictures, [one["review"] for one in shown])),
        "trail_json": structured.script(structured.breadcrumb(trail)),
    }


def _trail(listing: Listing) -> list[tuple[str, str]]:
    trail = [(_("Prompts"), reverse("browse"))]
    category = listing.category
    if category is not None:
        shelves = [category.parent, category] if category.parent else [category]
        trail += [(shelf.name, shelf.get_absolute_url()) for shelf in shelves]
    return [*trail, (listing.title, "")]


@require_safe
def card_picture(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The picture that link previews show; drawn once for each state of the listing, then kept."""
    listing = Listing.objects.live().for_cards().filter(slug=slug).first()
    if listing is None:
        raise Http404
    response = FileResponse(linkcards.picture(listing), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


@doors.refusals
@doors.members
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    user = doors.person(request)
    listing = Listing.objects.select_related("seller").filter(slug=slug).first()
    if listing is None or not permissions.may(user, "see", listing):
        raise Http404
    permissions.require(user, "report", listing)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reporting.report(listing, by=user, **form.cleaned_data)
        except problems.Problem as refusal:
            opinions.put_errors(form, refusal)
        else:
            messages.success(request, _("Thank you. A moderator will look at it, and you will hear what was decided."))
            return redirect(listing)
    status = 422 if form.errors else 200
    return render(request, "marketplace/listing/report.html", {"form": form, "listing": listing}, status=status)
