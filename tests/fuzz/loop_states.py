"""The review loop as bytes that go from one program to the next, with no database beneath."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from app import clock
from app.engine.process import Process
from app.engine.results import Snapshot
from tests.fuzz.loop_world import review_loop
from tests.support.engine import FakeHost, spec_set


def begin() -> Snapshot:
    return Process.start(spec_set(*review_loop()), "loop", {}, FakeHost()).snapshot()


def complete(state: bytes, task: str, *, again: bool) -> Snapshot:
    process = Process.load(spec_set(*review_loop()), state, FakeHost())
    process.complete(task, {"again": again})
    return process.snapshot()


def time_out(state: bytes, timer: str) -> Snapshot:
    process = Process.load(spec_set(*review_loop()), state, FakeHost())
    process.move_timer(timer, clock.now())
    assert process.fire_due_timers() == 1
    return process.snapshot()


class InStates:
    """Every step reads the diagrams from their XML and the process from its state."""

    def __init__(self, run: Callable[[Callable[[], Any]], Any]) -> None:
        self._run = run
        self._passed: Counter[str] = Counter()
        self._keep(run(begin))

    def _keep(self, now: Snapshot) -> None:
        self._now = now
        self._passed.update(step.element_id for step in now.steps if step.what == "completed")

    def open_now(self) -> tuple[list[tuple[Any, str]], list[tuple[str, str]]]:
        now = self._now
        return (
            [(task.engine_task_id, task.element_id) for task in now.open_tasks],
            [(timer.engine_task_id, timer.element_id) for timer in now.timers],
        )

    def complete(self, task: Any, *, again: bool) -> None:
        self._keep(self._run(partial(complete, self._now.state, task, again=again)))

    def time_out(self, timer: str) -> None:
        self._keep(self._run(partial(time_out, self._now.state, timer)))

    def state(self) -> tuple[bool, int]:
        return self._now.finished, len(self._now.state)

    def passed(self, element_id: str) -> int:
        return self._passed[element_id]
