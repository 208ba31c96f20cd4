"""Statements over the documents, which must never read the whole table."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

# The vectors of long documents lie beside their table, so the planner takes reading all of it for cheap; it never is.
THROUGH_INDEXES = "SET LOCAL enable_seqscan = off;"


_SETTINGS = re.compile(r"\s*(?:SET LOCAL [^;]+;\s*)*")


def fetched(sql: str, params: Sequence[Any] | Mapping[str, Any], *, settings: str = "") -> list[Any]:
    """The rows of a statement that goes through indexes, on one way to the database and back."""
    with connection.cursor() as cursor:
        # Statements sent together are one transaction, so the settings end with them.
        cursor.execute(f"{THROUGH_INDEXES} {settings} {sql}", params)
        while cursor.nextset():
            pass
        return list(cursor.fetchall())


def parted(sql: str) -> tuple[str, str]:
    """What is sent, as the settings and the statement itself: only that has a plan."""
    at = _SETTINGS.match(sql).end()  # type: ignore[union-attr]  # it matches an empty beginning
    return sql[:at], sql[at:]
