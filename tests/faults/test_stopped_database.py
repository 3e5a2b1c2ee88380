"""PostgreSQL stops at once while people work; nothing that was acknowledged is lost."""

import pytest
from sqlalchemy import create_engine, text

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


def test_a_connection_that_was_ended_while_nobody_used_it_is_replaced_unnoticed(
    database_url: str,
) -> None:
    try:
        with postgres() as url:
            db.connect(url)
            ended = _connection_of_a_transaction()
            assert _connection_of_a_transaction() == ended
            _end(url, ended)
            replaced = _connection_of_a_transaction()
            assert replaced != ended
            assert _connection_of_a_transaction() == replaced
            db.disconnect()
    finally:
        db.connect(database_url)


def _connection_of_a_transaction() -> int:
    with db.transaction() as session:
        return int(session.scalars(text("SELECT pg_backend_pid()")).one())


def _end(url: str, process: int) -> None:
    """As the server does with idle connections, or a firewall, or a restart."""
    outside = create_engine(url)
    with outside.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:one, 5000)"), {"one": process})
    outside.dispose()
