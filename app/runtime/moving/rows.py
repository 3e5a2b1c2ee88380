"""What the rows of an instance hold before and after a move, and how to put them back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from app.db import Base, UtcDateTime
from app.runtime.models import ProcessInstance, Task
from app.runtime.records import Incident, Timer, WaitingFor

Rows: TypeAlias = dict[str, dict[int, dict[str, Any]]]
"""Table name → id → the row as JSON can hold it."""

INSTANCE = Base.metadata.tables[ProcessInstance.__tablename__]
OPEN: dict[str, Any] = {
    Task.__tablename__: Task.done_at.is_(None),
    Timer.__tablename__: True,
    WaitingFor.__tablename__: True,
    Incident.__tablename__: Incident.resolved_at.is_(None),
}
STATE_AFTER = "state_sha256"
#: Of the instance itself; its state is kept as bytes, its version only ever grows.
OF_INSTANCE = ("definition_set_key", "facts", "wake_at", "attempts")


def rows_of(session: Session, instance_id: int, also: Rows | None = None) -> Rows:
    """Everything open of this instance. ``also`` names rows to look at although they closed."""
    session.flush()
    found: Rows = {}
    for name, is_open in OPEN.items():
        table = Base.metadata.tables[name]
        wanted = table.c.instance_id == instance_id
        if is_open is not True:
            wanted &= is_open | table.c.id.in_((also or {}).get(name, {}))
        rows = session.execute(select(table).where(wanted).order_by(table.c.id)).mappings()
        found[name] = {row["id"]: _written(row) for row in rows}
    columns = [INSTANCE.c[name] for name in OF_INSTANCE]
    one = session.execute(select(*columns).where(INSTANCE.c.id == instance_id)).mappings().one()
    found[INSTANCE.name] = {instance_id: _written(one)}
    return found


def changes(before: Rows, after: Rows, state: bytes) -> dict[str, list[dict[str, Any]]]:
    """Row by row; of a row that stayed only the columns that differ.

    Of the state after the move only its hash is kept, with the row of the instance.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name in before:
        lines = []
        for row_id in sorted({*before[name], *after[name]}):
            was, now = before[name].get(row_id), after[name].get(row_id)
            if was is not None and now is not None:
                differ = [column for column in was if was[column] != now[column]]
                was, now = {c: was[c] for c in differ}, {c: now[c] for c in differ}
            if was != now:
                lines.append({"id": row_id, "before": was, "after": now})
        found[name] = lines
    for line in found[INSTANCE.name]:
        line["after"][STATE_AFTER] = _hash(state)
    return found


def is_state_after(changed: Mapping[str, Any], state: bytes) -> bool:
    """Whether the process is where this move put it."""
    lines = changed.get(INSTANCE.name, ())
    return any(line["after"].get(STATE_AFTER) == _hash(state) for line in lines)


def next_moment(session: Session, instance_id: int) -> datetime | None:
    """When the scheduler must look at an instance, by its rows."""
    moments = [
        *session.scalars(select(Timer.due_at).where(Timer.instance_id == instance_id)),
        *session.scalars(select(Task.remind_at).where(_open_of(instance_id))),
        *session.scalars(select(Task.escalate_at).where(_open_of(instance_id))),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _open_of(instance_id: int) -> ColumnElement[bool]:
    return (Task.instance_id == instance_id) & Task.done_at.is_(None)


def _hash(state: bytes) -> str:
    return sha256(state).hexdigest()


def put_back(session: Session, changed: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Take the changes of a move back, but not what people did since.

    A column that holds something else by now (somebody took the task over) is left as it is.
    """
    for name, lines in changed.items():
        if name == INSTANCE.name:
            continue
        table = Base.metadata.tables[name]
        for line in lines:
            _put_row_back(session, table, line)


def instance_before(changed: Mapping[str, Any], now: Rows) -> dict[str, Any]:
    """What to write into the instance, unless it was changed since."""
    found: dict[str, Any] = {}
    for line in changed.get(INSTANCE.name, ()):
        held = now[INSTANCE.name][line["id"]]
        found |= {c: v for c, v in line["before"].items() if held[c] == line["after"][c]}
    return _read(INSTANCE, found)


def _put_row_back(session: Session, table: Table, line: Mapping[str, Any]) -> None:
    at = table.c.id == line["id"]
    if line["before"] is None:
        session.execute(delete(table).where(at))
        return
    before = _read(table, line["before"])
    if line["after"] is None:
        session.execute(insert(table).values(before))
        return
    row = session.execute(select(table).where(at)).mappings().one()
    held = _written(row)
    back = {c: value for c, value in before.items() if held[c] == line["after"][c]}
    if back:
        session.execute(update(table).where(at).values(back))


def _written(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _read(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if isinstance(table.c[name].type, UtcDateTime) and value is not None
        else value
        for name, value in row.items()
    }
