"""PostgreSQL stops at once while people work; nothing that was acknowledged is lost."""

import pytest

from app import db
from tests.faults.stopped_database import immediate_stops
from tests.faults.world import new_world
from tests.support.postgres import postgres


@pytest.mark.slow
def test_a_database_that_stops_at_once_loses_nothing_acknowledged(database_url: str) -> None:
    try:
        with postgres(durable=True) as url, new_world(url) as world:
            found = immediate_stops(world, stops=2, clients=2, pause=0.8)
    finally:
        db.connect(database_url)
    assert found["broken"] == []
    assert found["acknowledged"] > 0
