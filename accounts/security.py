"""API tokens, sessions, and how fresh a sign-in is."""

import hashlib
import secrets
import string
import time
from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import activity, permissions
from accounts.models import ApiToken, User
from common import clock, text
from common.problems import Problem

PREFIX = "ptu_"
LETTERS = string.ascii_letters + string.digits
LENGTH = 40  # letters after the prefix: 238 bits
HINT_LENGTH = 8
MOST_TOKENS = 50  # valid ones of one account
LONGEST_DAYS = 3650
# Writing the time of each call would make every read a write.
USE_NOTED_EVERY = timedelta(minutes=1)


class BadToken(Problem):
    """The token asked for may not be made."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_token"


def issue_token(user: User, *, name: str, scopes: Iterable[str], days: int | None = None) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown now and never again; without `days` it does not run out."""
    name = text.clean_line(name)[:60]
    wanted = sorted(set(scopes))
    _check(user, name, wanted, days)
    secret = PREFIX + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if user.api_tokens.valid().count() >= MOST_TOKENS:
            raise BadToken(_("You have %(count)d tokens already. Revoke one first.") % {"count": MOST_TOKENS})
        token = ApiToken.objects.create(
            user=user,
            name=name,
            hint=secret[:HINT_LENGTH],
            digest=_digest(secret),
            scopes=wanted,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=days) if days else None,
        )
        activity.record(user, "token.issued", token, scopes=wanted)
    return token, secret


def authenticate_token(secret: str) -> ApiToken | None:
    """The token with its account, unless revoked, run out, or of somebody suspended, inactive or erased."""
    if len(secret) != len(PREFIX) + LENGTH or not secret.startswith(PREFIX) or not secret.isascii():
        return None
    holders = Q(user__is_active=True, user__suspended_at=None, user__erased_at=None)
    token = ApiToken.objects.valid().filter(holders, digest=_digest(secret)).select_related("user").first()
    if token is not None:
        _note_use(token)
    return token


def revoke_token(token: ApiToken, *, by: User | None = None) -> None:
    """It is dead at the next call; revoking it again changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        activity.record(by or token.user, "token.revoked", token)


def revoke_tokens(user: User) -> int:
    return user.api_tokens.filter(revoked_at=None).update(revoked_at=clock.now())


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Sign the account out everywhere at once, except in the session of that key; how many ended."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=keep)
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return len(keys)


def recently_signed_in(request: HttpRequest) -> bool:
    """Whether this person proved who they are within the last minutes, by any method, in this session."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    return time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _check(user: User, name: str, scopes: list[str], days: int | None) -> None:
    if not permissions.in_good_standing(user):
        raise BadToken(_("This account may not have tokens at present."), status=HTTPStatus.FORBIDDEN)
    if not name:
        raise BadToken(_("Give the token a name, so that you recognise it later."))
    if not scopes:
        raise BadToken(_("Choose at least one thing the token may do."))
    allowed = permissions.scopes(user)
    if set(scopes) - allowed:
        raise BadToken(_("Your account may not give a token these rights."), status=HTTPStatus.FORBIDDEN)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadToken(_("A token lives between one day and ten years."))


def _note_use(token: ApiToken) -> None:
    moment = clock.now()
    if token.last_used_at is None or token.last_used_at <= moment - USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=moment - USE_NOTED_EVERY)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=moment)


def _digest(secret: str) -> str:
    # The secret is random, so a plain digest says nothing about it and can be looked up.
    return hashlib.sha256(secret.encode()).hexdigest()
