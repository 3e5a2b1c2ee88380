"""Timers whose workers die, whose clock jumps, whose machine slept; and what cannot go on."""

from tests.faults import late_timers
from tests.faults.world import World


def test_killed_workers_neither_lose_nor_repeat_a_timer(world: World) -> None:
    found = late_timers.killed_workers(world, timers=60, kills=3)
    assert found["broken"] == []


def test_a_jumping_clock_fires_nothing_early_or_twice(world: World) -> None:
    assert late_timers.jumping_clock(world, timers=12, jumps=12)["broken"] == []


def test_after_a_week_off_everything_happens_once_in_its_order(world: World) -> None:
    assert late_timers.long_sleep(world, timers=20)["broken"] == []


def test_processes_that_cannot_go_on_hold_nobody_up_and_become_visible(world: World) -> None:
    found = late_timers.poisoned(world, others=5)
    assert found["broken"] == []
    assert found["minutes_between_attempts"] == [1, 5, 30]
