"""Who may open, complete, take on and hand over a task. A refusal says why, in words for the page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.visible import Viewer, can_take, sees_case
from app.errors import NotFound
from app.identity.models import User
from app.identity.people import get_user, stands_in_for
from app.identity.permissions import Permission
from app.runtime import four_eyes
from app.runtime.models import Task
from app.tasks.why import role_label


class TaskNotFound(NotFound):
    """We cannot find that task. Somebody else may have it now, or it is not one of yours to see."""


def open_task(session: Session, user: User, task_id: int) -> Task:
    """Load a task this person may see, finished or not.

    Raises:
        TaskNotFound: there is none, or it belongs to a case that is not theirs to see.
    """
    task = session.get(Task, task_id)
    if task is None or not _may_see(session, Viewer.of(user), task):
        raise TaskNotFound
    return task


def _may_see(session: Session, viewer: Viewer, task: Task) -> bool:
    if task.case_id is None:
        return task.assignee_id == viewer.user_id or (
            task.area_id in viewer.areas and task.role in viewer.roles
        )
    return sees_case(session, viewer, task.case_id)


def refusal_to_complete(session: Session, user: User, task: Task) -> str | None:
    """Why this person cannot hand in this task, or None. Four eyes are the runtime's to judge."""
    if not user.may(Permission.TASK_COMPLETE):
        return "Your role does not include completing tasks."
    if task.assignee_id == user.id:
        return None
    if task.assignee_id is not None:
        if task.assignee_id in stands_in_for(session, user.id):
            return None
        holder = get_user(session, task.assignee_id)
        return f"This task is with {holder.name}. Ask them, or a supervisor, to hand it over."
    if not _could_take(session, user, task):
        return f"This task is for a {role_label(task.role).lower()}."
    return None


def refusal_to_claim(session: Session, user: User, task: Task) -> str | None:
    if task.assignee_id is not None:
        if task.assignee_id == user.id:
            return None
        return f"{get_user(session, task.assignee_id).name} has taken this on already."
    return refusal_to_complete(session, user, task)


def refusal_to_release(user: User, task: Task) -> str | None:
    if task.assignee_id != user.id:
        return "Only the person who holds a task can give it back."
    return None


def refusal_to_reassign(session: Session, user: User, task: Task) -> str | None:
    """People hand over their own tasks; those who lead a team hand over anybody's."""
    if task.assignee_id == user.id or user.may(Permission.TASK_ASSIGN):
        return None
    return "Only the person who holds a task, or a supervisor, can hand it over."


def _could_take(session: Session, user: User, task: Task) -> bool:
    takeable = select(Task.id).where(Task.id == task.id, can_take(Viewer.of(user)))
    return session.scalar(takeable) is not None


def refusal_to_decide(session: Session, user: User, task: Task) -> str | None:
    """Why this person cannot sign this off: role first, then four eyes."""
    if not user.may(Permission.SIGN_OFF_DECIDE):
        return f"This decision is for a {role_label(task.role).lower()}."
    if refusal := refusal_to_complete(session, user, task):
        return refusal
    return four_eyes.refused_deciders(session, task).get(user.id)
