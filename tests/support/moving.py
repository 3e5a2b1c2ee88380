"""Moves running cases in a test, and tells whether a case is exactly as it was."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.db import Base, reading, transaction
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import load_set, repin
from app.engine.moving.matching import propose
from app.runtime.actions import MoveToVersion, UndoMove
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.records import InstanceMove
from app.runtime.results import StepResult
from app.runtime.step import take_step

Spot = tuple[str, str]
OWNER = Actor.system("process owner")
#: Rows of one instance that a move may touch, and columns that only ever grow.
TABLES = ("task", "timer", "message_wait", "incident", "task_draft", "submission")
GROWS = {"lock_version"}


def move(
    instance_id: int, version: DefinitionVersion, places: Mapping[Spot, Spot] | None = None
) -> int:
    """Move one process to a version, by id and structure and as ``places`` say; the move's id."""
    with transaction() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        old = load_set(session, instance.definition_set_key)
        before = session.get_one(DefinitionSet, instance.definition_set_key)
        chosen = repin(session, before, version)
        new = load_set(session, chosen.key)
        matches = propose(
            {pid: d.drawing for pid, d in old.diagrams.items()},
            {pid: d.drawing for pid, d in new.diagrams.items()},
        )
        found = {spot: match.to for spot, match in matches.items() if match.to}
        action = MoveToVersion(to_set_key=chosen.key, places={**found, **(places or {})})
        take_step(session, instance_id, action, actor=OWNER)
        return last_move(session, instance_id)


def undo(instance_id: int, move_id: int) -> StepResult:
    with transaction() as session:
        return take_step(session, instance_id, UndoMove(move_id=move_id), actor=OWNER)


def last_move(session: Any, instance_id: int) -> int:
    query = select(InstanceMove.id).where(InstanceMove.instance_id == instance_id)
    return int(session.scalars(query.order_by(InstanceMove.id.desc())).first())


def everything(instance_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows of an instance, word for word, its state's bytes included."""
    with reading() as session:
        return everything_in(session, instance_id)


def everything_in(session: Session, instance_id: int) -> dict[str, list[dict[str, Any]]]:
    session.flush()
    found = {}
    for name in ("process_instance", *TABLES):
        table = Base.metadata.tables[name]
        rows = session.execute(select(table).where(_of(table, instance_id)).order_by(table.c.id))
        found[name] = [
            {column: value for column, value in row.items() if column not in GROWS}
            for row in rows.mappings()
        ]
    return found


def _of(table: Table, instance_id: int) -> Any:
    if table.name == "process_instance":
        return table.c.id == instance_id
    if table.name == "task_draft":
        tasks = Base.metadata.tables["task"]
        return table.c.task_id.in_(select(tasks.c.id).where(tasks.c.instance_id == instance_id))
    return table.c.instance_id == instance_id
