from collections.abc import Iterator

import pytest
import time_machine

from app.cases.registration import register_with_runtime
from app.runtime import hooks
from app.runtime.step import live_processes
from tests.support.scenario_doing import MONDAY
from tests.support.story_driver import StoryDriver


@pytest.fixture
def driver(database: str, clock: time_machine.Traveller) -> Iterator[StoryDriver]:
    """It is nine o’clock on a Monday in March; cases answer the runtime’s questions."""
    clock.move_to(MONDAY, tick=False)
    register_with_runtime()
    yield StoryDriver(clock)
    hooks.forget()
    live_processes.forget_all()
