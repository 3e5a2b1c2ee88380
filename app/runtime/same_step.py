"""Documents and finished work of a step, also from before it was drawn anew and the case was moved.

What was handed in keeps the id under which it was; a move only says where that step is now.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.runtime.crossing import Standing
from app.runtime.four_eyes import crossings
from app.runtime.models import ProcessInstance, Submission, Task
from app.runtime.records import StepHistory


class HandedIn(NamedTuple):
    submission_id: int
    task_id: int
    superseded: bool


def standings(session: Session, instance_id: int, tasks: Iterable[Task]) -> dict[int, Standing]:
    """Where the steps of these tasks of one instance are today, by task id."""
    tasks = list(tasks)
    found = {task.id: _own(task) for task in tasks}
    done = {task.engine_task_id: task.id for task in tasks if task.done_at is not None}
    moves = crossings(session, instance_id) if done else []
    if not moves:
        return found
    root = session.get_one(ProcessInstance, instance_id).process_id
    for engine_task_id, version in _done_at(session, instance_id, done).items():
        task_id = done[engine_task_id]
        for move in reversed(moves):
            if version < move.version:
                found[task_id] = move.after(found[task_id], root)
    return found


def handed_in_before(session: Session, task: Task) -> list[HandedIn]:
    """What was handed in for the step of an open task, and for its item, the latest first."""
    rows = session.execute(
        select(Submission.id, Submission.superseded, Task)
        .join(Task, Task.id == Submission.task_id)
        .where(Submission.instance_id == task.instance_id)
        .order_by(Submission.id.desc())
    ).all()
    where = standings(session, task.instance_id, (row for _, _, row in rows))
    return [
        HandedIn(submission_id, row.id, superseded)
        for submission_id, superseded, row in rows
        if where[row.id] == _own(task) and row.item == task.item
    ]


def answers_before(session: Session, task: Task) -> Mapping[str, Any]:
    """The answers of the latest document of a step that is to be done again."""
    before = handed_in_before(session, task)
    if not before:
        return {}
    found = session.scalar(select(Submission.answers).where(Submission.id == before[0][0]))
    return dict(found or {})


def work_at(session: Session, tasks: Sequence[Task], element_id: str, beside: Task) -> list[Task]:
    """Those of the finished tasks that were of this step, in the process where ``beside`` is."""
    wanted = Standing(tuple(beside.path), beside.process_id, element_id)
    where = standings(session, beside.instance_id, tasks)
    return [task for task in tasks if where[task.id] == wanted]


def _own(task: Task) -> Standing:
    return Standing(tuple(task.path), task.process_id, task.element_id)


def _done_at(session: Session, instance_id: int, engine_ids: Iterable[str]) -> dict[str, int]:
    """The version of the instance that each of these was finished with."""
    rows = session.execute(
        select(StepHistory.engine_task_id, func.max(StepHistory.lock_version))
        .where(
            StepHistory.instance_id == instance_id,
            StepHistory.what.in_(("completed", "branch")),
        )
        .group_by(StepHistory.engine_task_id)
    )
    wanted = set(engine_ids)
    return {engine_id: version for engine_id, version in rows if engine_id in wanted}
