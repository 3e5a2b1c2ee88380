"""Every way through every shipped process, played through the real application."""

import pytest

from tests.support.scenario_files import Scenario, all_scenarios
from tests.support.scenario_player import ScenarioPlayer
from tests.support.scenario_world import set_up
from tests.support.shipped import open_for_business
from tests.support.story_driver import StoryDriver

SCENARIOS = all_scenarios()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, driver: StoryDriver) -> None:
    world = set_up(scenario, open_for_business(scenario.area))
    ScenarioPlayer(scenario, world, driver).play()
