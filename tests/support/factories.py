"""Makes people and places with everything filled in; say only what matters to the test.

Each call is a transaction of its own. Inside an open ``transaction()`` pass its ``session``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from app import clock
from app.db import transaction
from app.identity import passwords
from app.identity.models import Absence, Area, Locality, Team, User
from app.identity.people import assign, get_user
from app.identity.permissions import Role

_numbers = count(1)
FIRST_NAMES = ("Amira", "Ben", "Carys", "Dele", "Esme", "Farid", "Grace", "Hal", "Isla", "Jonah")
PASSWORD = "seven purple teapots singing"


@contextmanager
def _unit(session: Session | None) -> Iterator[Session]:
    with nullcontext(session) if session is not None else transaction() as unit:
        yield unit
        unit.flush()


def make_area(
    area_id: str = "starter",
    *,
    name: str | None = None,
    pack: str | None = None,
    session: Session | None = None,
) -> Area:
    """The area with this id, made if it is not there."""
    with _unit(session) as unit:
        area = unit.get(Area, area_id)
        if area is None:
            area = Area(id=area_id, name=name or f"{area_id.title()} area", pack=pack or area_id)
            unit.add(area)
        return area


def make_locality(
    locality_id: str = "starter-north",
    *,
    area: str = "starter",
    name: str | None = None,
    session: Session | None = None,
) -> Locality:
    """The locality with this id, made with its area if it is not there."""
    with _unit(session) as unit:
        make_area(area, session=unit)
        locality = unit.get(Locality, locality_id)
        if locality is None:
            locality = Locality(
                id=locality_id,
                area_id=area,
                name=name or locality_id.rsplit("-", maxsplit=1)[-1].title(),
            )
            unit.add(locality)
        return locality


def make_team(
    name: str | None = None,
    *,
    area: str = "starter",
    locality: str | None = None,
    agency: str = "Family Support Service",
    session: Session | None = None,
) -> Team:
    with _unit(session) as unit:
        make_area(area, session=unit)
        if locality is not None:
            make_locality(locality, area=area, session=unit)
        team = Team(
            name=name or f"Team {next(_numbers)}",
            agency=agency,
            area_id=area,
            locality_id=locality,
        )
        unit.add(team)
        return team


def make_user(
    name: str | None = None,
    *,
    role: Role | str = Role.PRACTITIONER,
    roles: Iterable[Role | str] | None = None,
    area: str = "starter",
    areas: Iterable[str] | None = None,
    localities: Iterable[str] = (),
    team: Team | int | None = None,
    agency: str = "Family Support Service",
    job_title: str | None = None,
    sign_in_name: str | None = None,
    password: str | None = None,
    is_active: bool = True,
    session: Session | None = None,
) -> User:
    """A person who can work: roles, area and all. Without ``password`` none is set.

    Args:
        role: their only role, unless ``roles`` names several (or none).
        area: their only area, unless ``areas`` names several (or none); made if missing.
        localities: narrow them; made in the first area if missing.
    """
    number = next(_numbers)
    places = [area] if areas is None else list(areas)
    with _unit(session) as unit:
        for place in places:
            make_area(place, session=unit)
        for locality in localities:
            make_locality(locality, area=places[0], session=unit)
        user = User(
            sign_in_name=sign_in_name or f"person{number}",
            email=f"person{number}@example.org",
            name=name or f"{FIRST_NAMES[number % len(FIRST_NAMES)]} Example{number}",
            job_title=job_title or Role(role).label,
            agency=agency,
            password_hash=passwords.hashed(password) if password else None,
            is_active=is_active,
            team_id=team.id if isinstance(team, Team) else team,
            created_at=clock.now(),
        )
        unit.add(user)
        assign(
            user,
            roles=[Role(r) for r in ([role] if roles is None else roles)],
            area_ids=places,
            locality_ids=localities,
        )
        unit.flush()
        unit.refresh(user)
        return get_user(unit, user.id)


def make_absence(
    user: User,
    *,
    deputy: User | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    session: Session | None = None,
) -> Absence:
    """Away today only, unless told."""
    with _unit(session) as unit:
        absence = Absence(
            user_id=user.id,
            from_on=from_on or clock.today(),
            until_on=until_on or clock.today(),
            deputy_id=deputy.id if deputy else None,
        )
        unit.add(absence)
        return absence
