"""The API's own document: complete, valid, true, and readable without anything from elsewhere."""

import re

import pytest
from jsonschema import Draft202012Validator

from config import api_urls, openapi
from tests.api.calls import ROOT

METHODS = ("get", "post", "put", "patch", "delete")


def doors(patterns=api_urls.urlpatterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from doors(pattern.url_patterns)
        elif hasattr(pattern.callback, "cls"):
            yield pattern, pattern.callback.cls


def test_every_call_tells_about_itself_and_says_who_may_call():
    for pattern, door in doors():
        methods = {name.upper() for name in METHODS if hasattr(door, name)}
        assert methods == set(door.who), pattern
        for name in methods:
            assert getattr(door, name.lower()).told.summary, (pattern, name)


def test_the_document_is_openapi_3_1_and_its_shapes_are_json_schema():
    document = openapi.document()

    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    calls = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({call["operationId"] for call in calls}) == len(calls)
    assert all({"429", "503"} <= set(call["responses"]) for call in calls)
    references = set(re.findall(r'"#/components/(\w+)/(\w+)"', openapi.written().decode()))
    assert all(name in document["components"][part] for part, name in references)


def test_every_shape_is_used():
    document = openapi.document()
    used = set(re.findall(r'"#/components/schemas/(\w+)"', openapi.written().decode()))

    assert set(document["components"]["schemas"]) == used


def test_examples_of_bodies_are_what_the_call_takes():
    document = openapi.document()
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if "example" in content:
                    schema = content["schema"] | {"components": document["components"]}
                    Draft202012Validator(schema).validate(content["example"])


@pytest.mark.django_db
def test_it_is_served_with_a_tag(client):
    first = client.get(f"{ROOT}schema/")

    assert first.headers["Content-Type"] == "application/json"
    assert first.json()["info"]["title"] == "Promptuary API"
    assert client.get(f"{ROOT}schema/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_its_page_needs_nobody_else(client):
    page = client.get(f"{ROOT}docs/").content.decode()

    assert "listings/{slug}/submit/" in page
    loaded = re.findall(r'(?:src|href)="([^"]+)"[^>]*(?:rel="stylesheet")?', page)
    assert not [address for address in loaded if address.startswith(("http:", "https:", "//"))]
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page))
