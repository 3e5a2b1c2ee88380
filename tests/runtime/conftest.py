from collections.abc import Iterator

import pytest
import time_machine

from app.identity.models import User
from app.runtime import hooks
from app.runtime.step import live_processes
from tests.support.factories import make_area, make_user
from tests.support.process_driver import ProcessDriver


@pytest.fixture
def worker(database: str) -> User:
    return make_user("Wanda Worker", role="practitioner")


@pytest.fixture
def supervisor(database: str) -> User:
    return make_user("Sam Supervisor", role="supervisor")


@pytest.fixture
def driver(database: str, clock: time_machine.Traveller, worker: User) -> Iterator[ProcessDriver]:
    make_area("starter")
    hooks.forget()
    yield ProcessDriver(clock, by=worker)
    hooks.forget()
    live_processes.forget_all()
