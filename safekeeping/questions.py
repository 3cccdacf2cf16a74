"""Questions that every page puts: their SQL is made once, and what changes is filled in.

Django builds and compiles a queryset anew each time it is asked. For a rule of who sees what that
takes two to six milliseconds, many times what the database takes to answer. The text of a question
is kept, never an answer.
"""

import functools
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from safekeeping import rls

MOST = 2000  # texts of one question; each of a few kilobytes


class Id(int):
    """The id of the row that a question is about."""


FILLED_IN = (date, UUID, Id)  # moments are dates too
NOBODYS = 2_000_000_000  # stands for an Id while a text is made, as no other number does
PLAIN = (str, int, float, type(None))


def kept(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., list[Any]]:
    """Make of a function that returns a queryset one that answers with its rows.

    The text is kept by all arguments but moments, references and `Id`s, which are filled in. So
    the queryset may hang on nothing but its arguments, to which the transaction's moment belongs.
    Raises TypeError where its SQL names a day, a moment or a reference that was not given.
    """
    texts: dict[Any, _Text] = {}

    @functools.wraps(build)
    def ask(*given: Any) -> list[Any]:
        filled_in = [value for value in given if isinstance(value, FILLED_IN)]
        if len(set(filled_in)) < len(filled_in):  # which of two equals belongs where?
            return list(build(*given))
        fixed = (type(value) if isinstance(value, FILLED_IN) else value for value in given)
        key = (bool(rls.context().now), *fixed)  # outside a unit of work rules ask less
        if key not in texts:
            if len(texts) >= MOST:
                texts.clear()
            texts[key] = _text_of(build, given)
        return texts[key].rows(filled_in)

    return ask


@dataclass(frozen=True)
class _Text:
    """A compiled queryset. places: position among the SQL's values → which given value."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    values: tuple[Any, ...]
    places: dict[int, int]

    def rows(self, given: Sequence[Any]) -> list[Any]:
        """What the database answers for these values."""
        if not self.sql:
            return []
        values = list(self.values)
        for position, number in self.places.items():
            kind, value = type(values[position]), given[number]
            values[position] = kind(value) if isinstance(value, Id) else value
        return list(self._again(tuple(values)))

    def _again(self, values: tuple[Any, ...]) -> QuerySet[Any, Any]:
        """The queryset, not asked yet, whose compiler has compiled before."""
        compiler = copy(self.compiler)
        compiler.connection = connections[self.queryset.db]
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, values)  # type: ignore[method-assign]
        query = copy(self.queryset.query)
        query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        again = type(self.queryset)(model=self.queryset.model, query=query)
        again._iterable_class = self.queryset._iterable_class
        return again


def _text_of(build: Callable[..., QuerySet[Any, Any]], given: Sequence[Any]) -> _Text:
    put = [Id(NOBODYS + at) if isinstance(v, Id) else v for at, v in enumerate(given)]
    queryset = build(*put)
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return _Text(queryset, compiler, "", (), {})
    filled_in = [value for value in put if isinstance(value, FILLED_IN)]
    places = {at: filled_in.index(v) for at, v in enumerate(values) if _is_one(v, filled_in)}
    if foreign := [type(v) for at, v in enumerate(values) if at not in places and not _is_plain(v)]:
        raise TypeError(f"the question names what was not given to it: {foreign}")
    return _Text(queryset, compiler, sql, tuple(values), places)


def _is_one(value: Any, filled_in: Sequence[Any]) -> bool:
    return not isinstance(value, list | dict) and value in filled_in


def _is_plain(value: Any) -> bool:
    """Whether it can hide no moment."""
    if isinstance(value, list | tuple):
        return all(_is_plain(part) for part in value)
    return isinstance(value, PLAIN)
