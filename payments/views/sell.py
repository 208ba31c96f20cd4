"""How a seller is doing: sales, balance, payouts, refund requests, coupons."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import security
from accounts.models import User
from common import clock, csv, money
from common.pagination import Keyset
from common.prepared import Prepared
from common.problems import Problem
from common.templatetags import ui
from marketplace import audience, pagecache
from marketplace.models import Listing
from marketplace.search import demand
from payments import claims, gateway, ledger, payout_accounts, sales_figures
from payments.models import Claim, OrderLine, PayoutAccount

DAYS_SHOWN = 30
WANTED = 8  # searches that find little
WANTED_KEPT = 60  # seconds
LISTINGS_SHOWN = 50


def _seller(request: HttpRequest) -> User | None:
    assert isinstance(request.user, User)
    return request.user if request.user.is_seller else None


def _sold(seller: User) -> QuerySet[OrderLine]:
    return seller.sales.filter(order__status="fulfilled", price__gt=0).select_related("order", "listing")


@login_required
@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """How am I doing: balance in three words, a month of sales, what waits for me, my listings."""
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    today = clock.now().date()
    days = [today - timedelta(days=ago) for ago in range(DAYS_SHOWN - 1, -1, -1)]
    sold = sales_figures.by_day(seller, since=clock.now() - timedelta(days=DAYS_SHOWN))
    none = sales_figures.Day()
    views, sources = audience.of(seller, since=days[0] - timedelta(days=1))
    labels = _day_labels(days[0], DAYS_SHOWN, get_language())
    context = {
        "listings": [_listing_row(one, views.get(one.pk, 0)) for one in _newest.rows(seller.pk)],
        "sources": sources,
        "wanted": pagecache.part("wanted", lambda: demand.underserved(WANTED), WANTED_KEPT),
        "views_count": sum(views.values()),
        "balance": ledger.seller_balance(seller),
        "currency": settings.CURRENCY,
        "sales_count": sum(day.sales for day in sold.values()),
        "earned": sum(day.earned for day in sold.values()),
        "own_link": {
            "looks": sum(one.views for one in sources if one.name == "via"),
            "sales": sum(day.own_sales for day in sold.values()),
            "earned": sum(day.own_earned for day in sold.values()),
        },
        "chart_rows": [(label, sold.get(day, none).earned) for label, day in zip(labels, days, strict=True)],
        "site_url": settings.SITE_URL,
        "sales_rows": [(label, sold.get(day, none).sales) for label, day in zip(labels, days, strict=True)],
        "days_shown": DAYS_SHOWN,
        "claims": _waiting_claims.rows(seller.pk),
        "account": _account.first(seller.pk),
        "profile": seller.seller_profile,
    }
    return render(request, "payments/dashboard.html", context)


_account = Prepared[PayoutAccount](
    lambda seller: PayoutAccount.objects.filter(seller=seller, retired_at=None)[:1], -(2**40) - 3
)


@lru_cache(maxsize=64)
def _day_labels(first: date, number: int, _language: str | None) -> list[str]:
    shape = pgettext("a day in a chart, in the letters of Django's date format", "j M")
    return [formats.date_format(first + timedelta(days=day), shape) for day in range(number)]


_SHOWN = "slug title status price currency favourites_count sales_count rating_count rating_average".split()  # noqa: SIM905
_newest = Prepared[Listing](
    lambda seller: (
        Listing.objects.filter(seller=seller)
        .only(
            *[
                "slug",
                "title",
                "status",
                "price",
                "currency",
                "favourites_count",
                "sales_count",
                "rating_count",
                "rating_average",
            ]
        )
        .order_by("-updated_at", "-pk")[:LISTINGS_SHOWN]
    ),
    -(2**40) - 5,
)


def _listing_row(row: Listing, looks: int) -> dict[str, Any]:
    """One listing as plain words, for common.moulds."""
    rating = f"{number_format(row.rating_average, 1)} ({row.rating_count})" if row.rating_count else "–"
    shown = {
        "url": reverse("sell-listing", args=[row.slug]),
        "title": row.title,
        "status": ui.status(row.status, row.get_status_display()),
        "price": ui.price(row.price, row.currency),
        "looks": ui.compact(looks),
        "favourites": ui.compact(row.favourites_count),
        "sales": str(row.sales_count),
        "rating": rating,
    }
    return shown | {"key": repr(shown)}


def _open_claims(seller: int) -> QuerySet[Claim]:
    waiting = Claim.objects.filter(line__seller=seller, state__in=[Claim.State.OPEN, Claim.State.ANSWERED])
    return waiting.select_related("line__order").order_by("asked_at")


_waiting_claims = Prepared[Claim](lambda seller: _open_claims(seller)[:5], -(2**40) - 7)


@login_required
@never_cache
@require_safe
def sales(request: HttpRequest) -> HttpResponse:
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    page = Keyset(_sold(seller), ("-pk",), request.GET.get("page"), 50)
    return render(request, "payments/sales.html", {"page": page})


@login_required
@never_cache
@require_safe
def sales_csv(request: HttpRequest) -> HttpResponseBase:
    """Every sale, amounts as plain decimals, text cells safe for a spreadsheet."""
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    head = ["order", "date", "listing", "price", "commission", "share", "refunded", "currency"]
    rows = (
        [
            line.order.number,
            line.order.fulfilled_at.date().isoformat() if line.order.fulfilled_at else "",
            line.title,
            money.plain_amount(line.price, line.order.currency),
            money.plain_amount(line.commission, line.order.currency),
            money.plain_amount(line.seller_share, line.order.currency),
            money.plain_amount(line.refunded, line.order.currency),
            line.order.currency.upper(),
        ]
        for line in _sold(seller).order_by("pk").iterator()
    )
    return csv.respond("sales.csv", head, rows)


@login_required
@never_cache
@require_safe
def show_payouts(request: HttpRequest) -> HttpResponse:
    """Balance by the day each sum becomes available, the payout account, every payout."""
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    account = PayoutAccount.objects.filter(seller=seller, retired_at=None).first()
    if account and account.stripe_id and ("back" in request.GET or account.state != PayoutAccount.State.ACTIVE):
        try:
            account = payout_accounts.refresh_account(account.stripe_id) or account
        except (gateway.Away, gateway.Refused):
            messages.warning(request, _("Stripe does not answer right now; the state shown may be old."))
    page = Keyset(seller.payouts.all(), ("-created_at", "-pk"), request.GET.get("page"), 20)
    context = {
        "account": account,
        "balance": ledger.seller_balance(seller),
        "currency": settings.CURRENCY,
        "minimum": settings.MIN_PAYOUT,
        "hold_days": settings.HOLD_DAYS,
        "page": page,
    }
    return render(request, "payments/payouts.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Off to Stripe's pages; GET is where Stripe sends back when its link ran out."""
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    if seller.is_suspended:
        raise PermissionDenied
    back = settings.SITE_URL + reverse("sell-payouts") + "?back=1"
    again = settings.SITE_URL + reverse("sell-payouts-set-up")
    try:
        return redirect(payout_accounts.set_up(seller, return_url=back, refresh_url=again))
    except (gateway.Away, gateway.Refused):
        messages.error(request, _("Stripe does not answer right now. Try again in a minute."))
        return redirect("sell-payouts")


