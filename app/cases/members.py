"""Who works with a family, in which part. The case roles that diagrams name resolve here."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case, CaseMember, PlanAction
from app.db import Base
from app.identity.models import User
from app.identity.people import team_supervisors
from app.runtime.hooks import CaseScope

#: Parts that only one person plays at a time; naming the next ends the one before.
SINGLE = frozenset({"lead", "assessor"})

# Asked for every task that opens, so they are built once, over tables.
MEMBERS = Base.metadata.tables[CaseMember.__tablename__]
CASES = Base.metadata.tables[Case.__tablename__]
HOLDER = (
    select(MEMBERS.c.user_id)
    .where(
        MEMBERS.c.case_id == bindparam("case_id"),
        MEMBERS.c.role == bindparam("role"),
        MEMBERS.c.until.is_(None),
    )
    .order_by(MEMBERS.c.id.desc())
    .limit(1)
)
SCOPE = select(CASES.c.area_id, CASES.c.locality_id, CASES.c.team_id).where(
    CASES.c.id == bindparam("case_id")
)


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
    return session.scalar(HOLDER, {"case_id": case_id, "role": role})


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
            return holder(session, case_id, "assessor") or holder(session, case_id, "initiator")
        case "recommender_manager":
            return _manager_of(session, holder(session, case_id, "lead"))
        case _:
            return holder(session, case_id, role)


def case_scope(session: Session, case_id: int) -> CaseScope | None:
    """Where the work of a case belongs."""
    found = session.execute(SCOPE, {"case_id": case_id}).first()
    return CaseScope(*found) if found is not None else None


def _manager_of(session: Session, user_id: int | None) -> int | None:
    user = session.get(User, user_id) if user_id is not None else None
    managers = team_supervisors(session, user.team_id) if user is not None else []
    return next((m.id for m in managers if m.id != user_id), None)
