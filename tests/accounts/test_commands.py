"""The commands about accounts and the audit trail, as typed."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from app.audit.models import AuditEvent
from app.cli import first_look, main
from app.db import transaction
from app.identity.people import by_sign_in_name
from tests.conftest import SECRET
from tests.support.site import SiteClient

FERN = ["create-administrator", "fern", "fern@example.org", "Fern Hale"]


@pytest.fixture(autouse=True)
def _environment(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("SECRET_KEY", SECRET)


def test_the_printed_link_opens_the_page_to_choose_a_password(
    client: SiteClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FERN) == 0
    link = re.search(r"/choose-password/\S+", capsys.readouterr().out)
    assert link
    assert "Fern Hale" in client.get(link[0]).text


def test_without_settings_it_uses_the_secret_that_the_server_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setattr(first_look, "VAR", tmp_path / "var")
    assert main(FERN) == 1
    assert "SECRET_KEY must be at least 32" in capsys.readouterr().err
    made = first_look.environment(make_secret=True)["SECRET_KEY"]
    assert first_look.environment(make_secret=True)["SECRET_KEY"] == made
    assert main(FERN) == 0
    assert "/choose-password/" in capsys.readouterr().out
    assert main(["verify-audit"]) == 0


@pytest.mark.parametrize(
    ("address", "given", "first"),
    [
        ("http://127.0.0.1:5000", {}, ".venv/bin/earlyhelp "),
        ("http://127.0.0.1:8080", {}, "PUBLIC_URL=http://127.0.0.1:8080 .venv/bin/"),
        ("http://127.0.0.1:8080", {"PUBLIC_URL": "https://a.example.org"}, ".venv/bin/earlyhelp "),
        ("http://127.0.0.1:5000", {"DATABASE_URL": "postgresql://u:secret@h/d"}, "DATABASE_URL=… "),
    ],
)
def test_what_to_type_is_about_the_site_that_was_started(
    address: str, given: dict[str, str], first: str
) -> None:
    typed = first_look.administrator_command(address, given)
    assert typed.startswith(first)
    assert "secret" not in typed


def test_it_refuses_once_there_is_an_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    main(FERN)
    with transaction() as session:
        user = by_sign_in_name(session, "fern")
        assert user is not None
        user.password_hash = "$argon2id$…"
    assert main(FERN) == 1
    assert "There is an administrator already" in capsys.readouterr().err


def test_a_changed_audit_event_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    main(FERN)
    assert main(["verify-audit"]) == 0
    with transaction() as session:
        session.execute(update(AuditEvent).values(actor="user:666"))
    assert main(["verify-audit"]) == 1
    assert "site, event 1: this event was changed" in capsys.readouterr().out


def test_a_short_secret_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    assert main(["verify-audit"]) == 1
    assert "SECRET_KEY must be at least 32" in capsys.readouterr().err


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "create-administrator" in capsys.readouterr().out
