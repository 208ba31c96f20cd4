"""Statements that are always the same but for a value: written once, then only the value is put in.

Django writes the SQL of a queryset anew each time, which costs as much as running it. For the few statements behind
pages that everybody opens it is written once a process, with a stand-in where the value goes; rows become models as
in any queryset. Only for querysets whose conditions hold nothing that changes by itself; the time of day is written
as `NOW` in them, and put in like the value.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from psycopg import _queries

from common import clock

# Stands for the moment of asking.
NOW = datetime(1, 1, 1, tzinfo=UTC)
# psycopg remembers where the placeholders of a statement are, up to 4096 characters; ours are longer, and few.
_queries.MAX_CACHED_STATEMENT_LENGTH = 32768

Row = TypeVar("Row", bound=models.Model)
Converter = tuple[int, Sequence[Callable[..., Any]], Any]


class _Written(NamedTuple):
    """A statement and how its rows become models, both worked out once."""

    database: str
    sql: str
    parameters: tuple[Any, ...]
    model: type[models.Model]
    names: list[str]
    columns: slice
    beside: list[Any]  # what puts related models in their places
    extra: list[tuple[str, int]]  # annotations
    converters: list[Converter]

    def row(self, values: list[Any], connection: Any) -> Any:
        for place, converters, expression in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        found = self.model.from_db(self.database, self.names, values[self.columns])
        for related in self.beside:
            related.populate(values, found)
        for name, place in self.extra:
            setattr(found, name, values[place])
        return found


class Prepared(Generic[Row]):
    """`Prepared(lambda slug: Listing.objects.filter(slug=slug), "no-such")`; the stand-in has the value's type."""

    def __init__(self, build: Callable[[Any], "QuerySet[Row]"], stand_in: Any) -> None:
        self._build = build
        self._stand_in = stand_in
        self._written: _Written | None = None

    def rows(self, value: Any) -> list[Row]:
        written = self._written
        if written is None:
            written = self._written = self._write()
        given = [value if one == self._stand_in else clock.now() if one is NOW else one for one in written.parameters]
        connection = connections[written.database]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, given)
            return [written.row(list(values), connection) for values in cursor.fetchall()]

    def first(self, value: Any) -> Row | None:
        return next(iter(self.rows(value)), None)

    def _write(self) -> _Written:
        queryset = self._build(self._stand_in)
        compiler: SQLCompiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        if self._stand_in not in parameters:
            raise ValueError(f"The stand-in {self._stand_in!r} is not in the statement.")
        chosen: list[Any] = [one[0] for one in compiler.select]
        about: dict[str, Any] = compiler.klass_info or {}
        columns = slice(about["select_fields"][0], about["select_fields"][-1] + 1)
        return _Written(
            database=queryset.db,
            sql=sql,
            parameters=tuple(parameters),
            model=about["model"],
            names=[one.target.attname for one in chosen[columns]],
            columns=columns,
            beside=get_related_populators(about, compiler.select, queryset.db),  # type: ignore[call-arg] # stubs are ahead
            extra=list(compiler.annotation_col_map.items()),
            converters=[(place, *found) for place, found in compiler.get_converters(chosen).items()],
        )
