"""The audit trail shows every later change to it."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit import record as recording
from app.audit.models import AuditChain, AuditEvent
from app.audit.record import AuditIsAppendOnly, key_id, record, use_key
from app.audit.verify import Break, verify
from app.db import reading, transaction

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    before = recording.current_key()
    use_key("the key of these tests, long enough for one")
    yield
    recording._keys[0] = before


def _write(*cases: int | None) -> None:
    with transaction() as session:
        for number, case in enumerate(cases):
            record(
                session,
                actor="user:1",
                action="task.completed",
                case_id=case,
                detail={"task": number, "late": False, "codes": ["a", "b"], "none": None},
            )


def _breaks(*keys: bytes) -> list[Break]:
    with reading() as session:
        return verify(session, keys)


def test_each_case_has_a_chain_of_its_own_and_the_site_has_one() -> None:
    _write(7, 7, 8, None)
    with reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(row.chain, row.position) for row in rows] == [
        ("case:7", 1), ("case:7", 2), ("case:8", 1), ("site", 1),
    ]  # fmt: skip
    assert rows[1].previous_hash == rows[0].hash
    assert _breaks() == []


def test_an_event_is_lost_with_the_change_it_belongs_to() -> None:
    with suppress(LookupError), transaction() as session:
        record(session, actor="user:1", action="task.completed", case_id=7)
        raise LookupError
    _write(7)
    assert _breaks() == []


def test_the_program_itself_cannot_change_or_delete_an_event() -> None:
    _write(7)
    with pytest.raises(AuditIsAppendOnly), transaction() as session:
        session.scalars(select(AuditEvent)).one().actor = "user:2"
    with pytest.raises(AuditIsAppendOnly), transaction() as session:
        session.delete(session.scalars(select(AuditEvent)).one())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "user:2"),
        ("action", "task.released"),
        ("case_id", "9"),
        ("detail", {"task": 99}),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
    ],
)
def test_changing_anything_in_an_event_shows(column: str, value: object) -> None:
    _write(7, 7, 7)
    with transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.position == 2).values({column: value}))
    assert _breaks()


def test_changing_when_something_happened_shows() -> None:
    _write(7)
    with transaction() as session:
        session.execute(update(AuditEvent).values(at=clock.now() - timedelta(days=1)))
    assert [found.reason for found in _breaks()] == ["this event was changed"]


def test_removing_an_event_shows_wherever_it_was() -> None:
    for position, reason in (
        (1, "events before this one are missing"),
        (2, "events before this one are missing"),
        (3, "events after this one are missing"),
    ):
        _write(position * 10, position * 10, position * 10)
        with transaction() as session:
            session.execute(
                delete(AuditEvent).where(
                    AuditEvent.chain == f"case:{position * 10}", AuditEvent.position == position
                )
            )
        found = [b.reason for b in _breaks() if b.chain == f"case:{position * 10}"]
        assert reason in found


def test_removing_a_whole_chain_shows() -> None:
    _write(7, 8)
    with transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.chain == "case:7"))
    assert _breaks() == [Break("case:7", 1, "all events of this chain are missing")]


def test_an_event_slipped_in_without_the_key_shows() -> None:
    _write(7)
    use_key("another key, which the intruder made up alone")
    _write(7)
    forged = recording.current_key()
    use_key("the key of these tests, long enough for one")
    assert [found.reason for found in _breaks()] == [
        f"sealed with the key {key_id(forged)}, which is not known here"
    ]
    assert _breaks(forged) == []


def test_any_of_many_random_changes_shows() -> None:
    _write(*([7] * 20))
    chance = random.Random(5)
    for _ in range(100):
        with suppress(Undo), transaction() as session:
            _damage(session, chance)
            assert verify(session)
            raise Undo
    assert _breaks() == []


class Undo(Exception):
    """Takes the damage back, so that the next round starts whole."""


def _damage(session: Session, chance: random.Random) -> None:
    position = chance.randint(1, 20)
    row = update(AuditEvent).where(AuditEvent.position == position)
    kind = chance.choice(["actor", "action", "detail", "delete", "end", "swap"])
    match kind:
        case "delete":
            session.execute(delete(AuditEvent).where(AuditEvent.position == position))
        case "end":
            session.execute(update(AuditChain).values(hash=f"{chance.random()}"))
        case "swap":
            session.execute(row.values(position=100))
        case "detail":
            session.execute(row.values(detail={"task": chance.randint(100, 999)}))
        case _:
            session.execute(row.values({kind: f"user:{chance.randint(100, 999)}"}))


def test_a_chain_that_somebody_else_continued_is_continued_from_there() -> None:
    _write(7)
    ends = dict(recording._ends)
    _write(7, 7)
    recording._ends.update(ends)  # as in a program that did not see the last two
    _write(7)
    with reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.position)).all()
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert _breaks() == []


def test_the_end_of_a_chain_of_another_database_is_not_taken_for_this_one() -> None:
    recording._ends["case:7"] = recording.End(5, "somebody else's")
    _write(7)
    assert _breaks() == []
