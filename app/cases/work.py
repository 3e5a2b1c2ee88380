"""What is open in a case, as its page lists it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.families import family_name
from app.cases.journey import role_name
from app.cases.models import Case, PanelItem, PlanAction
from app.definitions.live import pack_of_area
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.errors import NotFound
from app.identity.people import names_of
from app.runtime import deciders
from app.runtime.models import ProcessInstance, Task, TaskKind
from app.runtime.records import Incident


class DiagramNotFound(NotFound):
    """This case does not run on that diagram."""


@dataclass(frozen=True)
class OpenTask:
    task_id: int
    name: str
    kind: str
    who: str
    is_yours: bool
    opened_at: datetime
    due_at: datetime | None
    about: str
    #: A decision that everybody of its role is barred from, so that somebody has to help.
    nobody_may: bool


def open_tasks(session: Session, case_id: int, user_id: int) -> list[OpenTask]:
    """Everything open in a case, this person's first, then by due moment."""
    rows = session.scalars(
        select(Task)
        .where(Task.case_id == case_id, Task.done_at.is_(None))
        .order_by(Task.due_sort, Task.id)
    ).all()
    names = names_of(session, {row.assignee_id for row in rows if row.assignee_id is not None})
    about = about_tasks(session, rows)
    found = [
        OpenTask(
            task_id=row.id,
            name=row.name,
            kind=row.kind,
            who=names.get(row.assignee_id or 0) or f"Any {role_name(row.role).lower()}",
            is_yours=row.assignee_id == user_id,
            opened_at=row.opened_at,
            due_at=row.due_at,
            about=about.get(row.id, ""),
            nobody_may=row.kind == TaskKind.SIGN_OFF and deciders.nobody_may(session, row),
        )
        for row in rows
    ]
    return sorted(found, key=lambda task: not task.is_yours)


class OneOfSeveral(NamedTuple):
    """What of a task says which one it is, for lists that load no more."""

    id: int
    case_id: int | None
    case_role: str | None
    item: object


def about_tasks(session: Session, tasks: Sequence[Task | OneOfSeveral]) -> dict[int, str]:
    """Which one it is, of several tasks of the same name.

    That is the words of a plan's action; or the family, where a panel discusses one after another.
    """
    return _actions(session, tasks) | _items_of_panels(session, tasks)


def _actions(session: Session, tasks: Sequence[Task | OneOfSeveral]) -> dict[int, str]:
    items = {task.id: task.item for task in tasks if task.case_role == "action_owner"}
    wanted = {item for item in items.values() if isinstance(item, int)}
    if not wanted:
        return {}
    rows = session.execute(
        select(PlanAction.id, PlanAction.action).where(PlanAction.id.in_(wanted))
    )
    words = {number: action for number, action in rows}  # noqa: C416  rows are not plain tuples
    return {task_id: words[item] for task_id, item in items.items() if item in words}


def _items_of_panels(session: Session, tasks: Sequence[Task | OneOfSeveral]) -> dict[int, str]:
    items = {t.id: t.item for t in tasks if t.case_id is None and isinstance(t.item, int)}
    if not items:
        return {}
    rows = session.execute(
        select(PanelItem.id, Case)
        .join(Case, Case.id == PanelItem.case_id)
        .where(PanelItem.id.in_(items.values()))
    )
    words = {number: f"{family_name(case)}, {case.reference}" for number, case in rows}
    return {task_id: words[item] for task_id, item in items.items() if item in words}


def open_incidents(session: Session, case_id: int) -> list[Incident]:
    """Automatic steps that did not work and wait for somebody to try again."""
    query = select(Incident).where(Incident.case_id == case_id, Incident.resolved_at.is_(None))
    return list(session.scalars(query.order_by(Incident.id)))


def pinned_xml(session: Session, case: Case, version_id: int) -> str:
    """A diagram that some process of the case is pinned to, in the words of its area.

    Raises:
        DiagramNotFound: none is; its existence is not this reader's business either.
    """
    pins = session.scalars(
        select(DefinitionSet.processes)
        .join(ProcessInstance, ProcessInstance.definition_set_key == DefinitionSet.key)
        .where(ProcessInstance.case_id == case.id)
    )
    if not any(version_id in {int(v) for v in chosen.values()} for chosen in pins):
        raise DiagramNotFound
    pack = pack_of_area(session, case.area_id)
    return pack.in_words_of_xml(session.get_one(DefinitionVersion, version_id).content)


def references_of(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """What cases are called in letters, by id; nothing about a family."""
    rows = session.execute(select(Case.id, Case.reference).where(Case.id.in_(case_ids)))
    return {case_id: reference for case_id, reference in rows}  # noqa: C416  rows are no tuples
