"""When the database is away or too busy: an honest 503 and when to come back, not an error page."""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from common.problems import server_error

log = logging.getLogger(__name__)
# Refused connections, statement and lock timeouts, shutdowns: all of them may be over in a moment.
AWAY = (OperationalError, InterfaceError)
RETRY_SECONDS = 5


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return unavailable(request, problem) if isinstance(problem, AWAY) else None


def failed(request: HttpRequest) -> HttpResponse:
    """handler500: what broke outside a view (a session, a template) may be an outage, too."""
    problem = sys.exc_info()[1]
    return unavailable(request, problem) if isinstance(problem, AWAY) else server_error(request)


def unavailable(request: HttpRequest, problem: BaseException) -> HttpResponse:
    # The text of a database error may quote values, so only its kind is told.
    cause = type(problem.__cause__ or problem).__name__
    log.error("The database did not answer", extra={"cause": cause, "path": request.path})
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    if request.path.startswith("/api/"):
        body = '{"type": "about:blank", "title": "Service unavailable", "status": 503}'
        return HttpResponse(body, status=503, content_type="application/problem+json", headers=headers)
    # Rendered without context processors: they would ask the database who is signed in.
    response = TemplateResponse(None, "503.html", status=503, headers=headers)  # type: ignore[arg-type]
    return response.render()
