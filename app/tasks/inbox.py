"""The lists of the task inbox, quick with a million open tasks.

"Mine" and "my team's" are never asked for in one query, a team's list is a UNION ALL of the
first rows of each group, and paging continues after the last row seen instead of counting.
Family names never stand in a cursor: it travels in the address.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import product
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.cases.names import search_for
from app.cases.visible import Viewer, can_take
from app.cases.work import OneOfSeveral, about_tasks
from app.runtime.models import Task, TaskKind
from app.tasks import listing
from app.tasks.listing import ELSEWHERE, HELD, SENT_BACK, TAKEABLE, Shape
from app.tasks.paging import Cursor, Order, Page

#: Badges say "99+" beyond this; nobody needs to know how many hundreds.
COUNT_CAP = 100
SENT_BACK_SHOWN = 10


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
    return _page(session, viewer, (HELD,), filters)


def team(session: Session, viewer: Viewer, filters: Filters) -> Page[InboxRow]:
    """What nobody holds yet and this person could take."""
    return _page(session, viewer, takeable(viewer), filters)


def waiting(session: Session, viewer: Viewer, filters: Filters) -> Page[InboxRow]:
    """Steps of this person's own cases that are with somebody else."""
    return _page(session, viewer, (ELSEWHERE,), filters)


def sent_back(session: Session, viewer: Viewer) -> tuple[InboxRow, ...]:
    """What a supervisor wants more of from this person, latest first: shown above the list."""
    filters = Filters(order=Order.OPENED, descending=True, size=SENT_BACK_SHOWN - 1)
    return _rows(session, viewer, (SENT_BACK,), filters)


def next_after(session: Session, viewer: Viewer, done: Task) -> Task | None:
    """The most urgent task that this person holds or could take and that goes on from one done.

    That is one of the same process, or one that opened since: other work of the family is not
    what comes next.
    """
    theirs = or_(Task.assignee_id == viewer.user_id, can_take(viewer))
    goes_on = Task.instance_id == done.instance_id
    if done.case_id is not None:
        goes_on = or_(goes_on, Task.opened_at >= done.done_at)
    held_first = Task.assignee_id.is_(None)
    return session.scalar(
        select(Task)
        .where(Task.case_id.is_not_distinct_from(done.case_id), Task.done_at.is_(None))
        .where(theirs, goes_on)
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
    groups = takeable(viewer)
    shape, values = asked(viewer, groups, Filters())
    moments = {"now": clock.now(), "tomorrow": _end_of_today(), "cap": COUNT_CAP}
    found = listing.counts_of(shape).first(session, {**values, **moments})
    return Counts(*found) if found is not None else Counts(0, 0, 0, 0)


def takeable(viewer: Viewer) -> tuple[str, ...]:
    """What this person could take: a group for each role and area, which an index keeps in order."""
    return (TAKEABLE,) * (len(viewer.roles) * len(viewer.areas))


def _end_of_today() -> datetime:
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock.LONDON)


def _page(
    session: Session, viewer: Viewer, groups: tuple[str, ...], filters: Filters
) -> Page[InboxRow]:
    rows = _rows(session, viewer, groups, filters)
    shown = rows[: filters.size]
    following = Cursor(filters.order, shown[-1].task_id) if len(rows) > len(shown) else None
    return Page(shown, following)


def _rows(
    session: Session, viewer: Viewer, groups: tuple[str, ...], filters: Filters
) -> tuple[InboxRow, ...]:
    """Open tasks in any of the groups, in order; one more than fit, if there are more."""
    if not groups:
        return ()
    shape, values = asked(viewer, groups, filters)
    if filters.text.strip():
        shape, values = _searched(session, shape, values, filters.text)
    if filters.after is not None:
        values["after"] = filters.after.id
        place = listing.place_of(filters.order).first(session, values)
        values["after_sort"] = place and place[0]
    found = listing.rows_of(shape).rows(session, values)
    about = about_tasks(session, [OneOfSeveral(row[0], row[3], row[9], row[-1]) for row in found])
    return tuple(InboxRow(*(*row[:-1], about.get(row[0], ""))) for row in found)


def _searched(
    session: Session, shape: Shape, values: dict[str, Any], typed: str
) -> tuple[Shape, dict[str, Any]]:
    """A list narrowed to a name.

    Where it may be long and the name is rare, it is looked for from the name.
    """
    search = search_for(session, typed, families_only=True)
    how = "named" if search.few and TAKEABLE in shape.groups else "text"
    return replace(shape, narrowed=shape.narrowed | {how}), values | search.values


def asked(
    viewer: Viewer, groups: tuple[str, ...], filters: Filters
) -> tuple[Shape, dict[str, Any]]:
    """The shape of a list, and the values that go with it."""
    roles, areas, places = sorted(viewer.roles), sorted(viewer.areas), sorted(viewer.localities)
    by_reach, all_at_once = bool({TAKEABLE, ELSEWHERE} & {*groups}), ELSEWHERE in groups
    values: dict[str, Any] = {
        "me": viewer.user_id,
        "team": viewer.team_id,
        "size": filters.size + 1,
        **_numbered("role", roles),
        **_numbered("area", areas),
        **_numbered("place", places),
    }
    pairs = product(roles, areas)
    for number, group in enumerate(groups):
        if group == TAKEABLE:
            values[f"of_role_{number}"], values[f"of_area_{number}"] = next(pairs)
    narrowed: set[str] = set()
    for name, given in _narrowing(filters):
        narrowed.add(name)
        values |= given
    shape = Shape(
        groups=groups,
        in_team=by_reach and viewer.team_id is not None,
        places=len(places) if by_reach else 0,
        roles=len(roles) if all_at_once else 0,
        areas=len(areas) if all_at_once else 0,
        narrowed=frozenset(narrowed),
        order=filters.order,
        descending=filters.descending,
        after=filters.after is not None,
    )
    return shape, values


def _numbered(name: str, values: Iterable[str]) -> dict[str, str]:
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def _narrowing(filters: Filters) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a list is narrowed by, as ``listing`` calls it, with the values."""
    if filters.kind == TaskKind.SIGN_OFF:
        yield "decisions", {}  # a word of its own: an index has only those
    elif filters.kind:
        yield "kind", {"kind": filters.kind}
    for name in ("locality", "stage"):
        if value := getattr(filters, name):
            yield name, {name: value}
    if filters.due == "overdue":
        yield "due", {"due_before": clock.now()}
    elif filters.due in {"today", "week"}:
        days = 6 if filters.due == "week" else 0
        yield "due", {"due_before": _end_of_today() + timedelta(days=days)}
