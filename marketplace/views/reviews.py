"""Reviews of a listing: all of them, writing one's own, the seller's reply."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import pagination
from common.pagination import Keyset
from common.problems import Problem
from marketplace import exhibits, pagecache, permissions, reviews, structured
from marketplace.forms.reviews import ReplyForm, ReviewForm
from marketplace.models import Listing, Review
from marketplace.views import doors, opinions

PAGE = 20


@require_safe
@pagecache.for_everybody
def list_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    listing = exhibits.load(slug, request.user)
    page = Keyset(reviews.of(listing), ["-created_at", "-pk"], request.GET.get("cursor") or None, PAGE)
    context = {
        "listing": listing,
        "seller": listing.seller.seller_profile,
        "reviews": [opinions.shown(review) for review in page],
        "distribution": exhibits.distribution(listing),
        "is_own": permissions.owns(request.user, listing),
        "held_id": exhibits.held(listing),
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
        "canonical_url": structured.absolute(request.path),
    }
    return render(request, "marketplace/listing/all_reviews.html", context)


@doors.refusals
@doors.members
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """One's review of what one holds; again to change it."""
    user = doors.person(request)
    listing = Listing.objects.select_related("seller__seller_profile", "model").filter(slug=slug).first()
    if listing is None or not permissions.may(user, "see", listing):
        raise Http404
    if not permissions.may(user, "review", listing):
        raise reviews.OwnWork if permissions.owns(user, listing) else reviews.NotBought
    before = Review.objects.filter(author=user, listing=listing).first()
    form = ReviewForm.of(before, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.post(user, listing, **form.cleaned_data)
        except Problem as refusal:
            opinions.put_errors(form, refusal)
        else:
            messages.success(request, _("Thank you. Your review is on the page."))
            return redirect(f"{listing.get_absolute_url()}#reviews")
    context = {"form": form, "listing": listing, "before": before}
    return render(request, "marketplace/listing/write_review.html", context, status=422 if form.errors else 200)


@doors.refusals
@doors.members
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, review_id: str) -> HttpResponse:
    user, review = doors.person(request), _review(review_id)
    if not permissions.owns(user, review.listing):
        raise Http404
    form = ReplyForm(request.POST or None, initial={"text": review.reply})
    if request.method == "POST" and form.is_valid():
        try:
            reviews.reply(review, user, form.cleaned_data["text"])
        except Problem as refusal:
            opinions.put_errors(form, refusal)
        else:
            return redirect(f"{review.listing.get_absolute_url()}#review-{review.public_id}")
    context = {"form": form, "shown": opinions.shown(review), "listing": review.listing}
    return render(request, "marketplace/listing/reply.html", context, status=422 if form.errors else 200)


@require_POST
@doors.refusals
@doors.members
def remove(request: HttpRequest, review_id: str) -> HttpResponse:
    review = _review(review_id)
    reviews.remove(review, doors.person(request))
    return doors.done(request, _("Your review is taken back."), review.listing.get_absolute_url())


def _review(review_id: str) -> Review:
    found = Review.objects.visible().select_related("listing__seller__seller_profile", "author", "entitlement")
    review = found.filter(public_id=review_id).first()
    if review is None:
        raise Http404
    return review
