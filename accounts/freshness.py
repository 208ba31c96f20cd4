"""Grave things want a fresh proof of who is there: the password, a second factor, or a code by e-mail."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from accounts import permissions, security

# What changes the way into the account, or gives everything away. The machinery asks people with a password by itself,
# but lets those who have none pass.
GRAVE = frozenset(
    {
        "account_email",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account-token-new",
        "account-export",
        "account-delete",
    }
)
# Looking is no harm; only what is sent is asked about.
ONLY_SENDING = frozenset({"account_email", "account-token-new"})


class FreshSignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/account/"):
            # Some of these pages are the machinery's own, and say nothing about caches.
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name not in GRAVE or not permissions.is_person(request.user):
            return None
        if (name in ONLY_SENDING and request.method != "POST") or security.recently_signed_in(request):
            return None
        return HttpResponseRedirect(confirm_url(request.path))


def confirm_url(next_path: str) -> str:
    return f"{reverse('account-confirm')}?{urlencode({'next': next_path})}"
