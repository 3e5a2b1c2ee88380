"""What will reach a person later: clocks that run in the cases they work in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from app.cases.families import NOT_KNOWN_YET
from app.cases.happenings import NOWHERE, Mark, Pins, settings_by
from app.cases.visible import Viewer
from app.db import Base
from app.definitions.models import DefinitionSet
from app.prepared import Prepared
from app.runtime.models import ProcessInstance
from app.runtime.records import Timer
from app.tasks.listing import CASES, FAMILIES, MEMBERS

SHOWN = 100

TIMERS = Base.metadata.tables[Timer.__tablename__]
SETS = Base.metadata.tables[DefinitionSet.__tablename__]
INSTANCES = Base.metadata.tables[ProcessInstance.__tablename__]


def _soonest() -> Prepared:
    mine = select(MEMBERS.c.case_id).where(
        MEMBERS.c.user_id == bindparam("me"), MEMBERS.c.until.is_(None)
    )
    return Prepared(
        select(
            TIMERS.c.instance_id,
            TIMERS.c.process_id,
            TIMERS.c.element_id,
            SETS.c.processes,
            SETS.c.pack,
            TIMERS.c.name,
            CASES.c.id,
            func.coalesce(FAMILIES.c.name, NOT_KNOWN_YET),
            CASES.c.reference,
            TIMERS.c.due_at,
        )
        .select_from(
            TIMERS.join(INSTANCES, INSTANCES.c.id == TIMERS.c.instance_id)
            .join(SETS, SETS.c.key == INSTANCES.c.definition_set_key)
            .join(CASES, CASES.c.id == INSTANCES.c.case_id)
            .outerjoin(FAMILIES, FAMILIES.c.id == CASES.c.family_id)
        )
        .where(
            INSTANCES.c.case_id.in_(mine),
            INSTANCES.c.status == "running",
            TIMERS.c.host_element_id.is_(None),
            TIMERS.c.name != "",
        )
        .order_by(TIMERS.c.due_at, TIMERS.c.id)
        .limit(bindparam("most", type_=Integer))
    )


SOONEST = _soonest()


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
    rows = SOONEST.rows(session, {"me": viewer.user_id, "most": SHOWN})
    settings = settings_by(session, {Mark(*row[:3]): Pins(*row[3:5]) for row in rows})
    return tuple(
        Upcoming(settings.get(Mark(*mark), NOWHERE).title(name), case_id, family, reference, due_at)
        for *mark, _, _, name, case_id, family, reference, due_at in rows
    )
