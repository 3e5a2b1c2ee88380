"""Statements that go past SQLAlchemy: values, errors and the transaction are as through it."""

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import Base, reading, transaction
from app.prepared import Prepared, columns_of
from app.runtime.records import IdempotencyKey

pytestmark = pytest.mark.usefixtures("database")

KEYS = Base.metadata.tables[IdempotencyKey.__tablename__]
KEEP = Prepared(insert(KEYS), columns_of(KEYS, but=()))
FIND = Prepared(
    select(KEYS.c.used_at, KEYS.c.response, KEYS.c.key).where(KEYS.c.key == bindparam("wanted"))
)
SAID = {"words": ["ä", 1, None]}


def test_values_are_translated_by_the_types_of_their_columns() -> None:
    now = clock.now()
    with transaction() as session:
        KEEP.run(session, {"key": "k", "used_at": now, "response": SAID})
        assert FIND.first(session, {"wanted": "k"}) == (now, SAID, "k")
    with reading() as session:
        row = session.get_one(IdempotencyKey, "k")
        assert (row.used_at, row.response) == (now, SAID)
        assert FIND.rows(session, {"wanted": "another"}) == []
        assert FIND.first(session, {"wanted": "another"}) is None


def test_several_rows_go_in_one_call() -> None:
    rows = [{"key": key, "used_at": clock.now(), "response": None} for key in "abc"]
    with transaction() as session:
        KEEP.run_many(session, rows)
    with reading() as session:
        assert sorted(session.scalars(select(IdempotencyKey.key))) == ["a", "b", "c"]


def test_the_errors_of_the_driver_are_those_of_sqlalchemy_and_undo_the_transaction() -> None:
    row = {"key": "k", "used_at": clock.now(), "response": SAID}
    with pytest.raises(IntegrityError, match="INSERT INTO idempotency_key"), transaction() as s:
        KEEP.run_many(s, [row, row])
    with reading() as session:
        assert session.scalars(select(IdempotencyKey)).all() == []


def test_an_error_never_shows_the_values() -> None:
    row = {"key": "a secret", "used_at": clock.now(), "response": SAID}
    with pytest.raises(IntegrityError) as raised, transaction() as session:
        KEEP.run_many(session, [row, row])
    assert "ä" not in str(raised.value)


def test_a_value_that_was_forgotten_is_no_null() -> None:
    with pytest.raises(KeyError, match="response"), transaction() as session:
        KEEP.run(session, {"key": "k", "used_at": clock.now()})
