"""A program dies in the middle of a step; the same request again has its one effect."""

from tests.faults import crash_sweep
from tests.faults.world import World


def test_a_completion_cut_off_anywhere_happens_once_in_the_end(world: World) -> None:
    assert crash_sweep.completions(world, times=1)["broken"] == []


def test_a_timer_cut_off_anywhere_fires_once_in_the_end(world: World) -> None:
    assert crash_sweep.timers(world, times=1)["broken"] == []
