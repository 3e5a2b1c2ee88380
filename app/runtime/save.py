"""Writes what a step did: state, inbox rows, timers, waits and history. Their only writer.

Everything else that a step causes (submissions, decision records, messages, audit) is written
beside it in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.db import Base
from app.engine.results import Snapshot, StepEvent
from app.errors import Conflict
from app.runtime import inbox_rows
from app.runtime.incidents import sync_incidents
from app.runtime.models import InstanceStatus, ProcessInstance, Task
from app.runtime.plan import Done
from app.runtime.records import StepHistory, Timer, WaitingFor
from app.runtime.turn import Known, Turn

#: Written as a table: many rows in one statement, which the ORM would split by their empty columns.
HISTORY = Base.metadata.tables[StepHistory.__tablename__]
INSTANCES = Base.metadata.tables[ProcessInstance.__tablename__]


class SomebodyWasFaster(Conflict):
    """Someone else changed this while you were working on it."""


@dataclass(frozen=True)
class Saved:
    opened: tuple[Task, ...]
    incidents: tuple[int, ...]
    new_waits: tuple[WaitingFor, ...]


def save_snapshot(turn: Turn, snapshot: Snapshot, done: Done, failures: Mapping[str, str]) -> Saved:
    """Write one step. ``failures``: why elements could not run, by their ids.

    Raises:
        SomebodyWasFaster: the instance is no longer at the version this step began with.
    """
    session, instance = turn.session, turn.instance
    if snapshot.steps:
        session.execute(insert(HISTORY), _history(turn, snapshot.steps))
    opened, open_tasks = inbox_rows.sync_tasks(turn, snapshot.open_tasks, done)
    now = known_of(snapshot)
    before = turn.known
    if before is None or before.timers != now.timers:
        _sync_timers(session, instance, snapshot)
    waits_changed = before is None or before.waits != now.waits
    new_waits = _sync_waits(session, instance, snapshot) if waits_changed else []
    incidents: tuple[int, ...] = ()
    if failures or instance.attempts or before is None or before.incidents != now.incidents:
        incidents = sync_incidents(turn, snapshot.incidents, failures)
    moments = [timer.due_at for timer in snapshot.timers]
    _write_instance(
        turn,
        state=snapshot.state,
        facts=dict(snapshot.facts),
        status=InstanceStatus.FINISHED if snapshot.finished else InstanceStatus.RUNNING,
        finished_at=turn.now if snapshot.finished else None,
        wake_at=earliest([*moments, *inbox_rows.moments(open_tasks)]),
    )
    session.flush()
    return Saved(tuple(opened), incidents, tuple(new_waits))


def known_of(snapshot: Snapshot) -> Known:
    """What a step leaves in rows, for the next step of the same live process."""
    return Known(
        timers=frozenset((t.engine_task_id, t.due_at) for t in snapshot.timers),
        waits=frozenset((w.engine_task_id, w.name, w.key) for w in snapshot.waiting_messages),
        incidents=frozenset(i.engine_task_id for i in snapshot.incidents),
    )


def save_cancelled(turn: Turn) -> None:
    """End an instance without asking the engine: everything open is withdrawn."""
    session, instance = turn.session, turn.instance
    inbox_rows.sync_tasks(turn, (), Done())
    sync_incidents(turn, (), {})
    for model in (Timer, WaitingFor):
        session.execute(delete(model).where(model.instance_id == instance.id))
    _write_instance(
        turn, status=InstanceStatus.CANCELLED, finished_at=turn.now, wake_at=None, attempts=0
    )


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _write_instance(turn: Turn, **values: Any) -> None:
    instance = turn.instance
    values = {"attempts": 0, **values, "lock_version": instance.lock_version + 1}
    changed = turn.session.execute(
        update(INSTANCES)
        .where(INSTANCES.c.id == instance.id, INSTANCES.c.lock_version == instance.lock_version)
        .values(**values)
        .returning(INSTANCES.c.id)
    )
    if changed.first() is None:
        raise SomebodyWasFaster
    state = values.pop("state", None)
    for name, value in values.items():
        set_committed_value(instance, name, value)
    if state is not None:
        set_committed_value(instance, "state", state)


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
            "at": step.at,
            "by_id": turn.actor.user_id,
        }
        for step in steps
    ]


def _sync_timers(session: Session, instance: ProcessInstance, snapshot: Snapshot) -> None:
    known = {
        row.engine_task_id: row
        for row in session.scalars(select(Timer).where(Timer.instance_id == instance.id))
    }
    waiting = {timer.engine_task_id: timer for timer in snapshot.timers}
    for gone in known.keys() - waiting.keys():
        session.delete(known[gone])
    for key, timer in waiting.items():
        if key in known:
            known[key].due_at = timer.due_at
        else:
            session.add(Timer(instance_id=instance.id, **asdict(timer)))


def _sync_waits(
    session: Session, instance: ProcessInstance, snapshot: Snapshot
) -> list[WaitingFor]:
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
