"""Reviews that got another day: who hears of it, and what the chronology says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import AuditEvent
from app.audit.record import chain_of
from app.cases.members import current_members, holder
from app.cases.models import Case
from app.identity.models import User
from app.outbox.queue import queue_email

MOVED = "review.moved"


@dataclass(frozen=True)
class MovedReview:
    """``told`` counts the people who had been invited to the day before."""

    at: datetime
    by_id: int
    to: date
    told: int

    @property
    def words(self) -> str:
        if not self.told:
            return ""
        who = "1 person" if self.told == 1 else f"{self.told} people"
        return f"{who} invited to the day before got a message with the new one."


def tell_the_invited(session: Session, case: Case, to: date) -> int:
    """Send the new day to those who have an invitation to the old one; returns how many.

    Families have no sign-in: the lead tells them.
    """
    family_told_by = holder(session, case.id, "lead") or holder(session, case.id, "initiator")
    numbers = {member.user_id for member in current_members(session, case.id)}
    invited = session.scalars(
        select(User).where(User.id.in_(numbers), User.is_active).order_by(User.id)
    ).all()
    for user in invited:
        what = f"The review has moved. It is on {to:%-d %B %Y} now."
        if user.id == family_told_by:
            what += " Please tell the family the new day."
        queue_email(
            session,
            to=user.email,
            template="something_to_do",
            payload={"reference": case.reference, "what": what, "link": f"/cases/{case.id}"},
            key=f"{MOVED}:{case.id}:{user.id}:{clock.now():%F %T}",
            case_id=case.id,
        )
    return len(invited)


def moved_reviews(
    session: Session, case: Case, before: datetime | None, most: int
) -> Iterator[MovedReview]:
    """The newest first."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.chain == chain_of(case.id), AuditEvent.action == MOVED)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(AuditEvent.at < before)
    for row in session.scalars(query):
        to = date.fromisoformat(row.detail["to"])
        by_id = int(row.actor.removeprefix("user:"))  # only a person moves a review
        yield MovedReview(row.at, by_id, to, row.detail.get("told", 0))
