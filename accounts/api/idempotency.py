"""A mutating call with an Idempotency-Key happens once, however often it is sent.

The row is claimed before the call runs, with a lease; its answer is kept for a day and given again. A server that dies
in the middle leaves the lease, and after it has run out the call runs anew, told by `subject` what was made before.
Answers may hold secrets (a new token), so they are kept encrypted.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import permissions
from accounts.models import IdempotentCall, User
from common import clock, encryption
from common.ids import new_id
from common.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
LEASE = 60  # seconds
PATIENCE = 5.0  # seconds that a repetition waits for the first call's answer
PAUSE = 0.05
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = ("Content-Type", "Location", "Content-Language", "Cache-Control")
# What says nothing about the call itself is not an answer to keep: the next attempt may fare better.
PASSING = frozenset({401, 408, 425, 429})

View = TypeVar("View", bound=type[APIView])


class BadKey(Problem):
    """The header is empty, too long or not plain text."""

    status = 400
    code = "bad_idempotency_key"
    default_detail = _("An Idempotency-Key is 1 to 255 visible ASCII characters.")


class KeyReused(Problem):
    """The key came with another request before."""

    status = 422
    code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used with another request. Use a new key for a new request.")


class StillRunning(Problem):
    """The first call with the key has not been answered yet."""

    status = 409
    code = "idempotency_in_progress"
    default_detail = _("The first request with this Idempotency-Key is still being worked on.")


class Replay(Exception):
    """The answer is known already."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("replay")
        self.response = response


@dataclass(frozen=True, slots=True)
class Claim:
    """This call is ours to run until the lease is over; the lease's end also proves that it is still ours."""

    row: int
    context: str
    leased_until: datetime
    subject: str = ""  # what an earlier attempt that died had made already


def key_of(request: Request) -> str | None:
    """The caller's key, checked; None when there is none."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise BadKey
    return key


def begin(request: Request, user: User, key: str) -> Claim:
    """Claim the call, or raise Replay, KeyReused or StillRunning; waits a little for a first call that is running."""
    fingerprint = fingerprint_of(request)
    deadline = time.monotonic() + PATIENCE
    while True:
        if claim := _claim(user, key, fingerprint):
            return claim
        row = IdempotentCall.objects.filter(user=user, key=key).first()
        if row is not None and row.fingerprint != fingerprint:
            raise KeyReused
        if row is not None and row.status is not None:
            raise Replay(_answer(row))
        if time.monotonic() >= deadline:
            raise StillRunning(retry_after=_seconds_left(row))
        time.sleep(PAUSE)


def _seconds_left(row: IdempotentCall | None) -> float:
    """Until the lease of the first call is over."""
    if row is None or row.leased_until is None:
        return 1
    return max(1.0, (row.leased_until - clock.database_now()).total_seconds())


def note(claim: Claim, subject: str) -> None:
    """Write down, in the transaction that makes it, what the call has made; who repeats a dead call is told of it."""
    _held(claim).update(headers={"subject": subject})


def keep(claim: Claim, response: HttpResponseBase) -> None:
    """Remember the answer, unless the lease was lost to another attempt."""
    content = response.content if isinstance(response, HttpResponse) else b""
    sealed = encryption.encrypt(content.decode(), context=claim.context)
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    _held(claim).update(status=response.status_code, body=sealed.hex(), headers=headers, leased_until=None)


def release(claim: Claim) -> None:
    """Nothing was answered that counts: the next attempt may begin at once."""
    _held(claim).delete()


def fingerprint_of(request: Request) -> str:
    """What makes two calls the same call: method, address and content."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        for part in _parts(request):
            digest.update(part)
    else:
        digest.update((request.content_type or "").encode() + b"\n" + request._request.body)
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    """The boundary between the parts differs each time, so the parts themselves are looked at."""
    for name, values in sorted(request._request.POST.lists()):
        yield repr((name, values)).encode()
    for name, files in sorted(request._request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            yield repr((name, file.name, content.hexdigest())).encode()


def _claim(user: User, key: str, fingerprint: str) -> Claim | None:
    """One statement, so that of many equal calls at once exactly one gets the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_idempotentcall (user_id, key, fingerprint, headers, leased_until, created_at)
            SELECT %s, %s, %s, '{}'::jsonb, moment + %s * interval '1 second', moment
            FROM (SELECT coalesce(%s::timestamptz, clock_timestamp()) AS moment) AS clock
            ON CONFLICT (user_id, key) DO UPDATE SET leased_until = EXCLUDED.leased_until
            WHERE accounts_idempotentcall.status IS NULL
              AND accounts_idempotentcall.fingerprint = EXCLUDED.fingerprint
              AND (accounts_idempotentcall.leased_until IS NULL
                   OR accounts_idempotentcall.leased_until < EXCLUDED.created_at)
            RETURNING id, leased_until, coalesce(headers->>'subject', '')
            """,
            [user.pk, key, fingerprint, LEASE, clock.overridden()],
        )
        row = cursor.fetchone()
    return Claim(row[0], _context(user.pk, key), row[1], row[2]) if row else None


def _held(claim: Claim) -> Any:
    return IdempotentCall.objects.filter(pk=claim.row, leased_until=claim.leased_until, status=None)


def _context(user_id: int, key: str) -> str:
    return f"answer:{user_id}:{key}"


def _answer(row: IdempotentCall) -> HttpResponse:
    content = encryption.decrypt(bytes.fromhex(str(row.body)), context=_context(row.user_id, row.key))
    response = HttpResponse(content, status=row.status, headers=row.headers)
    if "Content-Type" not in row.headers:
        del response["Content-Type"]
    response[REPLAYED] = "true"
    return response


class IdempotentMixin(APIView):
    """Put it in front of a view's other bases; it acts on mutating calls of signed-in callers who send the header."""

    _claim: Claim | None = None

    @property
    def idempotency_key(self) -> str | None:
        """A key for the domain function behind the call: the caller's own, made unique across accounts."""
        key = key_of(self.request)
        return f"{self.request.user.pk}:{key}" if key and permissions.is_person(self.request.user) else None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        user = request.user
        if request.method in METHODS and permissions.is_person(user) and (key := key_of(request)):
            self._claim = begin(request, user, key)

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, Replay):
            return exc.response
        try:
            return super().handle_exception(exc)
        except Exception:
            self._let_go()
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._claim is not None:
            if response.status_code >= 500 or response.status_code in PASSING:
                self._let_go()
            else:
                keep(self._claim, response.render() if hasattr(response, "render") else response)
        return response

    def _let_go(self) -> None:
        if self._claim is not None:
            release(self._claim)
            self._claim = None


def idempotent(view: View) -> View:
    """The mixin as a decorator of a view class."""
    facts = {"__module__": view.__module__, "__doc__": view.__doc__}
    return type(view.__name__, (IdempotentMixin, view), facts)  # type: ignore[return-value]


def new_key() -> str:
    """A key as a careful client makes it."""
    return new_id("key")
