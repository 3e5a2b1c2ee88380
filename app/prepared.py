"""Statements that every step of every process passes: compiled once, then handed to the driver.

SQLAlchemy's own way costs four to eight times as much processor time as the database takes for one
of these, most of it around the statement: a key for its cache, a context, a result. So the few that
are sent at every step are written with SQLAlchemy, compiled by it, and sent past it. What is kept:
column types translate values in both directions, errors are SQLAlchemy's, and a lost connection is
told to the pool. For everything else use the session.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, SelectBase, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Delete, Insert, Update

from app.db import in_words_of_sqlalchemy

Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = tuple[Any, ...]
_Translate: TypeAlias = Callable[[Any], Any]

#: Called with each statement that goes past SQLAlchemy's events; for tests and benchmarks.
watchers: list[Callable[[Connection, str, Any], None]] = []


@dataclass(frozen=True)
class _Form:
    """A statement as one kind of database wants it."""

    text: str
    parameters: tuple[str, ...]
    #: Values that stand in the statement itself.
    fixed: Mapping[str, Any]
    #: Which of them need translating: by place, or by name.
    translated: tuple[tuple[int | str, _Translate], ...]
    positional: bool
    #: Places of result columns that need translating.
    results: tuple[tuple[int, _Translate], ...]

    def bound(self, values: Values) -> Any:
        fixed = self.fixed
        bound: Any = (
            [values[n] if n in values else fixed[n] for n in self.parameters]
            if self.positional
            else {n: values[n] if n in values else fixed[n] for n in self.parameters}
        )
        for place, translate in self.translated:
            bound[place] = translate(bound[place])
        return bound

    def read(self, row: Sequence[Any]) -> Row:
        if not self.results:
            return tuple(row)
        said = list(row)
        for place, translate in self.results:
            said[place] = translate(said[place])
        return tuple(said)


class Prepared:
    """One statement. ``columns``: what an insert or update is given values for, by name."""

    def __init__(
        self,
        statement: SelectBase | Insert | Update | Delete,
        columns: Iterable[str] = (),
    ) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._forms: dict[str, _Form] = {}

    def first(self, session: Session, values: Values) -> Row | None:
        """The first row it gives, if any."""
        form, cursor = self._sent(session, values)
        try:
            row = cursor.fetchone()
        finally:
            cursor.close()
        return None if row is None else form.read(row)

    def rows(self, session: Session, values: Values) -> list[Row]:
        form, cursor = self._sent(session, values)
        try:
            found = cursor.fetchall()
        finally:
            cursor.close()
        return [form.read(row) for row in found]

    def run(self, session: Session, values: Values) -> None:
        self._sent(session, values)[1].close()

    def run_many(self, session: Session, rows: Sequence[Values]) -> None:
        """The same for each row, in one call of the driver."""
        connection = _connection(session)
        form = self._form_for(connection)
        bound = [form.bound(row) for row in rows]
        _cursor(connection, form.text, bound, many=True).close()

    def _sent(self, session: Session, values: Values) -> tuple[_Form, Any]:
        connection = _connection(session)
        form = self._form_for(connection)
        return form, _cursor(connection, form.text, form.bound(values), many=False)

    def _form_for(self, connection: Connection) -> _Form:
        name = connection.dialect.name
        if name not in self._forms:
            self._forms[name] = self._compiled(connection.dialect)
        return self._forms[name]

    def _compiled(self, dialect: Dialect) -> _Form:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        fixed = {name: b.value for name, b in compiled.binds.items() if not b.required}
        for column in compiled.insert_prefetch or ():
            fixed[column.key] = column.default.arg
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        columns = self._statement.exported_columns  # of a change: what it gives back
        results = (
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(columns)
        )
        translations = (
            (
                place if compiled.positional else name,
                compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect),
            )
            for place, name in enumerate(names)
        )
        return _Form(
            text=str(compiled),
            parameters=tuple(names),
            fixed=fixed,
            translated=tuple((place, translate) for place, translate in translations if translate),
            positional=compiled.positional,
            results=tuple((place, translate) for place, translate in results if translate),
        )


def columns_of(table: Table, *, but: Collection[str]) -> list[str]:
    """The names of a table's columns, for an insert that fills most of them."""
    return [column.name for column in table.c if column.name not in but]


def _connection(session: Session) -> Connection:
    """The session's connection, remembered for its transaction: asking is not free."""
    transaction = session.get_transaction()
    known: tuple[object, Connection] | None = session.info.get("prepared_connection")
    if known is not None and known[0] is transaction and transaction is not None:
        return known[1]
    connection = session.connection()
    session.info["prepared_connection"] = (session.get_transaction(), connection)
    return connection


def _cursor(connection: Connection, text: str, bound: Any, *, many: bool) -> Any:
    """A cursor of the driver to which the statement was sent."""
    for watch in watchers:
        watch(connection, text, bound)
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    try:
        if many:
            cursor.executemany(text, bound)
        else:
            cursor.execute(text, bound)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise in_words_of_sqlalchemy(connection, text, error) from error
    return cursor
