"""A family takes its agreement back: sharing and support stop at once, the record stays."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case, CaseNote
from app.errors import InvalidInput
from app.identity.models import User
from app.runtime.actor import Actor
from app.runtime.messages import send_message
from app.runtime.records import WaitingFor

MESSAGE = "consent_withdrawn"
#: With no actions left in it, the plan that people work on stops.
ACTIONS_STOP = "plan_changed"
LONGEST = 2000


class NothingToWithdraw(InvalidInput):
    """There is no agreement to take back in this case now."""


class SayWho(InvalidInput):
    """Enter who took the agreement back, and what they said."""


def can_withdraw(session: Session, case: Case) -> bool:
    """Whether the process of this case would stop for a withdrawal now."""
    return _waits(session, case, MESSAGE)


def withdraw_consent(session: Session, case: Case, user: User, *, said: str) -> None:
    """Tell the process; what was said goes into the chronology.

    Raises:
        SayWho: nothing was written down.
        NothingToWithdraw: no running process of the case waits for it.
    """
    words = said.strip()[:LONGEST]
    if not words:
        raise SayWho
    if not can_withdraw(session, case):
        raise NothingToWithdraw
    session.add(
        CaseNote(
            case_id=case.id,
            kind="other",
            text=f"Agreement taken back: {words}",
            happened_on=clock.today(),
            written_at=clock.now(),
            written_by_id=user.id,
        )
    )
    _tell(session, case, user, MESSAGE, {})
    if _waits(session, case, ACTIONS_STOP):  # kept for later, it would stop the next plan
        _tell(session, case, user, ACTIONS_STOP, {"action_ids": []})


def _waits(session: Session, case: Case, message: str) -> bool:
    waits = select(WaitingFor.id).where(WaitingFor.name == message, WaitingFor.key == str(case.id))
    return session.scalar(waits.limit(1)) is not None


def _tell(session: Session, case: Case, user: User, message: str, said: dict[str, Any]) -> None:
    send_message(
        session,
        message,
        str(case.id),
        {"case_id": case.id, **said},
        actor=Actor.person(user),
        case_id=case.id,
        area_id=case.area_id,
    )
