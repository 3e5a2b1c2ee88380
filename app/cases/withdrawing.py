"""A family takes its agreement back: sharing and support stop at once, the record stays."""

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
LONGEST = 2000


class NothingToWithdraw(InvalidInput):
    """There is no agreement to take back in this case now."""


class SayWho(InvalidInput):
    """Enter who took the agreement back, and what they said."""


def can_withdraw(session: Session, case: Case) -> bool:
    """Whether the process of this case would stop for a withdrawal now."""
    waits = select(WaitingFor.id).where(WaitingFor.name == MESSAGE, WaitingFor.key == str(case.id))
    return session.scalar(waits.limit(1)) is not None


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
    send_message(
        session,
        MESSAGE,
        str(case.id),
        {"case_id": case.id},
        actor=Actor.person(user),
        case_id=case.id,
        area_id=case.area_id,
    )
