"""What an administrator does to other people's accounts."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import reading, transaction
from app.identity.models import User
from app.identity.people import by_sign_in_name, get_user
from app.identity.permissions import Role
from tests.support.factories import make_area, make_locality, make_team, make_user
from tests.support.site import SiteClient, client_for

ANSWERS = {
    "name": "Amira Haddad",
    "sign_in_name": "Amira",
    "email": "Amira@example.org",
    "job_title": "Family support worker",
    "agency": "Family Support Service",
    "roles": ["practitioner"],
    "area_ids": ["hull"],
    "locality_ids": ["hull-west"],
}
CHOSEN = "nine green ducks dancing"


@pytest.fixture
def administrator(flask_app: Flask) -> SiteClient:
    make_area("hull")
    make_locality("hull-west", area="hull")
    return client_for(flask_app, make_user("Fern Hale", role=Role.ADMINISTRATOR))


def _actions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def _link(page: str) -> str:
    found = re.search(r'value="([^"]+/choose-password/[^"]+)"', page)
    assert found
    return urlsplit(found[1]).path


def test_a_new_person_chooses_their_own_password_by_a_link_that_works_once(
    administrator: SiteClient, client: SiteClient
) -> None:
    page = administrator.post("/administration/people/new", data=ANSWERS).text
    link = _link(page)
    with reading() as session:
        user = by_sign_in_name(session, "amira")
    assert user is not None
    assert user.roles == {Role.PRACTITIONER}
    assert user.area_ids == {"hull"}
    assert user.locality_ids == {"hull-west"}
    assert user.password_hash is None

    for _ in range(2):  # looking at it does not use it up
        assert "Amira Haddad" in client.get(link).text
    mistyped = client.post(link, data={"password": CHOSEN, "repeated": "x"})
    assert (mistyped.status_code, "not the same" in mistyped.text) == (422, True)
    assert client.post(link, data={"password": CHOSEN, "repeated": CHOSEN}).status_code == 302
    assert client.post(link, data={"password": CHOSEN, "repeated": CHOSEN}).status_code == 404
    assert client.get(link).status_code == 404
    signed_in = client.post("/sign-in", data={"sign_in_name": "amira", "password": CHOSEN})
    assert signed_in.status_code == 302
    assert _actions() == ["user.created", "password.changed", "session.started"]


def test_a_new_link_makes_the_one_before_worthless(
    administrator: SiteClient, client: SiteClient
) -> None:
    user = make_user()
    first, second = (
        _link(administrator.post(f"/administration/people/{user.id}/link").text) for _ in range(2)
    )
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_choosing_a_password_by_link_ends_all_sessions(
    administrator: SiteClient, client: SiteClient, sign_in: Callable[[User], SiteClient]
) -> None:
    user = make_user()
    elsewhere = sign_in(user)
    link = _link(administrator.post(f"/administration/people/{user.id}/link").text)
    client.post(link, data={"password": CHOSEN, "repeated": CHOSEN})
    assert elsewhere.get("/profile").status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "full name"),
        ("sign_in_name", "a b", "sign-in name of 2 to 50"),
        ("sign_in_name", "taken", "already has this sign-in name"),
        ("email", "nobody", "like name@example.org"),
        ("email", "TAKEN@example.org", "already has this e-mail"),
        ("job_title", "x" * 201, "200 characters"),
        ("roles", [], "at least one role"),
        ("roles", ["king"], "at least one role"),
        ("area_ids", ["atlantis"], "areas from the list"),
        ("locality_ids", ["elsewhere"], "localities of the chosen areas"),
        ("team_id", "999999", "team from the list"),
    ],
)
def test_wrong_answers_come_back_as_typed_and_nothing_is_stored(
    administrator: SiteClient, field: str, value: str | list[str], words: str
) -> None:
    taken = make_user(sign_in_name="taken")
    with transaction() as session:
        get_user(session, taken.id).email = "taken@example.org"
    answer = administrator.post("/administration/people/new", data={**ANSWERS, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Family support worker" in answer.text or field == "job_title"
    with reading() as session:
        assert by_sign_in_name(session, "amira") is None


def test_roles_places_and_team_can_be_changed(administrator: SiteClient) -> None:
    user, team = make_user("Amira", sign_in_name="amira"), make_team("Hub West", area="hull")
    answer = administrator.post(
        f"/administration/people/{user.id}",
        data={**ANSWERS, "roles": ["supervisor", "panel_chair"], "team_id": str(team.id)},
    )
    assert answer.status_code == 302
    with reading() as session:
        changed = get_user(session, user.id)
    assert changed.roles == {Role.SUPERVISOR, Role.PANEL_CHAIR}
    assert changed.team_id == team.id
    page = administrator.get(f"/administration/people/{user.id}").text
    assert re.search(r'value="supervisor" checked', page)


def test_switching_off_works_from_the_next_click_on_and_can_be_undone(
    administrator: SiteClient, sign_in: Callable[[User], SiteClient]
) -> None:
    user = make_user()
    client = sign_in(user)
    assert client.get("/profile").status_code == 200
    administrator.post(f"/administration/people/{user.id}/off")
    assert client.get("/profile").status_code == 302
    administrator.post(f"/administration/people/{user.id}/on")
    assert client.get("/profile").status_code == 302
    assert sign_in(user).get("/profile").status_code == 200


def test_signing_somebody_out_everywhere(
    administrator: SiteClient, sign_in: Callable[[User], SiteClient]
) -> None:
    user = make_user()
    clients = [sign_in(user), sign_in(user)]
    assert "in 2 browsers" in administrator.get(f"/administration/people/{user.id}").text
    administrator.post(f"/administration/people/{user.id}/sign-out")
    assert {client.get("/profile").status_code for client in clients} == {302}


def test_an_administrator_cannot_lock_themselves_out(flask_app: Flask) -> None:
    me = make_user(role=Role.ADMINISTRATOR)
    client = client_for(flask_app, me)
    assert client.post(f"/administration/people/{me.id}/off").status_code == 409
    make_area("hull")
    make_locality("hull-west", area="hull")
    answer = client.post(f"/administration/people/{me.id}", data=ANSWERS)
    assert answer.status_code == 409
    assert "give up being an administrator" in answer.text


def test_people_are_searched_without_their_names_in_the_address(
    administrator: SiteClient,
) -> None:
    make_user("Isla Munro")
    answer = administrator.post("/administration/people/search", data={"text": "munro"})
    assert "Isla Munro" in answer.text
    assert "1 person" in answer.text
    assert "Fern Hale</a>" not in answer.text


def test_long_lists_come_in_pages(administrator: SiteClient) -> None:
    for number in range(55):
        make_user(f"Worker {number:02}")
    first = administrator.get("/administration/people").text
    second = administrator.get("/administration/people?start=50").text
    assert "56 people" in first
    assert "Worker 00" in first
    assert "Worker 54" not in first
    assert "Worker 54" in second


def test_somebody_unknown_is_a_page_not_found(administrator: SiteClient) -> None:
    assert administrator.get("/administration/people/999999").status_code == 404
