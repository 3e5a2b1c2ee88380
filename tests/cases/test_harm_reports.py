"""A report of harm never vanishes: whoever makes it, somebody who can act on it has it open."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.cases.visible import Viewer, sees_case
from app.db import reading, transaction
from app.identity.models import User, UserRole
from app.identity.permissions import Permission, Role
from app.runtime.models import ProcessInstance, Task
from app.tasks.policy import refusal_to_complete
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story

Browse = Callable[[User], SiteClient]


def report(browse: Browse, person: User, case_id: int) -> int:
    """The status of the page that a person sees after they reported harm."""
    answer = browse(person).post(
        f"/cases/{case_id}/harm", data={"idempotency_key": "k"}, follow_redirects=True
    )
    return answer.status_code


def first_tasks(case_id: int) -> list[Task]:
    with reading() as session:
        query = (
            select(Task)
            .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
            .where(Task.case_id == case_id, ProcessInstance.process_id == "urgent_safeguarding")
        )
        return list(session.scalars(query))


def who_can(task_id: int) -> set[str]:
    """The sign-in names of those who can complete this task."""
    with reading() as session:
        task = session.get_one(Task, task_id)
        people = session.scalars(select(User).where(User.is_active)).all()
        return {p.sign_in_name for p in people if refusal_to_complete(session, p, task) is None}


def test_whoever_sees_the_case_can_report_harm_and_somebody_can_act_on_it(
    browse: Browse, cast: Cast, concern: Story
) -> None:
    reported = set()
    for role, people in cast.people.items():
        with reading() as session:
            person = session.get_one(User, people[0].id)
            seen = sees_case(session, Viewer.of(person), concern.case_id)
            may = person.may(Permission.HARM_REPORT)
        if not (seen and may):
            continue
        before = {task.id for task in first_tasks(concern.case_id)}
        assert report(browse, person, concern.case_id) == 200, role
        (task,) = [task for task in first_tasks(concern.case_id) if task.id not in before]
        assert task.due_at is not None, role
        assert who_can(task.id), role
        reported.add(role)
    assert {Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.GOVERNANCE} <= reported


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD, Role.SUPERVISOR])
def test_what_governance_reports_goes_to_the_safeguarding_leads_or_else_the_supervisors(
    browse: Browse, cast: Cast, concern: Story, role: Role
) -> None:
    if role is Role.SUPERVISOR:
        with transaction() as session:
            query = select(UserRole).where(UserRole.role == Role.SAFEGUARDING_LEAD)
            for row in session.scalars(query):
                session.delete(row)
    assert report(browse, cast.one(Role.GOVERNANCE), concern.case_id) == 200
    (task,) = first_tasks(concern.case_id)
    assert (task.assignee_id, task.role, task.team_id) == (None, role, None)
    assert cast.one(role).sign_in_name in who_can(task.id)
