"""How often the API may be called; the count comes with every answer, as RateLimit-* headers."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import permissions
from common import problems, throttle

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
READS_A_MINUTE = 30_000  # far beyond what a person or a polite program needs; a shared address has many people
WRITES_A_MINUTE = 600
STRANGERS_A_MINUTE = 3_000

View = Callable[..., HttpResponse]


class Throttle(BaseThrottle):
    """One limit of one scope; a subclass sets the numbers:

    class ReviewThrottle(Throttle):
        scope, limit, seconds = "reviews", 10, 3600
    """

    scope = ""
    limit = 0
    seconds = 60
    # Without Redis: "closed" refuses (money, mail, tokens), "open" lets pass.
    when_down: throttle.WhenDown = "closed"
    methods: frozenset[str] | None = None  # all, unless named

    verdict: throttle.Verdict | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if self.methods is not None and request.method not in self.methods:
            return True
        self.verdict = throttle.hit(
            f"api.{self.scope}", self.identity(request), self.limit, self.seconds, when_down=self.when_down
        )
        _note(request._request, self.limit, self.verdict)
        return self.verdict.allowed

    def identity(self, request: Request) -> str:
        """The account, or the network of somebody without one."""
        if permissions.is_person(request.user):
            return f"account {request.user.pk}"
        return throttle.client_identity(request._request)

    def wait(self) -> float | None:
        return self.verdict.retry_after if self.verdict else None


class CallThrottle(Throttle):
    """What every view has unless it says otherwise: reads and writes of one account, or one network."""

    when_down: throttle.WhenDown = "open"

    def allow_request(self, request: Request, view: Any) -> bool:
        is_safe = request.method in SAFE
        self.scope = "reads" if is_safe else "writes"
        self.limit = (
            getattr(settings, "API_READS_A_MINUTE", READS_A_MINUTE)
            if is_safe
            else getattr(settings, "API_WRITES_A_MINUTE", WRITES_A_MINUTE)
        )
        return super().allow_request(request, view)


def stranger(request: HttpRequest) -> throttle.Verdict:
    """Count a call that was turned away before anybody knew who asks, or that asks for nothing of anybody's."""
    limit = getattr(settings, "API_STRANGERS_A_MINUTE", STRANGERS_A_MINUTE)
    verdict = throttle.hit("api.strangers", throttle.client_identity(request), limit, 60, when_down="open")
    _note(request, limit, verdict)
    return verdict


def counted(view: View) -> View:
    """For the few plain views under /api/, which no door counts."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (verdict := stranger(request)):
            return problems.ProblemResponse(problems.too_many(verdict.retry_after))
        return view(request, *args, **kwargs)

    return inner


def read_only(view: View) -> View:
    """The same for what is only ever read, whoever tries to do something else with it."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        response = problems.ProblemResponse(problems.of(MethodNotAllowed(str(request.method))) or problems.not_found())
        response["Allow"] = "GET, HEAD"
        return response

    # Nothing is changed here, so there is nothing to forge.
    return csrf_exempt(counted(inner))


def is_counted(request: HttpRequest) -> bool:
    return "rate_limits" in request.__dict__


class RateLimitMiddleware:
    """Writes the strictest count of the call into its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counted: list[tuple[int, throttle.Verdict]] = getattr(request, "rate_limits", [])
        if counted:
            limit, verdict = min(counted, key=lambda pair: (pair[1].allowed, pair[1].remaining))
            response["RateLimit-Limit"] = str(limit)
            response["RateLimit-Remaining"] = str(verdict.remaining)
            response["RateLimit-Reset"] = str(math.ceil(verdict.reset_after))
        return response


def _note(request: HttpRequest, limit: int, verdict: throttle.Verdict) -> None:
    request.__dict__.setdefault("rate_limits", []).append((limit, verdict))
