"""What the account does when the sign-in machinery announces something."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts import credentials, limits
from accounts.models import User
from common import throttle


@receiver(user_logged_in)
def remember_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Every session is known by its account, whatever door it came through, so that all can be ended."""
    if not hasattr(request, "session"):
        return
    if not request.session.session_key:
        request.session.save()
    facts = {
        "user": user,
        "ip": throttle.client_address(request),
        "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
    }
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults=facts)


@receiver(account_signals.user_logged_in)
def greet(request: HttpRequest, user: User, response: HttpResponse, **_: Any) -> None:
    """From here on the site speaks the account's language on this device."""
    limits.signed_in(request, user.email)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


@receiver([account_signals.password_changed, account_signals.password_set, account_signals.password_reset])
def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    credentials.changed(user, "password", request=request)


@receiver(account_signals.email_changed)
def email_changed(
    request: HttpRequest, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_: Any
) -> None:
    """The machinery writes to the old address by itself; the first address of a new account is no change."""
    if from_email_address is not None and from_email_address.email != to_email_address.email:
        user.refresh_from_db(fields=["email"])
        credentials.changed(user, "e-mail", request=request)


@receiver([mfa_signals.authenticator_added, mfa_signals.authenticator_removed, mfa_signals.authenticator_reset])
def second_factor_changed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    credentials.changed(user, "second factor", request=request, kind=str(authenticator.type))
