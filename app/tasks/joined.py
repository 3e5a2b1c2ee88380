"""Where somebody goes on whose case turned out to be one that is open already."""

from contextlib import suppress
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.starting import (
    BEGIN_STEP_DOWN,
    STEP_DOWN,
    AlreadyRunning,
    NotOffered,
    start_beside,
)
from app.cases.visible import Viewer, sees_case
from app.identity.models import User
from app.runtime.models import Task


class Elsewhere(NamedTuple):
    """The open case that took over, and this person's first task there, if there is one."""

    case: Case
    task: Task | None


def goes_on_elsewhere(session: Session, user: User, task: Task) -> Elsewhere | None:
    """The open case that took over the case of ``task``; None where none did.

    A step-down begins there at once: whoever named the family has asked for it already.
    """
    case = session.get(Case, task.case_id) if task.case_id is not None else None
    if case is None or case.status != "joined" or case.joined_to_id is None:
        return None
    if not sees_case(session, Viewer.of(user), case.joined_to_id):
        return None
    target = session.get_one(Case, case.joined_to_id)
    steps_down = task.process_id == BEGIN_STEP_DOWN
    return Elsewhere(target, _step_down(session, target, user) if steps_down else None)


def _step_down(session: Session, case: Case, user: User) -> Task | None:
    """None where one runs already, or it ended meanwhile: the page of the case says more."""
    with suppress(AlreadyRunning, NotOffered):
        return start_beside(session, case, STEP_DOWN, user)
    return None
