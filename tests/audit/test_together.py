"""Many writers at once still make one chain without a gap."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.audit.record import record
from app.audit.verify import verify
from app.db import reading, transaction
from app.identity.models import User


def _write(number: int) -> None:
    with transaction() as session:
        record(session, actor=f"user:{number}", action="case.viewed", case_id=7)


@pytest.mark.usefixtures("database")
def test_sixteen_writers_at_once_make_one_chain() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_write, range(16)))
    with reading() as session:
        positions = session.scalars(select(AuditEvent.position).order_by(AuditEvent.position))
        assert list(positions) == list(range(1, 17))
        assert verify(session) == []


@pytest.mark.usefixtures("database")
def test_two_that_write_to_the_same_chains_in_different_order_never_block_each_other() -> None:
    both_have_begun = Barrier(2)

    def write(chains: tuple[int, int]) -> None:
        with transaction() as session:
            record(session, actor="user:1", action="case.viewed", case_id=chains[0])
            if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
                both_have_begun.wait(10)
            record(session, actor="user:1", action="case.viewed", case_id=chains[1])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, [(1, 2), (2, 1)]))
    with reading() as session:
        assert verify(session) == []


@pytest.mark.usefixtures("database")
def test_an_event_goes_with_the_savepoint_it_was_noted_in() -> None:
    with transaction() as session:
        record(session, actor="user:1", action="first", case_id=7)
        with suppress(LookupError), session.begin_nested():
            record(session, actor="user:1", action="undone", case_id=7)
            with session.begin_nested():
                record(session, actor="user:1", action="undone, deeper", case_id=7)
            raise LookupError
        with session.begin_nested():
            record(session, actor="user:1", action="second", case_id=7)
        with suppress(IntegrityError), session.begin_nested():
            session.add(User())  # a flush that fails inside the savepoint
            session.flush()
    with reading() as session:
        found = session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)).all()
        assert found == ["first", "second"]
        assert verify(session) == []
