"""Example pictures in the seller's form: taken in one by one, put in order, removed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.guards import person, signed_in
from common.problems import Problem
from marketplace import images, lifecycle, listings
from marketplace.forms.manuscript import Manuscript
from marketplace.forms.parts import PictureForm
from marketplace.models import Listing, Revision
from marketplace.views import sell_listing
from marketplace.views.doors import refusals, said
from marketplace.views.sell_listing import mine, words_of


@signed_in
@refusals
@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """One picture from the drop zone, answered with its row; or the whole form with several, without JavaScript."""
    listing = mine(request, slug)
    _refuse_in_review(listing)
    if not request.headers.get("HX-Request"):
        return _upload_with_form(request, listing)
    files = request.FILES.getlist("image")
    if not files:
        return HttpResponse(_("Choose a picture first."), status=400, content_type="text/plain; charset=utf-8")
    try:
        image = images.add(listing, person(request), files[0])
    except Problem as refusal:
        return HttpResponse(said(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
    listing = mine(request, slug)
    sell_listing.remember(request, listing)
    manuscript = Manuscript.kept(listing, words_of(person(request), listing))
    picture = PictureForm({"id": image.public_id}, manuscript.known, images.sources(image))
    return render(request, "marketplace/sell/picture.html", {"picture": picture, "listing": listing})


def _upload_with_form(request: HttpRequest, listing: Listing) -> HttpResponse:
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    is_saved = sell_listing.save(request, listing, manuscript)
    for file in request.FILES.getlist("image"):
        try:
            images.add(listing, person(request), file)
        except Problem as refusal:
            messages.error(request, f"{file.name}: {said(refusal)}")
    listing = mine(request, listing.slug)
    sell_listing.remember(request, listing)
    return _answer(request, listing, manuscript, is_saved=is_saved)


@signed_in
@refusals
@require_POST
def move(request: HttpRequest, slug: str, picture_id: str, step: str) -> HttpResponse:
    """One place towards the front or the back."""
    listing = mine(request, slug)
    _refuse_in_review(listing)
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    manuscript.move_picture(picture_id, -1 if step == "up" else 1)
    return _answer(request, listing, manuscript, is_saved=sell_listing.save(request, listing, manuscript))


@signed_in
@refusals
@require_POST
def remove(request: HttpRequest, slug: str, picture_id: str) -> HttpResponse:
    listing = mine(request, slug)
    _refuse_in_review(listing)
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    is_saved = sell_listing.save(request, listing, manuscript)
    images.remove(listing, person(request), picture_id)
    listing = mine(request, slug)
    sell_listing.remember(request, listing)
    manuscript.pictures = [form for form in manuscript.pictures if form.picture_id != picture_id]
    return _answer(request, listing, manuscript, is_saved=is_saved)


@signed_in
@refusals
@require_safe
def thumbnail(request: HttpRequest, slug: str, picture_id: str) -> HttpResponse:
    """The picture itself once a worker has prepared it; the page asks every few seconds until then."""
    listing = mine(request, slug)
    image = listing.images.filter(public_id=picture_id).first()
    if image is None:
        raise images.NoSuchImage
    context = {"listing": listing, "shown": images.sources(image), "picture_id": picture_id}
    return render(request, "marketplace/sell/thumbnail.html", context)


def _answer(request: HttpRequest, listing: Listing, manuscript: Manuscript, *, is_saved: bool) -> HttpResponse:
    """The list of pictures for htmx; without it the page, with everything typed where something was refused."""
    if request.headers.get("HX-Request"):
        return sell_listing.fragment(request, "pictures", manuscript, listing)
    if not is_saved:
        return sell_listing.page(request, listing, manuscript, status=422)
    return redirect(reverse("sell-listing", args=[listing.slug]) + "#pictures")


def _refuse_in_review(listing: Listing) -> None:
    if lifecycle.working(listing).state == Revision.State.SUBMITTED:
        raise listings.AlreadyInReview
