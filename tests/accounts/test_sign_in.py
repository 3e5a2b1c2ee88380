"""Who gets in, who does not, and what a session is worth."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from app.accounts.views import relative
from app.audit.models import AuditEvent
from app.db import reading, transaction
from app.identity import passwords, sessions
from app.identity.models import SignInThrottle, User, UserSession
from tests.support.factories import PASSWORD, make_user
from tests.support.site import SiteClient, client_for

SignIn = Callable[[User], SiteClient]


def _try(client: SiteClient, name: str, password: str = PASSWORD, **more: str) -> int:
    answer = client.post("/sign-in", data={"sign_in_name": name, "password": password, **more})
    return answer.status_code


def _token(client: SiteClient) -> str | None:
    cookie = client.get_cookie("session_id")
    return cookie.value if cookie else None


def test_the_right_password_opens_a_session(client: SiteClient) -> None:
    make_user("Amira", sign_in_name="amira", password=PASSWORD)
    assert _try(client, "Amira ") == 302
    assert "Amira" in client.get("/profile").text


@pytest.mark.parametrize("name", ["amira", "nobody", "off", "no-password"])
def test_a_wrong_name_or_password_gets_the_same_answer(client: SiteClient, name: str) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    make_user(sign_in_name="off", password=PASSWORD, is_active=False)
    make_user(sign_in_name="no-password")
    wrong = "not the password" if name == "amira" else PASSWORD
    answer = client.post("/sign-in", data={"sign_in_name": name, "password": wrong})
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert _token(client) is None


@pytest.mark.parametrize("name", ["amira", "nobody", "off", "no-password"])
def test_each_refusal_costs_the_same_work_so_that_its_time_tells_nothing(
    client: SiteClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    make_user(sign_in_name="off", password=PASSWORD, is_active=False)
    make_user(sign_in_name="no-password")
    passwords.matches(None, "warm up: the hash of nobody is made once")
    checked: list[str] = []
    monkeypatch.setattr(passwords, "HASHER", _Counting(passwords.HASHER, checked))
    assert _try(client, name, "not the password") == 422
    assert len(checked) == 1


class _Counting:
    """Counts how often a password is checked."""

    def __init__(self, real: PasswordHasher, checked: list[str]) -> None:
        self._real, self._checked = real, checked

    def __hash__(self) -> int:
        return hash(self._real)

    def __eq__(self, other: object) -> bool:
        return other is self._real or other is self

    def verify(self, known: str, password: str) -> bool:
        self._checked.append(known)
        return self._real.verify(known, password)


def test_only_the_hash_of_the_token_is_stored(client: SiteClient) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    _try(client, "amira")
    token = _token(client)
    assert token is not None
    with reading() as session:
        stored = session.scalars(select(UserSession.id)).all()
    assert stored == [sessions.digest(token)]
    assert token not in stored


def test_signing_in_makes_a_new_token_and_ends_the_one_before(client: SiteClient) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    client.set_cookie("session_id", "planted by somebody else")
    _try(client, "amira")
    first = _token(client)
    assert first != "planted by somebody else"
    _try(client, "amira")
    assert _token(client) != first
    assert first is not None
    client.set_cookie("session_id", first)
    assert client.get("/profile").status_code == 302


def test_a_cookie_copied_before_signing_out_is_worth_nothing_afterwards(
    flask_app: Flask, sign_in: SignIn
) -> None:
    client = sign_in(make_user())
    copied = _token(client)
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = client_for(flask_app)
    thief.set_cookie("session_id", copied or "")
    assert thief.get("/profile").status_code == 302


def test_half_an_hour_of_silence_ends_a_session(
    sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(make_user())
    for _ in range(3):
        clock.shift(timedelta(minutes=29))
        assert client.get("/profile").status_code == 200
    clock.shift(timedelta(minutes=30))
    answer = client.get("/profile")
    assert answer.status_code == 302
    assert answer.location.endswith("&ended=expired")


def test_ten_hours_end_a_session_however_busy(
    sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(make_user())
    for _ in range(29):
        clock.shift(timedelta(minutes=20))
        assert client.get("/profile").status_code == 200
    clock.shift(timedelta(minutes=20))
    assert client.get("/profile").status_code == 302


def test_switching_somebody_off_ends_their_sessions_at_once(sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    with transaction() as session:
        session.get_one(User, user.id).is_active = False
    assert client.get("/profile").status_code == 302


def test_guessing_is_slowed_down_for_the_account_and_nobody_is_locked_out(
    flask_app: Flask, clock: time_machine.Traveller
) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    for _ in range(5):
        assert _try(client_for(flask_app), "amira", "wrong") == 422
    answer = client_for(flask_app).post(
        "/sign-in", data={"sign_in_name": "amira", "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert "Wait 1 minute" in answer.text
    clock.shift(timedelta(minutes=1))
    assert _try(client_for(flask_app), "amira", "wrong") == 422
    assert _try(client_for(flask_app), "amira") == 429
    clock.shift(timedelta(minutes=2))
    assert _try(client_for(flask_app), "amira") == 302
    assert _try(client_for(flask_app), "amira", "wrong") == 422


def test_guessing_many_accounts_from_one_address_is_slowed_down_too(
    client: SiteClient, clock: time_machine.Traveller
) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    tried = [_try(client, f"somebody{number}") for number in range(41)]
    assert tried == [422] * 40 + [429]
    assert _try(client, "amira") == 429
    clock.shift(timedelta(minutes=15))
    assert _try(client, "amira") == 302


def test_an_office_that_signs_in_rightly_is_not_slowed_down(client: SiteClient) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    assert {_try(client, "amira") for _ in range(45)} == {302}


def test_the_throttle_stores_neither_names_nor_addresses(client: SiteClient) -> None:
    _try(client, "amira")
    with reading() as session:
        ids = session.scalars(select(SignInThrottle.id)).all()
    assert len(ids) == 2
    assert not any("amira" in i or "127" in i[:4] for i in ids if len(i) != 64)
    assert {len(i) for i in ids} == {64}


def test_signing_in_leaves_events_without_names(client: SiteClient) -> None:
    user = make_user(sign_in_name="amira", password=PASSWORD)
    _try(client, "amira", "wrong")
    _try(client, "amira")
    client.post("/sign-out")
    with reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.position)).all()
    assert [(e.actor, e.action) for e in events] == [
        ("system:sign-in", "sign_in.failed"),
        (user.actor, "session.started"),
        (user.actor, "session.ended"),
    ]
    assert "amira" not in str([e.detail for e in events])


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "/\\evil.example", "\\evil.example", "https:evil.example",
        "https://evil.example/", "%2f%2fevil.example", "javascript:alert(1)", "/a\r\nb", "", "evil",
        "///evil.example", "/\t/evil.example",
    ],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(flask_app: Flask, path: str) -> None:
    with flask_app.test_request_context():
        assert relative(path) == "/"


def test_signing_in_leads_back_to_where_one_was(client: SiteClient) -> None:
    make_user(sign_in_name="amira", password=PASSWORD)
    asked = client.get("/profile/password?x=1")
    assert asked.location == "/sign-in?next=/profile/password?x%3D1"
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": "amira", "password": PASSWORD, "next": "/profile/password"},
    )
    assert answer.location == "/profile/password"


class TestDemonstration:
    def test_one_click_signs_in_as_a_person(self, make_app: Callable[..., Flask]) -> None:
        user = make_user("Amira Haddad")
        client = client_for(make_app(demo_mode=True))
        assert "Amira Haddad" in client.get("/sign-in").text
        assert client.post("/demo/sign-in", data={"user_id": user.id}).status_code == 302
        assert "Amira Haddad" in client.get("/profile").text

    def test_it_is_impossible_elsewhere(self, client: SiteClient) -> None:
        user = make_user("Amira Haddad")
        assert "Amira Haddad" not in client.get("/sign-in").text
        assert client.post("/demo/sign-in", data={"user_id": user.id}).status_code == 404
        assert _token(client) is None

    def test_nobody_can_become_somebody_who_is_switched_off(
        self, make_app: Callable[..., Flask]
    ) -> None:
        user = make_user(is_active=False)
        client = client_for(make_app(demo_mode=True))
        assert client.post("/demo/sign-in", data={"user_id": user.id}).status_code == 404
        assert client.post("/demo/sign-in", data={"user_id": "x"}).status_code == 404
