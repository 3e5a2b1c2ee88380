"""Teams: who shares work, and for which agency. Lists of agencies in forms come from them too."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.administer import LONGEST
from app.audit.record import record
from app.identity.models import Team, User
from app.identity.people import areas, localities


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
    elif session.scalar(
        select(Team.id).where(Team.name == answers.name, Team.area_id == place.area_id).limit(1)
    ):
        found["name"] = "There is a team of this name in that area already"
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


def _places(session: Session) -> Iterator[Place]:
    here = localities(session)
    for area in areas(session):
        yield Place(area.id, f"{area.name}, all of it", area.id, None)
        for locality in here:
            if locality.area_id == area.id:
                words = f"{area.name}: {locality.name}"
                yield Place(locality.id, words, area.id, locality.id)
