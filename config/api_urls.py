"""The REST API: one address space out of what each app offers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, is_valid_path, path, re_path
from django.views.decorators.csrf import csrf_exempt

from accounts.api import throttling
from common import problems
from config import openapi, reference


@csrf_exempt
@throttling.counted
def missing(request: HttpRequest, rest: str = "/") -> HttpResponse:
    """Who forgot the slash at the end is sent on, with method and body; anything else is not there."""
    whole = f"{request.path_info}/"
    if rest.endswith("/") or getattr(is_valid_path(whole), "func", missing) is missing:
        # Answered here and not raised: with DEBUG on, Django would show its own page instead of a problem document.
        return problems.page_not_found(request, Http404())
    response = HttpResponse(status=308)
    response["Location"] = request.get_full_path(force_append_slash=True)
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("marketplace.api.urls")),
    path("", include("payments.api.urls")),
    path("schema/", openapi.serve, name="api-schema"),
    path("docs/", reference.show, name="api-docs"),
    # Line ends too: whatever is under this address is answered by us, not by the framework's own page.
    re_path(r"^(?P<rest>(?s:.*))\Z", missing),
]
