"""``loops``: a review loop of 2,000 turns on both databases, loaded anew at every step.

Once in one program that forgets every process before each step, once with a new program for each
step (see ``tests.support.new_programs`` for what is new in it).
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from app import db
from app.runtime.models import InstanceStatus
from app.runtime.step import live_processes
from tests.fuzz import loop_world as world
from tests.support.factories import make_area
from tests.support.new_programs import NewPrograms
from tests.support.postgres import postgres
from tests.support.published import publish
from tests.support.schema import create_tables

Run = Callable[[Callable[[], Any]], Any]
TIMERS = {"late": 10, "enough": 7, "put_off": 5}
"""Each of these timers comes first in one of so many turns."""


class Loop:
    """One instance, moved by people and timers in an order drawn by lot, the same every time."""

    def __init__(self, turns: int, run: Run) -> None:
        self._turns, self._run, self._random = turns, run, Random(turns)
        self._instance_id: int = run(world.begin)
        self.steps: Counter[str] = Counter()
        self.sizes: list[int] = []
        self.seconds: list[float] = []

    def play(self) -> dict[str, object]:
        for turn in range(1, self._turns + 1):
            began = perf_counter()
            self._turn(again=turn < self._turns)
            self.seconds.append(perf_counter() - began)
            self.sizes.append(world.state_of(self._instance_id)[1])
        return self._figures()

    def _turn(self, *, again: bool) -> None:
        timed = {name for name, one_in in TIMERS.items() if self._random.randrange(one_in) == 0}
        while True:
            tasks, timers = world.open_now(self._instance_id)
            due = next(((task, name) for task, name in timers if name in timed), None)
            if due is not None:
                timed.discard(due[1])
                self._step(due[1], partial(world.time_out, self._instance_id, due[0]))
                continue
            assert tasks, f"nothing is open in turn {len(self.sizes) + 1}"
            number, name = self._random.choice(tasks)
            act = partial(world.complete, self._instance_id, number, again=again)
            self._step(name, act)
            if name == "decide":
                return

    def _step(self, name: str, act: Callable[[], None]) -> None:
        self.steps[name] += 1
        self._run(act)

    def _figures(self) -> dict[str, object]:
        status, size = world.state_of(self._instance_id)
        young, old = sorted(self.seconds[:20]), sorted(self.seconds[-20:])
        first, last = young[len(young) // 2], old[len(old) // 2]
        passed = world.finished_times(self._instance_id, "join")
        return {
            "turns": self._turns,
            "steps": self.steps.total(),
            "of_them": dict(sorted(self.steps.items())),
            "joins_passed": passed,
            "status": status,
            "state_bytes_most_after_a_turn": max(self.sizes[:-1], default=size),
            "state_bytes_at_the_end": size,
            "median_turn_ms_first_20": round(first * 1000, 1),
            "median_turn_ms_last_20": round(last * 1000, 1),
            "failed": status != InstanceStatus.FINISHED or passed != self._turns,
        }


def play(turns: int) -> dict[str, object]:
    """In the database that is connected, in this program."""
    _publish()
    return Loop(turns, lambda call: call()).play()


def play_anew(turns: int, url: str) -> dict[str, object]:
    """The same with a new program for every step."""
    _publish()
    with NewPrograms(url, "tests.fuzz.loop_world") as programs:
        loop = Loop(turns, programs.run)
        found = loop.play()
        taken = loop.steps.total() + 1
        wrong = len(programs.pids) < min(taken, 1_000)  # a system gives old numbers out again
        return {
            **found,
            "programs": programs.begun,
            "failed": found["failed"] or programs.begun != taken or wrong,
        }


def _publish() -> None:
    make_area("starter")
    publish(*world.review_loop(), forms=world.FORMS)


def loops(turns: int, first: int = 0) -> dict[str, object]:
    """Every process is forgotten before every step, and loaded from its row."""
    del first
    return _on_both(lambda _: play(turns))


def loops_anew(turns: int, first: int = 0) -> dict[str, object]:
    """A new program for every step."""
    del first
    return _on_both(lambda url: play_anew(turns, url))


def _on_both(run: Callable[[str], dict[str, object]]) -> dict[str, object]:
    found: dict[str, Any] = {}
    for name, opened in (("sqlite", _sqlite), ("postgresql", postgres)):
        began = perf_counter()
        part = _on(opened(), run)
        found[name] = {**part, "seconds": round(perf_counter() - began)}
    return {**found, "failed": any(part["failed"] for part in found.values())}


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="earlyhelp-loop-") as folder:
        yield f"sqlite:///{Path(folder) / 'loop.sqlite'}"


def _on(
    opened: AbstractContextManager[str], run: Callable[[str], dict[str, object]]
) -> dict[str, Any]:
    with opened as url:
        db.connect(url)
        create_tables(db.write_engine())
        try:
            return run(url)
        finally:
            live_processes.forget_all()
            db.disconnect()
