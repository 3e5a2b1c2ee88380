"""Teams are made by an administrator: without one, and without an agency, a plan has no owners."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.models import Case
from app.cases.options import options
from app.cases.registration import register_with_runtime
from app.db import reading, transaction
from app.identity.models import Team, User
from app.identity.permissions import Role
from app.runtime.models import Task
from app.runtime.step import live_processes
from tests.support.factories import make_area, make_locality, make_team, make_user
from tests.support.reading_pages import words
from tests.support.shipped import open_for_business
from tests.support.site import SiteClient, client_for
from tests.support.story import begin

TEAMS = "/administration/teams"
WEST = {"name": "West family support", "agency": "Family Support Service", "place": "hull-west"}


@pytest.fixture
def administrator(flask_app: Flask) -> SiteClient:
    make_area("hull")
    make_locality("hull-west", area="hull")
    return client_for(flask_app, make_user("Fern Hale", role=Role.ADMINISTRATOR))


def _teams() -> list[tuple[str, str, str, str | None]]:
    with reading() as session:
        return [
            (team.name, team.agency, team.area_id, team.locality_id)
            for team in session.scalars(select(Team).order_by(Team.id))
        ]


def _address(name: str) -> str:
    with reading() as session:
        return f"{TEAMS}/{session.scalars(select(Team.id).where(Team.name == name)).one()}"


def test_a_team_is_added_for_a_locality_or_a_whole_area(administrator: SiteClient) -> None:
    assert administrator.post(TEAMS, data=WEST).location == TEAMS
    administrator.post(TEAMS, data={**WEST, "name": "EHASH", "agency": "EHASH", "place": "hull"})
    assert _teams() == [
        ("West family support", "Family Support Service", "hull", "hull-west"),
        ("EHASH", "EHASH", "hull", None),
    ]
    assert "West family support" in words(administrator.get(TEAMS).text)
    assert "EHASH, EHASH" in words(administrator.get("/administration/people/new").text)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Enter a name for the team"),
        ("agency", "", "Enter the agency the team belongs to"),
        ("agency", "x" * 201, "Use 200 characters or fewer"),
        ("place", "", "Choose where the team works"),
        ("place", "elsewhere", "Choose where the team works"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_stored(
    administrator: SiteClient, field: str, typed: str, said: str
) -> None:
    answer = administrator.post(TEAMS, data={**WEST, field: typed})
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert _teams() == []


def test_two_teams_of_one_area_need_two_names(administrator: SiteClient) -> None:
    administrator.post(TEAMS, data=WEST)
    answer = administrator.post(TEAMS, data={**WEST, "place": "hull"})
    assert answer.status_code == 422
    assert "There is a team of this name in that area already" in words(answer.text)


def test_agencies_in_forms_are_those_of_teams_and_of_people_of_the_area(
    administrator: SiteClient,
) -> None:
    administrator.post(TEAMS, data=WEST)
    make_user("Isla Munro", area="hull", agency="Quarry Road Academy")
    make_user("Leo Tan", area="elsewhere", agency="School Nursing team")
    make_user("Nico Bell", area="hull", agency="")
    with reading() as session:
        found = options(session, "agencies", area_id="hull", case=None)
    assert [each.value for each in found] == ["Family Support Service", "Quarry Road Academy"]


def test_a_team_gets_another_name(administrator: SiteClient) -> None:
    administrator.post(TEAMS, data=WEST)
    administrator.post(TEAMS, data={**WEST, "name": "East"})
    west = _address("West family support")
    assert administrator.post(west, data={"name": "Far West"}).location == TEAMS
    assert [team[0] for team in _teams()] == ["Far West", "East"]
    for name, said in (("", "Enter a name"), ("East", "There is a team of this name")):
        answer = administrator.post(west, data={"name": name})
        assert answer.status_code == 422
        assert said in words(answer.text)
    assert [team[0] for team in _teams()] == ["Far West", "East"]


def test_a_closed_team_is_not_offered(administrator: SiteClient) -> None:
    administrator.post(TEAMS, data={**WEST, "agency": "Youth Service"})
    west = _address("West family support")
    assert administrator.post(f"{west}/close").location == TEAMS
    assert "West family support is closed" in words(administrator.get(TEAMS).text)
    assert "No team yet" in words(administrator.get(TEAMS).text)
    assert "West family support" not in administrator.get("/administration/people/new").text
    with reading() as session:
        agencies = [each.value for each in options(session, "agencies", area_id="hull", case=None)]
    assert "Youth Service" not in agencies
    assert administrator.post(f"{west}/close").status_code == 404
    assert administrator.post(TEAMS, data=WEST).location == TEAMS, "its name is free again"


def test_a_team_with_people_or_work_stays_open(flask_app: Flask) -> None:
    live_processes.forget_all()
    register_with_runtime()
    story = begin(open_for_business("starter"))  # in an empty database, so before anybody is made
    administrator = client_for(flask_app, make_user("Fern Hale", role=Role.ADMINISTRATOR))
    team = make_team("West family support", area="starter")
    member = make_user("Ada Member", team=team)
    with transaction() as session:
        session.get_one(Case, story.case_id).team_id = team.id
        for task in session.scalars(select(Task)):
            task.team_id = team.id
    path = f"{TEAMS}/{team.id}/close"
    answer = administrator.post(path)
    assert answer.status_code == 422
    said = words(answer.text)
    assert "West family support cannot be closed yet" in said
    assert "people: 1, open tasks: 1, open families: 1" in said
    with transaction() as session:
        session.get_one(User, member.id).team_id = None
        session.get_one(Case, story.case_id).status = "closed"
        assert session.get_one(Team, team.id).closed_at is None
    assert "It still has open tasks: 1." in words(administrator.post(path).text)
