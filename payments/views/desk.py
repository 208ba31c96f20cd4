"""For the house: refund requests to decide, and what needs a person."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.models import OutboxEntry, User
from common.pagination import Keyset
from common.problems import Problem
from payments import alerts, claims, corrections, ledger
from payments.models import Account, Alert, Claim, LargePayout, ManualEntry, Order, Payout, Refund, StripeEvent


def _moderator(request: HttpRequest) -> User:
    """The moderator who asks; for everybody else these pages do not exist."""
    user = request.user
    if not isinstance(user, User) or not user.is_moderator or user.is_suspended:
        raise Http404
    return user


class DecisionForm(forms.Form):
    granted = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Refund the buyer")), ("no", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note to both"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 4000}),
    )


@login_required
@never_cache
@require_safe
def refund_queue(request: HttpRequest) -> HttpResponse:
    _moderator(request)
    waiting = Claim.objects.filter(state__in=[Claim.State.OPEN, Claim.State.ANSWERED])
    waiting = waiting.select_related("line__order", "line__seller", "buyer")
    page = Keyset(waiting, ("asked_at", "pk"), request.GET.get("page"), 50)
    return render(request, "payments/refund_queue.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refund_case(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Both sides beside what the listing shows."""
    moderator = _moderator(request)
    claim: Claim = get_object_or_404(
        Claim.objects.select_related("line__order", "line__listing__approved", "line__seller", "buyer"),
        public_id=claim_id,
    )
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            granted = form.cleaned_data["granted"] == "yes"
            claims.decide(claim, by=moderator, granted=granted, note=form.cleaned_data["note"])
        except Problem as refusal:
            messages.warning(request, refusal.detail or _("This request cannot be decided by you."))
        else:
            messages.success(request, _("Decided; both sides are told."))
        return redirect("moderation-refunds")
    earlier = Claim.objects.filter(buyer=claim.buyer).exclude(pk=claim.pk).order_by("-asked_at")[:10]
    shown = claim.line.listing.approved
    context = {"claim": claim, "form": form, "earlier": earlier, "examples": shown.examples if shown else []}
    return render(request, "payments/refund_case.html", context)


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Everything about money that waits for a person, with its count."""
    user = request.user
    if not permissions.in_good_standing(user) or not user.is_staff:
        raise Http404
    context = {
        "alerts": list(Alert.objects.filter(resolved_at=None).order_by("raised_at")[:200]),
        "held": list(_held().order_by("created_at")[:100]),
        "payouts": list(Payout.objects.filter(state=Payout.State.UNKNOWN).select_related("seller")[:100]),
        "refunds": list(Refund.objects.filter(state=Refund.State.UNKNOWN).select_related("order")[:100]),
        "events": list(StripeEvent.objects.filter(state=StripeEvent.State.PARKED)[:100]),
        "parked": list(OutboxEntry.objects.filter(parked_at__isnull=False, done_at=None)[:100]),
        "proposals": _proposals(user),
        "payouts_on": alerts.payouts_on(),
        "totals": {Account.Kind(kind).label: amount for kind, amount in ledger.totals().items()},
    }
    return render(request, "payments/desk.html", context)


def _held() -> QuerySet[Order]:
    """Orders whose payment did not match and has not gone back yet."""
    return Order.objects.filter(status=Order.Status.HELD).exclude(refunds__state=Refund.State.SUCCEEDED)


def _proposals(user: User) -> int | None:
    """How many corrections and large payouts wait for a second person; None for who may not decide them."""
    if not corrections.may(user):
        return None
    waiting = ManualEntry.objects.filter(decided_at=None).count()
    return waiting + LargePayout.objects.filter(decided_at=None).count()


@login_required
@require_POST
def switch_payouts(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not permissions.in_good_standing(user) or not user.is_staff:
        raise Http404
    if not user.is_superuser:
        raise PermissionDenied
    on = request.POST.get("on") == "1"
    alerts.switch_payouts(on=on, reason="by hand", by=user)
    return redirect("desk")


@login_required
@require_POST
def resolve_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    user = request.user
    if not permissions.in_good_standing(user) or not user.is_staff:
        raise Http404
    alert: Alert = get_object_or_404(Alert, pk=alert_id)
    alerts.settle(alert.key, by=user)
    return redirect("desk")
