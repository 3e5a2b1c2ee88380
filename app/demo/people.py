"""The fictional people of the demonstration and the teams they are in."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.definitions.areas import locality_row_id
from app.identity.models import Absence, Team, User
from app.identity.people import assign
from app.identity.permissions import Role

SOURCE = Path(__file__).with_name("people.toml")
Row = dict[str, Any]


def add_people(session: Session) -> dict[str, User]:
    """Add teams, people and absences; returns people by sign-in name."""
    source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    teams = {row["key"]: _team(session, row) for row in source["teams"]}
    session.flush()
    people = {user.sign_in_name: user for user in (_person(row, teams) for row in source["people"])}
    session.add_all(people.values())
    session.flush()
    by_name = {user.name: user for user in people.values()}
    session.add_all(_absence(row, by_name) for row in source["absences"])
    return people


def person(session: Session, sign_in_name: str) -> User:
    """One of the demonstration's people."""
    return session.scalars(select(User).where(User.sign_in_name == sign_in_name)).one()


def _team(session: Session, row: Row) -> Team:
    locality = row.get("locality")
    team = Team(
        name=row["name"],
        agency=row["agency"],
        area_id=row["area"],
        locality_id=locality_row_id(row["area"], locality) if locality else None,
    )
    session.add(team)
    return team


def _person(row: Row, teams: dict[str, Team]) -> User:
    first = row["name"].split()[0].lower()
    team = teams[row["team"]]
    user = User(
        sign_in_name=first,
        email=f"{first}@example.org",
        name=row["name"],
        job_title=row["title"],
        agency=team.agency,
        team_id=team.id,
        created_at=clock.now(),
    )
    localities = [locality_row_id(area, place) for area, place in row.get("localities", {}).items()]
    roles = [Role(role) for role in row["roles"]]
    assign(user, roles=roles, area_ids=row["areas"], locality_ids=localities)
    return user


def _absence(row: Row, by_name: dict[str, User]) -> Absence:
    today = clock.today()
    return Absence(
        user_id=by_name[row["person"]].id,
        from_on=today + timedelta(days=row["from"]),
        until_on=today + timedelta(days=row["until"]),
        deputy_id=by_name[row["deputy"]].id,
    )
