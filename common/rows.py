"""Rows that may be there already: written in one statement that says which of them are new."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def insert_new(rows: Sequence[Row]) -> list[Row]:
    """Write those that break no uniqueness; they come back with their numbers, in the order given.

    Of one model with a `public_id`. Django's bulk_create leaves out which rows it left out, and their numbers.
    """
    if not rows:
        return []
    meta = rows[0]._meta
    key = meta.pk.column
    fields = [field for field in meta.local_concrete_fields if not field.primary_key and not field.generated]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    statement = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {places}'  # noqa: S608 — names of our own models
    with connection.cursor() as cursor:
        cursor.execute(f'{statement} ON CONFLICT DO NOTHING RETURNING public_id, "{key}"', values)
        numbers = dict(cursor.fetchall())
    new = [row for row in rows if row.public_id in numbers]  # type: ignore[attr-defined]
    for row in new:
        row.pk = numbers[row.public_id]  # type: ignore[attr-defined]
        row._state.adding, row._state.db = False, connection.alias
    return new
