"""One's own account."""

import re
from collections.abc import Callable

from flask import Flask

from app.identity.models import User
from tests.support.factories import PASSWORD, make_user
from tests.support.site import SiteClient, client_for

CHOSEN = "nine green ducks dancing"
SignIn = Callable[[User], SiteClient]


def _change(client: SiteClient, **fields: str) -> tuple[int, str]:
    given = {"present_password": PASSWORD, "password": CHOSEN, "repeated": CHOSEN, **fields}
    answer = client.post("/profile/password", data=given)
    return answer.status_code, answer.text


def test_it_shows_who_one_is_and_where_one_works(sign_in: SignIn) -> None:
    user = make_user("Amira Haddad", area="hull", localities=["hull-west"])
    page = sign_in(user).get("/profile").text
    for words in ("Amira Haddad", "Practitioner", "Hull area", "West", "(this one)"):
        assert words in page


def test_one_can_sign_out_another_browser(sign_in: SignIn) -> None:
    user = make_user()
    here, there = sign_in(user), sign_in(user)
    named = re.findall(r'name="session"\s+value="(\w{64})"', here.get("/profile").text)
    assert len(named) == 1
    here.post("/profile/sessions/end", data={"session": named[0]})
    assert there.get("/profile").status_code == 302
    assert here.get("/profile").status_code == 200


def test_one_can_sign_out_everywhere_else(sign_in: SignIn) -> None:
    user = make_user()
    here, others = sign_in(user), [sign_in(user), sign_in(user)]
    here.post("/profile/sessions/end")
    assert {client.get("/profile").status_code for client in others} == {302}
    assert here.get("/profile").status_code == 200


def test_nobody_can_end_the_session_of_somebody_else(sign_in: SignIn) -> None:
    victim = sign_in(make_user())
    thief = make_user()
    sign_in(thief)
    page = client_text(victim)
    session = re.findall(r'value="(\w{64})"', page)
    attacker = sign_in(thief)
    for named in session or ["0" * 64]:
        attacker.post("/profile/sessions/end", data={"session": named})
    assert victim.get("/profile").status_code == 200


def client_text(client: SiteClient) -> str:
    return client.get("/profile").text


def test_changing_the_password_ends_all_other_sessions(flask_app: Flask, sign_in: SignIn) -> None:
    user = make_user(sign_in_name="amira", password=PASSWORD)
    here, there = sign_in(user), sign_in(user)
    before = here.get_cookie("session_id")
    assert _change(here)[0] == 302
    assert here.get_cookie("session_id") != before
    assert here.get("/profile").status_code == 200
    assert there.get("/profile").status_code == 302
    answer = client_for(flask_app).post(
        "/sign-in", data={"sign_in_name": "amira", "password": CHOSEN}
    )
    assert answer.status_code == 302


def test_the_present_password_is_needed_and_guessing_it_is_slowed_down(sign_in: SignIn) -> None:
    client = sign_in(make_user(password=PASSWORD))
    for _ in range(5):
        status, page = _change(client, present_password="wrong")
        assert status == 422
        assert "not your present password" in page
    assert _change(client)[0] == 429


def test_a_new_password_must_be_good_and_typed_twice(sign_in: SignIn) -> None:
    client = sign_in(make_user(password=PASSWORD))
    status, page = _change(client, password="short", repeated="short")
    assert (status, "15 characters" in page) == (422, True)
    status, page = _change(client, repeated="different")
    assert (status, "not the same" in page) == (422, True)


def test_the_start_page_leads_to_the_first_place_of_the_menu(sign_in: SignIn) -> None:
    nothing = sign_in(make_user(roles=[]))
    assert nothing.get("/").status_code == 403
    assert sign_in(make_user(role="administrator")).get("/").location == "/administration/people"
    assert sign_in(make_user(role="process_owner")).get("/").location == "/processes"
    assert sign_in(make_user(role="practitioner")).get("/").location == "/tasks"
