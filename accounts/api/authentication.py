"""Who is calling: a bearer token, or the session of the site with its CSRF token."""

from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import permissions, security
from accounts.models import ApiToken, User

KEYWORD = "bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer ptu_…`; a token that is revoked, run out or of a suspended account is no token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.encode():
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Send one token, as in “Authorization: Bearer ptu_…”."))
        token = security.authenticate_token(words[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_("This token is not valid: it may be mistyped, revoked or run out."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in visitor of the site; whatever changes something needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        user = getattr(request._request, "user", None)
        if not permissions.is_person(user):
            return None
        self.enforce_csrf(request)
        return user, None
