"""`/api/v1/docs/`: the API's document as a page to read, without a script and without anything from elsewhere."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.api import throttling
from common import markdown
from config import openapi
from config.openapi import PREFIX

Schema = dict[str, Any]
ORDER = ["Catalogue", "Listings", "Orders", "Library", "Favourites and follows", "Selling", "Moderation", "Webhooks"]
FORMATS = {"date-time": "time", "date": "day", "uri": "address", "binary": "file"}


@throttling.read_only
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", _page())


@lru_cache(maxsize=1)
def _page() -> dict[str, Any]:
    """Made once in each process, as the document is."""
    document = openapi.document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_call(path, method.upper(), operation))
    titles = sorted(groups, key=lambda title: (ORDER.index(title) if title in ORDER else len(ORDER), title))
    components = document["components"]
    return {
        "groups": [{"title": title, "id": _slug(title), "calls": groups[title]} for title in titles],
        "shapes": [_shape(name, schema) for name, schema in components["schemas"].items()],
        "refusals": [{"status": status, "words": words} for status, (_name, words) in sorted(openapi.PROBLEMS.items())],
        "introduction": markdown.render(openapi.DESCRIPTION),
        "base": settings.SITE_URL + PREFIX,
    }


def _call(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    media, content = _first(body)
    tokens = [one["token"] for one in operation["security"] if "token" in one]
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path.removeprefix(PREFIX),
        "summary": operation["summary"],
        "words": operation.get("description", ""),
        "is_open": {} in operation["security"],
        "scopes": tokens[0] if tokens else [],
        "parameters": [
            _row(one["name"], one["schema"], one.get("description", ""), one["in"])
            for one in operation["parameters"]
            if one["in"] != "header"
        ],
        "headers": [one["name"] for one in operation["parameters"] if one["in"] == "header"],
        "media": media,
        "body": _type(content["schema"]) if content else None,
        "example": _example(path, method, media, content.get("example")),
        "answers": [
            _answer(status, answer) for status, answer in operation["responses"].items() if "$ref" not in answer
        ],
        "refusals": [status for status, answer in operation["responses"].items() if "$ref" in answer],
    }


def _answer(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = answer.get("content", {})
    media, first = _first(content)
    return {
        "status": status,
        "words": answer["description"],
        "media": ", ".join(content) if media != "application/json" else "",
        "type": _type(first["schema"]) if first and media == "application/json" else None,
    }


def _first(content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return next(iter(content.items())) if content else ("", {})


def _shape(name: str, schema: Schema) -> dict[str, Any]:
    needed = schema.get("required", [])
    rows = [
        _row(each, inner, inner.get("description", ""), "" if each in needed else "optional")
        for each, inner in schema.get("properties", {}).items()
    ]
    return {"name": name, "words": schema.get("description", ""), "rows": rows, "type": None if rows else _type(schema)}


def _row(name: str, schema: Schema, words: str, note: str) -> dict[str, Any]:
    return {"name": name, "type": _type(schema), "words": words, "note": note}


def _type(schema: Schema) -> list[dict[str, str]]:
    """The kind of value in words: pieces of text, some of which lead to a shape."""
    if "$ref" in schema:
        return [{"shape": schema["$ref"].rpartition("/")[2]}]
    if "anyOf" in schema:
        return _joined([_type(one) for one in schema["anyOf"]], " or ")
    if "enum" in schema:
        return [{"text": " · ".join(str(value) for value in schema["enum"])}]
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return [{"text": " or ".join(map(str, kind))}]
    if kind == "array":
        return [{"text": "list of "}, *_type(schema.get("items", {}))]
    if kind == "object":
        return _object(schema)
    return [{"text": FORMATS.get(schema.get("format", ""), str(kind))}]


def _object(schema: Schema) -> list[dict[str, str]]:
    if properties := schema.get("properties"):
        parts = [[{"text": f"{name}: "}, *_type(inner)] for name, inner in properties.items()]
        return [{"text": "{"}, *_joined(parts, ", "), {"text": "}"}]
    if isinstance(schema.get("additionalProperties"), dict):
        return [{"text": "object of "}, *_type(schema["additionalProperties"])]
    return [{"text": "object"}]


def _joined(parts: list[list[dict[str, str]]], between: str) -> list[dict[str, str]]:
    joined: list[dict[str, str]] = []
    for part in parts:
        joined += ([{"text": between}] if joined else []) + part
    return joined


def _example(path: str, method: str, media: str, body: Any) -> str:
    """The call as one types it in a shell."""
    lines = [f"curl -X {method} {settings.SITE_URL}{path}" if method != "GET" else f"curl {settings.SITE_URL}{path}"]
    lines.append('-H "Authorization: Bearer $TOKEN"')
    if media == "multipart/form-data":
        lines.append("-F image=@picture.png")
    elif body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(body, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
