"""What ``transaction()`` promises, also where nobody asks the session anything."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import AuditEvent
from app.audit.record import record
from app.audit.verify import verify
from app.db import Base, after_commit, before_commit, reading, transaction
from app.prepared import Prepared, columns_of
from app.runtime.records import IdempotencyKey

pytestmark = pytest.mark.usefixtures("database")

KEYS = Base.metadata.tables[IdempotencyKey.__tablename__]
KEEP = Prepared(insert(KEYS), columns_of(KEYS, but=()))


def row(key: str) -> dict[str, object]:
    return {"key": key, "used_at": clock.now(), "response": None}


def kept() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(IdempotencyKey.key)))


def noted() -> list[str]:
    with reading() as session:
        assert verify(session) == []
        rows = session.scalars(select(AuditEvent.action).order_by(AuditEvent.position))
        return list(rows)


def unit(act: Callable[[Session], object]) -> None:
    with transaction() as session:
        act(session)


def test_what_went_past_the_session_is_committed_though_the_session_never_began() -> None:
    with transaction() as session:
        KEEP.run(session, row("a"))
        assert not session.in_transaction()
    assert kept() == ["a"]


def test_what_went_past_it_and_what_went_through_it_are_one_transaction() -> None:
    with transaction() as session:
        KEEP.run(session, row("a"))
        session.add(IdempotencyKey(key="b", used_at=clock.now()))
        session.flush()
        KEEP.run(session, row("c"))

    def breaks_off(session: Session) -> None:
        KEEP.run(session, row("d"))
        session.add(IdempotencyKey(key="e", used_at=clock.now()))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        unit(breaks_off)
    assert kept() == ["a", "b", "c"]


def test_a_unit_that_has_asked_nothing_yet_keeps_nobody_waiting() -> None:
    with transaction() as waiting:
        unit(lambda session: KEEP.run(session, row("a")))
        KEEP.run(waiting, row("b"))
    assert kept() == ["a", "b"]


def test_after_a_rollback_inside_it_begins_anew() -> None:
    with transaction() as session:
        KEEP.run(session, row("a"))
        session.scalars(select(IdempotencyKey)).all()
        session.rollback()
        KEEP.run(session, row("b"))
    assert kept() == ["b"]


def test_what_was_only_added_is_written_at_the_end() -> None:
    with transaction() as session:
        session.add(IdempotencyKey(key="a", used_at=clock.now()))
    assert kept() == ["a"]


@pytest.mark.parametrize("asked", [False, True], ids=["never asked", "asked"])
def test_the_audit_trail_goes_with_the_change_whichever_way_it_went(asked: bool) -> None:
    def breaks_off(session: Session) -> None:
        record(session, actor="system:test", action="key.lost")
        KEEP.run(session, row("a"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        unit(breaks_off)
    with transaction() as session:
        record(session, actor="system:test", action="key.kept")
        KEEP.run(session, row("b"))
        if asked:
            session.scalars(select(IdempotencyKey)).all()
    assert (kept(), noted()) == (["b"], ["key.kept"])


def test_a_trail_that_cannot_be_written_takes_the_change_with_it() -> None:
    def cannot_be_noted(session: Session) -> None:
        KEEP.run(session, row("a"))
        record(session, actor="system:test", action="key.kept", detail={"of": float("nan")})

    with pytest.raises(ValueError, match="not JSON compliant"):
        unit(cannot_be_noted)
    assert (kept(), noted()) == ([], [])


def test_the_last_words_come_once_and_before_the_commit_and_the_others_after_it() -> None:
    said: list[str] = []
    for asked in (False, True):
        with transaction() as session:
            before_commit(session, lambda: said.append("before"))
            after_commit(session, lambda: said.append("after"))
            with session.begin_nested() if asked else session.no_autoflush:
                said.append("during")
    assert said == ["during", "before", "after"] * 2


def test_a_transaction_that_failed_is_not_gone_on_with_past_the_session() -> None:
    def goes_on(session: Session) -> None:
        KEEP.run(session, row("a"))
        session.add(IdempotencyKey(key="a", used_at=clock.now()))
        with pytest.raises(IntegrityError):
            session.flush()
        KEEP.run(session, row("b"))

    with pytest.raises(PendingRollbackError):
        unit(goes_on)
    assert kept() == []
