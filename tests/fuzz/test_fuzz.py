"""A little of every part of ``make fuzz``, so that it never rots. The models: tests/engine."""

import pytest

from tests.fuzz.clock_part import clocks
from tests.fuzz.feel_part import compare
from tests.fuzz.files_part import PATTERNS, batch
from tests.fuzz.graph_part import graphs
from tests.fuzz.loop_part import loops_in_states


def test_expressions_agree_with_another_implementation_or_it_is_explained() -> None:
    assert not compare(400)["unexplained"]


@pytest.mark.parametrize("kind", PATTERNS)
def test_a_broken_file_is_read_or_refused_with_a_reason(kind: str) -> None:
    found = batch(kind, 0, 60)
    assert not found["crashes"]


def test_drawings_without_structure_run_or_get_stuck_as_the_token_game_says() -> None:
    assert not graphs(150)["differs"]


def test_timers_follow_the_clocks_of_london() -> None:
    assert not clocks(500)["wrong"]


def test_a_review_loop_goes_round_with_a_new_program_for_every_step_of_the_engine() -> None:
    found = loops_in_states(3)
    assert (found["finished"], found["joins_passed"], found["failed"]) == (True, 3, False)
