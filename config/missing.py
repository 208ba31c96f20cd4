"""Our own page for what is not there, in development too: Django's would list every address instead."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404

from common import problems


class MissingMiddleware:
    """Only with DEBUG on, innermost; without DEBUG Django asks handler404 itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.resolver_match is None:
            return problems.page_not_found(request, Resolver404())
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return problems.page_not_found(request, problem) if isinstance(problem, Http404) else None
