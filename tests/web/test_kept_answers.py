"""A page that can no longer be sent as it is does not cost anybody what they typed."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from werkzeug.test import TestResponse

from app.identity.models import User
from app.identity.permissions import Permission
from app.web.access import requires
from tests.support.factories import PASSWORD, make_user
from tests.support.site import SiteClient, client_for

TYPED = {"what": 'Tia <b>is</b> tired & "late"', "who": ["Tia", "Rex"], "idempotency_key": "k1"}


@pytest.fixture
def received() -> list[dict[str, list[str]]]:
    return []


@pytest.fixture
def site(make_app: Callable[..., Flask], received: list[dict[str, list[str]]]) -> Flask:
    """The application with one more page that takes what people type."""
    flask_app = make_app()

    @flask_app.post("/try/note", endpoint="note")
    @requires(Permission.ACCOUNT_OWN)
    def note() -> ResponseReturnValue:
        received.append(request.form.to_dict(flat=False))
        return "saved"

    return flask_app


def _hidden(page: str, name: str) -> list[str]:
    found = re.findall(rf'<input type="hidden"\s+name="{name}"\s+value="([^"]*)"', page)
    return [html.unescape(value) for value in found]


def _sign_in_again(client: SiteClient, page: str, name: str) -> str:
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": name, "password": PASSWORD, "kept": _hidden(page, "kept")[0]},
        follow_redirects=True,
    )
    return answer.text


def test_after_time_out_the_same_person_signs_in_and_sends_what_they_typed(
    site: Flask, received: list[dict[str, list[str]]], clock: time_machine.Traveller
) -> None:
    client = client_for(site, make_user(sign_in_name="amira", password=PASSWORD))
    clock.shift(timedelta(minutes=31))
    refused = client.post("/try/note", data={**TYPED, "password": "never carried"})
    assert refused.status_code == 401
    assert "You were signed out" in refused.text
    assert received == []

    page = _sign_in_again(client, refused.text, "amira")
    assert 'action="/try/note"' in page
    assert "Idempotency key" not in page
    assert "Sign out" in page
    assert "Tia <b>is</b>" not in page
    fields = {name: _hidden(page, name) for name in ("what", "who", "idempotency_key")}
    client.post("/try/note", data=fields)
    assert received == [{"what": [TYPED["what"]], "who": ["Tia", "Rex"], "idempotency_key": ["k1"]}]
    assert "never carried" not in page


def test_a_session_ended_from_another_device_does_not_cost_it_either(
    site: Flask, received: list[dict[str, list[str]]]
) -> None:
    user = make_user(sign_in_name="amira", password=PASSWORD)
    client, other = client_for(site, user), client_for(site, user)
    other.post("/profile/sessions/end", data={})
    refused = client.post("/try/note", data=TYPED)
    assert refused.status_code == 401
    assert "signed out from another browser" in refused.text
    page = _sign_in_again(client, refused.text, "amira")
    assert _hidden(page, "what") == [TYPED["what"]]
    assert received == []
    asked = client_for(site, user)
    other.post("/profile/sessions/end", data={})
    assert asked.get("/profile").location == "/sign-in?next=/profile&ended=ended"
    told = asked.get("/sign-in?next=/profile&ended=ended").text
    assert "signed out from another browser" in told


def test_somebody_else_at_the_same_computer_does_not_see_it(
    site: Flask, clock: time_machine.Traveller
) -> None:
    client = client_for(site, make_user(sign_in_name="amira"))
    make_user(sign_in_name="ben", password=PASSWORD)
    clock.shift(timedelta(minutes=31))
    refused = client.post("/try/note", data=TYPED)
    page = _sign_in_again(client, refused.text, "ben")
    assert "tired" not in page
    assert "thrown away" in page


def test_what_was_kept_cannot_be_made_up(site: Flask) -> None:
    client = client_for(site)
    make_user(sign_in_name="amira", password=PASSWORD)
    answer = client.post(
        "/sign-in", data={"sign_in_name": "amira", "password": PASSWORD, "kept": "bm90IG91cnM"}
    )
    assert answer.status_code == 302


def test_a_wrong_password_on_the_way_does_not_lose_it(
    site: Flask, clock: time_machine.Traveller
) -> None:
    client = client_for(site, make_user(sign_in_name="amira", password=PASSWORD))
    clock.shift(timedelta(minutes=31))
    refused = client.post("/try/note", data=TYPED)
    again = client.post(
        "/sign-in",
        data={
            "sign_in_name": "amira",
            "password": "wrong",
            "kept": _hidden(refused.text, "kept")[0],
        },
    )
    assert again.status_code == 422
    assert "tired" in _sign_in_again(client, again.text, "amira")


def test_another_site_cannot_lay_words_into_anybodys_mouth(
    site: Flask, clock: time_machine.Traveller
) -> None:
    client = client_for(site, make_user())
    clock.shift(timedelta(minutes=31))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = _raw(client, headers)
        assert answer.status_code == 403
        assert "tired" not in answer.text
    silent = _raw(client, {})
    assert silent.status_code == 401
    assert _hidden(silent.text, "kept") == []


def test_a_form_with_an_old_token_comes_back_ready_to_send(
    site: Flask, received: list[dict[str, list[str]]], sign_in: Callable[[User], SiteClient]
) -> None:
    client = client_for(site, make_user())
    answer = client.post(
        "/try/note", data={**TYPED, "csrf_token": "from another session"}, csrf=False
    )
    assert answer.status_code == 400
    assert "could not be sure that you sent this" in answer.text
    assert _hidden(answer.text, "what") == [TYPED["what"]]
    assert received == []
    token = _hidden(answer.text, "csrf_token")[-1]
    sent = client.post("/try/note", data={**TYPED, "csrf_token": token}, csrf=False)
    assert sent.text == "saved"


def test_a_script_is_told_in_json(site: Flask, clock: time_machine.Traveller) -> None:
    client = client_for(site, make_user())
    clock.shift(timedelta(minutes=31))
    answer = client.post("/try/note", data=TYPED, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"] == "Sign in to continue."


def _raw(client: SiteClient, headers: dict[str, str]) -> TestResponse:
    return FlaskClient.open(client, "/try/note", method="POST", data=TYPED, headers=headers)
