"""The API's own document, OpenAPI 3.1: drf-spectacular walks the addresses, each door tells about its calls.

What every call can answer besides (not signed in, too often, not there) follows from who may call it and what it takes.
"""

import copy
import json
import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import AllowAny

from accounts.api import throttling
from accounts.api.door import etag
from accounts.api.shapes import SHAPES, Schema, ref
from accounts.api.telling import PAGED, Parameter, Told

PREFIX = "/api/v1/"
SLUG: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
# Names in addresses: no slash, no control characters.
NAME: Schema = {"type": "string", "pattern": "^[^/?#\\x00-\\x1f\\x7f]+$", "minLength": 1}

PROBLEMS = {
    400: ("BadRequest", "Something that was sent cannot be understood or kept; `errors` says what."),
    401: ("Unauthorized", "No token, or one that is not valid."),
    403: ("Forbidden", "This account, or this token, may not do that."),
    404: ("NotFound", "Not there, or not for this account to see."),
    409: ("Conflict", "The state of things forbids it; `code` says why."),
    412: ("PreconditionFailed", "It has changed since the state that If-Match names."),
    413: ("TooLarge", "More than is taken at once."),
    415: ("UnsupportedMediaType", "The body is in a format that is not taken here."),
    422: ("KeyReused", "The Idempotency-Key came with another request before."),
    429: ("TooManyRequests", "Too often; Retry-After says when to come back."),
    503: ("Unavailable", "Something we depend on does not answer; Retry-After says when to come back."),
}
TITLES = {
    "me": "Account",
    "listings": "Listings",
    "suggest": "Catalogue",
    "models": "Catalogue",
    "categories": "Catalogue",
    "collections": "Catalogue",
    "sellers": "Catalogue",
    "favourites": "Favourites and follows",
    "follows": "Favourites and follows",
    "library": "Library",
    "checkout": "Orders",
    "orders": "Orders",
    "seller": "Selling",
    "moderation": "Moderation",
    "webhooks": "Webhooks",
}
RATE_HEADERS = {
    name: {"schema": {"type": "integer", "minimum": 0}, "description": words}
    for name, words in {
        "RateLimit-Limit": "Calls in the window.",
        "RateLimit-Remaining": "Calls left in it.",
        "RateLimit-Reset": "Seconds until it is forgotten.",
    }.items()
}
DESCRIPTION = """
A door to the same functions as the pages: what a page can do, the API can do, with the same rules and refusals.

**Signing in.** `Authorization: Bearer ptu_…` with a token from your account's page, or the site's session with its CSRF
token. A token has scopes: `read` (what the account sees, buying, reviewing), `library` (the words of what was bought),
`sell`, `moderate`.

**Shapes.** JSON in snake_case; times in ISO 8601 and UTC; money as `{"amount": 499, "currency": "usd"}` in whole minor
units; ids are opaque. Fields nobody knows are passed over in bodies, and refused in addresses. Lists are
`{"results", "next", "previous"}`; follow `next` until it is null: rows that come or go meanwhile neither repeat nor
hide others.

**Refusals** are RFC 9457 problem documents. What an account may not see is 404, what it may see but not do is 403.

**Once.** Send an `Idempotency-Key` of your own with a call that changes something, and send the call again as often as
you like: it happens once, and you get the first answer. The same key with another request is 422.

**Only if.** Answers carry an `ETag`; send it back in `If-None-Match` to hear 304 when nothing has changed, or in
`If-Match` with an edit to be refused with 412 when something has.

**How often.** `RateLimit-*` headers tell what is left; 429 comes with `Retry-After`.
""".strip()


