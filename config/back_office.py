"""The admin's own door: the same sign-in as everywhere else, and nothing in it that could open another door."""

from contextlib import suppress

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts import permissions

# The libraries offer these for editing: the secrets of second factors, which addresses count as confirmed, whose
# session lives. Each has an act of its own, by its owner; nobody else needs to see them. Groups mean nothing here.
KEPT_OUT = (Authenticator, EmailAddress, UserSession, Group)


def close() -> None:
    """Called when the addresses are made, after every application has registered what it has."""
    # Signing in goes through the same door, and the same second factor, as everywhere else.
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    admin.site.has_permission = may_enter  # type: ignore[method-assign]
    for model in KEPT_OUT:
        with suppress(NotRegistered):
            admin.site.unregister(model)


def may_enter(request: HttpRequest) -> bool:
    """Staff, as long as they are in good standing."""
    return permissions.in_good_standing(request.user) and request.user.is_staff
