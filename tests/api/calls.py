"""Calling the API as a client does; every answer is held against the API's own document."""

import json
from typing import Any

from django.test import Client

from accounts.models import User
from tests.api import truth
from tests.factories.accounts import bearer

SCOPES = {"buyer": ("read", "library"), "seller": ("read", "library", "sell"), "moderator": ("read", "moderate")}
ROOT = "/api/v1/"


class Caller:
    """Somebody with a token, or nobody: caller.post("listings/", title="…").json()."""

    def __init__(self, user: User | None = None, *scopes: str) -> None:
        self.user = user
        self.client = Client(raise_request_exception=True)
        self.headers: dict[str, str] = {}
        if user is not None:
            self.headers = bearer(user, *(scopes or _scopes(user)))

    def get(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        answer = self.client.get(_address(path), params, headers=self.headers | (headers or {}))
        truth.check("GET", _address(path), answer)
        return answer

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = self.client.generic(
            method,
            _address(path),
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=self.headers | (headers or {}),
        )
        truth.check(method, _address(path), answer)
        return answer

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        return self.send("POST", path, fields if body is None and fields else body, headers)

    def patch(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        return self.send("PATCH", path, fields, headers)

    def put(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self.send("PUT", path, body, headers)

    def delete(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.send("DELETE", path, None, headers)

    def upload(self, path: str, **parts: Any) -> Any:
        answer = self.client.post(_address(path), parts, headers=self.headers)
        truth.check("POST", _address(path), answer)
        return answer


def _scopes(user: User) -> tuple[str, ...]:
    scopes = ["read", "library"]
    if user.is_seller:
        scopes.append("sell")
    if user.is_moderator:
        scopes.append("moderate")
    return tuple(scopes)


def _address(path: str) -> str:
    return path if path.startswith(("/", "http")) else ROOT + path
