"""A seller's papers: the statement of each payout, the report of each year."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from common import clock, csv
from payments import printing, reports, statements
from payments.models import Payout

ROWS_SHOWN = 500


def _seller(request: HttpRequest) -> User:
    """The seller who asks; nobody else has such papers."""
    assert isinstance(request.user, User)
    if not request.user.is_seller:
        raise Http404
    return request.user


def _statement(request: HttpRequest, payout_id: str) -> statements.Statement:
    payout: Payout = get_object_or_404(_seller(request).payouts.all(), public_id=payout_id)
    return statements.of(payout)


@login_required
@never_cache
@require_safe
def show_payout(request: HttpRequest, payout_id: str) -> HttpResponse:
    """The statement of one payout: the sales in it."""
    statement = _statement(request, payout_id)
    rows = statement.rows[:ROWS_SHOWN]
    context = {
        "payout": statement.payout,
        "statement": statement,
        "rows": rows,
        "more": len(statement.rows) - len(rows),
    }
    return render(request, "payments/payout.html", context)


@login_required
@never_cache
@require_safe
def statement_pdf(request: HttpRequest, payout_id: str) -> HttpResponse:
    statement = _statement(request, payout_id)
    if not statement.number:
        raise Http404
    name = _seller(request).seller_profile.name
    return printing.respond(statements.sheet(statement, seller=name), f"promptuary-{statement.number}")


@login_required
@never_cache
@require_safe
def statement_csv(request: HttpRequest, payout_id: str) -> HttpResponseBase:
    statement = _statement(request, payout_id)
    name = statement.number or statement.payout.public_id
    return csv.respond(f"{name}.csv", ["date", "what", "order", "listing", "amount"], statements.cells(statement))


@login_required
@never_cache
@require_safe
def reports_now(request: HttpRequest) -> HttpResponse:
    _seller(request)
    return redirect("sell-report", clock.now().year)


def _report(request: HttpRequest, year: int) -> tuple[reports.Report, list[int]]:
    seller = _seller(request)
    years = reports.years(seller)
    if year not in years:
        raise Http404
    return reports.of(seller, year), years


@login_required
@never_cache
@require_safe
def report(request: HttpRequest, year: int) -> HttpResponse:
    found, years = _report(request, year)
    rows = [(_("Quarter %s") % number, quarter) for number, quarter in enumerate(found.quarters, 1)]
    context = {"report": found, "years": years, "rows": [*rows, (_("Year"), found.whole)]}
    return render(request, "payments/report.html", context)


@login_required
@never_cache
@require_safe
def report_csv(request: HttpRequest, year: int) -> HttpResponseBase:
    found, _years = _report(request, year)
    return csv.respond(f"report-{year}.csv", *reports.cells(found))
