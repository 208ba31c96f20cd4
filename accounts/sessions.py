"""Sessions in the database, as Django's; only the statement that every page of a member asks is written once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        # A quoted cookie may carry any character, and the database has no text with this one.
        return key is not None and len(key) >= SHORTEST_KEY and "\0" not in key

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_LOAD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        known: dict[str, Any] = self.decode(row[0])
        return known


SHORTEST_KEY = 8  # characters, as Django has it
_LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
