"""A buyer's orders: paying, waiting, having, and asking for money back."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.pagination import Keyset
from common.problems import Problem
from payments import checkout, claims, gateway, orders, printing, receipts
from payments.forms.checkout import BillingForm, ClaimForm
from payments.models import BillingDetails, Claim, Order, OrderLine

log = logging.getLogger(__name__)


def _mine(request: HttpRequest, number: str) -> Order:
    assert isinstance(request.user, User)
    order: Order = get_object_or_404(request.user.orders.all(), number=number)
    return order


@login_required
@never_cache
@require_safe
def list_orders(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    mine = request.user.orders.exclude(status=Order.Status.EXPIRED).prefetch_related("lines")
    page = Keyset(mine, ("-created_at", "-pk"), request.GET.get("page"), 20)
    return render(request, "payments/orders.html", {"page": page})


@login_required
@never_cache
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """An order in any state. Coming back from the payment page it looks for itself, without waiting for the webhook."""
    order = _mine(request, number)
    if order.status == Order.Status.PENDING and request.GET.get("session_id") == order.session_id and order.session_id:
        order = _looked_up(order)
    context = _context(order) | {"cancelled": "cancelled" in request.GET}
    return render(request, "payments/order.html", context)


def _looked_up(order: Order) -> Order:
    try:
        return orders.sync_session(order.session_id or "") or order
    except (gateway.Away, gateway.Refused, orders.NoSuchOrder):
        log.warning("order %s waits for the webhook", order.number)
        return order


def _context(order: Order) -> dict[str, object]:
    lines = order.lines.select_related("entitlement", "listing__model", "seller__seller_profile").order_by("pk")
    return {
        "order": order,
        "lines": list(lines),
        "claims": {claim.line_id: claim for claim in Claim.objects.filter(line__order=order).order_by("pk")},
        "credited": receipts.credited(order),
        "promise_ends_at": claims.promise_ends_at(order),
        "kept": order.total - order.refunded,
    }


@login_required
@never_cache
@require_safe
def status(request: HttpRequest, number: str) -> HttpResponse:
    """The part of the order page that waits; it becomes the delivered prompt by itself."""
    order = _mine(request, number)
    if order.status in {Order.Status.PENDING, Order.Status.PAID}:
        return render(request, "payments/_waiting.html", {"order": order})
    given = orders.entitlements(order)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = given[0].get_absolute_url() if len(given) == 1 else order.get_absolute_url()
    return response


@login_required
@never_cache
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the payment page of an order that is still open."""
    order = _mine(request, number)
    if order.status != Order.Status.PENDING:
        return redirect(order)
    try:
        order = checkout.open_page(order)
    except Problem as refusal:
        messages.error(request, refusal.detail)
        return redirect(order)
    return redirect(order.checkout_url)


@login_required
@require_safe
def refund_of_line(request: HttpRequest, line: int) -> HttpResponse:
    """From the library, which knows the line and not the order."""
    assert isinstance(request.user, User)
    bought = get_object_or_404(OrderLine.objects.select_related("order"), pk=line, order__buyer=request.user)
    return redirect("order-refund", bought.order.number, bought.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_refund(request: HttpRequest, number: str, line: int) -> HttpResponse:
    assert isinstance(request.user, User)
    order = _mine(request, number)
    bought: OrderLine = get_object_or_404(order.lines.select_related("listing", "order"), pk=line)
    form = ClaimForm(request.POST or None, waived=order.withdrawal_waived_at is not None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            claim = claims.ask(bought, by=request.user, **form.cleaned_data)
        except Problem as problem:
            refusal = problem
        else:
            granted = claim.state == Claim.State.GRANTED
            messages.success(request, _("Your money is on its way back.") if granted else _("Your request was sent."))
            return redirect(order)
    context = {"form": form, "order": order, "line": bought, "refusal": refusal}
    return render(request, "payments/refund.html", context, status=refusal.status if refusal else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw from the contract: one page that says what it means, one button that does it, one letter."""
    assert isinstance(request.user, User)
    order = _mine(request, number)
    refusal = None
    if request.method == "POST":
        try:
            claims.withdraw(order, by=request.user)
        except Problem as problem:
            refusal = problem
        else:
            messages.success(
                request, _("You have withdrawn from the contract. A confirmation is on its way by e-mail.")
            )
            return redirect(order)
    context = {
        "order": order,
        "refusal": refusal,
        "ends_at": claims.withdrawal_ends_at(order),
        "kept": order.total - order.refunded,
        "lines": [
            (line.title, line.price + line.tax - line.refunded)
            for line in order.lines.order_by("pk")
            if line.price + line.tax > line.refunded
        ],
    }
    return render(request, "payments/withdraw.html", context, status=refusal.status if refusal else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt for reading and printing; whose name stands on it can be changed here."""
    assert isinstance(request.user, User)
    order = _mine(request, number)
    if order.paid_at is None:
        return redirect(order)
    details, _is_new = BillingDetails.objects.get_or_create(user=request.user)
    form = BillingForm(request.POST or None, instance=details)
    if request.method == "POST" and form.is_valid():
        form.save()
        receipts.rewrite(order, details)
        messages.success(request, _("The receipt carries your details now."))
        return redirect("order-receipt", number=order.number)
    return render(
        request,
        "payments/receipt.html",
        {"receipt": receipts.of(order, get_language() or ""), "form": form, "order": order},
    )


@login_required
@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    order = _mine(request, number)
    if order.paid_at is None:
        return redirect(order)
    return printing.respond(receipts.sheet(receipts.of(order)), f"promptuary-{order.number}")


def _credited(request: HttpRequest, number: str, refund: str, language: str = "") -> receipts.CreditNote:
    given = receipts.noted(_mine(request, number), refund)
    if given is None:
        raise Http404
    return receipts.credit_note(given, language)


@login_required
@never_cache
@require_safe
def credit_note(request: HttpRequest, number: str, refund: str) -> HttpResponse:
    note = _credited(request, number, refund, get_language() or "")
    return render(request, "payments/credit_note.html", {"note": note, "refund": refund})


@login_required
@never_cache
@require_safe
def credit_note_pdf(request: HttpRequest, number: str, refund: str) -> HttpResponse:
    note = _credited(request, number, refund)
    return printing.respond(receipts.credit_note_sheet(note), f"promptuary-{note.number}")
