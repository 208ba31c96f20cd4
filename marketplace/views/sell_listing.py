"""The seller's page of one listing: the long form, its fragments, autosave."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consents
from accounts import permissions as people
from accounts.models import Consent, User
from accounts.views.guards import person, signed_in
from common import markdown, money
from common.problems import Problem
from marketplace import cards, library, lifecycle, listings, permissions, showing, standing
from marketplace.forms.listing import ListingForm
from marketplace.forms.manuscript import Manuscript
from marketplace.models import Listing, Revision
from marketplace.prompts import Prompt
from marketplace.views.doors import refusals

REMEMBERED = 24 * 60 * 60  # seconds that a page's own saves are known


def mine(request: HttpRequest, slug: str) -> Listing:
    """The seller's own listing; for everybody else there is no such page."""
    seller = person(request)
    found = Listing.objects.select_related(
        "seller__seller_profile",
        "model",
        "approved",
        "working__model",
        "working__model_version__model",
        "working__category",
        "working__version__listing",
    ).filter(slug=slug, seller=seller)
    listing = found.first()
    if listing is None:
        raise Http404
    if not people.may_sell(seller):
        raise permissions.Suspended
    return listing


def words_of(seller: User, listing: Listing) -> Prompt | None:
    version = lifecycle.working(listing).version
    return library.open(seller, version) if version is not None else None


# ---- The page --------------------------------------------------------------------------------------------------------


@signed_in
@refusals
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one listing; saving it is the form's plain button."""
    listing = mine(request, slug)
    before = words_of(person(request), listing)
    if request.method != "POST":
        return page(request, listing, Manuscript.kept(listing, before))
    manuscript = Manuscript.sent(request.POST, listing, before)
    if not save(request, listing, manuscript):
        return page(request, listing, manuscript, status=422)
    if request.POST.get("then") == "preview":
        return redirect("sell-preview", listing.slug)
    messages.success(request, _("Saved."))
    return redirect("sell-listing", listing.slug)


