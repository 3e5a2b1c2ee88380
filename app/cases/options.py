"""Choices that depend on the case: children, people, agencies, colleagues, localities."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.families import children_of
from app.cases.members import current_members
from app.cases.models import Case, Person
from app.errors import ConfigurationError
from app.identity.models import Locality, Team, User, UserArea
from app.identity.people import with_role
from app.identity.permissions import Role

#: Roles whose people do the same work in a list of colleagues.
COLLEAGUES = {"practitioner": (Role.PRACTITIONER, Role.PARTNER)}


@dataclass(frozen=True)
class Option:
    value: str
    label: str


class UnknownOptions(ConfigurationError):
    """A form asks for choices that do not exist."""


def options(session: Session, source: str, *, area_id: str, case: Case | None) -> list[Option]:
    """The choices a form's ``optionsFrom`` names.

    Values are ids as text, except agencies, which are their names.

    Raises:
        UnknownOptions: no such source; the checks refuse such a form before it is published.
    """
    kind, _, detail = source.partition(":")
    match kind:
        case "children":
            return [_person(p) for p in (children_of(case) if case else [])]
        case "family":
            return _family(case)
        case "case_people":
            return _case_people(session, case)
        case "users":
            return _users(session, area_id, detail)
        case "agencies":
            return _agencies(session, area_id)
        case "localities":
            query = select(Locality).where(Locality.area_id == area_id).order_by(Locality.name)
            return [Option(place.id, place.name) for place in session.scalars(query)]
    raise UnknownOptions(f"There is no list of choices called {source!r}.")


def _person(person: Person) -> Option:
    return Option(f"person:{person.id}", person.name)


def _family(case: Case | None) -> list[Option]:
    return [_person(p) for p in (case.family.people if case and case.family else [])]


def _case_people(session: Session, case: Case | None) -> list[Option]:
    """The family first, then everybody who works with them."""
    if case is None:
        return []
    ids = [member.user_id for member in current_members(session, case.id)]
    workers = session.scalars(select(User).where(User.id.in_(ids)).order_by(User.name))
    return _family(case) + [Option(f"user:{u.id}", f"{u.name}, {u.job_title}") for u in workers]


def _users(session: Session, area_id: str, role: str) -> list[Option]:
    roles = COLLEAGUES.get(role) or (Role(role),)
    found: dict[int, User] = {}
    for each in roles:
        found |= {user.id: user for user in session.scalars(with_role(each, area_id=area_id))}
    people = sorted(found.values(), key=lambda user: user.name)
    return [
        Option(str(u.id), f"{u.name}, {u.job_title}" if u.job_title else u.name) for u in people
    ]


def _agencies(session: Session, area_id: str) -> list[Option]:
    """Those of the teams of an area and of the people who work there."""
    works_here = User.id.in_(select(UserArea.user_id).where(UserArea.area_id == area_id))
    names = session.scalars(
        select(Team.agency)
        .where(Team.area_id == area_id, Team.closed_at.is_(None))
        .union(select(User.agency).where(User.is_active, works_here))
    )
    return [Option(name, name) for name in sorted(filter(None, names))]
