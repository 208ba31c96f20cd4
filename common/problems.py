"""Refusals as RFC 9457 problem documents, the one shape in which the API says no.

Domain modules raise a `Problem` (or an error of their own that a view translates); `handler` is REST framework's
EXCEPTION_HANDLER; the functions at the end are Django's handler400, handler403, handler404 and handler500.
"""

import json
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions

from common import phrases

CONTENT_TYPE = "application/problem+json"
WHOLE = "non_field_errors"  # what is wrong with the request as a whole
API_PREFIX = "/api/"
RETRY_AFTER_TROUBLE = 5  # seconds

Errors = dict[str, list[str]]


class Problem(Exception):
    """A refusal of the business, with what the API has to say about it.

    Subclasses set `status`, `code` and, where the HTTP phrase says too little, `title` and `default_detail`.
    """

    status: int = HTTPStatus.CONFLICT
    code: str = ""
    title: Any = ""
    default_detail: Any = ""

    def __init__(
        self,
        detail: Any = "",
        *,
        code: str = "",
        status: int = 0,
        title: Any = "",
        errors: Mapping[str, list[str]] | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = code or self.code
        self.status = int(status or self.status)
        self.title = str(title or self.title or phrases.of(self.status))
        self.detail = str(detail or self.default_detail)
        self.errors: Errors = dict(errors or {})
        self.retry_after = retry_after
        super().__init__(self.detail or self.title)

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": f"urn:promptuary:problem:{self.code}" if self.code else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.code:
            document["code"] = self.code
        if self.errors:
            document["errors"] = self.errors
        return document


class ProblemResponse(HttpResponse):
    """A finished problem document, whatever format the client asked for; `data` is for tests and logs."""

    def __init__(self, problem: Problem) -> None:
        self.data = problem.as_json()
        super().__init__(json.dumps(self.data, ensure_ascii=False), status=problem.status, content_type=CONTENT_TYPE)
        self["Cache-Control"] = "no-store"
        if problem.retry_after is not None:
            self["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))


def handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler; None lets what nobody expected become an error 500."""
    problem = of(exc)
    if problem is None:
        return None
    if problem.status == HTTPStatus.NOT_FOUND:
        # What is not there and what may not be seen are answered in the same words, whoever refused.
        problem = not_found()
    # Here, because its module looks for the authentication classes when it is loaded, and those refuse with problems.
    from rest_framework.views import set_rollback

    set_rollback()
    response = ProblemResponse(problem)
    if auth_header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    return response


def of(exc: BaseException) -> Problem | None:
    """The problem that an exception of ours, Django's or REST framework's stands for, if it stands for one."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, exceptions.APIException):
        return _of_rest_framework(exc)
    if isinstance(exc, ValidationError):
        return invalid(exc.message_dict if hasattr(exc, "error_dict") else {WHOLE: exc.messages})
    if isinstance(exc, OperationalError | InterfaceError):
        return unavailable()
    return _of_django(exc)


def _of_django(exc: BaseException) -> Problem | None:
    if isinstance(exc, Http404):
        return not_found()
    if isinstance(exc, PermissionDenied):
        return forbidden()
    if isinstance(exc, RequestDataTooBig):
        return Problem(_("The request is too large."), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if isinstance(exc, SuspiciousOperation | BadRequest | UnreadablePostError):
        return Problem(_("The request could not be understood."), status=HTTPStatus.BAD_REQUEST)
    return None


def _of_rest_framework(exc: exceptions.APIException) -> Problem:
    if isinstance(exc, exceptions.ValidationError):
        return invalid(exc.detail)
    if isinstance(exc, exceptions.NotFound):
        return not_found()
    if isinstance(exc, exceptions.Throttled):
        return too_many(getattr(exc, "wait", None))
    detail = (
        exc.detail if isinstance(exc.detail, str) else "; ".join(m for ms in flattened(exc.detail).values() for m in ms)
    )
    return Problem(detail, status=exc.status_code)


def invalid(detail: Any) -> Problem:
    """What is wrong with each field of a request; nested fields are named with dots, as in `examples.0.output`."""
    errors = flattened(detail)
    only_whole = list(errors) == [WHOLE]
    message = errors[WHOLE][0] if only_whole else _("Some of what was sent needs correcting.")
    return Problem(message, code="invalid", title=_("Invalid input"), status=HTTPStatus.BAD_REQUEST, errors=errors)


def not_found() -> Problem:
    return Problem(_("There is nothing here, or nothing that you may see."), status=HTTPStatus.NOT_FOUND)


def forbidden() -> Problem:
    return Problem(_("You may not do this."), status=HTTPStatus.FORBIDDEN)


def too_many(retry_after: float | None = None) -> Problem:
    """Too many calls; seconds until another is welcome."""
    return Problem(
        _("Too many requests. Please wait a little and try again."),
        status=HTTPStatus.TOO_MANY_REQUESTS,
        retry_after=1 if retry_after is None else retry_after,
    )


def unavailable() -> Problem:
    return Problem(
        _("Something we depend on is not answering. Please try again in a moment."),
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        retry_after=RETRY_AFTER_TROUBLE,
    )


def flattened(detail: Any) -> Errors:
    """Nested validation messages as one level: {"prompt": {"template": ["…"]}} -> {"prompt.template": ["…"]}."""
    errors: Errors = {}
    for path, message in _messages(detail, ""):
        errors.setdefault(path or WHOLE, []).append(message)
    return errors


def _messages(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name in (WHOLE, "__all__")
            yield from _messages(inner, path if whole else _joined(path, str(name)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _messages(inner, _joined(path, str(index)) if nested else path)
    else:
        yield path, str(detail)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def wanted(request: HttpRequest) -> bool:
    """Whether the caller speaks JSON: everything under /api/."""
    return request.path_info.startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wanted(request):
        return ProblemResponse(of(exception) or Problem(status=HTTPStatus.BAD_REQUEST))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return ProblemResponse(forbidden()) if wanted(request) else defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return ProblemResponse(not_found()) if wanted(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if wanted(request):
        detail = _("Something went wrong on our side. It has been noted.")
        return ProblemResponse(Problem(detail, status=HTTPStatus.INTERNAL_SERVER_ERROR))
    return defaults.server_error(request)
