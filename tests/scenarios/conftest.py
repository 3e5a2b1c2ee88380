from collections.abc import Iterator

import pytest
import time_machine

from app.cases.registration import register_with_runtime
from app.runtime import hooks
from app.runtime.step import live_processes
from tests.support.scenario_doing import MONDAY
from tests.support.shipped import open_for_business
from tests.support.story_driver import StoryDriver
from tests.support.storyteller import Story
from tests.support.waiting_gateway import Waiting, wait_at_gateway


@pytest.fixture
def driver(database: str, clock: time_machine.Traveller) -> Iterator[StoryDriver]:
    """It is nine o’clock on a Monday in March; cases answer the runtime’s questions."""
    clock.move_to(MONDAY, tick=False)
    register_with_runtime()
    yield StoryDriver(clock)
    hooks.forget()
    live_processes.forget_all()


@pytest.fixture
def story(driver: StoryDriver) -> Story:
    """A family in the starter area, and everybody who may come to work with it."""
    return Story(open_for_business("starter"), driver)


@pytest.fixture
def hull(driver: StoryDriver) -> Story:
    return Story(open_for_business("hull"), driver)


@pytest.fixture
def southampton(driver: StoryDriver) -> Story:
    return Story(open_for_business("southampton"), driver)


@pytest.fixture
def waiting(driver: StoryDriver) -> Waiting:
    """A gateway that waits for a supervisor."""
    return wait_at_gateway(driver)
