"""Reminders of sign-offs: rows with a moment, sent once, when the instance is woken for them.

A gateway carries no timer events, so nothing here moves a token.
"""

from datetime import datetime

from app.clock import LONDON
from app.identity.models import User
from app.identity.people import deputy_of, team_supervisors, with_role
from app.identity.permissions import Role
from app.outbox.queue import queue_email
from app.runtime import deciders, four_eyes
from app.runtime.models import Task
from app.runtime.turn import Turn

#: A reminder goes to a handful of people, not to a whole area.
MOST_PEOPLE = 10


def send_due(turn: Turn) -> None:
    """Queue what is due for open tasks of this instance: first a reminder, then an escalation."""
    if not any(
        moment is not None and moment <= turn.now
        for row in turn.open_rows().values()
        for moment in (row.remind_at, row.escalate_at)
    ):
        return
    for task in turn.open_tasks().values():
        if task.remind_at is not None and task.remind_at <= turn.now:
            _queue(turn, task, _deciders(turn, task), "reminder", task.remind_at)
            task.remind_at = None
        if task.escalate_at is not None and task.escalate_at <= turn.now:
            deciders.send_to_somebody(turn.session, task)
            _queue(turn, task, _stand_ins(turn, task), "overdue", task.escalate_at)
            task.escalate_at = None
        row = turn.open_rows()[task.id]
        turn.changed_row(row._replace(remind_at=task.remind_at, escalate_at=task.escalate_at))


def _deciders(turn: Turn, task: Task) -> list[User]:
    """Whoever holds it; else the supervisors of the team concerned; else all with the role."""
    session = turn.session
    if task.assignee_id is not None:
        return [session.get_one(User, task.assignee_id)]
    if people := _allowed(turn, task, team_supervisors(session, _team(turn, task))):
        return people
    query = with_role(Role(task.role), area_id=task.area_id, locality_id=task.locality_id)
    return _allowed(turn, task, list(session.scalars(query.limit(MOST_PEOPLE))))


def _stand_ins(turn: Turn, task: Task) -> list[User]:
    """When it is overdue: the deputy, and the other supervisors of the team."""
    session = turn.session
    people = _allowed(turn, task, team_supervisors(session, _team(turn, task)))
    deputy = deputy_of(session, task.assignee_id) if task.assignee_id is not None else None
    if deputy is not None and deputy not in people:
        people.append(deputy)
    return people or _deciders(turn, task)


def _team(turn: Turn, task: Task) -> int | None:
    """The team the task lies with; else that of whoever recommended."""
    recommender_id = (task.recommendation or {}).get("recommender_id")
    if task.team_id is not None or recommender_id is None:
        return task.team_id
    return turn.session.get_one(User, recommender_id).team_id


def _allowed(turn: Turn, task: Task, people: list[User]) -> list[User]:
    refused = four_eyes.refused_deciders(turn.session, task)
    return [user for user in people if user.id not in refused][:MOST_PEOPLE]


def _queue(turn: Turn, task: Task, people: list[User], what: str, moment: datetime) -> None:
    """One e-mail for each person; it names the step, never the family."""
    local = (task.due_at or moment).astimezone(LONDON)
    words = "is overdue since" if what == "overdue" else "is due"
    for user in people:
        queue_email(
            turn.session,
            to=user.email,
            template="something_to_do",
            payload={
                "reference": f"task {task.id}",
                "what": f"“{task.name}” {words} {local.day} {local:%B %Y}.",
                "link": f"/tasks/{task.id}",
            },
            key=f"sign-off-{what}:{task.id}:{user.id}:{moment.isoformat()}",
            case_id=task.case_id,
        )