@signed_in
@refusals
@require_POST
def autosave(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what can be kept; the rest stays in the form, and the form says “not saved”."""
    listing = mine(request, slug)
    if lifecycle.working(listing).state != Revision.State.DRAFT:
        return HttpResponse(status=409)
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    is_whole = save(request, listing, manuscript, partly=True)
    return HttpResponse(status=204 if is_whole else 422)


def save(request: HttpRequest, listing: Listing, manuscript: Manuscript, *, partly: bool = False) -> bool:
    """Whether all of it was kept; what was refused stands beside its field. Partly: leave out what is wrong."""
    if lifecycle.working(listing).state == Revision.State.SUBMITTED:
        raise listings.AlreadyInReview
    content, errors = manuscript.content()
    if errors and not partly:
        manuscript.refuse(errors)
        return False
    try:
        _keep(request, listing, content)
    except listings.BadContent as refusal:
        manuscript.refuse(errors | refusal.errors)
        if partly:
            _keep(request, listing, _sound(content, refusal.errors))
        return False
    except listings.ChangedMeanwhile as refusal:
        manuscript.is_outdated = True
        manuscript.refuse({}, refusal.detail)
        return False
    if not _keep_note(request, listing, manuscript, is_needed=not partly):
        return False
    return not errors


def _sound(content: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    bad = {name.partition(".")[0] for name in errors}
    return {name: value for name, value in content.items() if name not in bad}


def _keep(request: HttpRequest, listing: Listing, content: dict[str, Any]) -> None:
    revision = listings.edit(listing, by=person(request), expected=_expected(request, listing), **content)
    listing.working = revision
    remember(request, listing)


def _keep_note(request: HttpRequest, listing: Listing, manuscript: Manuscript, *, is_needed: bool) -> bool:
    """The changelog line belongs to a version that buyers have not seen yet."""
    note = manuscript.typed.get("note", "").strip()
    version = lifecycle.working(listing).version
    if "note" not in manuscript.typed.get("sent", []) or version is None or note == version.note:
        return True
    try:
        listings.set_note(listing, by=person(request), note=note)
    except Problem as refusal:
        manuscript.refuse(refusal.errors or {"note": [refusal.detail]})
        return not is_needed
    listing.refresh_from_db(fields=["working"])
    remember(request, listing)
    return True


# ---- Two pages at once -----------------------------------------------------------------------------------------------


def _expected(request: HttpRequest, listing: Listing) -> str | None:
    """The state this page was written on: as it was loaded, or as this very page saved it last."""
    if "overwrite" in request.POST:
        return None
    now = lifecycle.working(listing).changed_at.isoformat()
    is_own = cache.get(_key(listing)) == [_page(request), now]
    return now if is_own else request.POST.get("expected") or None


def remember(request: HttpRequest, listing: Listing) -> None:
    if token := _page(request):
        cache.set(_key(listing), [token, lifecycle.working(listing).changed_at.isoformat()], REMEMBERED)


def _page(request: HttpRequest) -> str:
    return (request.POST.get("page") or request.GET.get("page") or "")[:32]


def _key(listing: Listing) -> str:
    return f"editing:{listing.pk}"


# ---- What the page shows ---------------------------------------------------------------------------------------------


def page(
    request: HttpRequest, listing: Listing, manuscript: Manuscript, *, status: int = 200, affirmed: bool = False
) -> HttpResponse:
    revision = lifecycle.working(listing)
    language = get_language() or "en"
    where = standing.of(listing)
    editable = revision.state != Revision.State.SUBMITTED and listing.status != Listing.Status.SUSPENDED
    context = state(listing) | {
        "manuscript": manuscript,
        "form": manuscript.form,
        "standing": where,
        "usual": standing.usual_words(where.usual),
        "editable": editable,
        "shown": None if editable else showing.page(listing, revision),
        "is_draft": revision.state == Revision.State.DRAFT,
        "is_rejected": revision.state == Revision.State.REJECTED,
        "on_sale": listing.approved is not None,
        "is_edit": listing.approved_id is not None and listing.approved_id != revision.pk,
        "rights": consents.wording(Consent.Kind.RIGHT_TO_SELL, language),
        "affirmed": affirmed,
        "page_token": _page(request) or get_random_string(16),
        "expected": request.POST.get("expected") or revision.changed_at.isoformat(),
        "description_html": markdown.render(manuscript.typed.get("description", "")),
        "currency_sign": money.SYMBOLS.get(settings.CURRENCY, settings.CURRENCY.upper()),
        "earnings": earnings_words(manuscript.typed.get("price", "")),
    }
    return render(request, "marketplace/sell/listing.html", context, status=status)


def fragment(request: HttpRequest, name: str, manuscript: Manuscript, listing: Listing) -> HttpResponse:
    """A part of the form for htmx."""
    context = {"manuscript": manuscript, "listing": listing, "page_token": _page(request)}
    return render(request, f"marketplace/sell/{name}.html", context)


def state(listing: Listing) -> dict[str, Any]:
    """What stands beside the form: the card, the checklist, when it was saved."""
    revision = lifecycle.working(listing)
    items = listings.checklist(listing)
    return {
        "listing": listing,
        "revision": revision,
        "card": draft_card(listing, revision),
        "checklist": items,
        "missing": [item for item in items if not item.is_done],
        "done_count": sum(item.is_done for item in items),
    }


def draft_card(listing: Listing, revision: Revision) -> cards.Card:
    """The card as it would hang on the wall."""
    shown = Listing(pk=listing.pk, slug=listing.slug, seller=listing.seller, currency=listing.currency)
    for name in ("title", "summary", "price", "model"):
        setattr(shown, name, getattr(revision, name))
    shown.medium = revision.model.medium if revision.model else listing.medium
    shown.card = listings.card(revision)
    shown.rating_count, shown.rating_average = listing.rating_count, listing.rating_average
    return cards.card(shown) | {"key": None, "favourite_url": "", "url": reverse("sell-preview", args=[listing.slug])}


def earnings_words(typed: str) -> str:
    """“$4.99 · you get $3.99”, or nothing while the price cannot be read."""
    try:
        price = money.parse_price(typed, settings.CURRENCY)
    except money.BadPrice:
        return ""
    if price == 0:
        return _("Free. Sales that cost nothing still bring reviews and followers.")
    if price < settings.MIN_PRICE:
        return ""
    share = price - money.share(price, settings.COMMISSION_BPS)
    words = {name: money.format_money(n, settings.CURRENCY) for name, n in (("price", price), ("share", share))}
    return _("%(price)s · you get %(share)s, or all of it when the buyer comes by your own link.") % words


@signed_in
@refusals
@require_safe
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Card and checklist, after an autosave."""
    return render(request, "marketplace/sell/beside.html", state(mine(request, slug)))


@signed_in
@refusals
@require_POST
def recognise(request: HttpRequest, slug: str) -> HttpResponse:
    """The variables of the prompt as it stands in the form; nothing while they are the same as on the page."""
    listing = mine(request, slug)
    manuscript = Manuscript.sent(request.POST, listing, None)
    shown = [request.POST[key] for key in request.POST if key.startswith("variable-") and key.endswith("-name")]
    if shown == manuscript.names:
        return HttpResponse(status=204)
    return fragment(request, "recognised", manuscript, listing)


@signed_in
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    return render(request, "marketplace/sell/earnings.html", {"earnings": earnings_words(request.GET.get("price", ""))})


@signed_in
@require_POST
def describe(request: HttpRequest) -> HttpResponse:
    """A description's Markdown as the page will show it."""
    return HttpResponse(markdown.render(request.POST.get("description", "")))


@signed_in
@require_safe
def versions_of_model(request: HttpRequest) -> HttpResponse:
    """The choice of versions that goes with a model."""
    form = ListingForm(initial={"model": request.GET.get("model", "")[:60]})
    return render(request, "marketplace/sell/model_version.html", {"form": form})


# ---- Examples --------------------------------------------------------------------------------------------------------


@signed_in
@refusals
@require_POST
def examples(request: HttpRequest, slug: str) -> HttpResponse:
    """One example more, or one less; everything else in the form is kept as it is."""
    listing = mine(request, slug)
    manuscript = Manuscript.sent(request.POST, listing, words_of(person(request), listing))
    dropped = request.POST.get("drop", "")
    if dropped.isdigit():
        manuscript.drop_example(int(dropped))
        if lifecycle.working(listing).state == Revision.State.DRAFT:
            save(request, listing, manuscript, partly=True)
    else:
        manuscript.add_example()
    if request.headers.get("HX-Request"):
        return fragment(request, "examples", manuscript, listing)
    return page(request, listing, manuscript)
