"""An API request as it came in, and the answers that are made without asking an object."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request

from payments.sandbox import api, errors, faults, forms, idempotency, ids
from payments.sandbox.store import dumps

JSON = "application/json"
HTML_ANSWER = (
    "<!doctype html><title>Bad gateway</title><h1>502 Bad Gateway</h1><p>The sandbox was told to say this.</p>"
)


@dataclass
class Reply:
    """What goes back to the caller."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    remembered: bool = True


@dataclass
class Asked:
    """An API request, read but not understood yet."""

    method: str
    path: str
    query: str
    body: str
    account: str
    key: str
    version: int
    id: str = field(default_factory=lambda: ids.make("req"))

    @property
    def params(self) -> str:
        return f"{self.query}&{self.body}" if self.query and self.body else self.query or self.body

    def use(self, now: int) -> idempotency.Use:
        return idempotency.Use(self.account, self.key, self.path, self.params, now)


def read(request: Request) -> Asked:
    return Asked(
        method=request.method,
        path=request.path,
        query=request.query_string.decode(),
        body=request.get_data(as_text=True),
        account=request.headers.get("Stripe-Account") or request.headers.get("Stripe-Context") or "",
        key=request.headers.get("Idempotency-Key", "")[:255],
        version=2 if request.path.startswith("/v2/") else 1,
    )


def check_key(header: str) -> None:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            credentials = base64.b64decode(credentials).decode().partition(":")[0]
        except ValueError:
            credentials = ""
    if not credentials:
        raise errors.no_key()
    if not credentials.startswith("sk_test_"):
        raise errors.wrong_key(credentials)


def parameters(one: api.Call, asked: Asked) -> dict[str, Any]:
    if one.version == 1 or asked.method == "GET":
        return forms.parse(asked.params)
    try:
        body = json.loads(asked.body or "{}")
    except ValueError as problem:
        raise errors.StripeError("The body of the request is not JSON.") from problem
    if not isinstance(body, dict):
        raise errors.StripeError("The body of the request is not a JSON object.")
    return {**forms.parse(asked.query), **body}


def refusal(problem: errors.StripeError, asked: Asked) -> Reply:
    return Reply(problem.status, dumps(problem.answer(version=asked.version)), dict(problem.headers))


def failure(rule: faults.Rule, asked: Asked) -> Reply:
    """What a rule makes the sandbox answer."""
    if rule.action == "rate_limit":
        problem = errors.rate_limited(rule.code or "rate_limit")
    else:
        status = rule.status or (500 if rule.action == "error" else 400)
        kind = "api_error" if status >= 500 else "card_error" if status == 402 else "invalid_request_error"
        message = rule.message or "The sandbox was told to refuse this call."
        problem = errors.StripeError(message, status=status, kind=kind, code=rule.code or None)
    if rule.retry is not None:
        problem.headers["Stripe-Should-Retry"] = "true" if rule.retry else "false"
    reply = refusal(problem, asked)
    executed = reply.status >= 500 or reply.status == 402
    reply.remembered = executed if rule.remember is None else rule.remember
    return reply


def truncated(reply: Reply, asked: Asked) -> bytes:
    """The beginning of an answer that promises more than will come."""
    body = reply.body.encode()
    head = f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {JSON}\r\nRequest-Id: {asked.id}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: max(1, len(body) // 2)]
