"""The caller's own account: reading, changing, exporting and deleting it, its tokens and notifications."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits, notifications, permissions, privacy, security
from accounts.api.idempotency import IdempotentMixin
from accounts.api.permissions import HasScope, IsSignedIn, TakesPart
from accounts.api.serializers import (
    IssuedTokenSerializer,
    MeSerializer,
    NewTokenSerializer,
    NotificationSerializer,
    TokenSerializer,
)
from accounts.models import ApiToken, Notification, User
from common.pagination import KeysetPagination
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


def caller(request: Request) -> User:
    assert permissions.is_person(request.user)
    return request.user


class Me(IdempotentMixin, APIView):
    permission_classes = (IsSignedIn, HasScope("read"))

    @extend_schema(responses=MeSerializer, summary="Your account")
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(caller(request), context={"request": request}).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer, summary="Change your name or language")
    def patch(self, request: Request) -> Response:
        form = MeSerializer(caller(request), data=request.data, partial=True, context={"request": request})
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)

    @extend_schema(
        request=None, responses={204: None}, summary="Delete your account", description="The books stay whole."
    )
    def delete(self, request: Request) -> Response:
        if request.auth is None and not security.recently_signed_in(request._request):
            raise SignInAgain
        privacy.erase(caller(request), by=caller(request))
        return Response(status=204)


class Export(APIView):
    permission_classes = (IsSignedIn, HasScope("read"), HasScope("library"))

    @extend_schema(responses=OpenApiTypes.OBJECT, summary="Everything held about you")
    def get(self, request: Request) -> Response:
        answer = Response(privacy.export(caller(request)))
        answer["Content-Disposition"] = 'attachment; filename="promptuary-export.json"'
        answer["Cache-Control"] = "no-store, private"
        return answer


class Tokens(IdempotentMixin, generics.ListAPIView[ApiToken]):
    permission_classes = (TakesPart, HasScope("read"))
    serializer_class = TokenSerializer
    pagination_class = KeysetPagination

    def get_queryset(self) -> Any:
        return caller(self.request).api_tokens.valid().order_by("-created_at", "-pk")

    @extend_schema(request=NewTokenSerializer, responses={201: IssuedTokenSerializer}, summary="Make a token")
    def post(self, request: Request) -> Response:
        form = NewTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        if isinstance(request.auth, ApiToken) and set(asked["scopes"]) - set(request.auth.scopes):
            raise ScopeTooWide
        if request.auth is None and not security.recently_signed_in(request._request):
            raise SignInAgain
        limits.new_token(caller(request))
        token, secret = security.issue_token(caller(request), **asked)
        return Response(IssuedTokenSerializer(token, context={"secret": secret}).data, status=201)


class Token(APIView):
    permission_classes = (IsSignedIn, HasScope("read"))

    @extend_schema(request=None, responses={204: None}, summary="Revoke a token")
    def delete(self, request: Request, token_id: str) -> Response:
        token = caller(request).api_tokens.filter(public_id=token_id, revoked_at=None).first()
        if token is None:
            raise Http404
        security.revoke_token(token, by=caller(request))
        return Response(status=204)


class Notifications(generics.ListAPIView[Notification]):
    permission_classes = (IsSignedIn, HasScope("read"))
    serializer_class = NotificationSerializer
    pagination_class = KeysetPagination

    def get_queryset(self) -> Any:
        return notifications.of(caller(self.request))


class NotificationsRead(APIView):
    permission_classes = (IsSignedIn, HasScope("read"))

    @extend_schema(request=None, responses={204: None}, summary="Mark all notifications as read")
    def post(self, request: Request) -> HttpResponse:
        notifications.mark_read(caller(request))
        return Response(status=204)
