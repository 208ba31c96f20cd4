"""/account/tokens/: the keys of programs that act for somebody."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import forms, limits, permissions, security
from accounts.models import User
from accounts.views.guards import person, signed_in
from common.problems import Problem


@signed_in
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    return _page(request, forms.TokenForm(user=person(request)))


@signed_in
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """The answer to this POST is the only place where the token stands; it is not kept, and not shown again."""
    user = person(request)
    form = forms.TokenForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, form, status=422)
    asked = form.cleaned_data
    try:
        limits.new_token(user)
        _token, secret = security.issue_token(
            user, name=asked["name"], scopes=asked["scopes"], days=asked["days"] or None
        )
    except Problem as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=refusal.status)
    response = _page(request, forms.TokenForm(user=user), secret=secret)
    response["Cache-Control"] = "no-store, private"
    return response


@signed_in
@require_POST
def revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    user = person(request)
    token = get_object_or_404(user.api_tokens, public_id=token_id)
    security.revoke_token(token, by=user)
    messages.success(request, _("The token is revoked. Programs that use it are signed out."))
    return redirect("account-tokens")


def _page(request: HttpRequest, form: forms.TokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    user: User = person(request)
    context = {
        "form": form,
        "tokens": user.api_tokens.valid().order_by("-created_at"),
        "secret": secret,
        "may_have_tokens": permissions.in_good_standing(user),
    }
    return render(request, "accounts/tokens.html", context, status=status)
