"""Begin a case: its row, who asked, and the pathway that leads it from there."""

import uuid

from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.members import join
from app.cases.models import Case
from app.cases.starting import BEGIN_STEP_DOWN, NotYoursToPropose, may_step_down
from app.errors import InvalidInput
from app.identity.models import User
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.step import start_process

PATHWAY = "early_help_pathway"


class NotYourArea(InvalidInput):
    """Choose an area you work in."""


def open_case(
    session: Session,
    *,
    user: User,
    area_id: str,
    locality_id: str | None = None,
    entry: str = "concern",
) -> tuple[Case, ProcessInstance]:
    """Open a case nobody knows anything about yet and start its pathway.

    The first task of the pathway (the two-minute concern) is ``user``'s; the family is
    matched or made when that task is completed.

    Args:
        entry: how the case came in: ``concern``, ``front_door``, ``step_down`` or ``panel``.

    Raises:
        NotYourArea: ``user`` does not work in that area.
    """
    if area_id not in user.area_ids:
        raise NotYourArea
    case = add_case(session, user=user, area_id=area_id, locality_id=locality_id)
    instance = start_process(
        session,
        PATHWAY,
        area_id=area_id,
        locality_id=locality_id,
        case_id=case.id,
        facts={"entry": entry},
        actor=Actor.person(user),
    )
    return case, instance


def open_step_down(
    session: Session, *, user: User, area_id: str, locality_id: str | None = None
) -> tuple[Case, ProcessInstance]:
    """Open a case for a family that social care steps down; its first task is ``user``'s.

    The pathway begins when early help takes over.

    Raises:
        NotYoursToPropose: that is not for ``user`` to propose.
        NotYourArea: ``user`` does not work in that area.
    """
    if not may_step_down(user):
        raise NotYoursToPropose
    if area_id not in user.area_ids:
        raise NotYourArea
    case = add_case(session, user=user, area_id=area_id, locality_id=locality_id)
    case.stage = "step_down"
    instance = start_process(
        session,
        BEGIN_STEP_DOWN,
        area_id=area_id,
        locality_id=locality_id,
        case_id=case.id,
        actor=Actor.person(user),
    )
    return case, instance


def add_case(session: Session, *, user: User, area_id: str, locality_id: str | None) -> Case:
    """The row alone, with its reference and the person who asked; no process yet."""
    case = Case(
        reference=uuid.uuid4().hex,
        area_id=area_id,
        locality_id=locality_id or (user.team.locality_id if user.team else None),
        team_id=user.team_id,
        opened_at=clock.now(),
        opened_by_id=user.id,
    )
    session.add(case)
    session.flush()
    case.reference = f"EH-{case.id:05d}"
    join(session, case, user.id, "initiator")
    record(session, actor=user.actor, action="case_opened", case_id=case.id)
    session.flush()
    return case
