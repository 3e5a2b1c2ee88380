"""Statements that every step of every process passes: compiled once, then handed to the driver.

SQLAlchemy's own way costs four to eight times as much processor time as the database takes for one
of these, most of it around the statement: a key for its cache, a context, a result. So the few that
are sent at every step are written with SQLAlchemy, compiled by it, and sent past it. What is kept:
column types translate values in both directions, errors are SQLAlchemy's, and a lost connection is
told to the pool. For everything else use the session.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import Connection, Dialect, SelectBase, Table, Transaction
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Delete, Insert, Update

from app.db import connection_of, in_words_of_sqlalchemy

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
    #: Takes the parameters out of values, in their order.
    taken: Callable[[Values], Row]
    #: Values that stand in the statement itself.
    fixed: Mapping[str, Any]
    #: Which of them need translating, by their places, and what becomes of None there.
    translated: tuple[tuple[int, _Translate, Any], ...]
    positional: bool
    #: Places of result columns that need translating.
    results: tuple[tuple[int, _Translate], ...]

    def bound(self, values: Values) -> Any:
        bound = list(self.taken({**self.fixed, **values} if self.fixed else values))
        for place, translate, nothing in self.translated:
            value = bound[place]
            bound[place] = nothing if value is None else translate(value)
        return bound if self.positional else dict(zip(self.parameters, bound, strict=True))

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
        found = self.rows(session, values)
        return found[0] if found else None

    def rows(self, session: Session, values: Values) -> list[Row]:
        form, cursor = self._sent(session, values)
        return [form.read(row) for row in cursor.fetchall()]

    def run(self, session: Session, values: Values) -> None:
        self._sent(session, values)

    def changed(self, session: Session, values: Values) -> int:
        """How many rows an update or delete changed."""
        _, cursor = self._sent(session, values)
        return int(cursor.rowcount)

    def run_many(self, session: Session, rows: Sequence[Values]) -> None:
        """The same for each row, in one call of the driver."""
        if len(rows) == 1:  # psycopg takes twice as long over a list of one
            self.run(session, rows[0])
            return
        line = _line(session)
        form = self._form_for(line.connection)
        line.send(form.text, [form.bound(row) for row in rows], many=True)

    def _sent(self, session: Session, values: Values) -> tuple[_Form, Any]:
        line = _line(session)
        form = self._form_for(line.connection)
        line.send(form.text, form.bound(values))
        return form, line.cursor

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
            (place, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for place, name in enumerate(names)
        )
        return _Form(
            text=str(compiled),
            parameters=tuple(names),
            taken=_taker(tuple(names)),
            fixed=fixed,
            translated=tuple(
                (place, translate, translate(None))
                for place, translate in translations
                if translate
            ),
            positional=compiled.positional,
            results=tuple((place, translate) for place, translate in results if translate),
        )


def _taker(names: tuple[str, ...]) -> Callable[[Values], Row]:
    """Much the same as asking for one after the other, at a third of the time."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


def columns_of(table: Table, *, but: Collection[str]) -> list[str]:
    """The names of a table's columns, for an insert that fills most of them."""
    return [column.name for column in table.c if column.name not in but]


class _Line(NamedTuple):
    """The way to the driver for as long as one transaction lasts.

    One cursor, since psycopg looks up how to write and read values for each new one. Whoever sends
    something that gives rows fetches them all: a statement left half read would outlive the commit.
    """

    transaction: Transaction
    connection: Connection
    cursor: Any

    def send(self, text: str, bound: Any, *, many: bool = False) -> None:
        for watch in watchers:
            watch(self.connection, text, bound)
        try:
            if many:
                self.cursor.executemany(text, bound)
            else:
                self.cursor.execute(text, bound)
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise in_words_of_sqlalchemy(self.connection, text, error) from error


def _line(session: Session) -> _Line:
    """The session's, remembered for its transaction: asking is not free.

    A transaction that has failed is not gone on with: then the session is asked, and refuses.
    """
    known: _Line | None = session.info.get("prepared_line")
    if known is not None and known.transaction.is_active:
        return known
    connection = connection_of(session)
    driver: Any = connection.connection.dbapi_connection
    transaction = cast("Transaction", connection.get_transaction())  # either way it has one
    line = _Line(transaction, connection, driver.cursor())
    session.info["prepared_line"] = line
    return line
