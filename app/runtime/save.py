"""Writes what a step did: state, inbox rows, timers, waits and history. Their only writer.

Everything else that a step causes (submissions, decision records, messages, audit) is written
beside it in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.db import Base
from app.engine.results import Snapshot, StepEvent
from app.errors import Conflict
from app.prepared import Prepared, columns_of
from app.runtime.inbox_rows import sync_tasks
from app.runtime.incidents import sync_incidents
from app.runtime.instance import Instance
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.plan import Done
from app.runtime.records import StepHistory, Timer, WaitingFor
from app.runtime.turn import Known, OpenRow, Turn

#: Written as a table: many rows in one statement, which the ORM would split by their empty columns.
HISTORY = Base.metadata.tables[StepHistory.__tablename__]
TIMERS = Base.metadata.tables[Timer.__tablename__]
INSTANCES = Base.metadata.tables[ProcessInstance.__tablename__]
WRITE_HISTORY = Prepared(insert(HISTORY), columns_of(HISTORY, but={"id"}))
WRITE_TIMERS = Prepared(insert(TIMERS), columns_of(TIMERS, but={"id"}))
DROP_TIMER = Prepared(delete(TIMERS).where(TIMERS.c.engine_task_id == bindparam("gone")))
WRITE_INSTANCE = update(INSTANCES).where(
    INSTANCES.c.id == bindparam("of"), INSTANCES.c.lock_version == bindparam("from_version")
)


@cache
def writes_of(columns: tuple[str, ...]) -> Prepared:
    """``WRITE_INSTANCE`` for these columns."""
    return Prepared(WRITE_INSTANCE, columns)


class SomebodyWasFaster(Conflict):
    """Someone else changed this while you were working on it."""


@dataclass(frozen=True)
class Saved:
    opened: tuple[int, ...]
    incidents: tuple[int, ...]
    new_waits: tuple[WaitingFor, ...]
    known: Known


def save_snapshot(turn: Turn, snapshot: Snapshot, done: Done, failures: Mapping[str, str]) -> Saved:
    """Write one step. ``failures``: why elements could not run, by their ids.

    Raises:
        SomebodyWasFaster: the instance is no longer at the version this step began with.
    """
    with turn.session.no_autoflush:  # nothing in here reads what is not written yet
        saved = _write(turn, snapshot, done, failures)
    turn.session.flush()
    return saved


def _write(turn: Turn, snapshot: Snapshot, done: Done, failures: Mapping[str, str]) -> Saved:
    session, instance = turn.session, turn.instance
    if snapshot.steps:
        WRITE_HISTORY.run_many(session, _history(turn, snapshot.steps))
    inbox = sync_tasks(turn, snapshot.open_tasks, done)
    now = _known_of(snapshot, inbox.open)
    before = turn.known
    if before.timers != now.timers:
        _sync_timers(turn, snapshot)
    new_waits = _sync_waits(session, instance, snapshot) if before.waits != now.waits else []
    incidents: tuple[int, ...] = ()
    if failures or instance.attempts or before.incidents != now.incidents:
        incidents = sync_incidents(turn, snapshot.incidents, failures)
    moments = [timer.due_at for timer in snapshot.timers]
    ended = {"status": InstanceStatus.FINISHED, "finished_at": turn.now, "alone": None}
    _write_instance(
        turn,
        state=snapshot.state,
        facts=dict(snapshot.facts),
        wake_at=earliest([*moments, *inbox.moments()]),
        **(ended if snapshot.finished else {}),
    )
    return Saved(inbox.opened, incidents, tuple(new_waits), now)


def _known_of(snapshot: Snapshot, open_rows: tuple[OpenRow, ...]) -> Known:
    """What a step leaves in rows, for the next step of the same live process."""
    return Known(
        tasks=open_rows,
        timers=frozenset((t.engine_task_id, t.due_at) for t in snapshot.timers),
        waits=frozenset((w.engine_task_id, w.name, w.key) for w in snapshot.waiting_messages),
        incidents=frozenset(i.engine_task_id for i in snapshot.incidents),
    )


def save_cancelled(turn: Turn) -> None:
    """End an instance without asking the engine: everything open is withdrawn."""
    session, instance = turn.session, turn.instance
    sync_tasks(turn, (), Done())
    sync_incidents(turn, (), {})
    for model in (Timer, WaitingFor):
        session.execute(delete(model).where(model.instance_id == instance.id))
    _write_instance(
        turn,
        status=InstanceStatus.CANCELLED,
        finished_at=turn.now,
        alone=None,
        wake_at=None,
        attempts=0,
    )


def save_taken_back(turn: Turn, *, state: bytes, **values: Any) -> None:
    """The instance as it was before a move; only its version goes on."""
    _write_instance(turn, state=state, **values)


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _write_instance(turn: Turn, **values: Any) -> None:
    """What is as it was is left out: SQLite writes every index anew that a named column is in."""
    instance = turn.instance
    values = {"attempts": 0, **values, "lock_version": instance.lock_version + 1}
    for name in ("attempts", "status", "wake_at"):
        if name in values and values[name] == getattr(instance, name):
            del values[name]
    row = {"of": instance.id, "from_version": instance.lock_version}
    if writes_of(tuple(values)).changed(turn.session, {**row, **values}) != 1:
        raise SomebodyWasFaster
    instance.changed(turn.session, values)


def _history(turn: Turn, steps: Iterable[StepEvent]) -> list[dict[str, Any]]:
    instance = turn.instance
    return [
        {
            "instance_id": instance.id,
            "lock_version": instance.lock_version + 1,
            "engine_task_id": step.engine_task_id,
            "process_id": step.process_id,
            "element_id": step.element_id,
            "name": turn.pack.in_words(step.name),
            "kind": step.kind,
            "what": step.what,
            "flow_id": step.flow_id,
            "path": list(step.path),
            "detail": step.detail,
            "fired": [asdict(rule) for rule in step.fired],
            "problems": list(step.problems) or None,
            "at": step.at,
            "by_id": turn.actor.user_id,
        }
        for step in steps
    ]


def _sync_timers(turn: Turn, snapshot: Snapshot) -> None:
    """A timer that was moved is written anew."""
    session, instance_id = turn.session, turn.instance.id
    known = turn.known.timers
    waiting = {(timer.engine_task_id, timer.due_at): timer for timer in snapshot.timers}
    if gone := [{"gone": engine_task_id} for engine_task_id, _ in known - waiting.keys()]:
        DROP_TIMER.run_many(session, gone)
    if new := [waiting[key] for key in waiting.keys() - known]:
        rows_of_new = [{"instance_id": instance_id, **vars(timer)} for timer in new]
        WRITE_TIMERS.run_many(session, rows_of_new)


def _sync_waits(session: Session, instance: Instance, snapshot: Snapshot) -> list[WaitingFor]:
    """The waits that began with this step."""
    known = {
        (row.engine_task_id, row.name, row.key): row
        for row in session.scalars(select(WaitingFor).where(WaitingFor.instance_id == instance.id))
    }
    waiting = {(w.engine_task_id, w.name, w.key): w for w in snapshot.waiting_messages}
    for gone in known.keys() - waiting.keys():
        session.delete(known[gone])
    new = [
        WaitingFor(instance_id=instance.id, **asdict(waiting[key]))
        for key in waiting
        if key not in known
    ]
    session.add_all(new)
    return new
