"""Collections: the house's, other people's and one's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.guards import signed_in
from common import pagination
from common.pagination import Keyset
from common.problems import Problem
from marketplace import cards, highlights, pagecache, permissions, social, structured
from marketplace.forms.collections import CollectionForm
from marketplace.models import Collection, CollectionItem, Listing
from marketplace.views import doors, opinions

PAGE = 12


@require_safe
@pagecache.for_everybody
def list_collections(request: HttpRequest) -> HttpResponse:
    """One's own first, then the house's, then other people's."""
    user = request.user
    mine = list(user.collections.order_by("-created_at")[:100]) if user.is_authenticated else []
    house = list(social.public_collections().filter(owner=None).order_by("position", "-created_at")[:24])
    others = social.public_collections().filter(owner__isnull=False)
    page = Keyset(others, ["-created_at"], request.GET.get("cursor") or None, PAGE)
    covered = highlights.covered([*mine, *house, *page.items])
    for entry in covered[len(mine) + len(house) :]:
        entry["by"] = owner_name(entry["collection"])
    context = {
        "mine": covered[: len(mine)],
        "house": covered[len(mine) : len(mine) + len(house)],
        "others": covered[len(mine) + len(house) :],
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
    }
    return render(request, "marketplace/collections/list.html", context)


@require_safe
@never_cache
def show(request: HttpRequest, slug: str) -> HttpResponse:
    collection = _seen(request, slug)
    items = CollectionItem.objects.filter(collection=collection, listing__in=Listing.objects.live())
    joined = items.select_related("listing__seller__seller_profile", "listing__model").defer("listing__description")
    page = Keyset(joined, ["position", "pk"], request.GET.get("cursor") or None)
    hung = cards.of([item.listing for item in page], request.user)
    for item, card in zip(page, hung, strict=True):
        card["take_out_url"] = reverse("collection-take-out", args=[slug, item.listing.slug])
    context = {
        "collection": collection,
        "is_own": request.user.is_authenticated and collection.owner_id == request.user.pk,
        "by": owner_name(collection),
        "cards": hung,
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
        "canonical_url": structured.absolute(collection.get_absolute_url()),
    }
    return render(request, "marketplace/collections/collection.html", context)


@signed_in
@doors.refusals
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = CollectionForm(request.POST or None, initial={"is_public": True})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(social.collect(doors.person(request), **form.cleaned_data))
        except Problem as refusal:
            opinions.put_errors(form, refusal)
    return _form(request, form)


@signed_in
@doors.refusals
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    collection = _own(request, slug)
    known = {"title": collection.title_en, "words": collection.words_en, "is_public": collection.is_public}
    form = CollectionForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            social.edit_collection(collection, by=doors.person(request), **form.cleaned_data)
        except Problem as refusal:
            opinions.put_errors(form, refusal)
        else:
            messages.success(request, _("The collection is saved."))
            return redirect(collection)
    return _form(request, form, collection=collection)


@require_POST
@doors.refusals
@doors.members
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    collection = _own(request, slug)
    social.delete_collection(collection, by=doors.person(request))
    messages.success(request, _("“%(title)s” is deleted. The prompts in it are untouched.") % {"title": collection})
    return redirect("collections")


@require_POST
@doors.refusals
@doors.members
def take_out(request: HttpRequest, slug: str, listing: str) -> HttpResponse:
    collection = _own(request, slug)
    found = Listing.objects.filter(slug=listing).first()
    if found is None or not social.take_out(collection, found, by=doors.person(request)):
        raise Http404
    return doors.done(request, _("It is taken out of the collection."), collection.get_absolute_url())


@doors.refusals
@doors.members
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def put_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose which of one's own collections a listing belongs to, or begin one for it."""
    user = doors.person(request)
    listing = Listing.objects.select_related("seller__seller_profile", "model").filter(slug=slug).first()
    if listing is None or not permissions.may(user, "see", listing):
        raise Http404
    mine = list(user.collections.order_by("-created_at")[: social.MOST_COLLECTIONS])
    holding = set(
        CollectionItem.objects.filter(collection__in=mine, listing=listing).values_list("collection", flat=True)
    )
    form = CollectionForm(request.POST if "title" in request.POST else None, initial={"is_public": True})
    if request.method == "POST":
        if "title" in request.POST:
            if form.is_valid():
                social.put_in(social.collect(user, **form.cleaned_data), listing, by=user)
                return _collected(request, listing)
        else:
            _put_where_wanted(user, listing, mine, holding, set(request.POST.getlist("collection")))
            return _collected(request, listing)
    context = {"listing": listing, "mine": mine, "holding": holding, "form": form}
    status = 422 if form.errors else 200
    return render(request, "marketplace/collections/put_in.html", context, status=status)


def owner_name(collection: Collection) -> str:
    """Who put it together, by the name they show; nothing for the house."""
    owner = collection.owner
    if owner is None:
        return ""
    profile = getattr(owner, "seller_profile", None)
    return _("by %(name)s") % {"name": profile.name if profile else opinions.author_name(owner)}


def _put_where_wanted(user: Any, listing: Listing, mine: list[Collection], holding: set[int], wanted: set[str]) -> None:
    for collection in mine:
        if collection.slug in wanted and collection.pk not in holding:
            social.put_in(collection, listing, by=user)
        elif collection.slug not in wanted and collection.pk in holding:
            social.take_out(collection, listing, by=user)


def _collected(request: HttpRequest, listing: Listing) -> HttpResponse:
    messages.success(request, _("Your collections are saved."))
    return redirect(listing)


def _form(request: HttpRequest, form: CollectionForm, collection: Collection | None = None) -> HttpResponse:
    context = {"form": form, "collection": collection}
    status = 422 if form.errors else 200
    return render(request, "marketplace/collections/form.html", context, status=status)


def _seen(request: HttpRequest, slug: str) -> Collection:
    found = Collection.objects.select_related("owner__seller_profile").filter(slug=slug).first()
    if found is None or not permissions.may(request.user, "see", found):
        raise Http404
    owner_away = found.owner is not None and (found.owner.is_suspended or found.owner.erased_at is not None)
    if owner_away and found.owner_id != request.user.pk:
        raise Http404
    return found


def _own(request: HttpRequest, slug: str) -> Collection:
    found = Collection.objects.filter(slug=slug, owner=doors.person(request)).first()
    if found is None:
        raise Http404
    return found
