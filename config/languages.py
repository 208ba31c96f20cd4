"""Which language is spoken: the one an address names (?lang=fr), else the reader's choice, else the browser's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    """Search engines and shared links need an address for each language; people who follow one stay in it."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if named := _named(request):
            translation.activate(named)
            request.LANGUAGE_CODE = named

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        named = _named(request)
        if named and isinstance(response, HttpResponse) and response.headers.get("Content-Type", "")[:9] == "text/html":
            # Until the browser is closed; choosing a language in the header is what lasts.
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, named, secure=settings.LANGUAGE_COOKIE_SECURE, samesite="Lax"
            )
        return response


def _named(request: HttpRequest) -> str:
    named = request.GET.get("lang", "")
    return named if named in dict(settings.LANGUAGES) else ""
