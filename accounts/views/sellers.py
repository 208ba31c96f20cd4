"""Becoming a seller, and how a seller appears."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import forms, permissions, sellers
from accounts.views.guards import person, signed_in
from common.problems import Problem


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first of two screens; the payout account is the second."""
    user = person(request)
    if user.is_seller:
        return redirect(_second_screen())
    initial = {"name": user.name, "handle": sellers.suggest_handle(user.display_name), "country": "US"}
    form = forms.StartForm(request.POST or None, initial=initial)
    refused = not permissions.in_good_standing(user)
    if request.method == "POST" and form.is_valid() and not refused:
        try:
            sellers.become(user, **form.cleaned_data)
        except Problem as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Your shop is open. One screen is left: where your earnings go."))
            return redirect(_second_screen())
    return render(request, "accounts/sell_start.html", {"form": form, "refused": refused})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.is_seller:
        return redirect("sell-start")
    seller = user.seller_profile
    form = forms.SellerForm(request.POST or None, request.FILES or None, profile=seller)
    if request.method == "POST" and form.is_valid():
        try:
            sellers.edit(seller, by=user, **form.changes())
        except Problem as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Your seller profile is saved."))
            return redirect("sell-profile")
    return render(request, "accounts/seller_profile.html", {"form": form, "seller": seller})


def _show(form: forms.StartForm, refusal: Problem) -> None:
    """A refusal of the domain beside the field it is about."""
    if isinstance(refusal, sellers.HandleTaken):
        form.add_error("handle", str(refusal))
    elif refusal.code == "bad_image":
        form.add_error("picture", str(refusal))
    elif refusal.errors:
        for field, sentences in refusal.errors.items():
            for sentence in sentences:
                form.add_error(field if field in form.fields else None, sentence)
    else:
        form.add_error(None, str(refusal))


def _second_screen() -> str:
    try:
        return reverse("sell-payouts")
    except NoReverseMatch:
        return reverse("sell-profile")
