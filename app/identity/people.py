"""Finding people: by role and place, by team, and who stands in for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app import clock
from app.db import Base
from app.errors import NotFound
from app.identity.models import (
    Absence,
    Area,
    Locality,
    Team,
    User,
    UserArea,
    UserLocality,
    UserRole,
)
from app.identity.permissions import Role
from app.prepared import Prepared

# Asked for every task that opens, so they are built once, over tables.
USERS = Base.metadata.tables[User.__tablename__]
ROLES = Base.metadata.tables[UserRole.__tablename__]
ABSENCES = Base.metadata.tables[Absence.__tablename__]


def deputy_for(user_id: ColumnElement[Any]) -> Select[Any]:
    """Who stands in for an absent person on ``day``."""
    deputy = USERS.alias("deputy")
    return (
        select(deputy.c.id)
        .join(ABSENCES, ABSENCES.c.deputy_id == deputy.c.id)
        .where(
            ABSENCES.c.user_id == user_id,
            ABSENCES.c.from_on <= bindparam("day"),
            ABSENCES.c.until_on >= bindparam("day"),
            deputy.c.is_active,
        )
        .order_by(ABSENCES.c.from_on.desc(), ABSENCES.c.id.desc())
        .limit(1)
    )


def plays_in_team(team_id: ColumnElement[Any]) -> Exists:
    """Whether an active member of a team has ``role``, as a column."""
    member = USERS.alias("member")
    return exists().where(
        member.c.team_id == team_id,
        member.c.is_active,
        ROLES.c.user_id == member.c.id,
        ROLES.c.role == bindparam("role"),
    )


DEPUTY = deputy_for(bindparam("user_id"))
PRESENT = Prepared(
    select(USERS.c.id, DEPUTY.scalar_subquery()).where(
        USERS.c.id == bindparam("user_id"), USERS.c.is_active
    )
)


PLAYS = Prepared(select(plays_in_team(bindparam("team_id", type_=Integer))))
ROLES_OF = Prepared(select(ROLES.c.role).where(ROLES.c.user_id == bindparam("user_id")))


class PersonNotFound(NotFound):
    """We cannot find that person."""


def get_user(session: Session, user_id: int) -> User:
    """One person, active or not.

    Raises:
        PersonNotFound: no such person.
    """
    user = session.get(User, user_id)
    if user is None:
        raise PersonNotFound
    return user


def by_sign_in_name(session: Session, name: str) -> User | None:
    """The person who signs in by this name, whatever the case of its letters."""
    return session.scalar(select(User).where(User.sign_in_name == name.strip().lower()))


def with_role(
    role: Role, *, area_id: str, locality_id: str | None = None, team_id: int | None = None
) -> Select[User]:
    """Active people who play ``role`` in an area, by name.

    A person narrowed to localities is left out when ``locality_id`` is another one.
    """
    query = (
        select(User)
        .where(
            User.is_active,
            exists().where(UserRole.user_id == User.id, UserRole.role == role),
            exists().where(UserArea.user_id == User.id, UserArea.area_id == area_id),
        )
        .order_by(User.name, User.id)
    )
    if locality_id is not None:
        here = exists().where(
            UserLocality.user_id == User.id, UserLocality.locality_id == locality_id
        )
        anywhere = ~exists().where(UserLocality.user_id == User.id)
        query = query.where(or_(here, anywhere))
    if team_id is not None:
        query = query.where(User.team_id == team_id)
    return query


def team_members(session: Session, team_id: int) -> list[User]:
    """Active people of a team, by name."""
    query = select(User).where(User.team_id == team_id, User.is_active)
    return list(session.scalars(query.order_by(User.name, User.id)))


def team_supervisors(session: Session, team_id: int | None) -> list[User]:
    """Active supervisors of a team; the empty list when there is no team."""
    if team_id is None:
        return []
    return [user for user in team_members(session, team_id) if Role.SUPERVISOR in user.roles]


def team_plays(session: Session, team_id: int, role: Role) -> bool:
    """Whether an active member of this team has the role."""
    found = PLAYS.first(session, {"team_id": team_id, "role": role})
    return found is not None and bool(found[0])


def roles_of(session: Session, user_id: int) -> frozenset[Role]:
    """What a person may do, without loading them."""
    return frozenset(role for (role,) in ROLES_OF.rows(session, {"user_id": user_id}))


def deputy_of(session: Session, user_id: int, on: date | None = None) -> User | None:
    """Who stands in for an absent person; None while they are there or nobody does."""
    deputy_id = session.scalar(DEPUTY, {"user_id": user_id, "day": on or clock.today()})
    return session.get(User, deputy_id) if deputy_id is not None else None


@dataclass(frozen=True)
class Presence:
    """Somebody who still works here, and who stands in for them today."""

    user_id: int
    deputy_id: int | None


def presence(session: Session, user_id: int) -> Presence | None:
    """None when this person has left."""
    found = PRESENT.first(session, {"user_id": user_id, "day": clock.today()})
    return Presence(*found) if found is not None else None


def stands_in_for(session: Session, user_id: int, on: date | None = None) -> frozenset[int]:
    """Ids of the absent people this person covers."""
    day = on or clock.today()
    return frozenset(
        session.scalars(
            select(Absence.user_id).where(
                Absence.deputy_id == user_id, Absence.from_on <= day, Absence.until_on >= day
            )
        )
    )


def names_of(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    """Names by id, in one query, for lists and chronologies."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {user_id: name for user_id, name in rows}  # noqa: C416  rows are not plain tuples


@dataclass(frozen=True)
class Page:
    people: list[User]
    total: int


def search(session: Session, text: str = "", *, start: int = 0, size: int = 50) -> Page:
    """People whose name, sign-in name, e-mail, agency or job title contains ``text``."""
    query = select(User)
    if words := text.strip().lower():
        fields = (User.name, User.sign_in_name, User.email, User.agency, User.job_title)
        query = query.where(or_(*(func.lower(f).contains(words, autoescape=True) for f in fields)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(User.name, User.id).offset(start).limit(size)
    return Page(list(session.scalars(page)), total)


def areas(session: Session) -> list[Area]:
    return list(session.scalars(select(Area).order_by(Area.name)))


def localities(session: Session, area_ids: Iterable[str] | None = None) -> list[Locality]:
    """Localities of these areas, or of all when none are named."""
    query = select(Locality).order_by(Locality.name)
    if area_ids is not None:
        query = query.where(Locality.area_id.in_(set(area_ids)))
    return list(session.scalars(query))


def teams(session: Session) -> list[Team]:
    """Those that work; a closed one is not offered."""
    return list(session.scalars(select(Team).where(Team.closed_at.is_(None)).order_by(Team.name)))


def assign(
    user: User,
    *,
    roles: Iterable[Role],
    area_ids: Iterable[str],
    locality_ids: Iterable[str] = (),
) -> None:
    """Replace what a person does and where; rows that stay are kept."""
    wanted_roles, wanted_areas = set(roles), set(area_ids)
    wanted_localities = set(locality_ids)
    user.role_rows = [r for r in user.role_rows if r.role in wanted_roles] + [
        UserRole(role=role) for role in sorted(wanted_roles - user.roles)
    ]
    user.area_rows = [r for r in user.area_rows if r.area_id in wanted_areas] + [
        UserArea(area_id=area) for area in sorted(wanted_areas - user.area_ids)
    ]
    user.locality_rows = [r for r in user.locality_rows if r.locality_id in wanted_localities] + [
        UserLocality(locality_id=place) for place in sorted(wanted_localities - user.locality_ids)
    ]