class DoorSchema(AutoSchema):
    """Describes one call from what its door tells."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        told: Told | None = getattr(getattr(self.view, method.lower(), None), "told", None)
        if told is None:
            return None
        self.registry, self.path, self.method = registry, path, method.upper()
        security = self.get_auth()
        operation: dict[str, Any] = {
            "operationId": _operation_id(method, path),
            "summary": told.summary,
            "tags": [TITLES.get(path.removeprefix(PREFIX).split("/")[0], "More")],
            "parameters": self._told_parameters(told),
            "security": security,
            "responses": self._told_responses(told, is_open={} in security),
        }
        if told.words:
            operation["description"] = told.words
        if told.body is not None:
            operation["requestBody"] = _body(told)
        return operation

    def get_auth(self) -> list[dict[str, list[str]]]:
        scopes = [permission.scope for permission in self.view.get_permissions() if hasattr(permission, "scope")]
        return [
            {name: (scopes if name == "token" else []) for name in requirement} for requirement in super().get_auth()
        ]

    def _told_parameters(self, told: Told) -> list[dict[str, Any]]:
        found = [
            {"name": name, "in": "path", "required": True, "schema": SLUG if name == "slug" else NAME}
            for name in re.findall(r"{(\w+)}", self.path)
        ]
        query = [*told.query, *(PAGED if told.pages else ())]
        found += [_query(parameter) for parameter in query]
        if self.method == "GET" and not told.media:
            found.append(_header("If-None-Match", "The ETag you have."))
        if self.method != "GET" and not self._is_open():
            found.append(_header("Idempotency-Key", "Any text of your own; the call happens once for each."))
        if told.matches:
            found.append(_header("If-Match", "The ETag of the state to be changed."))
        return found

    def _is_open(self) -> bool:
        return any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())

    def _told_responses(self, told: Told, *, is_open: bool) -> dict[str, Any]:
        answers = {told.status: told.answer} | dict(told.also)
        responses: dict[str, Any] = {
            str(status): _answer(told, status, schema, self.method) for status, schema in answers.items()
        }
        if self.method == "GET" and not told.media:
            responses["304"] = {"description": "Nothing has changed since the ETag you have."}
        for status in self._refusals(told, is_open=is_open):
            responses[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
        return dict(sorted(responses.items()))

    def _refusals(self, told: Told, *, is_open: bool) -> set[int]:
        statuses = {400, 401, 429, 503}
        if not is_open:
            statuses.add(403)
        # There is no page behind a cursor that nobody gave.
        if "{" in self.path or told.pages or self.path.endswith("/checkout/"):
            statuses.add(404)
        if self.method != "GET":
            statuses |= {403, 409, 413, 415, 422}
        if told.matches:
            statuses.add(412)
        return statuses


def _operation_id(method: str, path: str) -> str:
    names = {"GET": "read", "POST": "post", "PUT": "put", "PATCH": "change", "DELETE": "delete"}
    parts = [part.strip("{}") for part in path.removeprefix(PREFIX).strip("/").replace("-", "_").split("/")]
    return "_".join([names[method.upper()], *parts])


def _query(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {"name": parameter.name, "in": "query", "schema": parameter.schema}
    if parameter.words:
        described["description"] = parameter.words
    if parameter.is_list:
        described |= {"style": "form", "explode": True}
    return described


def _header(name: str, words: str) -> dict[str, Any]:
    longest = {"maxLength": 255, "minLength": 1, "pattern": "^[!-~]+$"} if name == "Idempotency-Key" else {}
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string"} | longest}


def _body(told: Told) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": told.body}
    if told.example is not None:
        content["example"] = told.example
    return {"required": told.needs_body, "content": {told.body_media: content}}


def _answer(told: Told, status: int, schema: Schema | None, method: str) -> dict[str, Any]:
    words = {200: "Done.", 201: "Made.", 204: "Done; there is nothing more to say."}
    answer: dict[str, Any] = {"description": words.get(status, "Done."), "headers": dict(RATE_HEADERS)}
    if method == "GET" and not told.media:
        answer["description"] = "Here it is."
        answer["headers"]["ETag"] = {"schema": {"type": "string"}, "description": "Names this state."}
    if told.media:
        answer["content"] = {media: {"schema": each} for media, each in told.media.items()}
    elif schema is not None:
        content: dict[str, Any] = {"schema": schema}
        if told.answer_example is not None:
            content["example"] = told.answer_example
        answer["content"] = {"application/json": content}
    return answer


def add_components(result: dict[str, Any], **_facts: Any) -> dict[str, Any]:
    """drf-spectacular's hook: the shapes, and the refusals that every call refers to."""
    components = result.setdefault("components", {})
    components["schemas"] = {name: copy.deepcopy(SHAPES[name]) for name in sorted(SHAPES)}
    retry = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
    components["responses"] = {
        name: {
            "description": words,
            "headers": retry if status in {429, 503} else {},
            "content": {
                "application/problem+json": {
                    "schema": ref("Problem"),
                    "example": {
                        "type": "about:blank",
                        "title": HTTPStatus(status).phrase,
                        "status": status,
                        "detail": words,
                    },
                }
            },
        }
        for status, (name, words) in PROBLEMS.items()
    }
    return result


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document, made once in each process, in English."""
    with override("en"):
        made: dict[str, Any] = SchemaGenerator(urlconf="config.urls").get_schema(public=True)  # type: ignore[no-untyped-call]
    return made


@lru_cache(maxsize=1)
def written() -> bytes:
    return json.dumps(document(), ensure_ascii=False, default=str).encode()


@throttling.read_only
def serve(request: HttpRequest) -> HttpResponse:
    """`/api/v1/schema/`"""
    response = HttpResponse(written(), content_type="application/json")
    response["ETag"] = etag(written())
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