@login_required
@never_cache
@require_POST
def replace_account(request: HttpRequest) -> HttpResponse:
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    if seller.is_suspended:
        raise PermissionDenied
    if not security.recently_signed_in(request):
        return redirect(f"{reverse('account_reauthenticate')}?next={reverse('sell-payouts')}")
    try:
        payout_accounts.replace(seller)
    except Problem:
        messages.error(request, _("A payout is on its way to this account; change it when it has arrived."))
    return redirect("sell-payouts")


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("What should have come out, and why it may not have. The moderator reads both sides."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 4000}),
    )


@login_required
@never_cache
@require_safe
def refund_requests(request: HttpRequest) -> HttpResponse:
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    page = Keyset(
        Claim.objects.filter(line__seller=seller).select_related("line__order"),
        ("-asked_at", "-pk"),
        request.GET.get("page"),
        20,
    )
    return render(request, "payments/refund_requests.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_refund(request: HttpRequest, claim_id: str) -> HttpResponse:
    if (seller := _seller(request)) is None:
        return redirect("sell-start")
    claim: Claim = get_object_or_404(
        Claim.objects.filter(line__seller=seller).select_related("line__order"), public_id=claim_id
    )
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claims.answer(claim, by=seller, words=form.cleaned_data["words"])
        except Problem as refusal:
            messages.warning(request, refusal.detail)
        else:
            messages.success(request, _("Your answer was sent to the moderators."))
        return redirect("sell-refunds")
    return render(request, "payments/refund_answer.html", {"claim": claim, "form": form})
