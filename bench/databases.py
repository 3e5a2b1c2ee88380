"""The databases that are compared, and a count of what is asked of them."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from app import db, prepared
from app.db import ReadSession, WriteSession
from tests.support.postgres import postgres
from tests.support.schema import create_tables

SQLITE = "sqlite"
POSTGRES = "postgresql"


@dataclass
class Database:
    """One database with all tables; ``use`` points the application at it."""

    name: str
    url: str
    writing: Engine
    reading: Engine
    statements: int = 0
    commits: int = 0
    seen: list[tuple[str, Any]] = field(default_factory=list)
    remember: bool = False
    counting: bool = False

    def use(self) -> None:
        writing, reading = self._heard if self.counting else (self.writing, self.reading)
        WriteSession.configure(bind=writing)
        ReadSession.configure(bind=reading)

    @cached_property
    def _heard(self) -> tuple[Engine, Engine]:
        """The same connections, listened to; the engines that are timed never have a listener."""
        writing, reading = self.writing.execution_options(), self.reading.execution_options()
        for engine in (writing, reading):
            event.listen(engine, "before_cursor_execute", self._statement)
            event.listen(engine, "commit", self._commit)
        return writing, reading

    def count(self) -> None:
        """Listen from now on. Being listened to is not free: nothing is timed meanwhile."""
        if not self.counting:
            self.counting = True
            prepared.watchers.append(self.watch)
            self.use()

    def stop_counting(self) -> None:
        if self.counting:
            self.counting = False
            prepared.watchers.remove(self.watch)
            self.use()

    def watch(self, connection: Connection, text: str, parameters: Any) -> None:
        """As ``_statement``, for those that SQLAlchemy's events do not see."""
        if connection.engine in self._heard:
            self._statement(connection, None, text, parameters)

    def _statement(
        self, _connection: Connection, _cursor: Any, text: str, parameters: Any, *_: Any
    ) -> None:
        if text.startswith("BEGIN"):
            return
        self.statements += 1
        if self.remember:
            self.seen.append((text, parameters))

    def _commit(self, _connection: Connection) -> None:
        self.commits += 1

    @contextmanager
    def remembering(self) -> Iterator[list[tuple[str, Any]]]:
        """The statements sent inside, as the driver got them."""
        self.count()
        self.seen, self.remember = [], True
        try:
            yield self.seen
        finally:
            self.remember = False

    def version(self) -> str:
        if self.name == SQLITE:
            return sqlite3.sqlite_version
        with self.reading.connect() as connection:
            found = connection.exec_driver_sql("SHOW server_version").scalar_one()
        return str(found)


@contextmanager
def databases(names: Sequence[str]) -> Iterator[list[Database]]:
    """Empty databases that survive a power cut: SQLite in a file, PostgreSQL from its wheel."""
    with ExitStack() as stack:
        opened = []
        for name in names:
            if name == SQLITE:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="earlyhelp-bench-"))
                url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
            else:
                url = stack.enter_context(postgres(durable=True))
            opened.append(_opened(name, url))
            stack.callback(_close, opened[-1])
        yield opened


def _opened(name: str, url: str) -> Database:
    db.connect(url)
    create_tables(db.write_engine())
    return Database(name, url, WriteSession.kw["bind"], ReadSession.kw["bind"])


def _close(database: Database) -> None:
    database.stop_counting()
    database.writing.dispose()
    database.reading.dispose()
