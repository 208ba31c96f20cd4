"""The seller's shelf: everything they have written, beginning something new, changing many at once."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consents
from accounts.models import Consent, User
from accounts.views.guards import person, signed_in
from common import money, pagination
from common.problems import Problem
from marketplace import listings, permissions
from marketplace.forms.manuscript import Manuscript
from marketplace.models import Listing
from marketplace.views.doors import refusals, said

MOST_AT_ONCE = 100
Act = Callable[[Listing], Any]


@signed_in
@refusals
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A title is enough to begin; the long form follows, with the draft already kept."""
    seller = person(request)
    if not seller.is_seller:
        return redirect("sell-start")
    permissions.require(seller, "create")
    if request.method != "POST":
        blank = Manuscript(None, {"language": (seller.language or "en").split("-")[0]})
        return _show_new(request, blank)
    manuscript = Manuscript.sent(request.POST, None, None)
    content, errors = manuscript.content()
    if errors:
        manuscript.refuse(errors)
        return _show_new(request, manuscript, status=422)
    try:
        listing = listings.create(seller, **content)
    except Problem as refusal:
        manuscript.refuse(refusal.errors, refusal.detail)
        return _show_new(request, manuscript, status=422)
    return redirect("sell-listing", listing.slug)


def _show_new(request: HttpRequest, manuscript: Manuscript, *, status: int = 200) -> HttpResponse:
    context = {"form": manuscript.form, "manuscript": manuscript}
    return render(request, "marketplace/sell/new.html", context, status=status)


@signed_in
@refusals
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Everything of one's own, by state, newest change first."""
    seller = person(request)
    if not seller.is_seller:
        return redirect("sell-start")
    state = request.GET.get("state", "")
    own = seller.listings.select_related("model", "working", "seller__seller_profile")
    found = own.filter(status=state) if state in Listing.Status.values else own
    if words := request.GET.get("q", "").strip()[:100]:
        found = found.filter(title__icontains=words)
    page = pagination.Keyset(found, ("-updated_at", "-pk"), request.GET.get("cursor"), 50)
    context = {
        "page": page,
        "words": words,
        "state": state,
        "tabs": _tabs(seller, state),
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
        "rights": consents.wording(Consent.Kind.RIGHT_TO_SELL, request.LANGUAGE_CODE),
        "currency_sign": money.SYMBOLS.get(settings.CURRENCY, settings.CURRENCY.upper()),
    }
    return render(request, "marketplace/sell/shelf.html", context)


def _tabs(seller: User, chosen: str) -> list[dict[str, Any]]:
    counts: dict[str, int] = dict(seller.listings.order_by().values_list("status").annotate(number=Count("pk")))
    address = reverse("sell-listings")
    tabs = [{"name": _("All"), "url": address, "count": sum(counts.values()), "current": chosen == ""}]
    for value, label in Listing.Status.choices:
        if value in counts:
            here = {"name": label, "url": f"{address}?state={value}", "count": counts[value]}
            tabs.append(here | {"current": chosen == value})
    return tabs


# ---- Many at once ----------------------------------------------------------------------------------------------------


@signed_in
@refusals
@require_POST
def change_many(request: HttpRequest) -> HttpResponse:
    """A new price or another state for all that were ticked; each refusal is said with the title it is about."""
    seller = person(request)
    permissions.require(seller, "sell")
    slugs = request.POST.getlist("listing")[:MOST_AT_ONCE]
    chosen = list(seller.listings.filter(Q(slug__in=slugs)).select_related("working", "seller").order_by("pk"))
    if not chosen:
        messages.error(request, _("Tick the listings you want to change."))
        return redirect("sell-listings")
    try:
        act = _act(request, seller)
    except money.BadPrice as refusal:
        messages.error(request, str(refusal))
        return redirect("sell-listings")
    _carry_out(request, chosen, act)
    return redirect("sell-listings")


def _act(request: HttpRequest, seller: User) -> Act:
    wanted = request.POST.get("act", "")
    affirmed = "rights_affirmed" in request.POST
    acts: dict[str, Act] = {
        "withdraw": lambda listing: listings.withdraw(listing, seller),
        "put_back": lambda listing: listings.put_back(listing, seller),
        "submit": lambda listing: listings.submit(listing, by=seller, rights_affirmed=affirmed),
        "delete": lambda listing: listings.delete(listing, seller),
    }
    if wanted == "price":
        price = money.parse_price(request.POST.get("price", ""), settings.CURRENCY)
        return lambda listing: _reprice(listing, seller, price)
    if wanted not in acts:
        raise Problem(_("Choose what to do with them."), status=400)
    return acts[wanted]


def _reprice(listing: Listing, seller: User, price: int) -> None:
    """A change of price is a change like any other: a draft, reviewed before it is on sale."""
    assert listing.working is not None
    if listing.working.state == "submitted":
        raise listings.AlreadyInReview
    listings.edit(listing, by=seller, price=price)


def _carry_out(request: HttpRequest, chosen: Sequence[Listing], act: Act) -> None:
    done = 0
    for listing in chosen:
        try:
            act(listing)
            done += 1
        except Problem as refusal:
            messages.error(request, f"{listing.title}: {said(refusal)}")
    if done and request.POST.get("act") == "price":
        words = ngettext(
            "%(count)d listing has its new price as a draft. Send it to review to put it on sale.",
            "%(count)d listings have their new price as a draft. Send them to review to put them on sale.",
            done,
        )
        messages.success(request, words % {"count": done})
    elif done:
        words = ngettext("%(count)d listing was changed.", "%(count)d listings were changed.", done)
        messages.success(request, words % {"count": done})
