from django.db import OperationalError
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import path

from config import outages


def broken(request: HttpRequest):
    raise OperationalError("connection refused, password=hunter2")


urlpatterns = [path("broken/", broken), path("api/v1/broken/", broken)]
handler500 = "config.outages.failed"


def test_a_database_that_is_away_is_a_moment_not_an_error(client, settings, caplog):
    settings.ROOT_URLCONF = __name__

    answer = client.get("/api/v1/broken/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert "hunter2" not in answer.content.decode() + caplog.text


def test_a_page_says_so_in_words(client, settings):
    settings.ROOT_URLCONF = __name__

    answer = client.get("/broken/")

    assert answer.status_code == 503
    assert b"Back in a moment" in answer.content


def test_an_outage_outside_a_view_is_told_the_same_way():
    request = RequestFactory().get("/")
    try:
        broken(request)
    except OperationalError:
        answer = outages.failed(request)

    assert answer.status_code == 503
