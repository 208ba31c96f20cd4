"""Whether an answer is what the API's own document says: a known call, a status it names, the shape it promises."""

import copy
import re
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from config import openapi


class Untrue(AssertionError):
    """The document and the API do not agree."""


def check(method: str, path: str, response: Any) -> None:
    """Raise Untrue unless the document foresees this answer, to the last property."""
    template, operation = _operation(method.upper(), path.partition("?")[0])
    if operation is None:
        if response.status_code not in {404, 405, 308}:
            raise Untrue(f"{method} {path} is not in the document, and answers {response.status_code}.")
        return
    told = operation["responses"].get(str(response.status_code))
    name = f"{method} {template} {response.status_code}"
    if told is None:
        raise Untrue(f"{name} is not in the document: {response.content[:500]!r}")
    if "$ref" in told:
        told = _document()["components"]["responses"][told["$ref"].rpartition("/")[2]]
    if response.status_code in {204, 304}:
        if response.content:
            raise Untrue(f"{name} has a body.")
        return
    media = response.headers["Content-Type"].partition(";")[0]
    if media not in told.get("content", {}):
        raise Untrue(f"{name} is {media}, and the document says {list(told.get('content', {}))}.")
    if media.endswith("json"):
        _validate(name, told["content"][media]["schema"], response.json())


def _validate(name: str, schema: dict[str, Any], value: Any) -> None:
    whole = _strict(schema) | {"components": _document()["components"]}
    errors = sorted(Draft202012Validator(whole).iter_errors(value), key=str)
    if errors:
        raise Untrue(f"{name}: " + "; ".join(f"{error.json_path}: {error.message[:300]}" for error in errors[:5]))


def _operation(method: str, path: str) -> tuple[str, dict[str, Any] | None]:
    for template, pattern, operations in _routes():
        if pattern.fullmatch(path):
            return template, operations.get("get" if method == "HEAD" else method.lower())
    return path, None


@lru_cache(maxsize=1)
def _routes() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    paths = sorted(_document()["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [(path, re.compile(re.sub(r"{\w+}", "[^/]+", path)), operations) for path, operations in paths]


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    """With nothing allowed in answers that is not named."""
    return _strict(copy.deepcopy(openapi.document()))


def _strict(part: Any) -> Any:
    if isinstance(part, list):
        return [_strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: _strict(one) for name, one in part.items() if name != "example"}
    if made.get("type") == "object" and "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made
