"""The lists of the task inbox, quick with a million open tasks.

"Mine" and "my team's" are never asked for in one query, a team's list is a UNION ALL of the
first rows of each group, and paging continues after the last row seen instead of counting.
Family names never stand in a cursor: it travels in the address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from app import clock
from app.cases.matching import name_key
from app.cases.models import Case, CaseMember, Family
from app.cases.visible import Viewer, can_take
from app.cases.work import about_tasks
from app.identity.models import Locality, User
from app.runtime.models import Task
from app.tasks.paging import Cursor, Order, Page

#: Badges say "99+" beyond this; nobody needs to know how many hundreds.
COUNT_CAP = 100
SENT_BACK_SHOWN = 10
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Filters:
    """What a person narrowed a list to. ``text`` is a family name or a case reference."""

    locality: str = ""
    stage: str = ""
    kind: str = ""
    due: str = ""
    text: str = ""
    order: Order = Order.DUE
    descending: bool = False
    after: Cursor | None = None
    size: int = 25

    @property
    def narrowed(self) -> bool:
        return bool(self.locality or self.stage or self.kind or self.due or self.text)


@dataclass(frozen=True)
class InboxRow:
    """A line of the list: a frozen value, so a template cannot cause a query."""

    task_id: int
    name: str
    kind: str
    case_id: int | None
    reference: str
    family: str
    locality: str
    stage: str
    role: str
    case_role: str | None
    assignee_id: int | None
    assignee: str
    opened_at: datetime
    due_at: datetime | None
    sent_back: bool
    #: Of several of the same name, which one: the words of a plan's action.
    about: str = ""


def mine(session: Session, viewer: Viewer, filters: Filters) -> Page[InboxRow]:
    """What this person holds, most urgent first."""
    return _page(session, [[Task.assignee_id == viewer.user_id]], filters)


def team(session: Session, viewer: Viewer, filters: Filters) -> Page[InboxRow]:
    """What nobody holds yet and this person could take."""
    return _page(session, takeable(viewer), filters)


def waiting(session: Session, viewer: Viewer, filters: Filters) -> Page[InboxRow]:
    """Steps of this person's own cases that are with somebody else."""
    own = select(CaseMember.case_id).where(
        CaseMember.user_id == viewer.user_id, CaseMember.until.is_(None)
    )
    elsewhere = or_(
        and_(Task.assignee_id.is_not(None), Task.assignee_id != viewer.user_id),
        and_(Task.assignee_id.is_(None), ~can_take(viewer)),
    )
    return _page(session, [[Task.case_id.in_(own), elsewhere]], filters)


def sent_back(session: Session, viewer: Viewer) -> tuple[InboxRow, ...]:
    """What a supervisor wants more of from this person, latest first: shown above the list."""
    query = select(Task.id).where(
        Task.assignee_id == viewer.user_id,
        Task.done_at.is_(None),
        Task.send_back_comment.is_not(None),
    )
    ids = list(session.scalars(query.order_by(Task.id.desc()).limit(SENT_BACK_SHOWN)))
    return _rows(session, ids)


def next_of_case(session: Session, viewer: Viewer, case_id: int) -> Task | None:
    """The most urgent open task of a case that this person holds or could take."""
    theirs = or_(Task.assignee_id == viewer.user_id, can_take(viewer))
    held_first = Task.assignee_id.is_(None)
    return session.scalar(
        select(Task)
        .where(Task.case_id == case_id, Task.done_at.is_(None), theirs)
        .order_by(held_first, Task.due_sort, Task.id)
        .limit(1)
    )


@dataclass(frozen=True)
class Counts:
    """Rows behind the tabs, counted no further than ``COUNT_CAP``."""

    mine: int
    overdue: int
    today: int
    team: int


def counts(session: Session, viewer: Viewer) -> Counts:
    own = Task.assignee_id == viewer.user_id
    return Counts(
        mine=_capped(session, [[own]]),
        overdue=_capped(session, [[own, Task.due_sort < clock.now()]]),
        today=_capped(
            session, [[own, Task.due_sort >= clock.now(), Task.due_sort < _end_of_today()]]
        ),
        team=_capped(session, takeable(viewer)),
    )


def takeable(viewer: Viewer) -> list[Conditions]:
    """What this person could take: a group for each role and area, which an index keeps in order."""
    return [
        [Task.role == role, Task.area_id == area, can_take(viewer)]
        for role in sorted(viewer.roles)
        for area in sorted(viewer.areas)
    ]


def _capped(session: Session, groups: Sequence[Conditions]) -> int:
    total = 0
    for group in groups:
        some = select(Task.id).where(Task.done_at.is_(None), *group).limit(COUNT_CAP - total)
        total += session.scalar(select(func.count()).select_from(some.subquery())) or 0
        if total >= COUNT_CAP:
            break
    return total


