"""The statements behind the lists of tasks: built once for each shape a list can have.

Putting such a statement together costs more than asking it, so a shape is remembered with its
statement, and only values travel. A list of several groups is the UNION ALL of the first rows of
each, because an index keeps every group in order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Label,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from app.cases.models import Case, CaseMember, Family
from app.cases.names import CALLED
from app.db import Base
from app.identity.models import Locality, User
from app.prepared import Prepared
from app.runtime.models import Task, TaskKind
from app.tasks.paging import Order

TASKS = Base.metadata.tables[Task.__tablename__]
CASES = Base.metadata.tables[Case.__tablename__]
MEMBERS = Base.metadata.tables[CaseMember.__tablename__]
FAMILIES = Base.metadata.tables[Family.__tablename__]
LOCALITIES = Base.metadata.tables[Locality.__tablename__]
HOLDERS = Base.metadata.tables[User.__tablename__].alias("holder")

#: Groups of open tasks: what somebody holds, what they could take (one for each role and area),
#: what is with others in cases of theirs, what was sent back to them.
HELD, TAKEABLE, ELSEWHERE, SENT_BACK = "held", "takeable", "elsewhere", "sent_back"
#: Cases of families of a rare name; asked once for all groups.
CALLED_SO = CALLED[True].cte("called").prefix_with("MATERIALIZED", dialect="postgresql")
#: How many statements are remembered; a council has a few dozen shapes.
KEPT = 500


@dataclass(frozen=True)
class Shape:
    """What decides how a statement reads. The numbers say how many values of a kind there are."""

    groups: tuple[str, ...]
    in_team: bool = False
    places: int = 0
    roles: int = 0
    areas: int = 0
    narrowed: frozenset[str] = frozenset()
    order: Order = Order.DUE
    descending: bool = False
    after: bool = False


@lru_cache(maxsize=KEPT)
def rows_of(shape: Shape) -> Prepared:
    """The first ``size`` tasks as lines of a list."""
    page = first_of(shape)
    ways = (page.c.sort.desc(), page.c.id.desc()) if shape.descending else (page.c.sort, page.c.id)
    return Prepared(
        select(
            TASKS.c.id,
            TASKS.c.name,
            TASKS.c.kind,
            TASKS.c.case_id,
            func.coalesce(CASES.c.reference, ""),
            func.coalesce(FAMILIES.c.name, ""),
            func.coalesce(LOCALITIES.c.name, ""),
            func.coalesce(CASES.c.stage, ""),
            TASKS.c.role,
            TASKS.c.case_role,
            TASKS.c.assignee_id,
            func.coalesce(HOLDERS.c.name, ""),
            TASKS.c.opened_at,
            TASKS.c.due_at,
            TASKS.c.send_back_comment.is_not(None),
            TASKS.c.item,
        )
        .select_from(with_case(page.join(TASKS, TASKS.c.id == page.c.id)))
        .outerjoin(LOCALITIES, LOCALITIES.c.id == TASKS.c.locality_id)
        .outerjoin(HOLDERS, HOLDERS.c.id == TASKS.c.assignee_id)
        .order_by(*ways)
    )


@lru_cache(maxsize=KEPT)
def counts_of(shape: Shape) -> Prepared:
    """How many of each, counted no further than ``cap``: held, overdue, due today, takeable."""
    held = HELD_BY_ME
    overdue = TASKS.c.due_sort < bindparam("now")
    today = and_(TASKS.c.due_sort >= bindparam("now"), TASKS.c.due_sort < bindparam("tomorrow"))
    takeable = [_conditions(shape, group, number) for number, group in enumerate(shape.groups)]
    return Prepared(
        select(
            _capped([[held]]),
            _capped([[held, overdue]]),
            _capped([[held, today]]),
            _capped(takeable) if takeable else literal(0),
        )
    )


@lru_cache(maxsize=len(Order))
def place_of(order: Order) -> Prepared:
    """What a task is sorted by."""
    return Prepared(
        select(_sort_key(order))
        .select_from(with_case(TASKS))
        .where(TASKS.c.id == bindparam("after"))
    )


HELD_BY_ME = TASKS.c.assignee_id == bindparam("me")


def first_of(shape: Shape) -> Any:
    """``id`` and ``sort`` of the first rows of all groups."""
    parts = [_first(shape, group, number) for number, group in enumerate(shape.groups)]
    if len(parts) == 1:
        return parts[0].subquery()
    firsts = [part.subquery() for part in parts]
    found = union_all(*(select(first.c.id, first.c.sort) for first in firsts)).subquery()
    return _in_order(shape, select(found.c.id, found.c.sort), found.c.sort, found.c.id).subquery()


def _first(shape: Shape, group: str, number: int) -> Select[Any]:
    by = _sort_key(shape.order)
    if "named" in shape.narrowed:
        by = func.coalesce(by, by)  # so that SQLite goes by the names, not along the order
    key: Label[Any] = by.label("sort")
    table: FromClause = TASKS
    if shape.order is Order.FAMILY or shape.narrowed & {"text", "named", "stage"}:
        table = with_case(TASKS)
    query = (
        select(TASKS.c.id.label("id"), key)
        .select_from(table)
        .where(TASKS.c.done_at.is_(None), *_conditions(shape, group, number), *_narrowing(shape))
    )
    if shape.after:
        here = tuple_(key.element, TASKS.c.id)
        there = tuple_(bindparam("after_sort", type_=key.type), bindparam("after", type_=Integer))
        query = query.where(here < there if shape.descending else here > there)
    return _in_order(shape, query, key.element, TASKS.c.id)


def _in_order(
    shape: Shape, query: Select[Any], key: ColumnElement[Any], number: ColumnElement[int]
) -> Select[Any]:
    ways = (key.desc(), number.desc()) if shape.descending else (key, number)
    return query.order_by(*ways).limit(bindparam("size", type_=Integer))


def with_case(table: FromClause) -> FromClause:
    return table.outerjoin(CASES, CASES.c.id == TASKS.c.case_id).outerjoin(
        FAMILIES, FAMILIES.c.id == CASES.c.family_id
    )


def _sort_key(order: Order) -> ColumnElement[Any]:
    match order:
        case Order.DUE:
            return TASKS.c.due_sort
        case Order.OPENED:
            return TASKS.c.opened_at
        case Order.FAMILY:
            return func.coalesce(FAMILIES.c.name_key, "")


def _conditions(shape: Shape, group: str, number: int) -> list[ColumnElement[bool]]:
    match group:
        case "held":
            return [HELD_BY_ME]
        case "sent_back":
            return [HELD_BY_ME, TASKS.c.send_back_comment.is_not(None)]
        case "takeable":
            return [
                TASKS.c.assignee_id.is_(None),
                TASKS.c.role == bindparam(f"of_role_{number}"),
                TASKS.c.area_id == bindparam(f"of_area_{number}"),
                *_reach(shape),
            ]
        case _:
            return [_of_my_cases(), _with_others(shape)]


def _of_my_cases() -> ColumnElement[bool]:
    mine = select(MEMBERS.c.case_id).where(
        MEMBERS.c.user_id == bindparam("me"), MEMBERS.c.until.is_(None)
    )
    return TASKS.c.case_id.in_(mine)


def _with_others(shape: Shape) -> ColumnElement[bool]:
    """Somebody else holds it, or nobody does and I could not take it."""
    held = and_(TASKS.c.assignee_id.is_not(None), TASKS.c.assignee_id != bindparam("me"))
    free: ColumnElement[bool] = TASKS.c.assignee_id.is_(None)
    if shape.roles and shape.areas:
        could_take = and_(
            TASKS.c.role.in_(list(_several("role", shape.roles))),
            TASKS.c.area_id.in_(list(_several("area", shape.areas))),
            *_reach(shape),
        )
        free = and_(free, not_(could_take))
    return or_(held, free)


def _reach(shape: Shape) -> list[ColumnElement[bool]]:
    """As ``can_take`` of ``app.cases.visible``: for no team or mine, in a place I work in."""
    own_team: ColumnElement[bool] = TASKS.c.team_id.is_(None)
    if shape.in_team:
        own_team = or_(own_team, TASKS.c.team_id == bindparam("team"))
    if not shape.places:
        return [own_team]
    places = TASKS.c.locality_id.in_(list(_several("place", shape.places)))
    return [own_team, or_(TASKS.c.locality_id.is_(None), places)]


def _several(name: str, count: int) -> Iterator[ColumnElement[Any]]:
    return (bindparam(f"{name}_{number}") for number in range(count))


def _narrowing(shape: Shape) -> list[ColumnElement[bool]]:
    by_name = or_(
        FAMILIES.c.name_key.like(bindparam("pattern"), escape="/"),
        CASES.c.reference == bindparam("reference"),
    )
    known: dict[str, ColumnElement[bool]] = {
        "locality": TASKS.c.locality_id == bindparam("locality"),
        "kind": TASKS.c.kind == bindparam("kind"),
        "decisions": TASKS.c.kind == literal_column(f"'{TaskKind.SIGN_OFF}'"),
        "stage": CASES.c.stage == bindparam("stage"),
        "due": TASKS.c.due_sort < bindparam("due_before"),
        "text": by_name,
        "named": and_(by_name, TASKS.c.case_id.in_(select(CALLED_SO.c.case_id))),
    }
    return [known[name] for name in sorted(shape.narrowed)]


def _capped(groups: list[list[ColumnElement[bool]]]) -> ColumnElement[int]:
    cap = bindparam("cap", type_=Integer)
    some = [
        select(literal(True, Boolean).label("one"))
        .select_from(TASKS)
        .where(TASKS.c.done_at.is_(None), *group)
        .limit(cap)
        .subquery()
        for group in groups
    ]
    found = union_all(*(select(each.c.one) for each in some)).limit(cap).subquery()
    return select(func.count()).select_from(found).scalar_subquery()
