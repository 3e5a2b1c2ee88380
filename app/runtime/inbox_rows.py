"""Keeps the inbox in line with the engine: one row for each task that waits for a person."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.db import Base
from app.definitions.live import live_id
from app.definitions.models import Kind
from app.engine.results import OpenTask
from app.prepared import Prepared, columns_of
from app.runtime import deciders, four_eyes
from app.runtime.assign import assign
from app.runtime.models import NEVER, Outcome, Task, TaskKind
from app.runtime.plan import Done, Reopened
from app.runtime.turn import OpenRow, Turn

TASKS = Base.metadata.tables[Task.__tablename__]
NOT_YET = {"id", "done_at", "done_by_id", "outcome"}
OPEN = Prepared(insert(TASKS).returning(TASKS.c.id), columns_of(TASKS, but=NOT_YET))
CLOSE = Prepared(
    update(TASKS)
    .where(TASKS.c.id == bindparam("task_id"))
    .values(remind_at=None, escalate_at=None),
    ("done_at", "done_by_id", "outcome"),
)


@dataclass(frozen=True)
class Inbox:
    """What a step left: ids of the new rows, and all that are open now."""

    opened: tuple[int, ...]
    open: tuple[OpenRow, ...]

    def moments(self) -> list[datetime | None]:
        """When the scheduler must look at one of them."""
        return [moment for row in self.open for moment in (row.remind_at, row.escalate_at)]


def sync_tasks(turn: Turn, open_tasks: Iterable[OpenTask], done: Done) -> Inbox:
    """Close rows the engine no longer waits for, add rows for what it waits for now."""
    waiting = {task.engine_task_id: task for task in open_tasks}
    known = {row.engine_task_id: row for row in turn.open_rows().values()}
    for gone in known.keys() - waiting.keys():
        _close(turn, known.pop(gone), done)
    if any(task.sign_off is not None for task in waiting.values()):
        turn.session.flush()  # four eyes, below, reads what was done until now
    opened = [
        _opened(turn, task, done.reopened) for key, task in waiting.items() if key not in known
    ]
    return Inbox(tuple(row.id for row in opened), (*known.values(), *opened))


def _close(turn: Turn, row: OpenRow, done: Done) -> None:
    values: dict[str, Any] = {"done_at": turn.now, "done_by_id": None, "outcome": Outcome.WITHDRAWN}
    if row.id == done.task_id:
        values |= {"done_by_id": turn.actor.user_id, "outcome": done.outcome}
    CLOSE.run(turn.session, {"task_id": row.id, **values})
    mapped = turn.session.identity_map
    task = mapped.get(identity_key(Task, row.id)) if mapped else None
    if task is not None:
        for name, value in {**values, "remind_at": None, "escalate_at": None}.items():
            set_committed_value(task, name, value)


def _opened(turn: Turn, task: OpenTask, reopened: Reopened | None) -> OpenRow:
    instance = turn.instance
    again = (
        reopened
        if reopened and (reopened.element_id, reopened.path) == (task.element_id, task.call_path)
        else None
    )
    recommender = (
        four_eyes.recommender(turn.session, turn.pinned, instance.id, task.recommendation.reads)
        if task.recommendation
        else None
    )
    to = assign(turn, task, again_for=again.by_id if again else None, recommender_id=recommender)
    values: dict[str, Any] = {
        "instance_id": instance.id,
        "engine_task_id": task.engine_task_id,
        "process_id": task.process_id,
        "element_id": task.element_id,
        "kind": TaskKind(task.kind),
        "name": turn.pack.in_words(task.name),
        "documentation": turn.pack.in_words(task.documentation),
        "path": list(task.call_path),
        "facts": dict(task.facts),
        "item": task.item,
        "role": to.role,
        "case_role": to.case_role,
        "area_id": instance.area_id,
        "locality_id": to.locality_id,
        "team_id": to.team_id,
        "assignee_id": to.assignee_id,
        "deputy_id": to.deputy_id,
        "case_id": instance.case_id,
        "form_version_id": form_version(turn, task.form_id),
        "recommendation": recommendation(turn, task, recommender),
        "sign_off": sign_off(task),
        "send_back_comment": again.comment if again else None,
        "opened_at": turn.now,
        "due_at": task.due_at,
        "due_sort": task.due_at or NEVER,
        "remind_at": _remind_at(turn, task),
        "escalate_at": task.due_at if task.sign_off else None,
    }
    task_id = OPEN.rows(turn.session, values)[0][0]
    if task.sign_off is not None:
        deciders.send_to_somebody(turn.session, turn.session.get_one(Task, task_id))
    return OpenRow(task_id, *(values[name] for name in OpenRow._fields[1:]))


def _remind_at(turn: Turn, task: OpenTask) -> datetime | None:
    """As the diagram says; else a sign-off is called to mind one working day after it opened."""
    if task.sign_off is None or task.sign_off.remind_at is not None or task.due_at is None:
        return task.sign_off.remind_at if task.sign_off else None
    reminder = turn.pack.calendar.due_at(turn.now, 1)
    return reminder if reminder < task.due_at else None


def form_version(turn: Turn, form_id: str | None) -> int | None:
    """A form's version is fixed when its task opens."""
    if form_id is None:
        return None
    return live_id(turn.session, Kind.FORM, form_id, turn.pack)


def recommendation(turn: Turn, task: OpenTask, recommender_id: int | None) -> dict[str, Any] | None:
    if task.recommendation is None:
        return None
    said = asdict(task.recommendation)
    said["branches"] = [_in_words(turn, branch) for branch in said["branches"]]
    return {**said, "recommender_id": recommender_id}


def _in_words(turn: Turn, branch: Mapping[str, Any]) -> dict[str, Any]:
    return {name: turn.pack.in_words(str(text)) for name, text in branch.items()}


def sign_off(task: OpenTask) -> dict[str, Any] | None:
    if task.sign_off is None:
        return None
    return {
        "role": task.sign_off.role,
        "fields": list(task.sign_off.fields),
        "send_back_to": list(task.sign_off.send_back_to),
    }
