"""Every way through every shipped process, played through the real application."""

import pytest

from tests.support.scenario_files import Scenario, all_scenarios
from tests.support.scenario_player import ScenarioPlayer
from tests.support.scenario_world import set_up
from tests.support.shipped import open_for_business
from tests.support.story_driver import EachInANewProgram, StoryDriver

SCENARIOS = all_scenarios()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, driver: StoryDriver) -> None:
    world = set_up(scenario, open_for_business(scenario.area))
    ScenarioPlayer(scenario, world, driver).play()


def _shortest_of_each() -> list[Scenario]:
    """One scenario a process: the shortest in which somebody does something."""
    found: dict[tuple[str, str], Scenario] = {}
    for scenario in sorted(SCENARIOS, key=lambda scenario: len(scenario.steps)):
        if any("by" in step for step in scenario.steps):
            found.setdefault((scenario.file, scenario.process_id), scenario)
    return sorted(found.values(), key=str)


@pytest.mark.parametrize("scenario", _shortest_of_each(), ids=str)
def test_scenario_with_a_new_program_for_each_step(scenario: Scenario, driver: StoryDriver) -> None:
    world = set_up(scenario, open_for_business(scenario.area))
    ScenarioPlayer(scenario, world, EachInANewProgram(driver.traveller)).play()
