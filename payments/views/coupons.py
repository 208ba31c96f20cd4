from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.problems import Problem
from payments import coupons
from payments.forms.coupons import CouponForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def list_coupons(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    seller = request.user
    if not seller.is_seller:
        return redirect("sell-start")
    form = CouponForm(request.POST or None, seller=seller)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        percent = data.pop("percent")
        try:
            coupons.make(seller, percent_bps=percent * 100 if percent else None, **data)
        except Problem as refusal:
            form.add_error("code", refusal.detail)
        else:
            messages.success(request, _("Your code is ready to be given away."))
            return redirect("sell-coupons")
    mine = seller.coupons.prefetch_related("listings").order_by("-created_at")[:100]
    return render(request, "payments/coupons.html", {"form": form, "coupons": mine}, status=422 if form.errors else 200)


@login_required
@require_POST
def stop(request: HttpRequest, coupon_id: int) -> HttpResponse:
    assert isinstance(request.user, User)
    coupons.stop(get_object_or_404(request.user.coupons.all(), pk=coupon_id))
    return redirect("sell-coupons")
