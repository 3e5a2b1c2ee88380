"""The people a demonstration can be seen as."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.models import Area, User
from app.identity.permissions import Role


@dataclass(frozen=True)
class Choice:
    user_id: int
    name: str
    #: What they do and where, in one line.
    about: str


@dataclass(frozen=True)
class Group:
    title: str
    people: tuple[Choice, ...]


def people_to_choose(session: Session) -> list[Group]:
    """Everybody active, under the first of their roles, in the order of the roles."""
    areas = {area.id: area.name for area in session.scalars(select(Area))}
    found: dict[Role, list[Choice]] = {role: [] for role in Role}
    for user in session.scalars(select(User).where(User.is_active).order_by(User.name)):
        first = next((role for role in Role if role in user.roles), None)
        if first is not None:
            found[first].append(_choice(user, areas))
    return [Group(role.label, tuple(people)) for role, people in found.items() if people]


def _choice(user: User, areas: dict[str, str]) -> Choice:
    places = [areas.get(area, area) for area in sorted(user.area_ids)]
    where = ["All areas"] if len(places) > 3 else places
    about = ", ".join(part for part in (user.job_title, user.agency, *where) if part)
    return Choice(user.id, user.name, about)
