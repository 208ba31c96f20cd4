"""The seller's page of one listing's sale: set it, change it, end it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions as people
from accounts.views.guards import person, signed_in
from common import clock, money
from common.problems import Problem
from marketplace import permissions
from marketplace.models import Listing
from marketplace.views.doors import refusals
from payments import sale_prices
from payments.forms.sale_prices import SalePriceForm
from payments.models import Sale


@signed_in
@refusals
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """What the sale is, and the form that sets it."""
    listing = _own(request, slug)
    sale = sale_prices.of(listing)
    form = _form(request, listing, sale)
    if request.method == "POST" and form.is_valid() and _put(request, listing, form):
        messages.success(request, _("The sale price is set."))
        return redirect("sell-sale", listing.slug)
    now = clock.now()
    context = {
        "listing": listing,
        "sale": sale,
        "is_running": sale is not None and sale.starts_at <= now,
        "form": form,
        "free_from": sale_prices.free_from(listing, now, besides=sale) if listing.price else None,
        "currency_sign": money.SYMBOLS.get(settings.CURRENCY, settings.CURRENCY.upper()),
        "can_be_set": listing.is_live and listing.price > settings.MIN_PRICE,
    }
    return render(request, "payments/sale_price.html", context, status=422 if form.errors else 200)


@signed_in
@refusals
@require_POST
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """The list price again."""
    listing = _own(request, slug)
    try:
        sale_prices.end(listing, person(request))
    except sale_prices.NoSale as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("The sale has ended. The list price is charged again."))
    return redirect("sell-sale", listing.slug)


def _own(request: HttpRequest, slug: str) -> Listing:
    """The seller's own listing; for everybody else there is no such page."""
    seller = person(request)
    found = Listing.objects.filter(slug=slug, seller=seller).first()
    if found is None:
        raise Http404
    if not people.may_sell(seller):
        raise permissions.Suspended
    return found


def _form(request: HttpRequest, listing: Listing, sale: Sale | None) -> SalePriceForm:
    is_running = sale is not None and sale.starts_at <= clock.now()
    if request.method == "POST":
        return SalePriceForm(request.POST, is_running=is_running)
    known = {}
    if sale is not None:
        typed = money.plain_amount(sale.price, listing.currency)
        known = {"price": typed, "starts": sale.starts_at, "ends": sale.ends_at}
    return SalePriceForm(initial=known, is_running=is_running)


def _put(request: HttpRequest, listing: Listing, form: SalePriceForm) -> bool:
    """Whether it was taken; what was refused is said beside its field, and stays typed."""
    data = form.cleaned_data
    try:
        sale_prices.put(listing, person(request), price=data["price"], starts=data.get("starts"), ends=data["ends"])
    except Problem as refusal:
        for name, errors in (refusal.errors or {"": [refusal.detail]}).items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    return True
