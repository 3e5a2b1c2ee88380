"""Whatever people, clocks and messages do, a shipped process goes on until it ends.

The steps are chosen by hypothesis, so that a walk that fails comes back as the shortest that does.
A thousand each by lot: ``make fuzz FUZZ="--only walks"``.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fuzz.walk import ANSWERS, Walk
from tests.fuzz.walk_part import LONGEST, of_one
from tests.fuzz.walk_world import FILES, Journey, journeys

SEEDS = st.integers(0, 2**32 - 1)


class Walks(RuleBasedStateMachine):
    areas: Sequence[Journey]
    walk: Walk | None = None

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        chance = Random(seed)
        self.walk = Walk(chance.choice(self.areas), chance)

    def can(self, what: str) -> bool:
        return self.walk is not None and bool(getattr(self.walk, what))

    def do(self, seed: int, act: Callable[[Walk], Any]) -> None:
        assert self.walk is not None
        self.walk.chance = Random(seed)
        act(self.walk)

    @precondition(lambda self: self.can("tasks"))
    @rule(seed=SEEDS)
    def somebody_hands_in(self, seed: int) -> None:
        self.do(seed, Walk.complete)

    @precondition(lambda self: self.can("sign_offs"))
    @rule(seed=SEEDS, answer=st.sampled_from(ANSWERS))
    def somebody_signs(self, seed: int, answer: str) -> None:
        self.do(seed, lambda walk: walk.sign(answer))

    @precondition(lambda self: self.can("timers"))
    @rule(seed=SEEDS)
    def time_passes(self, seed: int) -> None:
        self.do(seed, Walk.pass_time)

    @precondition(lambda self: self.can("messages"))
    @rule(seed=SEEDS)
    def a_message_comes(self, seed: int) -> None:
        self.do(seed, Walk.tell)

    @precondition(lambda self: self.can("finished"))
    @rule()
    def nothing_is_left_at_the_end(self) -> None:
        assert not any(map(self.can, ("tasks", "sign_offs", "timers", "messages")))

    @invariant()
    def it_is_at_no_dead_end(self) -> None:
        if self.walk is not None:
            self.walk.check()

    def teardown(self) -> None:
        if self.walk is not None:
            self.walk.chance = Random(0)
            assert self.walk.to_the_end(LONGEST), self.walk.trace[-9:]


@pytest.mark.parametrize("process_id", journeys())
def test_a_process_never_comes_to_a_dead_end_and_always_to_its_end(process_id: str) -> None:
    run_state_machine_as_test(
        type("Walks", (Walks,), {"areas": journeys()[process_id]}),
        settings=settings(
            max_examples=3,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_shipped_process_is_walked_through_in_every_area_that_has_it() -> None:
    walked = {(name, j.area) for name, areas in journeys().items() for j in areas}
    packs = {file.pack for file in FILES.files.values()} - {"core"}
    assert walked == {(name, pack) for pack in packs for name in FILES.view(pack).diagrams}
    assert all(journey.scenarios for areas in journeys().values() for journey in areas)


def test_the_walks_of_a_process_reach_its_work_and_are_the_same_every_time() -> None:
    walked = of_one(journeys()["review_progress"], 12)
    assert not walked.problems
    assert walked.ended + walked.cancelled == 12
    assert len(walked.done) > 4
    assert of_one(journeys()["review_progress"], 12).steps == walked.steps
