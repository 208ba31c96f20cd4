"""Cart and checkout."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common import throttle, tones
from common.problems import Problem
from marketplace import cards, highlights
from marketplace.models import Listing
from payments import cart, checkout, prices, shopper
from payments.forms.checkout import CheckoutForm

UNDER = 500  # minor units: what an empty cart suggests to begin with


@dataclass(frozen=True, slots=True)
class Line:
    """A prompt as cart and checkout show it."""

    listing: Listing
    price: int  # minor units, as of now
    picture: dict[str, Any] | None
    tint: int


def _public(slug: str) -> Listing:
    found = Listing.objects.live().select_related("seller__seller_profile", "model")
    listing: Listing = get_object_or_404(found, slug=slug)
    return listing


@require_safe
@never_cache
def show_cart(request: HttpRequest) -> HttpResponse:
    contents = cart.contents(shopper.owner(request))
    lines = _lines([item.listing for item in contents.items], contents.prices)
    empty = not (lines or contents.gone)
    suggested = cards.of_rows(highlights.under(UNDER, 2), request.user) if empty else []
    return render(request, "payments/cart.html", {"contents": contents, "lines": lines, "suggested": suggested})


def _lines(listings: Iterable[Listing], now: Mapping[int, int]) -> list[Line]:
    return [Line(one, now[one.pk], cards.picture(one), tones.tint(one.slug)) for one in listings]


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    listing = _public(slug)
    handle = listing.seller.seller_profile.handle if listing.seller.is_seller else ""
    try:
        cart.add(shopper.owner(request, begin=True), listing, via=shopper.via(request, handle))
    except Problem as refusal:
        messages.warning(request, refusal.detail)
        return redirect(_back(request, listing.get_absolute_url()))
    return redirect("cart")


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    # Also what is not on sale any more can be taken out.
    cart.remove(shopper.owner(request), get_object_or_404(Listing, slug=slug))
    return redirect("cart")


def _back(request: HttpRequest, fallback: str) -> str:
    came_from = request.headers.get("Referer", "")
    return came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else fallback


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_out(request: HttpRequest) -> HttpResponse:
    """What will be bought and for how much, the two consents, then off to the payment page.

    `?listing=slug` buys that one alone; without it the whole cart.
    """
    assert isinstance(request.user, User)
    only = request.GET.get("listing", "")
    if only:
        listings = [_public(only)]
        links = {one.pk: shopper.via(request, one.seller.seller_profile.handle) for one in listings}
    else:
        items = cart.contents(shopper.owner(request)).items
        listings = [item.listing for item in items]
        links = {item.listing.pk: item.via for item in items}
    if not listings:
        return redirect("cart")
    now = prices.current(listings)
    total = sum(now.values())
    form = CheckoutForm(request.POST or None, language=request.LANGUAGE_CODE, paid=total > 0)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            order = checkout.start(
                request.user,
                listings,
                coupon=form.cleaned_data.get("coupon") or None,
                consented=True,
                via=links,
                language=request.LANGUAGE_CODE,
                address=throttle.client_identity(request),
            )
        except prices.NoSuchCoupon as problem:
            form.add_error("coupon", problem.detail)
        except Problem as problem:
            refusal = problem
        else:
            return redirect(order.checkout_url or order.get_absolute_url())
    context = {
        "form": form,
        "lines": _lines(listings, now),
        "total": total,
        "refusal": refusal,
        "only": only,
    }
    status = refusal.status if refusal else (422 if form.errors else 200)
    return render(request, "payments/checkout.html", context, status=status)
