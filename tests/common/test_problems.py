import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import OperationalError, connection, transaction
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from common import problems
from common.problems import Problem


class SoldOut(Problem):
    """A domain's refusal."""

    status = 409
    code = "sold_out"
    default_detail = "The last copy is gone."


def answer(error, **options):
    class View(APIView):
        authentication_classes = ()
        permission_classes = ()
        throttle_classes = ()

        def get_exception_handler(self):
            return problems.handler

        def get(self, request):
            raise error

    for name, value in options.items():
        setattr(View, name, value)
    return View.as_view()(APIRequestFactory().get("/api/v1/things/"))


def test_a_refusal_of_the_business_is_a_problem_document():
    response = answer(SoldOut())

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:promptuary:problem:sold_out",
        "title": "Conflict",
        "status": 409,
        "detail": "The last copy is gone.",
        "code": "sold_out",
    }


def test_a_refusal_may_say_more_where_it_is_raised():
    problem = SoldOut("Only two are left.", status=422, title="Too few", errors={"quantity": ["At most 2."]})

    assert problem.as_json() == {
        "type": "urn:promptuary:problem:sold_out",
        "title": "Too few",
        "status": 422,
        "detail": "Only two are left.",
        "code": "sold_out",
        "errors": {"quantity": ["At most 2."]},
    }
    assert str(problem) == "Only two are left."


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404("No Secret matches the given query."), 404),
        (exceptions.NotFound(), 404),
        (PermissionDenied("because of the secret"), 403),
        (exceptions.PermissionDenied(), 403),
        (exceptions.NotAuthenticated(), 403),
        (exceptions.ParseError(), 400),
        (exceptions.MethodNotAllowed("GET"), 405),
        (exceptions.UnsupportedMediaType("text/secret-free"), 415),
        (SuspiciousOperation("secret"), 400),
        (RequestDataTooBig("secret"), 413),
        (OperationalError("secret host"), 503),
    ],
)
def test_what_frameworks_raise_becomes_a_problem_that_tells_nothing_internal(error, status):
    response = answer(error)

    assert response.status_code == status
    assert response.data["status"] == status
    assert response.data["type"] == "about:blank"
    assert response.data["title"]
    assert response.data["detail"]
    assert "secret " not in response.content.decode().lower()


def test_being_signed_out_keeps_the_challenge():
    class Token(__import__("rest_framework.authentication").authentication.BaseAuthentication):
        def authenticate(self, request):
            return None

        def authenticate_header(self, request):
            return "Bearer"

    response = answer(exceptions.NotAuthenticated(), authentication_classes=(Token,))

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_too_many_calls_say_when_to_come_back():
    response = answer(exceptions.Throttled(wait=7.2))

    assert response.status_code == 429
    assert response["Retry-After"] == "8"
    assert answer(problems.too_many(0.01))["Retry-After"] == "1"


def test_validation_names_each_field_however_deep():
    class Example(serializers.Serializer):
        output = serializers.CharField()

    class Listing(serializers.Serializer):
        title = serializers.CharField()
        tags = serializers.ListField(child=serializers.CharField(max_length=3))
        examples = Example(many=True)

    serializer = Listing(data={"tags": ["ok", "too long"], "examples": [{"output": "x"}, {}]})
    with pytest.raises(serializers.ValidationError) as caught:
        serializer.is_valid(raise_exception=True)
    response = answer(caught.value)

    assert response.status_code == 400
    assert response.data["errors"] == {
        "title": ["This field is required."],
        "tags.1": ["Ensure this field has no more than 3 characters."],
        "examples.1.output": ["This field is required."],
    }


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (ValidationError("Too late."), {"non_field_errors": ["Too late."]}),
        (
            ValidationError({"price": ["Too low."], "__all__": ["Odd."]}),
            {"price": ["Too low."], "non_field_errors": ["Odd."]},
        ),
        (serializers.ValidationError("Too late."), {"non_field_errors": ["Too late."]}),
        (serializers.ValidationError({"price": "Too low."}), {"price": ["Too low."]}),
    ],
)
def test_validation_of_every_kind_has_the_same_shape(error, errors):
    response = answer(error)

    assert (response.status_code, response.data["errors"]) == (400, errors)


def test_a_problem_is_json_even_where_the_view_renders_something_else():
    response = answer(SoldOut(), renderer_classes=(StaticHTMLRenderer,))

    assert json.loads(response.content)["code"] == "sold_out"


def test_what_nobody_expected_stays_an_error():
    with pytest.raises(KeyError):
        answer(KeyError("boom"))


@pytest.mark.parametrize(
    ("respond", "status"),
    [
        (lambda request: problems.page_not_found(request, Http404()), 404),
        (lambda request: problems.permission_denied(request, PermissionDenied()), 403),
        (lambda request: problems.bad_request(request, SuspiciousOperation()), 400),
        (problems.server_error, 500),
    ],
)
def test_unrouted_api_addresses_answer_in_json_and_pages_in_html(respond, status, rf, settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    api, page = respond(rf.get("/api/v1/nowhere/")), respond(rf.get("/nowhere/"))

    assert (api.status_code, api["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(api.content)["status"] == status
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (status, "text/html")


@pytest.mark.django_db
def test_a_refusal_undoes_what_the_request_had_begun(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    with transaction.atomic():
        answer(SoldOut())
        assert transaction.get_rollback()
