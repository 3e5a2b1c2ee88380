"""Rules all routes keep: a declared permission, a token on what changes things, reading that
writes nothing, and the golden table of who may call what."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.identity.models import User
from app.identity.permissions import Role
from tests.support.database_writes import watch_writes
from tests.support.factories import make_user
from tests.support.site import SiteClient, client_for

GOLDEN = Path(__file__).with_name("golden_routes.json")
READING = {"GET", "HEAD", "OPTIONS"}
#: Tables that may change while somebody reads: when they were last seen, and who read what.
WRITTEN_BY_READING = {"user_session", "audit_event", "audit_chain"}


def _rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _address(app: Flask, rule: Rule) -> str:
    """An address of the route, naming things that do not exist."""
    kinds = {
        "IntegerConverter": "999999999",
        "PathConverter": "none.txt",
        "UnicodeConverter": "none",
    }
    values = {name: kinds[type(rule._converters[name]).__name__] for name in rule.arguments}
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]


def _routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in _rules(app):
        for method in _methods(rule):
            yield method, _address(app, rule), rule


def test_every_view_declares_a_permission(flask_app: Flask) -> None:
    missing = [
        endpoint
        for endpoint, view in flask_app.view_functions.items()
        if not hasattr(view, "required_permission") and not hasattr(view, "is_public")
    ]
    assert not missing, f"add @requires(Permission.…) below the route of: {missing}"


def test_who_may_call_what_is_as_agreed(flask_app: Flask) -> None:
    """Calls every route as nobody and in each role. ``UPDATE_GOLDEN=1`` writes the table anew."""
    clients: dict[str, SiteClient] = {"nobody": client_for(flask_app)}
    clients |= {role.value: client_for(flask_app, make_user(role=role)) for role in Role}
    found: dict[str, list[str]] = {}
    for method, address, rule in _routes(flask_app):
        if rule.endpoint == "accounts.sign_out":
            allowed = ["everybody"]
        else:
            allowed = [who for who, client in clients.items() if _let_in(client, method, address)]
        found[f"{method} {rule.rule}"] = _short(allowed, list(clients))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    agreed = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert found == agreed, "if this is meant, run the test once with UPDATE_GOLDEN=1"


def test_nothing_changes_without_the_forms_token(flask_app: Flask) -> None:
    user = make_user(roles=list(Role))
    client, other = client_for(flask_app, user), client_for(flask_app, user)
    with other.session_transaction() as session:
        session["csrf_token"] = "0" * 40
    for method, address, rule in _routes(flask_app):
        if method in READING:
            continue
        with watch_writes() as writes:
            without = client.open(address, method=method, csrf=False)
            foreign = client.open(
                address, method=method, csrf=False, headers={"X-CSRFToken": other.csrf_token()}
            )
        assert (without.status_code, foreign.status_code) == (400, 400), rule
        assert set(writes) <= {"user_session"}, rule


def test_nothing_changes_when_another_site_asks(flask_app: Flask) -> None:
    client = client_for(flask_app, make_user(roles=list(Role)))
    for method, address, rule in _routes(flask_app):
        if method in READING:
            continue
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            with watch_writes() as writes:
                answer = client.open(address, method=method, headers=headers)
            assert answer.status_code == 403, rule
            assert set(writes) <= {"user_session"}, rule


def test_reading_writes_nothing(flask_app: Flask, sign_in: Callable[[User], SiteClient]) -> None:
    client = sign_in(make_user(roles=list(Role)))
    for method, address, rule in _routes(flask_app):
        if method != "GET":
            continue
        with watch_writes() as writes:
            answer = client.get(address)
            answer.close()
        assert set(writes) <= WRITTEN_BY_READING, rule
        assert answer.status_code < 500, rule


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE"])
def test_methods_nobody_offers_are_refused(client: SiteClient, method: str) -> None:
    assert client.open("/sign-in", method=method).status_code == 405


def _let_in(client: SiteClient, method: str, address: str) -> bool:
    """Whether the guard let it through to the view; there it may still be not found or wrong."""
    with client.open(address, method=method) as answer:
        if answer.status_code == 302 and answer.location.startswith("/sign-in?next="):
            return False
        return answer.status_code not in (401, 403)


def _short(allowed: list[str], everybody: list[str]) -> list[str]:
    if allowed == everybody:
        return ["everybody"]
    if allowed == [who for who in everybody if who != "nobody"]:
        return ["signed in"]
    return sorted(allowed)
