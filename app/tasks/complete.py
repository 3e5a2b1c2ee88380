"""Handing in a task: is it theirs, then one step of the process."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotAllowed
from app.identity.models import User
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.models import Task
from app.runtime.results import StepResult
from app.runtime.step import take_step
from app.tasks.policy import refusal_to_complete


def complete_task(
    session: Session, task: Task, answers: Mapping[str, Any], *, user: User
) -> StepResult:
    """Record a person's answers and move the process on.

    ``answers`` must already have passed the task's form.

    Raises:
        TaskAlreadyDone: a colleague was faster; the message says who and when.
        NotAllowed: see ``app.tasks.policy`` for the rules.
    """
    if task.done_at is None and (refusal := refusal_to_complete(session, user, task)):
        raise NotAllowed(refusal)
    action = CompleteTask(task_id=task.id, answers=answers)
    return take_step(session, task.instance_id, action, actor=Actor.person(user))
