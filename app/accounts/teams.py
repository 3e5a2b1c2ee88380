"""Teams: who shares work, and for which agency. Lists of agencies in forms come from them too."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.administer import LONGEST
from app.audit.record import record
from app.cases.models import Case
from app.errors import InvalidInput, NotFound
from app.identity.models import Team, User
from app.identity.people import areas, localities
from app.runtime.models import Task

TAKEN = "There is a team of this name in that area already"


class TeamNotFound(NotFound):
    """We cannot find that team. It may have been closed meanwhile."""


class TeamRefused(InvalidInput):
    """This cannot be done with the team."""


@dataclass(frozen=True)
class Place:
    """Where a team works: one locality, or a whole area."""

    value: str
    words: str
    area_id: str
    locality_id: str | None


@dataclass(frozen=True)
class TeamAnswers:
    """The form about a team, as typed. ``place`` is the value of a ``Place``."""

    name: str = ""
    agency: str = ""
    place: str = ""


def places(session: Session) -> list[Place]:
    """Every area, each followed by its localities."""
    return list(_places(session))


def problems(session: Session, answers: TeamAnswers) -> dict[str, str]:
    """What is wrong, by field; empty when the answers can be stored."""
    found: dict[str, str] = {}
    if not answers.name:
        found["name"] = "Enter a name for the team"
    if not answers.agency:
        found["agency"] = "Enter the agency the team belongs to"
    for text in ("name", "agency"):
        if len(getattr(answers, text)) > LONGEST:
            found[text] = f"Use {LONGEST} characters or fewer"
    place = next((each for each in _places(session) if each.value == answers.place), None)
    if place is None:
        found["place"] = "Choose where the team works"
    elif _is_taken(session, answers.name, place.area_id):
        found["name"] = TAKEN
    return found


def add_team(session: Session, answers: TeamAnswers, *, by: User) -> Team:
    """Store answers without ``problems``."""
    place = {each.value: each for each in _places(session)}[answers.place]
    team = Team(
        name=answers.name,
        agency=answers.agency,
        area_id=place.area_id,
        locality_id=place.locality_id,
    )
    session.add(team)
    session.flush()
    record(session, actor=by.actor, action="team.created", detail={"team": team.id})
    return team


def find(session: Session, team_id: int) -> Team:
    """A team that works, locked.

    Raises:
        TeamNotFound: there is none, or it is closed.
    """
    team = session.get(Team, team_id, with_for_update=True)
    if team is None or team.closed_at is not None:
        raise TeamNotFound
    return team


def rename(session: Session, team: Team, name: str, *, by: User) -> None:
    """Give a team another name.

    Raises:
        TeamRefused: the name is missing, too long, or another team's.
    """
    if not name:
        raise TeamRefused("Enter a name for the team")
    if len(name) > LONGEST:
        raise TeamRefused(f"Use {LONGEST} characters or fewer")
    if name != team.name and _is_taken(session, name, team.area_id):
        raise TeamRefused(TAKEN)
    team.name = name
    record(session, actor=by.actor, action="team.renamed", detail={"team": team.id})


def close(session: Session, team: Team, *, by: User) -> None:
    """Let a team end; it stays where it is named.

    Raises:
        TeamRefused: it still has people, open tasks or open families.
    """
    left = {
        "people": _count(session, User.team_id == team.id, User.is_active.is_(True)),
        "open tasks": _count(session, Task.team_id == team.id, Task.done_at.is_(None)),
        "open families": _count(session, Case.team_id == team.id, Case.status == "open"),
    }
    if held := [f"{what}: {number}" for what, number in left.items() if number]:
        raise TeamRefused(
            f"{team.name} cannot be closed yet. It still has {', '.join(held)}. "
            "Move them to another team first"
        )
    team.closed_at = clock.now()
    record(session, actor=by.actor, action="team.closed", detail={"team": team.id})


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0


def _is_taken(session: Session, name: str, area_id: str) -> bool:
    same = (Team.name == name, Team.area_id == area_id, Team.closed_at.is_(None))
    return session.scalar(select(Team.id).where(*same).limit(1)) is not None


def _places(session: Session) -> Iterator[Place]:
    here = localities(session)
    for area in areas(session):
        yield Place(area.id, f"{area.name}, all of it", area.id, None)
        for locality in here:
            if locality.area_id == area.id:
                words = f"{area.name}: {locality.name}"
                yield Place(locality.id, words, area.id, locality.id)
