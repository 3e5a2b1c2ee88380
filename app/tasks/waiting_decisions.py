"""Decisions waiting for a person: what to decide, what is recommended and by whom."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.families import NOT_KNOWN_YET
from app.cases.visible import Viewer
from app.cases.work import OneOfSeveral, about_tasks
from app.prepared import Prepared
from app.runtime.models import TaskKind
from app.tasks.inbox import Filters, asked, takeable
from app.tasks.listing import CASES, FAMILIES, HELD, HOLDERS, TASKS, Shape, first_of, with_case

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
    shape, values = asked(viewer, (HELD, *takeable(viewer)), filters)
    rows = _rows_of(shape).rows(session, values)[:SHOWN]
    about = about_tasks(session, [OneOfSeveral(*row[:4]) for row in rows])
    return tuple(_line(row, about.get(row[0], "")) for row in rows)


@lru_cache(maxsize=100)
def _rows_of(shape: Shape) -> Prepared:
    page = first_of(shape)
    recommender = TASKS.c.recommendation["recommender_id"].as_integer()
    return Prepared(
        select(
            TASKS.c.id,
            TASKS.c.case_id,
            TASKS.c.case_role,
            TASKS.c.item,
            TASKS.c.name,
            CASES.c.reference,
            func.coalesce(FAMILIES.c.name, NOT_KNOWN_YET),
            TASKS.c.recommendation,
            func.coalesce(HOLDERS.c.name, ""),
            CASES.c.level,
            TASKS.c.opened_at,
            TASKS.c.due_at,
        )
        .select_from(with_case(page.join(TASKS, TASKS.c.id == page.c.id)))
        .outerjoin(HOLDERS, HOLDERS.c.id == recommender)
        .order_by(page.c.sort, page.c.id)
    )


def _line(row: tuple[Any, ...], about: str) -> WaitingDecision:
    task_id, _, _, _, question, reference, family, said, recommender, *rest = row
    level, opened_at, due_at = rest
    chosen = _chosen(said or {})
    return WaitingDecision(
        task_id=task_id,
        question=question,
        family=family if reference is not None else "",
        about=about,
        reference=reference or "",
        recommended=(chosen["name"] or chosen["leads_to"]) if chosen else "Nothing recommended",
        recommender=recommender,
        level=level,
        opened_at=opened_at,
        due_at=due_at,
    )


def _chosen(said: dict[str, Any]) -> dict[str, Any] | None:
    return next((b for b in said.get("branches", ()) if b["flow_id"] == said.get("flow_id")), None)
