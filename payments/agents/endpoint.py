"""`/mcp/`: the protocol over HTTP with a bearer token. Each request stands alone, so any web process can answer it."""

from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts import security
from accounts.models import ApiToken
from common import problems, throttle
from common.problems import Problem, ProblemResponse
from payments.agents import acts

LARGEST = 256 * 1024


@csrf_exempt  # the token is the proof; the session cookie counts for nothing here
def serve(request: HttpRequest) -> HttpResponse:
    token = _token(request)
    if token is None:
        response: HttpResponse = ProblemResponse(Problem(acts.NotSignedIn.default_detail, status=401))
        response["WWW-Authenticate"] = 'Bearer realm="mcp"'
        return response
    if request.method != "POST":
        # There is nothing we would say by ourselves, so there is no stream to open and no session to end.
        response = ProblemResponse(Problem(status=405))
        response["Allow"] = "POST"
        return response
    try:
        body = request.body
    except Exception as refusal:
        if (problem := problems.of(refusal)) is None:
            raise
        return ProblemResponse(problem)
    if len(body) > LARGEST:
        return ProblemResponse(Problem(status=413))
    with acts.acting(lambda: token, throttle.client_identity(request)):
        return _answered(async_to_sync(exchange)(_scope(request), body))


def _token(request: HttpRequest) -> ApiToken | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return security.authenticate_token(secret.strip()) if kind.lower() == "bearer" else None


async def exchange(scope: dict[str, Any], body: bytes) -> list[dict[str, Any]]:
    """One request through the protocol's own server; the messages it sends back."""
    # Loaded when the first agent comes: the library is large, and most processes never need it.
    import anyio
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from payments.agents.server import server

    manager = StreamableHTTPSessionManager(app=server(), json_response=True, stateless=True)
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await anyio.sleep_forever()  # the client stays on the line
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    async with manager.run():
        await manager.handle_request(scope, receive, send)
    return sent


def _scope(request: HttpRequest) -> dict[str, Any]:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": request.scheme,
        "path": "/mcp/",
        "raw_path": b"/mcp/",
        "query_string": b"",
        "root_path": "",
        "headers": [(name, value) for name, value in headers if name != b"authorization"],
        "client": None,
        "server": None,
    }


def _answered(sent: list[dict[str, Any]]) -> HttpResponse:
    status, headers, content = 500, [], b""
    for message in sent:
        if message["type"] == "http.response.start":
            status, headers = message["status"], message.get("headers", [])
        elif message["type"] == "http.response.body":
            content += message.get("body", b"")
    response = HttpResponse(content, status=status)
    for name, value in headers:
        if name.lower() not in {b"content-length", b"connection"}:
            response[name.decode("latin-1")] = value.decode("latin-1")
    response["Cache-Control"] = "no-store, private"
    return response
