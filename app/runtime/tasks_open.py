"""Finding the task an action is about, and refusing one that is already done."""

from datetime import datetime

from app.clock import LONDON
from app.errors import AppError, Conflict, NotFound
from app.identity.people import names_of
from app.runtime.models import Outcome, Task, TaskKind
from app.runtime.turn import OpenRow, Turn


class TaskNotFound(NotFound):
    """We cannot find that task."""


class TaskAlreadyDone(Conflict):
    """Someone has already completed this task.

    ``by_id`` and ``at`` say who was faster, and when.
    """

    def __init__(self, message: str, *, by_id: int | None, at: datetime) -> None:
        super().__init__(message)
        self.by_id = by_id
        self.at = at


class WrongKindOfAnswer(Conflict):
    """This step is answered in another way."""


def open_row(turn: Turn, task_id: int, kind: TaskKind) -> OpenRow:
    """The task, which the locked instance still waits for.

    Raises:
        TaskNotFound: no such task in this instance.
        TaskAlreadyDone: a colleague was faster, or the process no longer needs it.
        WrongKindOfAnswer: a gateway is signed off, not completed, and the other way round.
    """
    row = turn.open_rows().get(task_id)
    if row is None:
        raise _not_open(turn, task_id)
    if row.kind != kind:
        raise WrongKindOfAnswer
    return row


def open_task(turn: Turn, task_id: int, kind: TaskKind) -> Task:
    """As ``open_row``, with everything that the row says."""
    open_row(turn, task_id, kind)
    return turn.open_tasks()[task_id]


def _not_open(turn: Turn, task_id: int) -> AppError:
    task = turn.session.get(Task, task_id, populate_existing=True)
    if task is None or task.instance_id != turn.instance.id or task.done_at is None:
        return TaskNotFound()
    return _already_done(turn, task, task.done_at)


def _already_done(turn: Turn, task: Task, at: datetime) -> TaskAlreadyDone:
    local = at.astimezone(LONDON)
    when = f"{local:%H:%M} on {local.day} {local:%B %Y}"
    if task.outcome == Outcome.WITHDRAWN:
        text = f"“{task.name}” is no longer needed: the process moved on at {when}."
    elif task.done_by_id == turn.actor.user_id:
        text = f"You have already done “{task.name}”, at {when}."
    else:
        names = names_of(turn.session, [task.done_by_id] if task.done_by_id else [])
        who = next(iter(names.values()), "The system")
        text = f"{who} was faster and did “{task.name}” at {when}."
    return TaskAlreadyDone(text, by_id=task.done_by_id, at=at)
