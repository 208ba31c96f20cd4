"""How often somebody may try to sign in, ask for letters, or call the API: every number in one place.

Pages under /account/ are counted by `LimitsMiddleware` before their view runs, whoever wrote the view. Without Redis
nothing can be counted, and then these doors are closed: guessing must not become free because a cache is down.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from allauth.account.internal.stagekit import unstash_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from common import throttle

MINUTE, HOUR = 60, 3600
# Letters with a code to one address, whoever asks for them and for whatever purpose.
LETTERS = (3, HOUR)
TOKENS = (10, HOUR)  # new API tokens of one account


class Limit(NamedTuple):
    scope: str
    who: Callable[[HttpRequest], str]
    limit: int
    seconds: int


def network(request: HttpRequest) -> str:
    return throttle.client_identity(request)


def address(request: HttpRequest) -> str:
    """The e-mail address the request is about: written in it, or waiting in the session for its code."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    # Only what the page itself reads: a field it ignores would let its sender choose who is counted.
    written = request.POST.get(_WRITTEN[page], "") if page in _WRITTEN else ""
    return (written or _waiting_address(request)).strip().lower()


def address_from_here(request: HttpRequest) -> str:
    return f"{address(request)} {network(request)}"


def person(request: HttpRequest) -> str:
    """Whose account it is: signed in, or half-way through signing in."""
    if isinstance(request.user, User):
        return str(request.user.pk)
    login = unstash_login(request, peek=True)
    return str(login.user.pk) if login and login.user else network(request)


# Somebody's own wrong guesses are counted for address and network together, so that a stranger cannot lock them out;
# the wider limits slow down those who spread their guesses.
_PASSWORD = (
    Limit("password", address_from_here, 5, MINUTE),
    Limit("password-network", network, 60, MINUTE),
    Limit("password-address", address, 20, 10 * MINUTE),
)
_CODE = (Limit("code", network, 30, MINUTE),)
_SECOND_FACTOR = (Limit("second-factor", person, 5, MINUTE),)
_CONFIRM = (Limit("confirm", person, 5, MINUTE),)
_LETTER = (Limit("letters", address, *LETTERS), Limit("letters-network", network, 30, MINUTE))

# Pages on which an address is written, and in which field; all others know it from the session.
_WRITTEN = {
    "account_login": "login",
    "account_request_login_code": "email",
    "account_reset_password": "email",
    "account_signup": "email",
    "account_email": "email",
    "admin:login": "username",
}

Limits = tuple[Limit, ...]
# By the name of the URL; for some, by what the form says it wants.
_PAGES: dict[str, Callable[[HttpRequest], Limits]] = {
    "account_login": lambda request: _PASSWORD if request.POST.get("password") else _LETTER,
    "account_request_login_code": lambda _request: _LETTER,
    "account_confirm_login_code": lambda request: _LETTER if _asks_for_letter(request) else _CODE,
    "account_email_verification_sent": lambda request: _LETTER if _asks_for_letter(request) else _CODE,
    "account_reset_password": lambda _request: _LETTER,
    "account_confirm_password_reset_code": lambda request: _LETTER if _asks_for_letter(request) else _CODE,
    "account_signup": lambda _request: (*_LETTER, Limit("sign-up", network, 20, MINUTE)),
    "account_email": lambda request: _LETTER if _asks_for_address(request) else _CONFIRM,
    "account_reauthenticate": lambda _request: _CONFIRM,
    "account_change_password": lambda _request: _CONFIRM,
    "account-confirm": lambda request: _LETTER if "code" not in request.POST else _CONFIRM,
    "mfa_authenticate": lambda _request: _SECOND_FACTOR,
    "mfa_reauthenticate": lambda _request: _SECOND_FACTOR,
    "mfa_login_webauthn": lambda _request: _CODE,
    "admin:login": lambda _request: _PASSWORD,
}


class LimitsMiddleware:
    """Counts what is posted to the pages above, and answers 429 with Retry-After beyond the limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or request.resolver_match is None:
            return None
        chosen = _PAGES.get(request.resolver_match.view_name)
        if chosen is None:
            return None
        # Every limit is asked only while the ones before allow, so what is refused is counted nowhere else.
        for limit in chosen(request):
            verdict = throttle.hit(f"accounts.{limit.scope}", limit.who(request), limit.limit, limit.seconds)
            if not verdict:
                return refusal(request, verdict.retry_after)
        return None


def refusal(request: HttpRequest, retry_after: float) -> HttpResponse:
    minutes = max(1, round(retry_after / MINUTE))
    response = render(request, "accounts/slow_down.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(max(1, round(retry_after)))
    response["Cache-Control"] = "no-store"
    return response


def signed_in(request: HttpRequest, email: str) -> None:
    """Who got in made no wrong guess: their own counters begin anew. The network's does not."""
    throttle.forget("accounts.password", f"{email.lower()} {network(request)}")
    throttle.forget("accounts.password-address", email.lower())


def new_token(user: User) -> None:
    """Count one API token made; raises the problem “too many requests” beyond the limit."""
    throttle.hit("accounts.tokens", user.pk, *TOKENS).require()


def _asks_for_letter(request: HttpRequest) -> bool:
    return request.POST.get("action") in {"resend", "change"}


def _asks_for_address(request: HttpRequest) -> bool:
    return "action_add" in request.POST or "action_send" in request.POST


def _waiting_address(request: HttpRequest) -> str:
    for name in ("account_email_verification_code", "account_password_reset_verification"):
        waiting = request.session.get(name)
        if isinstance(waiting, dict) and waiting.get("email"):
            return str(waiting["email"])
    login = unstash_login(request, peek=True)
    if login and login.email:
        return str(login.email)
    return request.user.email if isinstance(request.user, User) else ""
