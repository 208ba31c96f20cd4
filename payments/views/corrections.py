"""For bookkeepers: corrections of the books and payouts above the limit, each by two people."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.problems import Problem
from payments import corrections
from payments.forms.corrections import CorrectionForm, LargePayoutForm
from payments.models import Account, LargePayout, ManualEntry


def _bookkeeper(request: HttpRequest) -> User:
    """Whoever may correct the books; for everybody else these pages do not exist."""
    user = request.user
    if not isinstance(user, User) or not corrections.may(user):
        raise Http404
    return user


def _page(request: HttpRequest, status: int = 200, **forms: object) -> HttpResponse:
    entries = list(ManualEntry.objects.select_related("proposed_by", "approved_by").order_by("-pk")[:100])
    needed = {leg["account"] for entry in entries for leg in entry.legs}
    accounts = Account.objects.select_related("user").in_bulk(needed)
    leaves = LargePayout.objects.select_related("seller", "proposed_by", "approved_by").order_by("-pk")[:100]
    context = {
        "entries": [
            (entry, [(accounts.get(leg["account"]), leg["amount"]) for leg in entry.legs]) for entry in entries
        ],
        "leaves": list(leaves),
        "limit": settings.PAYOUT_LIMIT,
        "currency": settings.CURRENCY,
        "form": CorrectionForm(),
        "payout_form": LargePayoutForm(prefix="payout"),
    }
    return render(request, "payments/corrections.html", context | forms, status=status)


@login_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    _bookkeeper(request)
    return _page(request)


@login_required
@never_cache
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    bookkeeper = _bookkeeper(request)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, form=form)
    reason = form.cleaned_data["reason"]
    return _tried(request, lambda: corrections.propose(bookkeeper, reason=reason, legs=form.legs()))


@login_required
@never_cache
@require_POST
def propose_payout(request: HttpRequest) -> HttpResponse:
    bookkeeper = _bookkeeper(request)
    form = LargePayoutForm(request.POST, prefix="payout")
    if not form.is_valid():
        return _page(request, 400, payout_form=form)
    data = form.cleaned_data
    return _tried(
        request,
        lambda: corrections.propose_payout(bookkeeper, data["seller"], amount=data["amount"], reason=data["reason"]),
    )


@login_required
@require_POST
def decide(request: HttpRequest, entry_id: int) -> HttpResponse:
    bookkeeper = _bookkeeper(request)
    entry: ManualEntry = get_object_or_404(ManualEntry, pk=entry_id)
    act = corrections.approve if request.POST.get("approve") == "1" else corrections.refuse
    return _tried(request, lambda: act(entry, by=bookkeeper))


@login_required
@require_POST
def decide_payout(request: HttpRequest, leave_id: int) -> HttpResponse:
    bookkeeper = _bookkeeper(request)
    leave: LargePayout = get_object_or_404(LargePayout, pk=leave_id)
    act = corrections.approve_payout if request.POST.get("approve") == "1" else corrections.refuse
    return _tried(request, lambda: act(leave, by=bookkeeper))


def _tried(request: HttpRequest, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Problem as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("Done; it is on record."))
    return redirect("desk-corrections")
