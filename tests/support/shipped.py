"""The shipped packs, published, with people of every role in an area: what a council starts with."""

from dataclasses import dataclass

from sqlalchemy import select

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app.config import ROOT
from app.db import reading, transaction
from app.definitions.areas import lay_out_areas
from app.definitions.versions import publish_folder
from app.identity.models import Locality, User
from app.identity.permissions import Role
from app.runtime.automatic import registered
from tests.support import snapshot
from tests.support.factories import make_team, make_user

PROCESSES = ROOT / "processes"
#: Who sits in which team, and how many of them: four eyes need at least two.
TEAMS: dict[tuple[str, str], dict[Role, int]] = {
    ("Family support", "Family Support Service"): {
        Role.PRACTITIONER: 4,
        Role.SUPERVISOR: 3,
        Role.LOCALITY_COORDINATOR: 2,
    },
    ("School", "Northgate School"): {Role.PARTNER: 2, Role.PANEL_CHAIR: 1},
    ("Social work", "Children’s social care"): {Role.SOCIAL_WORKER: 2, Role.SUPERVISOR: 1},
    ("Front door", "Front door"): {Role.FRONT_DOOR_WORKER: 2, Role.FRONT_DOOR_MANAGER: 2},
    ("Council", "Council"): {
        Role.SAFEGUARDING_LEAD: 2,
        Role.PROCESS_OWNER: 1,
        Role.APPROVER: 1,
        Role.GOVERNANCE: 1,
        Role.ADMINISTRATOR: 1,
    },
}

_kept: dict[str, snapshot.Rows] = {}


@dataclass(frozen=True)
class Cast:
    """The people of one area by role, in the order of their ids."""

    area: str
    locality: str | None
    people: dict[Role, tuple[User, ...]]

    def one(self, role: Role | str, number: int = 0) -> User:
        return self.people[Role(role)][number]


def open_for_business(area: str) -> Cast:
    """Publish everything and let people of every role begin in one area.

    Done in full once; after that the rows are put back as they were.
    """
    if area in _kept:
        snapshot.put_back(_kept[area])
    else:
        _publish()
        hire(area)
        _kept[area] = snapshot.take()
    return cast_of(area)


def _publish() -> None:
    if "" in _kept:
        snapshot.put_back(_kept[""])
        return
    with transaction() as session:
        publish_folder(session, PROCESSES, task_types=registered())
        lay_out_areas(session)
    _kept[""] = snapshot.take()


def hire(area: str, *, called: str = "") -> None:
    """People of every role in one area; ``called`` follows their names, to tell them from others."""
    locality = _locality(area)
    for (name, agency), roles in TEAMS.items():
        team = make_team(name, area=area, locality=locality, agency=agency)
        for role, count in roles.items():
            for number in range(count):
                made = f"{role.label} {'ABCDE'[number]} of {name}{called}"
                make_user(made, role=role, area=area, team=team, agency=agency)


def _locality(area: str) -> str | None:
    with reading() as session:
        query = select(Locality.id).where(Locality.area_id == area).order_by(Locality.id)
        return session.scalar(query.limit(1))


def cast_of(area: str) -> Cast:
    """The people of an area who are in the database now."""
    people: dict[Role, list[User]] = {role: [] for role in Role}
    with reading() as session:
        for user in session.scalars(select(User).order_by(User.id)):
            for role in user.roles if area in user.area_ids else ():
                people[role].append(user)
    return Cast(area, _locality(area), {role: tuple(who) for role, who in people.items()})
