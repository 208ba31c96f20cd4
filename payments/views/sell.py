"""How a seller is doing: sales, balance, payouts, refund requests, coupons."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import security
from accounts.models import User
from common import clock, csv, money
from common.pagination import Keyset
from common.problems import Problem
from marketplace import audience
from marketplace.search import demand
from payments import claims, gateway, ledger, payout_accounts
from payments.models import Claim, OrderLine, PayoutAccount

DAYS_SHOWN = 30
OWN_LINK = ~Q(via="")  # sales without commission
WANTED = 8  # searches that find little


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
    since = clock.now() - timedelta(days=DAYS_SHOWN)
    recent = _sold(seller).filter(order__fulfilled_at__gte=since)
    by_day = {
        row["day"]: row
        for row in recent.annotate(day=TruncDate("order__fulfilled_at"))
        .values("day")
        .annotate(
            sales=Count("pk"),
            earned=Sum("seller_share"),
            own_sales=Count("pk", filter=OWN_LINK),
            own_earned=Sum("seller_share", filter=OWN_LINK, default=0),
        )
        .order_by("day")
    }
    today = clock.now().date()
    days = [today - timedelta(days=ago) for ago in range(DAYS_SHOWN - 1, -1, -1)]
    shape = pgettext("a day in a chart, in the letters of Django's date format", "j M")
    listings = list(seller.listings.select_related("model", "working").order_by("-updated_at", "-pk")[:50])
    views, sources = audience.of(seller, since=since.date())
    for listing in listings:
        listing.views = views.get(listing.pk, 0)  # type: ignore[attr-defined]
    context = {
        "listings": listings,
        "sources": sources,
        "wanted": demand.underserved(WANTED),
        "views_count": sum(views.values()),
        "balance": ledger.seller_balance(seller),
        "currency": settings.CURRENCY,
        "sales_count": sum(row["sales"] for row in by_day.values()),
        "earned": sum(row["earned"] for row in by_day.values()),
        "own_link": {
            "looks": sum(one.views for one in sources if one.name == "via"),
            "sales": sum(row["own_sales"] for row in by_day.values()),
            "earned": sum(row["own_earned"] for row in by_day.values()),
        },
        "chart_rows": [(formats.date_format(day, shape), by_day.get(day, {"earned": 0})["earned"]) for day in days],
        "site_url": settings.SITE_URL,
        "sales_rows": [(formats.date_format(day, shape), by_day.get(day, {"sales": 0})["sales"]) for day in days],
        "days_shown": DAYS_SHOWN,
        "claims": list(_open_claims(seller)[:5]),
        "account": PayoutAccount.objects.filter(seller=seller, retired_at=None).first(),
        "profile": seller.seller_profile,
    }
    return render(request, "payments/dashboard.html", context)


def _open_claims(seller: User) -> QuerySet[Claim]:
    waiting = Claim.objects.filter(line__seller=seller, state__in=[Claim.State.OPEN, Claim.State.ANSWERED])
    return waiting.select_related("line__order").order_by("asked_at")


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
        except gateway.Away:
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
