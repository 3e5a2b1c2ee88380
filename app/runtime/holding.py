"""Who holds a task. Only the inbox row changes; the process does not move.

The instance is locked first, as in a step, so the two can never wait for each other in a circle.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit.record import record
from app.errors import Conflict
from app.identity.permissions import Role
from app.runtime.actor import Actor
from app.runtime.models import Task
from app.runtime.turn import lock_instance


class SomebodyElseTookIt(Conflict):
    """Somebody else took this task, or finished it, while you were looking at it."""


def hold_in_team(session: Session, task: Task, team_id: int | None, *, actor: Actor) -> None:
    """Take an open task from whoever holds it; practitioners of this team alone may take it on.

    Raises:
        SomebodyElseTookIt: the task is not as ``task`` was read; nothing is changed.
    """
    hold(session, task, None, actor=actor)
    task.role, task.team_id = Role.PRACTITIONER, team_id
    session.flush()


def hold(session: Session, task: Task, user_id: int | None, *, actor: Actor) -> None:
    """Give an open task to a person, or back to everybody who could take it (None).

    Raises:
        SomebodyElseTookIt: the task is not as ``task`` was read; nothing is changed.
    """
    before = task.assignee_id
    lock_instance(session, task.instance_id)
    changed = session.scalar(
        update(Task)
        .where(
            Task.id == task.id,
            Task.done_at.is_(None),
            Task.assignee_id.is_(None) if before is None else Task.assignee_id == before,
        )
        .values(assignee_id=user_id)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise SomebodyElseTookIt
    session.refresh(task, ["assignee_id"])
    record(
        session,
        actor=actor.name,
        action="task.handed_over",
        case_id=task.case_id,
        detail={"task_id": task.id, "from": before, "to": user_id},
    )
