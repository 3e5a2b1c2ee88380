"""The statements behind the list of families: built once for each shape the list can have.

Every reason to see a case (``app.cases.visible``) gives its first rows on its own, each from an
index that has them in order; together they hold the page. Asked for in one OR, databases look at
every case there is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    union,
)

from app.cases.models import Case, CaseMember, Family, Person, Plan
from app.cases.names import CALLED
from app.cases.visible import AREA_WIDE, TEAM_WIDE, Viewer
from app.db import Base
from app.identity.models import Locality, User
from app.prepared import Prepared
from app.runtime.models import Task

CASES = Base.metadata.tables[Case.__tablename__]
MEMBERS = Base.metadata.tables[CaseMember.__tablename__]
FAMILIES = Base.metadata.tables[Family.__tablename__]
PEOPLE = Base.metadata.tables[Person.__tablename__]
PLANS = Base.metadata.tables[Plan.__tablename__]
LOCALITIES = Base.metadata.tables[Locality.__tablename__]
USERS = Base.metadata.tables[User.__tablename__]
TASKS = Base.metadata.tables[Task.__tablename__]

#: How many statements are remembered; a council has a few dozen shapes.
KEPT = 500


@dataclass(frozen=True)
class Reach:
    """What of a person decides how the list is asked for; the numbers say how many there are."""

    roles: int
    areas: int
    places: int
    #: Whether they see their areas' cases, and those of their team.
    area_wide: bool
    team_wide: bool
    in_team: bool


def reach_of(viewer: Viewer) -> Reach:
    in_team = viewer.team_id is not None
    return Reach(
        roles=len(viewer.roles),
        areas=len(viewer.areas),
        places=len(viewer.localities),
        area_wide=bool(viewer.roles & AREA_WIDE),
        team_wide=bool(viewer.roles & TEAM_WIDE) and in_team,
        in_team=in_team,
    )


def values_of(viewer: Viewer) -> dict[str, Any]:
    """What the statements of a viewer's lists take of them."""
    several = {"role": viewer.roles, "area": viewer.areas, "place": viewer.localities}
    return {
        "me": viewer.user_id,
        "team": viewer.team_id,
        **{
            f"my_{name}_{number}": value
            for name, values in several.items()
            for number, value in enumerate(sorted(values))
        },
    }


@dataclass(frozen=True)
class Shape:
    reach: Reach
    narrowed: frozenset[str] = frozenset()


@lru_cache(maxsize=KEPT)
def rows_of(shape: Shape) -> Prepared:
    """Lines of the list: ``size`` from ``start`` on, latest first.

    ``most``: how many each reason gives, which is all of those before and on the page.
    """
    page = _page(shape).subquery()
    here = MEMBERS.c.case_id == CASES.c.id
    lead = (
        select(USERS.c.name)
        .join(MEMBERS, MEMBERS.c.user_id == USERS.c.id)
        .where(here, MEMBERS.c.role == "lead", MEMBERS.c.until.is_(None))
        .order_by(MEMBERS.c.id.desc())
        .limit(1)
    )
    review = (
        select(PLANS.c.review_on)
        .where(PLANS.c.case_id == CASES.c.id, PLANS.c.status == "current")
        .order_by(PLANS.c.id.desc())
        .limit(1)
    )
    overdue = select(func.count()).where(
        TASKS.c.case_id == CASES.c.id,
        TASKS.c.done_at.is_(None),
        TASKS.c.due_sort < bindparam("now"),
    )
    return Prepared(
        select(
            CASES.c.id,
            CASES.c.family_id,
            CASES.c.reference,
            FAMILIES.c.name,
            func.coalesce(LOCALITIES.c.name, ""),
            CASES.c.stage,
            CASES.c.status,
            CASES.c.level,
            func.coalesce(lead.scalar_subquery(), ""),
            CASES.c.opened_at,
            review.scalar_subquery(),
            overdue.scalar_subquery(),
        )
        .select_from(page.join(CASES, CASES.c.id == page.c.id))
        .outerjoin(FAMILIES, FAMILIES.c.id == CASES.c.family_id)
        .outerjoin(LOCALITIES, LOCALITIES.c.id == CASES.c.locality_id)
        .order_by(page.c.id.desc())
    )


@lru_cache(maxsize=10)
def children_of_families(count: int) -> Prepared:
    """Children of so many families, which are called ``family_0``, ``family_1`` and so on."""
    return Prepared(
        select(PEOPLE.c.family_id, PEOPLE.c.name, PEOPLE.c.date_of_birth, PEOPLE.c.expected_on)
        .where(PEOPLE.c.family_id.in_(list(_several("family", count))))
        .where(PEOPLE.c.role == "child")
        .order_by(PEOPLE.c.id)
    )


def _page(shape: Shape) -> Select[Any]:
    most = bindparam("most", type_=Integer)
    parts = [
        part.order_by(part.selected_columns[0].desc()).limit(most).subquery()
        for part in ways_to_see(shape)
    ]
    found = union(*(select(part.c.id) for part in parts)).subquery()
    return (
        select(found.c.id)
        .order_by(found.c.id.desc())
        .offset(bindparam("start", type_=Integer))
        .limit(bindparam("size", type_=Integer))
    )


