"""/account/: the profile, what letters one gets, one's data and the way out."""

import json
import re
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirmation, forms, notifications, permissions, privacy, security
from accounts.views.guards import person, signed_in

ONE_YEAR = 365 * 24 * 3600
_NAMED = re.compile(r"(?<=[?&])lang=[^&#]*&?")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = forms.ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Your profile is saved."))
        return _speaking(redirect("account"), user.language)
    return render(request, "accounts/profile.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = forms.PreferencesForm(request.POST or None, user=user)
    if request.method == "POST":
        form = forms.PreferencesForm(request.POST, user=user)
        if form.is_valid():
            notifications.mute(user, form.muted())
            messages.success(request, _("Your choice of letters is saved."))
            return redirect("account-preferences")
    return render(request, "accounts/preferences.html", {"form": form})


@signed_in
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html", {"reasons": privacy.reasons_against(person(request))})


@signed_in
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Made at once and kept nowhere: there is no link that could be passed on."""
    content = json.dumps(privacy.export(person(request)), ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="promptuary-export.json"'
    response["Cache-Control"] = "no-store, private"
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {"reasons": privacy.reasons_against(user)}
    if request.method == "POST":
        if request.POST.get("email", "").strip().lower() != user.email:
            context["mistyped"] = True
        else:
            try:
                privacy.erase(user, by=user)
            except privacy.CannotErase as refusal:
                context["reasons"] = refusal.reasons
            else:
                logout(request)
                messages.success(request, _("Your account is deleted. Thank you for having been here."))
                return redirect("/")
    return render(request, "accounts/delete.html", context, status=422 if request.method == "POST" else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """A fresh proof of who is there, by a code to the account's address; people with a password use that."""
    goal = get_next_redirect_url(request, "next") or "/account/"
    if security.recently_signed_in(request):
        return redirect(goal)
    if other := confirmation.other_way(request, goal):
        return redirect(other)
    form = forms.ConfirmForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "code" not in request.POST:
        confirmation.send_code(request)
    elif form.is_bound and form.is_valid():
        if confirmation.accept(request, form.cleaned_data["code"]):
            return redirect(goal)
        form.add_error("code", _("This code is not right, or too old. You can have a new one sent."))
    context = {"form": form, "goal": goal, "is_sent": confirmation.is_waiting(request)}
    return render(request, "accounts/confirm.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak this language from now on: on this device by a cookie, in letters by the account."""
    form = forms.LanguageForm(request.POST)
    goal = request.POST.get("next") or request.headers.get("Referer") or "/"
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(goal, allowed_hosts=hosts, require_https=request.is_secure()):
        goal = "/"
    # An address may name a language itself; the choice made now is stronger.
    response = redirect(_NAMED.sub("", goal).rstrip("?&"))
    if not form.is_valid():
        return response
    language = form.cleaned_data["language"]
    user = request.user
    if permissions.is_person(user) and user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return _speaking(response, language)


def _speaking(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=ONE_YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
