"""What people do at a task, as the pages do it: see it, fill in the form, hand it in; or decide."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app.cases.models import Case
from app.cases.registration import register_with_runtime
from app.db import reading, transaction
from app.definitions.live import pack_of_area
from app.identity.models import User
from app.identity.people import get_user
from app.identity.permissions import Role
from app.runtime.models import Task, TaskKind
from app.runtime.results import StepResult
from app.tasks.complete import complete_task
from app.tasks.page import bind, form_of
from app.tasks.policy import open_task, refusal_to_complete, refusal_to_decide
from app.tasks.sign_off import Answer, decide
from tests.support.answering import fill_in
from tests.support.shipped import Cast

#: Nine o’clock in London, when the scenarios begin.
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

register_with_runtime()


class NobodyMay(AssertionError):
    """No person of that role may do this."""


def hand_in(task_id: int, user_id: int, answers: Mapping[str, Any], seed: str) -> StepResult:
    """Complete a task through its form."""
    with transaction() as session:
        user = get_user(session, user_id)
        task = open_task(session, user, task_id)
        case = session.get(Case, task.case_id) if task.case_id is not None else None
        form = form_of(session, task, pack_of_area(session, task.area_id))
        first = bind(session, task, case)
        typed, around = fill_in(form, first, answers, seed), first.around
        bound = form.bind(typed, around.known, options=around.options, env=around.env)
        assert bound.validate(), bound.errors
        return complete_task(session, task, bound.answers, user=user)


def sign(task_id: int, user_id: int, answer: Answer) -> StepResult:
    """Answer at a gateway."""
    with transaction() as session:
        user = get_user(session, user_id)
        return decide(session, open_task(session, user, task_id), answer, user=user)


def doer(cast: Cast, task_id: int, role: str) -> User:
    """Whoever holds the task, who must be of this role, else the first of the role who may do it.

    Raises:
        NobodyMay: with every person's reason.
    """
    with reading() as session:
        task = session.get_one(Task, task_id)
        if task.assignee_id is not None:
            holder = get_user(session, task.assignee_id)
            fits = role in holder.roles or task.case_role is not None
            assert fits, f"{task.element_id} went to {holder.name}, not a {role}"
            return holder
        return _first(session, cast, task, Role(role))


def first_who_may(cast: Cast, task_id: int) -> User:
    """Whoever holds the task, else the first person of its role who may do it."""
    with reading() as session:
        task = session.get_one(Task, task_id)
        if task.assignee_id is not None:
            return get_user(session, task.assignee_id)
        return _first(session, cast, task, Role(task.role))


def _first(session: Session, cast: Cast, task: Task, role: Role) -> User:
    refusals = {}
    for user in cast.people[role]:
        refusal = _refusal(session, user, task)
        if refusal is None:
            return user
        refusals[user.name] = refusal
    raise NobodyMay(f"{task.element_id}: {refusals}")


def _refusal(session: Session, user: User, task: Task) -> str | None:
    if task.kind == TaskKind.SIGN_OFF:
        return refusal_to_decide(session, user, task)
    return refusal_to_complete(session, user, task)