def _end_of_today() -> datetime:
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock.LONDON)


def _page(session: Session, groups: Sequence[Conditions], filters: Filters) -> Page[InboxRow]:
    ids = first_ids(session, groups, filters)
    rows = _rows(session, ids[: filters.size])
    following = _cursor(filters, rows[-1]) if len(ids) > filters.size and rows else None
    return Page(rows, following)


def first_ids(session: Session, groups: Sequence[Conditions], filters: Filters) -> list[int]:
    """Open tasks in any of the groups, in order; one more than fit, if there are more."""
    if not groups:
        return []
    parts = [_first_of(session, group, filters).subquery() for group in groups]
    found = union_all(*(select(part.c.id, part.c.sort) for part in parts)).subquery()
    query = select(found.c.id).limit(filters.size + 1)
    if filters.descending:
        query = query.order_by(found.c.sort.desc(), found.c.id.desc())
    else:
        query = query.order_by(found.c.sort, found.c.id)
    return list(session.scalars(query))


def _first_of(session: Session, group: Conditions, filters: Filters) -> Select[Any]:
    key = _sort_key(filters.order)
    query = select(Task.id.label("id"), key.label("sort")).where(Task.done_at.is_(None), *group)
    if filters.order is Order.FAMILY or filters.text or filters.stage:
        query = query.outerjoin(Case, Case.id == Task.case_id)
        query = query.outerjoin(Family, Family.id == Case.family_id)
    query = query.where(*_narrowing(filters))
    if filters.after is not None:
        here = tuple_(key, Task.id)
        there = tuple_(*_place(session, filters.order, filters.after))
        query = query.where(here < there if filters.descending else here > there)
    direction = (key.desc(), Task.id.desc()) if filters.descending else (key, Task.id)
    return query.order_by(*direction).limit(filters.size + 1)


def _sort_key(order: Order) -> ColumnElement[Any]:
    match order:
        case Order.DUE:
            return Task.due_sort.expression
        case Order.OPENED:
            return Task.opened_at.expression
        case Order.FAMILY:
            return func.coalesce(Family.name_key, "")


def _cursor(filters: Filters, last: InboxRow) -> Cursor:
    """Only the id: the value sorted by is looked up again, so that it never shows in an address."""
    return Cursor(filters.order, last.task_id)


def _place(
    session: Session, order: Order, after: Cursor
) -> tuple[ColumnElement[Any], ColumnElement[int]]:
    sort = _sort_key(order)
    key = (
        select(sort)
        .select_from(Task)
        .outerjoin(Case, Case.id == Task.case_id)
        .outerjoin(Family, Family.id == Case.family_id)
        .where(Task.id == after.id)
    )
    return literal(session.scalar(key), sort.type), literal(after.id)


def _narrowing(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.locality:
        conditions.append(Task.locality_id == filters.locality)
    if filters.kind:
        conditions.append(Task.kind == filters.kind)
    if filters.stage:
        conditions.append(Case.stage == filters.stage)
    if filters.due == "overdue":
        conditions.append(Task.due_sort < clock.now())
    elif filters.due == "today":
        conditions.append(Task.due_sort < _end_of_today())
    elif filters.due == "week":
        conditions.append(Task.due_sort < _end_of_today() + timedelta(days=6))
    if text := filters.text.strip():
        by_name = Family.name_key.contains(name_key(text), autoescape=True)
        conditions.append(or_(by_name, Case.reference == text.upper()))
    return conditions


def _rows(session: Session, ids: Sequence[int]) -> tuple[InboxRow, ...]:
    holder = aliased(User)
    found = session.execute(
        select(Task, Case.reference, Case.stage, Family.name, Locality.name, holder.name)
        .outerjoin(Case, Case.id == Task.case_id)
        .outerjoin(Family, Family.id == Case.family_id)
        .outerjoin(Locality, Locality.id == Task.locality_id)
        .outerjoin(holder, holder.id == Task.assignee_id)
        .where(Task.id.in_(ids))
    ).all()
    about = about_tasks(session, [row[0] for row in found])
    by_id = {
        task.id: InboxRow(
            task_id=task.id,
            name=task.name,
            kind=task.kind,
            case_id=task.case_id,
            reference=reference or "",
            family=family or "",
            locality=locality or "",
            stage=stage or "",
            role=task.role,
            case_role=task.case_role,
            assignee_id=task.assignee_id,
            assignee=assignee or "",
            opened_at=task.opened_at,
            due_at=task.due_at,
            sent_back=task.send_back_comment is not None,
            about=about.get(task.id, ""),
        )
        for task, reference, stage, family, locality, assignee in found
    }
    return tuple(by_id[task_id] for task_id in ids if task_id in by_id)
