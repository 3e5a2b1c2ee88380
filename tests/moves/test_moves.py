"""Running cases of shipped processes move to edited drawings: a part of ``make moves``."""

import pytest
import time_machine

from app.cases.registration import register_with_runtime
from app.runtime import hooks
from app.runtime.step import live_processes
from tests.moves.edits import EDITS
from tests.moves.prove import Figures, prove_all
from tests.moves.states import wait_states
from tests.support.scenario_doing import MONDAY
from tests.support.scenario_files import all_scenarios
from tests.support.story_driver import StoryDriver

#: Two scenarios, with sign-off, clocks, calls and a loop between them.
CHOSEN = ("record-consent", "meet-needs")


@pytest.mark.parametrize("file", CHOSEN)
def test_at_every_wait_state_every_edit_moves_or_is_refused_and_comes_back(
    file: str, database: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(MONDAY, tick=False)
    register_with_runtime()
    driver, figures = StoryDriver(clock), Figures()
    scenario = next(s for s in all_scenarios() if s.file.endswith(f"core/scenarios/{file}.yaml"))
    for instance_id in wait_states(scenario, driver, set()):
        prove_all(instance_id, scenario, figures, list(EDITS))
    hooks.forget()
    live_processes.forget_all()
    assert figures.wrong == []
    assert figures.wait_states > 0
    assert sum(counts["moved"] for counts in figures.counts.values()) > 0
