"""``loops``: a review loop of 2,000 turns on both databases, loaded anew at every step.

Once in one program that forgets every process before each step, once with a new program for each
step (see ``tests.support.new_programs`` for what is new in it).
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Protocol

from app import db
from app.runtime.step import live_processes
from tests.fuzz.loop_states import InStates
from tests.fuzz.loop_world import InRows, review_loop
from tests.support.factories import make_area
from tests.support.new_programs import NewPrograms
from tests.support.postgres import postgres
from tests.support.published import form, publish
from tests.support.schema import create_tables

Run = Callable[[Callable[[], Any]], Any]
TIMERS = {"late": 10, "enough": 7, "put_off": 5}
"""Each of these timers comes first in one of so many turns."""


class World(Protocol):
    """Where the process is kept, and how a step of it is taken."""

    def open_now(self) -> tuple[list[tuple[Any, str]], list[tuple[str, str]]]: ...

    def complete(self, task: Any, *, again: bool) -> None: ...

    def time_out(self, timer: str) -> None: ...

    def state(self) -> tuple[bool, int]: ...

    def passed(self, element_id: str) -> int: ...


class Loop:
    """One instance, moved by people and timers in an order drawn by lot, the same every time."""

    def __init__(self, turns: int, world: World) -> None:
        self._turns, self._world, self._random = turns, world, Random(turns)
        self.steps: Counter[str] = Counter()
        self.sizes: list[int] = []
        self.seconds: list[float] = []

    def play(self) -> dict[str, object]:
        for turn in range(1, self._turns + 1):
            began = perf_counter()
            self._turn(again=turn < self._turns)
            self.seconds.append(perf_counter() - began)
            self.sizes.append(self._world.state()[1])
        return self._figures()

    def _turn(self, *, again: bool) -> None:
        timed = {name for name, one_in in TIMERS.items() if self._random.randrange(one_in) == 0}
        name = ""
        while name != "decide":
            tasks, timers = self._world.open_now()
            due = next(((timer, name) for timer, name in timers if name in timed), None)
            if due is not None:
                timer, name = due
                timed.discard(name)
                self._world.time_out(timer)
            else:
                assert tasks, f"nothing is open in turn {len(self.sizes) + 1}"
                task, name = self._random.choice(tasks)
                self._world.complete(task, again=again)
            self.steps[name] += 1

    def _figures(self) -> dict[str, object]:
        finished, size = self._world.state()
        young, old = sorted(self.seconds[:20]), sorted(self.seconds[-20:])
        passed = self._world.passed("join")
        return {
            "turns": self._turns,
            "steps": self.steps.total(),
            "of_them": dict(sorted(self.steps.items())),
            "joins_passed": passed,
            "finished": finished,
            "state_bytes_most_after_a_turn": max(self.sizes[:-1], default=size),
            "state_bytes_at_the_end": size,
            "median_turn_ms_first_20": round(young[len(young) // 2] * 1000, 1),
            "median_turn_ms_last_20": round(old[len(old) // 2] * 1000, 1),
            "failed": not finished or passed != self._turns,
        }


def play(turns: int) -> dict[str, object]:
    """In the database that is connected, in this program."""
    _publish()
    return Loop(turns, InRows(lambda call: call())).play()


def play_anew(turns: int, url: str, world: Callable[[Run], World] = InRows) -> dict[str, object]:
    """The same with a new program for every step."""
    if world is InRows:
        _publish()
    with NewPrograms(url, "tests.fuzz.loop_world", "tests.fuzz.loop_states") as programs:
        loop = Loop(turns, world(programs.run))
        found = loop.play()
        taken = loop.steps.total() + 1
        few = len(programs.pids) < min(taken, 1_000)  # a system gives old numbers out again
        return {
            **found,
            "programs": programs.begun,
            "failed": bool(found["failed"] or programs.begun != taken or few),
        }


def _publish() -> None:
    make_area("starter")
    publish(*review_loop(), more=[form("decide", ("again",), ticks={"again"})])


def loops(turns: int, first: int = 0) -> dict[str, object]:
    """Every process is forgotten before every step, and loaded from its row."""
    del first
    return _on_both(lambda _: play(turns))


def loops_anew(turns: int, first: int = 0) -> dict[str, object]:
    """A new program for every step, which reads the diagrams and the process from the database."""
    del first
    return _on_both(lambda url: play_anew(turns, url))


def loops_in_states(turns: int, first: int = 0) -> dict[str, object]:
    """A new program for every step of the engine; only the state goes from one to the next."""
    del first
    return play_anew(turns, "sqlite://", InStates)


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
