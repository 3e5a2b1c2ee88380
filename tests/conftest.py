"""One database for each worker, emptied after each test; a clock that stands still.

``TEST_DATABASE_URL`` names a PostgreSQL server; without it the tests run on SQLite.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import create_engine, make_url, text

from app import db
from app.config import Settings
from app.identity import passwords
from app.identity.models import User
from tests.support.browser import LONGEST_WAIT, open_browser
from tests.support.schema import create_tables, empty_tables
from tests.support.site import SiteClient, client_for

#: A Monday morning, 09:00 in London.
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECRET = "a secret that only the tests know, long enough"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still; ``clock.shift(timedelta(...))`` and ``clock.move_to(...)`` move it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this worker's own database, with all tables made."""
    server = os.environ.get("TEST_DATABASE_URL")
    if server:
        url = _own_postgres_database(server, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite'}"
    db.connect(url)
    create_tables(db.write_engine())
    yield url
    db.disconnect()


@pytest.fixture
def database(database_url: str, clock: time_machine.Traveller) -> Iterator[str]:
    """An empty database behind ``transaction()`` and ``reading()``."""
    if db.write_engine().url != make_url(database_url):
        db.connect(database_url)
    yield database_url
    if db.write_engine().url != make_url(database_url):
        db.connect(database_url)
    empty_tables(db.write_engine())


@pytest.fixture
def settings(database: str) -> Settings:
    return Settings(database_url=database, secret_key=SECRET, secure_cookies=False)


@pytest.fixture
def make_app(settings: Settings) -> Callable[..., Flask]:
    """Builds the application with some settings changed: ``make_app(demo_mode=True)``."""

    from app.factory import create_app

    def make(**changes: Any) -> Flask:
        app = create_app(replace(settings, **changes))
        app.config["TESTING"] = True
        app.test_client_class = SiteClient
        return app

    return make


@pytest.fixture(scope="session")
def _one_app(database_url: str) -> Flask:
    """Made once for each worker, because compiling templates takes longer than most tests."""
    from app.factory import create_app

    app = create_app(Settings(database_url=database_url, secret_key=SECRET, secure_cookies=False))
    app.config["TESTING"] = True
    app.test_client_class = SiteClient
    return app


@pytest.fixture
def flask_app(_one_app: Flask, database: str) -> Flask:
    """The application. A test that changes it, by adding a route say, makes its own: make_app."""
    return _one_app


@pytest.fixture
def client(flask_app: Flask) -> SiteClient:
    """A browser in which nobody is signed in."""
    return client_for(flask_app)


@pytest.fixture
def sign_in(flask_app: Flask) -> Callable[[User], SiteClient]:
    """``sign_in(user)`` gives a new browser in which this person is signed in."""
    return lambda user: client_for(flask_app, user)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of this worker: its driver cannot be started twice in a program."""
    from playwright.sync_api import expect

    expect.set_options(timeout=LONGEST_WAIT)
    with open_browser() as chromium:
        yield chromium


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


def _own_postgres_database(server: str, worker: str) -> str:
    name = f"test_{worker}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked ``browser`` are slow to start, so they come last."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
