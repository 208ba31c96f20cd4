"""Somebody signed in for a while confirms who they are, by a code to the account's address."""

import secrets
import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from accounts import letters, permissions

LIFE = 600  # seconds
MOST_GUESSES = 5
_KEY = "account_confirmation"
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels, nothing that looks like something else
_LENGTH = 8


def other_way(request: HttpRequest, goal: str) -> str | None:
    """The page that asks for the password or the second factor, for people who have one."""
    if permissions.is_person(request.user) and get_adapter().get_reauthentication_methods(request.user):
        return f"{reverse('account_reauthenticate')}?{urlencode({'next': goal})}"
    return None


def send_code(request: HttpRequest) -> None:
    assert permissions.is_person(request.user)
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    request.session[_KEY] = {"code": _sealed(code), "until": time.time() + LIFE, "guesses": 0}
    letters.tell(request.user, "accounts/confirm_code", {"code": f"{code[:4]}-{code[4:]}"})


def is_waiting(request: HttpRequest) -> bool:
    waiting = request.session.get(_KEY)
    return waiting is not None and waiting["until"] > time.time() and waiting["guesses"] < MOST_GUESSES


def accept(request: HttpRequest, code: str) -> bool:
    """Whether the code is right; it works once, and only so many guesses are taken."""
    if not is_waiting(request):
        return False
    waiting = request.session[_KEY]
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    if not secrets.compare_digest(_sealed(plain), waiting["code"]):
        request.session[_KEY] = waiting | {"guesses": waiting["guesses"] + 1}
        return False
    del request.session[_KEY]
    record_authentication(request, request.user, method="code", reauthenticated=True)
    return True


def _sealed(code: str) -> str:
    """The session holds no code that could be read out of it."""
    return salted_hmac(_KEY, code, algorithm="sha256").hexdigest()
