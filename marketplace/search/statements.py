"""Statements over the documents, which must never read the whole table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

# The vectors of long documents lie beside their table, so the planner takes reading all of it for cheap; it never is.
THROUGH_INDEXES = "SET LOCAL enable_seqscan = off;"


def fetched(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    """The rows of a statement that goes through indexes, on one way to the database and back."""
    with connection.cursor() as cursor:
        # Two statements sent together are one transaction, so the setting ends with them.
        cursor.execute(f"{THROUGH_INDEXES} {sql}", params)
        cursor.nextset()
        return list(cursor.fetchall())
