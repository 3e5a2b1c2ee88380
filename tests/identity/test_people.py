"""Finding people by what they do and where, and who stands in for whom."""

from datetime import date, timedelta

import pytest
import time_machine

from app.db import reading, transaction
from app.identity.models import User
from app.identity.people import (
    PersonNotFound,
    assign,
    by_sign_in_name,
    deputy_of,
    get_user,
    names_of,
    search,
    stands_in_for,
    team_members,
    team_supervisors,
    with_role,
)
from app.identity.permissions import Role
from tests.support.factories import make_absence, make_team, make_user

pytestmark = pytest.mark.usefixtures("database")


def _found(role: Role, **where: str) -> list[str]:
    with reading() as session:
        return [user.name for user in session.scalars(with_role(role, **where))]  # type: ignore[arg-type]


def test_people_are_found_by_role_and_area() -> None:
    make_user("Viv", role=Role.SUPERVISOR, area="hull")
    make_user("Amira", role=Role.PRACTITIONER, area="hull")
    make_user("Zoe", role=Role.SUPERVISOR, area="worcestershire")
    make_user("Gone", role=Role.SUPERVISOR, area="hull", is_active=False)
    assert _found(Role.SUPERVISOR, area_id="hull") == ["Viv"]


def test_somebody_narrowed_to_one_locality_is_not_asked_about_another() -> None:
    make_user("Anywhere", area="hull")
    make_user("West", area="hull", localities=["hull-west"])
    make_user("East", area="hull", localities=["hull-east"])
    found = _found(Role.PRACTITIONER, area_id="hull", locality_id="hull-west")
    assert found == ["Anywhere", "West"]


def test_a_detached_person_still_knows_their_roles_places_and_team() -> None:
    team = make_team("Hub West", area="hull")
    made = make_user(roles=[Role.PRACTITIONER, Role.SUPERVISOR], area="hull", team=team)
    with reading() as session:
        user = get_user(session, made.id)
    assert user.roles == {Role.PRACTITIONER, Role.SUPERVISOR}
    assert user.area_ids == {"hull"}
    assert user.locality_ids == frozenset()
    assert user.team is not None
    assert user.team.name == "Hub West"


def test_roles_and_places_are_replaced_as_a_whole() -> None:
    made = make_user(roles=[Role.PRACTITIONER, Role.SUPERVISOR], areas=["hull", "starter"])
    with transaction() as session:
        user = get_user(session, made.id)
        assign(user, roles=[Role.SUPERVISOR, Role.PANEL_CHAIR], area_ids=["hull"])
    with reading() as session:
        user = get_user(session, made.id)
    assert user.roles == {Role.SUPERVISOR, Role.PANEL_CHAIR}
    assert user.area_ids == {"hull"}


def test_sign_in_names_do_not_depend_on_the_case_of_letters() -> None:
    make_user(sign_in_name=" Amira ")
    with reading() as session:
        assert by_sign_in_name(session, "AMIRA") is not None


def test_a_deputy_stands_in_from_the_first_to_the_last_day_away(
    clock: time_machine.Traveller,
) -> None:
    viv, adam = make_user("Viv"), make_user("Adam")
    make_absence(viv, deputy=adam, from_on=date(2026, 1, 5), until_on=date(2026, 1, 6))
    with reading() as session:
        assert _name(deputy_of(session, viv.id)) == "Adam"
        assert stands_in_for(session, adam.id) == {viv.id}
        clock.shift(timedelta(days=2))
        assert deputy_of(session, viv.id) is None
        assert stands_in_for(session, adam.id) == frozenset()


def test_teams_know_their_members_and_who_leads_them() -> None:
    team = make_team()
    make_user("Ben", team=team)
    make_user("Viv", team=team, role=Role.SUPERVISOR)
    make_user("Left", team=team, is_active=False)
    with reading() as session:
        assert [u.name for u in team_members(session, team.id)] == ["Ben", "Viv"]
        assert [u.name for u in team_supervisors(session, team.id)] == ["Viv"]
        assert team_supervisors(session, None) == []


def test_searching_people_looks_at_names_agencies_and_jobs_and_takes_signs_literally() -> None:
    make_user("Isla Munro", agency="Quarry Road Academy")
    make_user("Amira Haddad")
    with reading() as session:
        assert [u.name for u in search(session, "quarry").people] == ["Isla Munro"]
        assert search(session, "%").total == 0
        assert search(session, size=1).total == 2
        assert len(search(session, size=1).people) == 1


def test_names_come_in_one_query_for_many_ids() -> None:
    amira = make_user("Amira")
    with reading() as session:
        assert names_of(session, [amira.id, 999_999]) == {amira.id: "Amira"}
        assert names_of(session, []) == {}


def test_an_unknown_person_is_a_plain_not_found() -> None:
    with reading() as session, pytest.raises(PersonNotFound):
        get_user(session, 999_999)


def _name(user: User | None) -> str | None:
    return user.name if user else None
