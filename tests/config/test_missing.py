"""What is not there, with DEBUG on."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from config.missing import MissingMiddleware

pytestmark = pytest.mark.django_db


def _ask(path, answer, *, found=True):
    request = RequestFactory().get(path)
    request.resolver_match = ResolverMatch(lambda: None, (), {}) if found else None
    return request, MissingMiddleware(lambda _request: answer)


def test_an_unknown_address_shows_our_page_and_not_the_list_of_all_addresses(client, settings):
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.missing.MissingMiddleware"]
    page = client.get("/nowhere/at-all/")
    assert page.status_code == 404
    assert "404.html" in [template.name for template in page.templates]
    listing = client.get("/prompts/never-written/")
    assert listing.status_code == 404
    assert "404.html" in [template.name for template in listing.templates]


def test_a_missing_slash_is_still_put_right(client, settings):
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.missing.MissingMiddleware"]
    assert client.get("/prompts").headers["Location"] == "/prompts/"


def test_what_a_page_itself_answers_stays():
    request, middleware = _ask("/prompts/x/", HttpResponse("of my own", status=404))
    assert middleware(request).content == b"of my own"


def test_the_api_says_no_in_its_own_way():
    request, middleware = _ask("/api/v1/nothing/", HttpResponse(status=404))
    assert middleware.process_exception(request, Http404()).headers["Content-Type"] == "application/problem+json"
    assert middleware.process_exception(request, ValueError()) is None
