"""The house's own words: how it works, terms, privacy, refunds, licence."""

from datetime import date
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace import pagecache, structured

IN_FORCE_SINCE = date(2026, 11, 1)
TITLES = {
    "how": _("How it works"),
    "selling": _("Guide for sellers"),
    "terms": _("Terms of use"),
    "privacy": _("Privacy notice"),
    "refunds": _("The refund promise"),
    "licence": _("The licence"),
}


@require_safe
@pagecache.for_everybody
def page(request: HttpRequest, name: str) -> HttpResponse:
    commission = settings.COMMISSION_BPS
    context = {
        "name": name,
        "title": TITLES[name],
        "in_force_since": IN_FORCE_SINCE,
        "refund_days": settings.REFUND_DAYS,
        "hold_days": settings.HOLD_DAYS,
        "min_price": settings.MIN_PRICE,
        "min_payout": settings.MIN_PAYOUT,
        "commission": commission / 10_000,
        "example_price": 499,
        "example_share": 499 - 499 * commission // 10_000,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "canonical_url": structured.absolute(request.path),
    }
    return render(request, f"marketplace/guide/{name}.html", context)
