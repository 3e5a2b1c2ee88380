"""A database with the small processes in it, and people to work in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from app import db
from app.audit.record import use_key
from app.db import reading
from app.runtime.models import ProcessInstance
from app.runtime.step import live_processes
from tests.faults import acts
from tests.faults.drawings import publish_all
from tests.support.factories import make_area, make_user
from tests.support.schema import create_tables, empty_tables

SECRET = "a secret that only the tests know, long enough"


@dataclass(frozen=True)
class World:
    """``people`` are ids of practitioners."""

    url: str
    people: tuple[int, ...]

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def begin(self, process_id: str, count: int, **facts: object) -> list[int]:
        """Start so many instances, each with a case of its own."""
        return [
            acts.begin(process_id, case_id=number, **facts)
            for number in range(acts.first_free_case(), acts.first_free_case() + count)
        ]

    def clear(self) -> None:
        """Empty the database and lay it out again."""
        empty_tables(db.write_engine())
        live_processes.forget_all()
        lay_out(self.url)

    def instances(self) -> list[int]:
        with reading() as session:
            return list(session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))


def lay_out(url: str, *, people: int = 4) -> World:
    """For a database that has its tables and nothing in them."""
    use_key(SECRET)
    make_area("starter")
    publish_all()
    return World(url, tuple(make_user().id for _ in range(people)))


@contextmanager
def new_world(url: str) -> Iterator[World]:
    """In an empty database of its own."""
    db.connect(url)
    create_tables(db.write_engine())
    live_processes.forget_all()
    try:
        yield lay_out(url)
    finally:
        live_processes.forget_all()
        db.disconnect()
