"""Admin pages on which rows are looked at only."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Beside an admin class or an inline: rows come from the domain functions, never from a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
