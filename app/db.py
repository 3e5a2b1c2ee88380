"""Database session and the single place that commits.

Rule: only ``transaction()`` commits. Views, commands and the scheduler open
one; everything below receives the session and never commits or rolls back.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Stores UTC; refuses a datetime without a time zone, returns aware ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLite gets the text that SQLAlchemy would write, at half the time."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = _in_utc(value)
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: use app.clock.now()")
    return value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


#: In a session's ``info``: the connection that began without it; only in a ``transaction()``.
BEGUN = "begun"

WriteSession = sessionmaker(expire_on_commit=False)
ReadSession = sessionmaker(expire_on_commit=False, autoflush=False)


def connect(database_url: str) -> None:
    """Point the sessions at a database. Called once by the factory, the commands and the tests.

    SQLite gets two engines: one whose transactions take the write lock at once
    (of all settings tried the only one that lost no update and raised nothing),
    and one for reads, which must not queue behind writers.
    """
    disconnect()
    if database_url.startswith("sqlite"):
        WriteSession.configure(bind=_sqlite(database_url, begin="BEGIN IMMEDIATE"))
        ReadSession.configure(bind=_sqlite(database_url, begin="BEGIN"))
    else:
        engine = _postgres(database_url)
        WriteSession.configure(bind=engine)
        ReadSession.configure(bind=engine)


def disconnect() -> None:
    """Close all pooled connections, so that a server or a file can be put away."""
    for factory in (WriteSession, ReadSession):
        engine: Engine | None = factory.kw.get("bind")
        if engine is not None:
            engine.dispose()


def write_engine() -> Engine:
    """The engine behind ``transaction()``; for migrations, tests and benchmarks only."""
    engine: Engine = WriteSession.kw["bind"]
    return engine


def _sqlite(url: str, *, begin: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=_as_json,
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        # four times the usual: pages written again meanwhile are brought to the file once
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    # Not a listener to "begin": an engine with any listener asks for them at every turn.
    vars(engine.dialect)["do_begin"] = lambda raw: raw.dbapi_connection.execute(begin)
    return engine


def _as_json(value: Any) -> str:
    """As without it; but most lists and contexts that a step writes are empty."""
    return "[]" if value == [] else "{}" if value == {} else json.dumps(value)


def _postgres(url: str) -> Engine:
    """Connections that begin their transaction when they are taken from the pool.

    Whether the server still answers must be asked before anything is done, so that another
    connection can be had without anybody noticing. To begin is asking enough: the driver sees that
    a transaction is open and begins none of its own, so the question costs no round trip.
    """
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    driver: Any = engine.dialect.loaded_dbapi

    def begun(raw: Any) -> bool:
        """False makes the pool throw away its old connections and open a new one."""
        return bool(raw.pgconn.exec_(b"BEGIN").status == driver.pq.ExecStatus.COMMAND_OK)

    vars(engine.dialect)["do_ping"] = begun
    return engine


def in_words_of_sqlalchemy(connection: Connection, text: str, error: Exception) -> BaseException:
    """What a session would have raised; a connection that is gone goes out of the pool."""
    dialect = connection.dialect
    raw: Any = connection.connection.dbapi_connection
    lost = dialect.is_disconnect(error, raw, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commits on success, rolls back on any exception.

    What was registered with ``before_commit`` runs last in it. Functions registered with
    ``after_commit`` run once the data is safe, and not at all after a rollback.
    """
    session = WriteSession(join_transaction_mode="control_fully")
    session.info[BEGUN] = None
    try:
        yield session
        _last_words(session)
        begun: Connection | None = session.info[BEGUN]
        if begun is None or session.in_transaction():
            session.commit()
            session.close()
        else:
            begun.commit()
    except BaseException:
        session.rollback()
        session.close()
        raise
    finally:
        if (connection := session.info.pop(BEGUN)) is not None:
            connection.close()
    for run in session.info.pop("after_commit", ()):
        run()


def connection_of(session: Session) -> Connection:
    """Where the session's unit of work is under way, for what is sent past the session.

    In a ``transaction()`` whose session was not asked anything yet, the connection begins without
    it, and the session joins when it is: half of what a small transaction costs is the session's
    own book-keeping, and most steps of a process never ask it anything.
    """
    is_new = BEGUN in session.info and session.info[BEGUN] is None
    if session.in_transaction() or not is_new:
        return session.connection()
    connection = write_engine().connect()
    session.info[BEGUN] = session.bind = connection
    connection.begin()
    return connection


def before_commit(session: Session, run: Callable[[], None]) -> None:
    """Do something as the last thing before this unit of work is committed."""
    session.info.setdefault("before_commit", []).append(run)


@event.listens_for(Session, "before_commit")
def _last_words(session: Session) -> None:
    """Not at the end of a savepoint, for which this is called, too."""
    if not session.in_nested_transaction():
        for run in session.info.pop("before_commit", ()):
            run()


def after_commit(session: Session, run: Callable[[], None]) -> None:
    """Do something once this unit of work is safely stored; it must not touch the database."""
    session.info.setdefault("after_commit", []).append(run)


@contextmanager
def reading() -> Iterator[Session]:
    """A look at the data that never writes: closing rolls back whatever happened in it.

    What was loaded stays readable afterwards, as after ``transaction()``.
    """
    with ReadSession() as session:
        yield session