def ways_to_see(shape: Shape) -> list[Select[Any]]:
    """The ids of the same cases as ``visible_cases``, one select for each reason to see them."""
    # of the few cases somebody works in, the names themselves are read
    near = replace(
        shape, narrowed=frozenset({"text" if n == "named" else n for n in shape.narrowed})
    )
    if "mine" in shape.narrowed:
        return [_own(near)]
    far = [_called(shape)] if "named" in shape.narrowed else [*_takeable(shape), *_by_place(shape)]
    return [_own(near), _held(near), *far]


def _own(shape: Shape) -> Select[Any]:
    member = [MEMBERS.c.user_id == bindparam("me"), MEMBERS.c.until.is_(None)]
    return _cases_of(shape, MEMBERS.c.case_id, member)


def _held(shape: Shape) -> Select[Any]:
    held = [TASKS.c.assignee_id == bindparam("me"), TASKS.c.done_at.is_(None)]
    return _cases_of(shape, TASKS.c.case_id, held)


def _takeable(shape: Shape) -> Iterator[Select[Any]]:
    """One for each role and area, since an index has their cases in order."""
    for role in _several("my_role", shape.reach.roles):
        for area in _several("my_area", shape.reach.areas):
            here = [TASKS.c.role == role, TASKS.c.area_id == area]
            yield _cases_of(shape, TASKS.c.case_id, [*here, *_free(shape.reach)])


def _free(reach: Reach) -> list[ColumnElement[bool]]:
    """As ``can_take`` of ``app.cases.visible``, but for role and area."""
    own_team: ColumnElement[bool] = TASKS.c.team_id.is_(None)
    if reach.in_team:
        own_team = or_(own_team, TASKS.c.team_id == bindparam("team"))
    within = _in_places(reach, TASKS.c.locality_id)
    return [TASKS.c.done_at.is_(None), TASKS.c.assignee_id.is_(None), own_team, *within]


def _called(shape: Shape) -> Select[Any]:
    """Of the cases of a rare name, the latest first: those to see by place, team or task."""
    reach = shape.reach
    found = CALLED[False].order_by(CALLED[False].selected_columns[0].desc()).subquery()
    ways: list[ColumnElement[bool]] = []
    areas, roles = list(_several("my_area", reach.areas)), list(_several("my_role", reach.roles))
    if reach.area_wide and areas:
        ways.append(and_(CASES.c.area_id.in_(areas), *_in_places(reach, CASES.c.locality_id)))
    if reach.team_wide:
        ways.append(CASES.c.team_id == bindparam("team"))
    if areas and roles:
        mine = [TASKS.c.role.in_(roles), TASKS.c.area_id.in_(areas), *_free(reach)]
        ways.append(exists().where(TASKS.c.case_id == found.c.case_id, *mine))
    return (
        select(found.c.case_id.label("id"))
        .select_from(found.join(_with_family(shape), CASES.c.id == found.c.case_id))
        .where(or_(false(), *ways), *_narrowing(shape))
    )


def _in_places(reach: Reach, place: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    if not reach.places:
        return []
    return [or_(place.is_(None), place.in_(_places(reach)))]


def _by_place(shape: Shape) -> Iterator[Select[Any]]:
    reach = shape.reach
    cases = select(CASES.c.id).select_from(_with_family(shape)).where(*_narrowing(shape))
    if reach.area_wide:
        for area in _several("my_area", reach.areas):
            yield from (cases.where(CASES.c.area_id == area, *place) for place in _patches(reach))
    if reach.team_wide:
        yield cases.where(CASES.c.team_id == bindparam("team"))


def _patches(reach: Reach) -> Iterator[list[ColumnElement[bool]]]:
    """Of an area: all of it, or each place, and what is in no place."""
    if not reach.places:
        yield []
        return
    yield [CASES.c.locality_id.is_(None)]
    yield from ([CASES.c.locality_id == place] for place in _places(reach))


def _cases_of(
    shape: Shape, case_id: ColumnElement[int], conditions: Iterable[ColumnElement[bool]]
) -> Select[Any]:
    """Each case once that such a row is about."""
    return (
        select(case_id.label("id"))
        .select_from(_with_family(shape))
        .where(CASES.c.id == case_id, *conditions, *_narrowing(shape))
        .distinct()
    )


def _with_family(shape: Shape) -> Any:
    """Families stand beside the cases only where the names themselves are read."""
    if "text" not in shape.narrowed:
        return CASES
    return CASES.outerjoin(FAMILIES, FAMILIES.c.id == CASES.c.family_id)


def _narrowing(shape: Shape) -> list[ColumnElement[bool]]:
    somebody = exists().where(PEOPLE.c.family_id == CASES.c.family_id, _like(PEOPLE.c.name_key))
    known: dict[str, ColumnElement[bool]] = {
        "status": CASES.c.status == bindparam("status"),
        "stage": CASES.c.stage == bindparam("stage"),
        "locality": CASES.c.locality_id == bindparam("locality"),
        "text": or_(_like(FAMILIES.c.name_key), somebody, _referred_to()),
    }
    return [known[name] for name in sorted(shape.narrowed & known.keys())]


def _like(key: ColumnElement[str]) -> ColumnElement[bool]:
    return key.like(bindparam("pattern"), escape="/")


def _referred_to() -> ColumnElement[bool]:
    return CASES.c.reference == bindparam("reference")


def _places(reach: Reach) -> list[ColumnElement[Any]]:
    return list(_several("my_place", reach.places))


def _several(name: str, count: int) -> Iterator[ColumnElement[Any]]:
    return (bindparam(f"{name}_{number}") for number in range(count))
