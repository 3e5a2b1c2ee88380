"""Who may see a case. One predicate, used by every list, search, count and page.

Need to know: people who work in the case, who hold or could take a task of it, the team that
holds it, and those whose work is an area's cases (supervisors, the front door, governance).
Process owners and administrators see none. A case somebody may not see does not exist for them.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.cases.models import Case, CaseMember
from app.errors import NotFound
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.models import Task

#: Roles whose work is all cases of their area (or of the localities they are narrowed to).
AREA_WIDE = frozenset(
    {
        Role.SUPERVISOR,
        Role.FRONT_DOOR_WORKER,
        Role.FRONT_DOOR_MANAGER,
        Role.SAFEGUARDING_LEAD,
        Role.LOCALITY_COORDINATOR,
        Role.PANEL_CHAIR,
        Role.GOVERNANCE,
    }
)
#: Roles that share the cases of their own team.
TEAM_WIDE = frozenset({Role.PRACTITIONER, Role.SOCIAL_WORKER})


class CaseNotFound(NotFound):
    """We cannot find that case. The address may be wrong, or it is not one of yours to see."""


@dataclass(frozen=True)
class Viewer:
    """What of a person decides which cases they see. ``localities`` empty: the whole area."""

    user_id: int
    team_id: int | None
    roles: frozenset[str]
    areas: frozenset[str]
    localities: frozenset[str]

    @classmethod
    def of(cls, user: User) -> "Viewer":
        return cls(
            user_id=user.id,
            team_id=user.team_id,
            roles=frozenset(str(role) for role in user.roles),
            areas=user.area_ids,
            localities=user.locality_ids,
        )


def visible_cases(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``Case`` that is true for the cases ``viewer`` may see.

    For one case or a few; a list asks for the first rows of each reason (``app.cases.listing``).
    """
    ways: list[ColumnElement[bool]] = [
        exists().where(
            CaseMember.case_id == Case.id,
            CaseMember.user_id == viewer.user_id,
            CaseMember.until.is_(None),
        ),
        exists().where(
            Task.case_id == Case.id,
            Task.done_at.is_(None),
            or_(Task.assignee_id == viewer.user_id, can_take(viewer)),
        ),
    ]
    return or_(*ways, *_by_place(viewer))


def _by_place(viewer: Viewer) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if viewer.roles & AREA_WIDE:
        ways.append(_in_patch(viewer, Case.area_id, Case.locality_id))
    if viewer.roles & TEAM_WIDE and viewer.team_id is not None:
        ways.append(Case.team_id == viewer.team_id)
    return ways


def can_take(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``Task`` that is true for unheld tasks ``viewer`` could claim."""
    if not viewer.roles:
        return false()
    own_team: ColumnElement[bool] = Task.team_id.is_(None)
    if viewer.team_id is not None:
        own_team = or_(own_team, Task.team_id == viewer.team_id)
    return and_(
        Task.assignee_id.is_(None),
        Task.role.in_(viewer.roles),
        own_team,
        _in_patch(viewer, Task.area_id, Task.locality_id),
    )


def _in_patch(
    viewer: Viewer,
    area: InstrumentedAttribute[str],
    locality: InstrumentedAttribute[str | None],
) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = area.in_(viewer.areas)
    if viewer.localities:
        inside = and_(inside, or_(locality.is_(None), locality.in_(viewer.localities)))
    return inside


def visible_case(session: Session, viewer: Viewer, case_id: int) -> Case:
    """Load one case, or behave as if it did not exist.

    Raises:
        CaseNotFound: there is none, or ``viewer`` may not see it.
    """
    case = session.scalar(select(Case).where(Case.id == case_id, visible_cases(viewer)))
    if case is None:
        raise CaseNotFound
    return case


def sees_case(session: Session, viewer: Viewer, case_id: int) -> bool:
    found = session.scalar(select(Case.id).where(Case.id == case_id, visible_cases(viewer)))
    return found is not None
