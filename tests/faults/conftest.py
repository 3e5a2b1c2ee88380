"""Real time: what these tests start runs in programs of its own, with clocks of their own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from app import db
from app.runtime import hooks
from app.runtime.step import live_processes
from tests.faults.world import World, lay_out
from tests.support.schema import empty_tables


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    if db.write_engine().url != make_url(database_url):
        db.connect(database_url)
    hooks.forget()
    live_processes.forget_all()
    yield lay_out(database_url)
    if db.write_engine().url != make_url(database_url):
        db.connect(database_url)
    empty_tables(db.write_engine())
    live_processes.forget_all()
