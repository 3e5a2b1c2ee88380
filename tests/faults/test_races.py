"""Many programs want the same thing in the same moment; and the checks notice when a guard is gone."""

import pytest

from tests.faults import mutants, races
from tests.faults.world import World


def test_of_many_programs_completing_one_task_exactly_one_succeeds(world: World) -> None:
    found = races.one_task_by_many(world, programs=6, rounds=6)
    assert found["broken"] == []
    assert found["answers"] == {"done": 6, "TaskAlreadyDone": 30}


def test_the_same_request_several_times_at_once_has_one_effect_and_one_answer(
    world: World,
) -> None:
    assert races.one_key_many_times(world, rounds=8)["broken"] == []


def test_a_deadline_and_an_answer_in_the_same_moment_take_one_way(world: World) -> None:
    assert races.timer_or_person(world, pairs=12)["broken"] == []


@pytest.mark.slow
def test_nobody_waits_in_a_circle(world: World) -> None:
    found = races.everything_at_once(world, programs=5, seconds=4)
    assert found["broken"] == []
    assert found["transactions"] > 0


def test_without_locks_and_version_the_checks_find_what_is_lost(world: World) -> None:
    found = races.one_task_by_many(
        world, programs=6, rounds=10, prepare=mutants.without_lock_and_version
    )
    assert found["broken"]


def test_without_keys_the_checks_find_the_second_answer(world: World) -> None:
    found = races.one_key_many_times(world, rounds=3, prepare=mutants.without_key)
    assert found["broken"]
