"""Decisions waiting for a person: what to decide, what is recommended and by whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.families import family_name
from app.cases.models import Case
from app.cases.visible import Viewer
from app.cases.work import about_tasks
from app.identity.people import names_of
from app.runtime.models import Task, TaskKind
from app.tasks.inbox import Filters, first_ids, takeable
from app.tasks.listing import HELD

SHOWN = 100


@dataclass(frozen=True)
class WaitingDecision:
    task_id: int
    question: str
    family: str
    #: Of several of the same name, which one.
    about: str
    reference: str
    recommended: str
    recommender: str
    level: int | None
    opened_at: datetime
    due_at: datetime | None


def waiting_decisions(session: Session, viewer: Viewer) -> tuple[WaitingDecision, ...]:
    """Most urgent first."""
    filters = Filters(kind=TaskKind.SIGN_OFF, size=SHOWN)
    ids = first_ids(session, viewer, (HELD, *takeable(viewer)), filters)
    query = (
        select(Task, Case)
        .outerjoin(Case, Case.id == Task.case_id)
        .where(Task.id.in_(ids[:SHOWN]))
        .order_by(Task.due_sort, Task.id)
    )
    rows = session.execute(query).all()
    people = {(task.recommendation or {}).get("recommender_id") or 0 for task, _ in rows}
    names = names_of(session, people)
    about = about_tasks(session, [task for task, _ in rows])
    return tuple(_line(task, case, names, about.get(task.id, "")) for task, case in rows)


def _line(task: Task, case: Case | None, names: dict[int, str], about: str) -> WaitingDecision:
    said = task.recommendation or {}
    chosen = next(
        (b for b in said.get("branches", ()) if b["flow_id"] == said.get("flow_id")), None
    )
    return WaitingDecision(
        task_id=task.id,
        question=task.name,
        family=family_name(case) if case is not None else "",
        about=about,
        reference=case.reference if case is not None else "",
        recommended=(chosen["name"] or chosen["leads_to"]) if chosen else "Nothing recommended",
        recommender=names.get(said.get("recommender_id") or 0, ""),
        level=case.level if case is not None else None,
        opened_at=task.opened_at,
        due_at=task.due_at,
    )
