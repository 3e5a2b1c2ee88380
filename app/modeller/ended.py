"""What became of a draft that is no longer there: who published or discarded it, and when."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.record import SITE, record
from app.definitions.models import DefinitionVersion
from app.errors import Conflict
from app.identity.models import User
from app.modeller.models import Draft
from app.modeller.reach import Reach
from app.modeller.versions import author_names
from app.web.dates import clock_time, long_date

PUBLISHED = "draft.published"
DISCARDED = "draft.discarded"


@dataclass(frozen=True)
class Place:
    """Where to look now. ``number`` is set when the draft became that version."""

    pack: str
    process_id: str
    number: int | None


class DraftEnded(Conflict):
    """Somebody published or discarded this draft meanwhile."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


def published(session: Session, draft: Draft, user: User, version: DefinitionVersion) -> None:
    """Note what a draft became, for those who still have it open."""
    _record(session, draft, user, PUBLISHED, {"number": version.number})


def discarded(session: Session, draft: Draft, user: User) -> None:
    _record(session, draft, user, DISCARDED, {})


def end_of(session: Session, reach: Reach, draft_id: int) -> DraftEnded | None:
    """How a draft ended; None when there was none, or the person may not know of it."""
    said = session.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.chain == SITE,
            AuditEvent.action.in_((PUBLISHED, DISCARDED)),
            AuditEvent.detail["draft_id"].as_integer() == draft_id,
        )
        .order_by(AuditEvent.position.desc())
        .limit(1)
    )
    if said is None or not reach.sees(said.detail["pack"]):
        return None
    who = author_names(session, {said.actor})[said.actor]
    when = f"{long_date(said.at)} at {clock_time(said.at)}"
    place = Place(said.detail["pack"], said.detail["process_id"], said.detail.get("number"))
    if place.number is None:
        return DraftEnded(
            f"{who} discarded this draft on {when}. What is live has not changed.", place
        )
    return DraftEnded(f"{who} published this draft as version {place.number} on {when}.", place)


def _record(
    session: Session, draft: Draft, user: User, action: str, more: Mapping[str, int]
) -> None:
    detail = {"draft_id": draft.id, "pack": draft.pack, "process_id": draft.process_id, **more}
    record(session, actor=user.actor, action=action, detail=detail)
