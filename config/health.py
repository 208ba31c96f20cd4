"""Two questions an operator's machinery asks: is the process up, and may it be sent visitors."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

_migrations_done = False


class HealthMiddleware:
    """Answers before anything else: a probe has no session, no cookie, and calls us by a bare address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return healthz(request)
        if request.path == "/readyz":
            return readyz(request)
        return self.get_response(request)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return _answer({"status": "ok"}, 200)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 and the name of each part that is not well."""
    parts = {"database": _database(), "redis": _redis()}
    parts["migrations"] = _migrations() if parts["database"] == "ok" else "unknown"
    well = all(state == "ok" for state in parts.values())
    return _answer({"status": "ok" if well else "unavailable", **parts}, 200 if well else 503)


def _answer(content: dict[str, str], status: int) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    if status != 200:
        response["Retry-After"] = "5"
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return "unreachable"
    return "ok"


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    """Once applied they stay applied, so a healthy process asks only until the first good answer."""
    global _migrations_done  # noqa: PLW0603
    if _migrations_done:
        return "ok"
    try:
        executor = MigrationExecutor(connection)
        _migrations_done = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return "ok" if _migrations_done else "pending"
