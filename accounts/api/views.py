"""The caller's own account: reading, changing, exporting and deleting it, its tokens and notifications."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits, notifications, privacy, security
from accounts.api import shapes
from accounts.api.door import ACCOUNTS, MEMBERS, Act, Door
from accounts.api.permissions import HasScope
from accounts.api.serializers import (
    IssuedTokenSerializer,
    MeSerializer,
    NewTokenSerializer,
    NotificationSerializer,
    TokenSerializer,
)
from accounts.api.shapes import page_of
from accounts.api.telling import tells
from accounts.models import ApiToken
from common.problems import Problem


class ScopeTooWide(Problem):
    """A token asked for more than it has itself."""

    status = 403
    code = "scope_too_wide"
    default_detail = _("A token cannot make a token with more rights than its own.")


class SignInAgain(Problem):
    """The session is old, and what was asked for is grave."""

    status = 403
    code = "sign_in_again"
    default_detail = _("Confirm that it is you, at /account/confirm/, and try again.")


class Me(Door):
    who = {"GET": ACCOUNTS, "PATCH": ACCOUNTS, "DELETE": ACCOUNTS}

    @tells("Your account", answer=shapes.ME)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(self.caller, context={"request": request}).data)

    @tells("Change your name or language", body=shapes.ME_CHANGES, answer=shapes.ME)
    def patch(self, request: Request) -> Response:
        form = MeSerializer(self.caller, data=self.sent(), partial=True, context={"request": request})
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)

    @tells("Delete your account", status=204, words="The books stay whole.")
    def delete(self, request: Request) -> Response:
        if request.auth is None and not security.recently_signed_in(request._request):
            raise SignInAgain
        privacy.erase(self.caller, by=self.caller)
        return Response(status=204)


class Export(Door):
    who = {"GET": (*ACCOUNTS, HasScope("library"))}

    @tells("Everything held about you", answer=shapes.EXPORT)
    def get(self, request: Request) -> Response:
        answer = Response(privacy.export(self.caller))
        answer["Content-Disposition"] = 'attachment; filename="promptuary-export.json"'
        return answer


class Tokens(Door):
    who = {"GET": MEMBERS, "POST": MEMBERS}

    @tells("Your tokens that still work", answer=page_of(shapes.TOKEN), pages=True)
    def get(self, request: Request) -> Response:
        valid = self.caller.api_tokens.valid()
        return self.page(valid, lambda token: TokenSerializer(token).data, order=("-created_at", "-pk"))

    @tells("Make a token", body=shapes.NEW_TOKEN, needs_body=True, answer=shapes.ISSUED_TOKEN, status=201)
    def post(self, request: Request) -> Response:
        form = NewTokenSerializer(data=self.sent())
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        if isinstance(request.auth, ApiToken) and set(asked["scopes"]) - set(request.auth.scopes):
            raise ScopeTooWide
        if request.auth is None and not security.recently_signed_in(request._request):
            raise SignInAgain
        limits.new_token(self.caller)
        token, secret = security.issue_token(self.caller, **asked)
        return Response(IssuedTokenSerializer(token, context={"secret": secret}).data, status=201)


class Token(Door):
    who = {"DELETE": ACCOUNTS}

    @tells("Revoke a token", status=204)
    def delete(self, request: Request, token_id: str) -> Response:
        token = self.caller.api_tokens.filter(public_id=token_id, revoked_at=None).first()
        if token is None:
            raise Http404
        security.revoke_token(token, by=self.caller)
        return Response(status=204)


class Notifications(Door):
    who = {"GET": ACCOUNTS}

    @tells("What you were told, newest first", answer=page_of(shapes.NOTIFICATION), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(notifications.of(self.caller), lambda each: NotificationSerializer(each).data)


class NotificationsRead(Act):
    who = {"POST": ACCOUNTS}

    @tells("Mark all notifications as read", status=204)
    def post(self, request: Request) -> Response:
        notifications.mark_read(self.caller)
        return Response(status=204)
