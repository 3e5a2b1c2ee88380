"""Whose inbox a task goes to: from lane or assignment to a role, a part in the case, a person."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.lanes import Part, part_of_lane, read_part
from app.engine.results import OpenTask
from app.identity.models import User
from app.identity.people import presence, roles_of, team_plays, team_supervisors, with_role
from app.identity.permissions import Permission, Role, has_permission
from app.runtime import hooks
from app.runtime.turn import Turn


@dataclass(frozen=True)
class Assignment:
    """``role`` says who may take the task while ``assignee_id`` is empty."""

    role: Role
    case_role: str | None
    assignee_id: int | None
    deputy_id: int | None
    team_id: int | None
    locality_id: str | None


#: For a task that neither lane nor assignment explains; the checks refuse such a diagram.
ANYBODY = Part(Role.PRACTITIONER)
#: No part, or one that depends on more than the case.
ASKED_SINGLY = frozenset({None, "initiator", "recommender_manager"})
#: Anybody may report harm, also people who complete no tasks; what follows is never theirs alone.
HARM = "urgent_safeguarding"


def assign(
    turn: Turn, task: OpenTask, *, again_for: int | None = None, recommender_id: int | None = None
) -> Assignment:
    """Decide who gets a task that has just opened.

    Args:
        again_for: who did it before it was sent back; they get it again.
        recommender_id: whose work a sign-off judges, for ``case:recommender_manager``.
    """
    session, instance = turn.session, turn.instance
    part = _part(turn, task)
    if again_for is None and (whole := _by_standing(turn, task, part)) is not None:
        return whole
    scope = hooks.case_scope(session, instance.case_id)
    person = again_for or _named(session, task.assignee)
    if person is None and part.case_role is not None:
        person = _person_in_case(turn, task, part.case_role, recommender_id)
    if person is not None and part.case_role == "initiator" and not _completes(session, person):
        return _for_somebody_else(turn, part, scope.locality_id if scope else instance.locality_id)
    found = presence(session, person) if person is not None else None  # nobody gets work who left
    team_id = None
    if part.case_role == "recommender_manager":
        team_id = _team_of(session, recommender_id)
    elif part.case_role is not None and scope is not None:
        team_id = scope.team_id
    if team_id is not None and not team_plays(session, team_id, part.role):
        team_id = None  # a school's case still finds a family support worker of the area
    return Assignment(
        role=part.role,
        case_role=part.case_role,
        assignee_id=found.user_id if found else None,
        deputy_id=found.deputy_id if found else None,
        team_id=team_id,
        locality_id=scope.locality_id if scope else instance.locality_id,
    )


def _by_standing(turn: Turn, task: OpenTask, part: Part) -> Assignment | None:
    """For most tasks: a part in the case that somebody is named for. One question instead of four."""
    if part.case_role in ASKED_SINGLY or _names_a_person(task.assignee):
        return None
    found = hooks.case_standing(turn.session, turn.instance.case_id, str(part.case_role), part.role)
    if found is None:
        return None
    return Assignment(
        role=part.role,
        case_role=part.case_role,
        assignee_id=found.user_id,
        deputy_id=found.deputy_id,
        team_id=found.scope.team_id if found.team_plays else None,
        locality_id=found.scope.locality_id,
    )


def _completes(session: Session, user_id: int) -> bool:
    return has_permission(roles_of(session, user_id), Permission.TASK_COMPLETE)


def _for_somebody_else(turn: Turn, part: Part, locality_id: str | None) -> Assignment:
    """Open to everybody of a role, since whoever began this may not complete it.

    A report of harm goes to the safeguarding leads, or to the supervisors where there are none.
    """
    role = part.role
    if turn.instance.process_id == HARM:
        leads = with_role(
            Role.SAFEGUARDING_LEAD, area_id=turn.instance.area_id, locality_id=locality_id
        )
        found = turn.session.scalar(leads.limit(1))
        role = Role.SAFEGUARDING_LEAD if found is not None else Role.SUPERVISOR
    return Assignment(
        role=role,
        case_role=part.case_role,
        assignee_id=None,
        deputy_id=None,
        team_id=None,
        locality_id=locality_id,
    )


def _part(turn: Turn, task: OpenTask) -> Part:
    if task.sign_off is not None:
        return read_part(task.sign_off.role) or Part(Role.SUPERVISOR)
    for name in (*task.roles, task.assignee or ""):
        if part := read_part(name):
            return part
    return part_of_lane(turn.pack, task.lane) or ANYBODY


def _person_in_case(
    turn: Turn, task: OpenTask, case_role: str, recommender_id: int | None
) -> int | None:
    if case_role == "recommender_manager":
        return _only_manager(turn.session, recommender_id)
    if case_role == "initiator" and turn.instance.started_by_id is not None:
        return turn.instance.started_by_id  # of a process beside the pathway: whoever asked for it
    facts = {**task.facts, "item": task.item}
    return hooks.case_role(turn.session, turn.instance.case_id, case_role, facts)


def _only_manager(session: Session, recommender_id: int | None) -> int | None:
    """The one manager of the recommender's team; with several, the team decides who takes it."""
    managers = [
        user.id
        for user in team_supervisors(session, _team_of(session, recommender_id))
        if user.id != recommender_id
    ]
    return managers[0] if len(managers) == 1 else None


def _team_of(session: Session, user_id: int | None) -> int | None:
    user = session.get(User, user_id) if user_id is not None else None
    return user.team_id if user else None


def _named(session: Session, assignee: str | None) -> int | None:
    """A person that the diagram names by user id or sign-in name."""
    if assignee is None or not _names_a_person(assignee):
        return None
    if assignee.isdecimal():
        return int(assignee)
    return session.scalar(select(User.id).where(User.sign_in_name == assignee.strip().lower()))


def _names_a_person(assignee: str | None) -> bool:
    return bool(assignee) and not read_part(assignee or "")
