"""The table of API calls, filled by the modules in objects/."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from payments.sandbox import params
from payments.sandbox.store import Record

Given = dict[str, Any]
Handler = Callable[..., Record]


class Call(NamedTuple):
    """One operation: where it is found, what it takes, who does it."""

    method: str
    path: str
    schema: params.Schema
    handler: Handler
    version: int


calls: list[Call] = []


def call(method: str, path: str, schema: Mapping[str, params.Kind]) -> Callable[[Handler], Handler]:
    version = 2 if path.startswith("/v2/") else 1
    takes = schema if version == 2 else {**params.EXPAND, **schema}

    def register(handler: Handler) -> Handler:
        calls.append(Call(method, path, takes, handler, version))
        return handler

    return register


def get(path: str, schema: Mapping[str, params.Kind] = {}) -> Callable[[Handler], Handler]:
    return call("GET", path, schema)


def post(path: str, schema: Mapping[str, params.Kind] = {}) -> Callable[[Handler], Handler]:
    return call("POST", path, schema)


def delete(path: str) -> Callable[[Handler], Handler]:
    return call("DELETE", path, {})


class Table:
    """Finds the call for a method and a path: exact paths by name, the others by pattern."""

    def __init__(self, known: list[Call]) -> None:
        self.exact: dict[tuple[str, str], Call] = {}
        self.patterns: list[tuple[str, re.Pattern[str], Call]] = []
        for one in known:
            if "{" in one.path:
                pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", one.path))
                self.patterns.append((one.method, pattern, one))
            else:
                self.exact[one.method, one.path] = one

    def find(self, method: str, path: str) -> tuple[Call, tuple[str, ...]] | None:
        if found := self.exact.get((method, path)):
            return found, ()
        for verb, pattern, one in self.patterns:
            if verb == method and (match := pattern.fullmatch(path)):
                return one, match.groups()
        return None


def load() -> Table:
    """Imports every module that registers calls."""
    from payments.sandbox import objects

    objects.load()
    return Table(calls)
