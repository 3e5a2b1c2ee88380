"""What people read when something went wrong, and what they must never read."""

import json
import logging
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.typing import ResponseReturnValue

from app.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound, TooManyAttempts
from app.identity.models import User
from app.identity.permissions import Permission, Role
from app.web.access import public, requires
from app.web.request_log import JsonLines
from tests.support.factories import make_user
from tests.support.site import SiteClient, client_for

CANARY = "Tia Marlowe, born 2016"
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    """The application with pages on which everything goes wrong."""
    flask_app = make_app()
    flask_app.config["PROPAGATE_EXCEPTIONS"] = False

    @flask_app.get("/try/status/<int:code>")
    @public
    def status(code: int) -> ResponseReturnValue:
        if code == 500:
            raise RuntimeError(CANARY)
        return abort(code)

    @flask_app.get("/try/refuse/<kind>")
    @public
    def refuse(kind: str) -> ResponseReturnValue:
        raise REFUSALS[kind][0]

    @flask_app.post("/try/form")
    @requires(Permission.ACCOUNT_OWN)
    def form() -> ResponseReturnValue:
        return "ok"

    @flask_app.get("/try/unmarked")
    def unmarked() -> ResponseReturnValue:
        return CANARY

    return flask_app


REFUSALS: dict[str, tuple[AppError, int]] = {
    "not-found": (NotFound(), 404),
    "not-allowed": (NotAllowed("You did some of this work."), 403),
    "conflict": (Conflict("Ben was faster."), 409),
    "invalid": (InvalidInput(), 422),
    "too-many": (TooManyAttempts(), 429),
    "other": (AppError(), 400),
}


@pytest.mark.parametrize("code", STATUSES)
def test_an_error_page_says_what_happened_and_gives_a_reference(site: Flask, code: int) -> None:
    answer = client_for(site).get(f"/try/status/{code}")
    assert answer.status_code == code
    reference = answer.headers["X-Request-Id"]
    assert f"Reference: {reference}" in answer.text
    assert "<h1" in answer.text
    for technical in ("Traceback", "RuntimeError", CANARY, "werkzeug"):
        assert technical not in answer.text


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_a_page_with_its_own_words(site: Flask, kind: str) -> None:
    error, status = REFUSALS[kind]
    answer = client_for(site).get(f"/try/refuse/{kind}")
    assert answer.status_code == status
    assert str(error) in answer.text


def test_scripts_get_errors_as_json(site: Flask) -> None:
    answer = client_for(site).get("/try/refuse/conflict", headers={"Accept": "application/json"})
    assert answer.json == {"error": "Ben was faster.", "reference": answer.headers["X-Request-Id"]}


def test_a_view_nobody_marked_is_closed_even_for_an_administrator(
    site: Flask, sign_in: Callable[[User], SiteClient]
) -> None:
    client = client_for(site, make_user(roles=list(Role)))
    answer = client.get("/try/unmarked")
    assert answer.status_code == 403
    assert CANARY not in answer.text


def test_a_page_that_takes_only_forms_says_so(site: Flask) -> None:
    answer = client_for(site, make_user()).get("/try/form")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_much_at_once_is_refused(site: Flask) -> None:
    client = client_for(site, make_user())
    answer = client.post("/try/form", data={"text": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    answer = client.post(
        "/try/form", data={f"f{n}": "x" for n in range(3000)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


def test_a_strange_host_name_is_refused(make_app: Callable[..., Flask]) -> None:
    client = client_for(make_app(trusted_hosts=("early-help.example.org",)))
    answer = client.get("/sign-in", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
    assert client.get("/sign-in", base_url="http://early-help.example.org").status_code == 200


def test_the_error_page_does_without_the_menu_when_the_menu_fails(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setitem(site.jinja_env.globals, "bundle", fail)
    answer = client_for(site).get("/try/status/500")
    assert answer.status_code == 500
    assert "problem with the service" in answer.text
    assert CANARY not in answer.text


def test_the_log_has_ids_and_a_reference_but_nothing_personal(
    site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    user = make_user("Amira Haddad", sign_in_name="amira")
    client = client_for(site, user)
    with caplog.at_level(logging.INFO):
        client.get("/try/status/500?name=Tia%20Marlowe")
        client.post("/sign-in", data={"sign_in_name": "amira", "password": "secret words"})
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    requests = [line for line in lines if line["logger"] == "earlyhelp.request"]
    assert requests[0]["status"] == 500
    assert requests[0]["route"] == "/try/status/<int:code>"
    assert requests[0]["user"] == user.id
    failure = next(line for line in lines if line.get("exception"))
    assert failure["exception"] == "RuntimeError"
    assert failure["frames"]
    for personal in ("Amira", "Haddad", "amira", "Tia", "Marlowe", "secret words", "127.0.0.1"):
        assert personal not in json.dumps(lines)


def test_a_line_break_in_a_value_stays_inside_its_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "a\n\x1b[31mb", None, None)
    assert len(JsonLines().format(record).splitlines()) == 1
