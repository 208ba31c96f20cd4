"""What a seller does with a listing as a whole: send it to review, take it back, put it on sale, throw it away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.views.guards import person, signed_in
from common.problems import Problem
from marketplace import exhibits, library, lifecycle, listings, moderation, samples, showing
from marketplace.forms.manuscript import Manuscript
from marketplace.models import Case, Listing, Revision, Version
from marketplace.views import listing as listing_page
from marketplace.views import sell_listing
from marketplace.views.doors import refusals, said
from marketplace.views.sell_listing import mine, words_of


@signed_in
@refusals
@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what is in the form, then send it to review."""
    listing = mine(request, slug)
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    affirmed = "rights_affirmed" in request.POST
    if not _save_and_send(request, listing, manuscript, affirmed=affirmed):
        listing = mine(request, slug)
        return sell_listing.page(request, listing, manuscript, status=422, affirmed=affirmed)
    messages.success(request, _("Sent to review. You will hear from us as soon as it is decided."))
    return redirect("sell-listing", listing.slug)


def _save_and_send(request: HttpRequest, listing: Listing, manuscript: Manuscript, *, affirmed: bool) -> bool:
    if not sell_listing.save(request, listing, manuscript):
        return False
    if problem := _note_missing(listing, manuscript):
        manuscript.refuse({"note": [problem]})
        return False
    try:
        listings.submit(listing, by=person(request), rights_affirmed=affirmed)
    except Problem as refusal:
        manuscript.refuse(refusal.errors, refusal.detail)
        return False
    return True


def _note_missing(listing: Listing, manuscript: Manuscript) -> str:
    """Those who bought an earlier version are told what is new."""
    version = lifecycle.working(listing).version
    is_new = version is not None and version.approved_at is None and listing.approved_id is not None
    if is_new and version is not None and not version.note and "note" in manuscript.typed.get("sent", []):
        return _("Say in one line what changed in the prompt: buyers of earlier versions read it.")
    return ""


def _act(do: Callable[[Listing, Any], Any], done: Any, to: str = "sell-listing") -> Callable[..., HttpResponse]:
    """A page of one button: does it, says so, goes back."""

    @signed_in
    @refusals
    @require_POST
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        listing = mine(request, slug)
        do(listing, person(request))
        messages.success(request, str(done))
        return redirect(to, listing.slug) if to == "sell-listing" else redirect(to)

    return view


take_back = _act(listings.take_back, gettext_lazy("Taken back. You can change it now and send it again."))
withdraw = _act(listings.withdraw, gettext_lazy("Withdrawn from sale. Everybody who bought it keeps it."))
put_back = _act(listings.put_back, gettext_lazy("On sale again."))
delete = _act(listings.delete, gettext_lazy("Deleted."), to="sell-listings")


@signed_in
@refusals
@require_POST
def appeal(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a second look by somebody else."""
    listing = mine(request, slug)
    case = listing.cases.filter(public_id=request.POST.get("case", "")[:32]).first()
    if case is None:
        raise Http404
    try:
        moderation.appeal(case, by=person(request), words=request.POST.get("words", ""))
    except Problem as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("Your appeal is with the moderators. Somebody else will decide."))
    return redirect("sell-listing", listing.slug)


@signed_in
@refusals
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The very page that buyers will see, made from the draft; in short while something of it is missing."""
    listing = mine(request, slug)
    revision = lifecycle.working(listing)
    if revision.model is None or revision.category is None or revision.version is None:
        context = {"listing": listing, "revision": revision, "shown": showing.page(listing, revision)}
        return render(request, "marketplace/sell/preview_short.html", context)
    context = listing_page.context(request, _as_if_approved(slug, request, revision), is_own=True)
    return render(request, "marketplace/sell/preview.html", context | {"is_on_sale": True})


def _as_if_approved(slug: str, request: HttpRequest, revision: Revision) -> Listing:
    """The listing saying what its draft says; for showing only, never saved."""
    listing = exhibits.load(slug, request.user)
    for name in lifecycle.SHARED:
        setattr(listing, name, getattr(revision, name))
    listing.medium = revision.model.medium if revision.model else listing.medium
    listing.approved = revision
    return listing


@signed_in
@refusals
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version with its words' changes, every decision."""
    listing = mine(request, slug)
    versions = list(listing.versions.select_related("listing").order_by("-number"))
    chosen = _chosen(request, versions)
    context: dict[str, Any] = {"listing": listing, "versions": versions, "cases": _decisions(listing)}
    if chosen is not None:
        older = next((version for version in versions if version.number < chosen.number), None)
        context |= {
            "chosen": chosen,
            "older": older,
            "after": _text(request, chosen),
            "before": _text(request, older) if older is not None else "",
        }
    return render(request, "marketplace/sell/history.html", context)


def _chosen(request: HttpRequest, versions: list[Version]) -> Version | None:
    wanted = request.GET.get("version", "")
    if not wanted:
        return versions[0] if versions else None
    found = next((version for version in versions if str(version.number) == wanted), None)
    if found is None:
        raise Http404
    return found


def _text(request: HttpRequest, version: Version) -> str:
    return samples.as_text(library.open(person(request), version))


def _decisions(listing: Listing) -> list[Case]:
    return [case for case in moderation.history(listing)[:50] if case.state == Case.State.DECIDED]
