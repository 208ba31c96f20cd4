"""What the caller may do, as far as it depends on the account: 401 to nobody, 403 to somebody without the right."""

from functools import cache
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import permissions
from accounts.models import ApiToken


class IsSignedIn(BasePermission):
    """Anybody with an account, the suspended too (who call with a session; their tokens are dead)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return permissions.is_person(request.user)


class TakesPart(BasePermission):
    """Somebody who may buy, review, report and follow."""

    message = _("This account is suspended.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return permissions.in_good_standing(request.user)


class IsSeller(BasePermission):
    message = _("This is for sellers. Open your shop first, at /sell/start/.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return permissions.may_sell(request.user)


class IsModerator(BasePermission):
    message = _("This is for moderators.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return permissions.may_moderate(request.user)


@cache
def HasScope(scope: str) -> type[BasePermission]:  # noqa: N802 — it stands among classes and makes one
    """`HasScope("sell")`: the token must carry this right; a session carries all rights of its account."""
    needed = ApiToken.Scope(scope).value

    class TokenHasScope(BasePermission):
        scope = needed
        message = format_lazy(_("This token lacks the right “{scope}”."), scope=needed)

        def has_permission(self, request: Request, view: Any) -> bool:
            if not permissions.is_person(request.user):
                return False
            return request.auth is None or needed in getattr(request.auth, "scopes", ())

    return TokenHasScope
