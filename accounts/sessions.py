"""Sessions in the database, as Django's; only the statement that every page of a member asks is written once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_LOAD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        known: dict[str, Any] = self.decode(row[0])
        return known


_LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
