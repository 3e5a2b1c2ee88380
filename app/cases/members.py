"""Who works with a family, in which part. The case roles that diagrams name resolve here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case, CaseMember, PlanAction
from app.db import Base
from app.identity.models import User
from app.identity.people import USERS, deputy_for, plays_in_team, team_supervisors
from app.prepared import Prepared
from app.runtime.hooks import CaseScope, Standing

#: Parts that only one person plays at a time; naming the next ends the one before.
SINGLE = frozenset({"lead", "assessor"})

# Asked for every task that opens, so they are built once, over tables.
MEMBERS = Base.metadata.tables[CaseMember.__tablename__]
CASES = Base.metadata.tables[Case.__tablename__]


def _holder(part: str) -> Select[Any]:
    """Who plays a part now; the latest where several do. ``part`` names the parameter."""
    return (
        select(MEMBERS.c.user_id)
        .where(
            MEMBERS.c.case_id == bindparam("case_id"),
            MEMBERS.c.role == bindparam(part),
            MEMBERS.c.until.is_(None),
        )
        .order_by(MEMBERS.c.id.desc())
        .limit(1)
    )


HOLDER = Prepared(_holder("part"))
SCOPE = Prepared(
    select(CASES.c.area_id, CASES.c.locality_id, CASES.c.team_id).where(
        CASES.c.id == bindparam("case_id")
    )
)
STANDING = Prepared(
    select(
        CASES.c.area_id,
        CASES.c.locality_id,
        CASES.c.team_id,
        USERS.c.id,
        deputy_for(USERS.c.id).scalar_subquery(),
        plays_in_team(CASES.c.team_id),
    )
    .select_from(CASES)
    .outerjoin(
        USERS,
        and_(
            USERS.c.id
            == func.coalesce(
                _holder("part").scalar_subquery(), _holder("else_part").scalar_subquery()
            ),
            USERS.c.is_active,
        ),
    )
    .where(CASES.c.id == bindparam("case_id"))
)
#: Parts that take more than a look at who is named for them.
WORKED_OUT = frozenset({"action_owner", "recommender_manager", "worker"})
#: Whoever plays the second stands in where nobody plays the first.
ELSE_PART = {"assessor": "initiator"}
#: Who works with a family: the first of these whom somebody plays.
AT_WORK = ("lead", "assessor", "initiator")


def join(session: Session, case: Case, user_id: int, role: str) -> None:
    """Give somebody a part in the case, from now on; naming them twice changes nothing."""
    current = current_members(session, case.id)
    if any(m.user_id == user_id and m.role == role for m in current):
        return
    if role in SINGLE:
        for member in current:
            if member.role == role:
                member.until = clock.now()
        session.flush()  # the partial unique index must see the end before the new row
    session.add(CaseMember(case_id=case.id, user_id=user_id, role=role, since=clock.now()))
    session.flush()


def leave(session: Session, case: Case, user_id: int, role: str) -> None:
    for member in current_members(session, case.id):
        if member.user_id == user_id and member.role == role:
            member.until = clock.now()
    session.flush()


def current_members(session: Session, case_id: int) -> list[CaseMember]:
    query = select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.until.is_(None))
    return list(session.scalars(query.order_by(CaseMember.id)))


def holder(session: Session, case_id: int, role: str) -> int | None:
    """Who plays this part now; the latest where several do."""
    found = HOLDER.first(session, {"case_id": case_id, "part": role})
    return None if found is None else int(found[0])


def case_role(session: Session, case_id: int, role: str, facts: Mapping[str, object]) -> int | None:
    """Who a lane such as ``case:lead`` means in this case; None leaves the task to the team.

    For a task that is one of several, ``facts["item"]`` is its item: an action owner's action id.
    """
    match role:
        case "action_owner":
            item = facts.get("item")
            action = session.get(PlanAction, item) if isinstance(item, int) else None
            if action is not None and action.owner_id is not None:
                return action.owner_id
            return holder(session, case_id, "lead")
        case "assessor":
            return holder(session, case_id, role) or holder(session, case_id, ELSE_PART[role])
        case "worker":
            parts = (holder(session, case_id, part) for part in AT_WORK)
            return next((found for found in parts if found is not None), None)
        case "recommender_manager":
            return _manager_of(session, holder(session, case_id, "lead"))
        case _:
            return holder(session, case_id, role)


def case_scope(session: Session, case_id: int) -> CaseScope | None:
    """Where the work of a case belongs."""
    found = SCOPE.first(session, {"case_id": case_id})
    return CaseScope(*found) if found is not None else None


def case_standing(session: Session, case_id: int, part: str, role: str) -> Standing | None:
    """What ``case_scope``, ``case_role`` and a look at the people say, in one question."""
    if part in WORKED_OUT:
        return None
    asked = {
        "case_id": case_id,
        "part": part,
        "else_part": ELSE_PART.get(part),
        "day": clock.today(),
        "role": role,
    }
    found = STANDING.first(session, asked)
    if found is None:
        return None
    area_id, locality_id, team_id, user_id, deputy_id, team_plays = found
    scope = CaseScope(area_id, locality_id, team_id)
    return Standing(scope, user_id, deputy_id, bool(team_plays))


def _manager_of(session: Session, user_id: int | None) -> int | None:
    user = session.get(User, user_id) if user_id is not None else None
    managers = team_supervisors(session, user.team_id) if user is not None else []
    return next((m.id for m in managers if m.id != user_id), None)
