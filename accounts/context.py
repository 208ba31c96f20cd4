"""What every page may show about the person."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from accounts import notifications, permissions


def header(request: HttpRequest) -> dict[str, Any]:
    """`notification_count` for the bell: asked only where a page shows it, and once."""
    user = getattr(request, "user", None)

    @cache
    def count() -> int | None:
        return notifications.unread(user) if permissions.is_person(user) else None

    return {"notification_count": count}
