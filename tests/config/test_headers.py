import re

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.urls import path

from config.headers import HeadersMiddleware


def page(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


def own_policy(request):
    return HttpResponse("", headers={"Content-Security-Policy": "default-src 'none'"})


urlpatterns = [path("page/", page), path("own/", own_policy)]


@pytest.fixture(autouse=True)
def pages(settings):
    settings.ROOT_URLCONF = __name__


def test_every_answer_carries_the_headers(client):
    for address, host in [
        ("/page/", "localhost"),
        ("/nowhere/", "localhost"),
        ("/page/", "evil.example"),
        ("/healthz", "x"),
    ]:
        answer = client.get(address, headers={"host": host})

        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address


def test_the_policy_allows_nothing_inline_without_this_answers_nonce(client):
    first, second = client.get("/page/"), client.get("/page/")
    nonces = [re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"]).group(1) for answer in (first, second)]

    assert nonces[0] != nonces[1]
    assert nonces[0] in first.content.decode()
    assert "unsafe" not in first["Content-Security-Policy"]


def test_https_is_demanded_for_a_year_and_even_of_what_is_refused(client, settings):
    settings.SECURE_HSTS_SECONDS = 31536000

    answer = client.get("/page/", headers={"host": "evil.example"}, secure=True)

    assert answer.status_code == 400
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")


def test_forms_may_lead_to_the_hosted_payment_pages(client, settings):
    settings.STRIPE_PAGES = ["https://checkout.stripe.com"]

    assert "form-action 'self' https://checkout.stripe.com" in client.get("/page/")["Content-Security-Policy"]


def test_a_view_with_a_policy_of_its_own_keeps_it(client):
    assert client.get("/own/")["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("path", "staff", "relaxed"), [("/admin/", True, True), ("/admin/", False, False), ("/", True, False)]
)
def test_only_staff_in_the_admin_get_the_policy_its_widgets_need(rf, path, staff, relaxed):
    request = rf.get(path)
    request._cached_user = get_user_model()(is_staff=staff)

    answer = HeadersMiddleware(lambda _: HttpResponse())(request)

    assert ("unsafe" in answer["Content-Security-Policy"]) is relaxed


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        ({"AWS_STORAGE_BUCKET_NAME": "pictures"}, "https://pictures.s3.amazonaws.com"),
        ({"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_S3_ENDPOINT_URL": "https://s3.example"}, "https://s3.example"),
        ({"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_S3_CUSTOM_DOMAIN": "cdn.example/x"}, "https://cdn.example;"),
    ],
)
def test_pictures_may_come_from_the_object_store(client, settings, told, origin):
    for name, value in told.items():
        setattr(settings, name, value)

    assert f"blob: {origin}" in client.get("/page/")["Content-Security-Policy"]
