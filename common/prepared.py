"""Statements that are always the same but for a value: written once, then only the value is put in.

Django writes the SQL of a queryset anew each time, which costs as much as running it. For the few statements behind
pages that everybody opens it is written once a process, with a stand-in where the value goes; rows become models as
in any queryset. Only for querysets whose conditions hold nothing that changes by itself, such as the time of day.
"""

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=models.Model)


class Prepared(Generic[Row]):
    """`Prepared(lambda slug: Listing.objects.filter(slug=slug), "no-such")`; the stand-in has the value's type."""

    def __init__(self, build: Callable[[Any], "QuerySet[Row]"], stand_in: Any) -> None:
        self._build = build
        self._stand_in = stand_in
        self._written: tuple[Any, str, tuple[Any, ...], QuerySet[Row]] | None = None

    def rows(self, value: Any) -> list[Row]:
        if self._written is None:
            self._written = self._write()
        written, sql, parameters, queryset = self._written
        compiler = copy.copy(written)
        compiler.connection = connections[queryset.db]
        given = tuple(value if one == self._stand_in else one for one in parameters)
        compiler.as_sql = lambda **_: (sql, given)
        asked = SimpleNamespace(
            db=queryset.db, query=SimpleNamespace(get_compiler=lambda **_: compiler), _known_related_objects={}
        )
        return list(ModelIterable(asked))  # type: ignore[arg-type]

    def first(self, value: Any) -> Row | None:
        return next(iter(self.rows(value)), None)

    def _write(self) -> tuple[Any, str, tuple[Any, ...], "QuerySet[Row]"]:
        queryset = self._build(self._stand_in)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        if self._stand_in not in parameters:
            raise ValueError(f"The stand-in {self._stand_in!r} is not in the statement.")
        return compiler, sql, tuple(parameters), queryset
