"""What will reach a person later: clocks that run in the cases they work in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.families import family_name
from app.cases.happenings import NOWHERE, Mark, settings_of
from app.cases.models import Case, CaseMember
from app.cases.visible import Viewer
from app.runtime.models import ProcessInstance
from app.runtime.records import Timer

SHOWN = 100


@dataclass(frozen=True)
class Upcoming:
    """A clock that will open work, such as a review date."""

    name: str
    case_id: int
    family: str
    reference: str
    due_at: datetime


def upcoming(session: Session, viewer: Viewer) -> tuple[Upcoming, ...]:
    """Soonest first. Reminders that only watch another task are left out: the task is listed."""
    query = (
        select(Timer, Case)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .join(Case, Case.id == ProcessInstance.case_id)
        .join(CaseMember, CaseMember.case_id == Case.id)
        .where(
            CaseMember.user_id == viewer.user_id,
            CaseMember.until.is_(None),
            ProcessInstance.status == "running",
            Timer.host_element_id.is_(None),
            Timer.name != "",
        )
        .order_by(Timer.due_at, Timer.id)
        .distinct()
        .limit(SHOWN)
    )
    rows = session.execute(query).all()
    marks = {t.id: Mark(t.instance_id, t.process_id, t.element_id) for t, _ in rows}
    settings = settings_of(session, set(marks.values()))
    return tuple(
        Upcoming(
            settings.get(marks[timer.id], NOWHERE).title(timer.name),
            case.id,
            family_name(case),
            case.reference,
            timer.due_at,
        )
        for timer, case in rows
    )
