"""What a completion costs as a case grows old: review turn 1, 10, 100, 300."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.council import Council, LiveCase
from bench.plain import PlainProcess, Stalled
from bench.processes import REVIEW_TASKS, Measured
from bench.sizes import Sizes
from bench.timing import Figures, Took, milliseconds, ratio, say, undisturbed


@dataclass
class Window:
    """What was seen around one turn on one database."""

    warm: list[Took] = field(default_factory=list)
    cold: list[Took] = field(default_factory=list)
    warm_statements: list[int] = field(default_factory=list)
    cold_statements: list[int] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    state_bytes: int = 0


def measure(councils: Sequence[Council], review: Measured, sizes: Sizes) -> Figures:
    """Warm: the process is still in memory. Cold: it is loaded from its row first."""
    played = [Played.begun(council, review, sizes) for council in councils]
    stock = _Stock(review)
    for turn in range(1, max(sizes.turns) + sizes.window):
        at = next((t for t in sizes.turns if t <= turn < t + sizes.window), None)
        for one in played:
            with undisturbed():
                one.turn(at)
        stock.turn(at)
        if turn in sizes.turns:
            say(f"turns: at {turn}")
    figures: Figures = {one.council.database.name: one.figures() for one in played}
    return {"in_memory_stock": stock.figures(), **figures}


class Played:
    """Cases that are timed, and two of the same age whose statements are counted instead."""

    def __init__(
        self, council: Council, cases: Sequence[LiveCase], counted: Sequence[LiveCase]
    ) -> None:
        self.council = council
        self._cases = cases
        self._counted = counted
        self._windows: dict[int, Window] = {}

    @classmethod
    def begun(cls, council: Council, review: Measured, sizes: Sizes) -> "Played":
        council.database.use()
        cases = [council.start(review) for _ in range(sizes.turn_cases + 2)]
        return cls(council, cases[2:], cases[:2])

    def times(self, at: int, kind: str) -> Sequence[Took]:
        """``from_memory`` or ``loaded``."""
        window = self._windows[at]
        return window.warm if kind == "from_memory" else window.cold

    def turn(self, at: int | None) -> None:
        """One review turn of every case; timed when it belongs to the window ``at``."""
        self.council.database.use()
        window = None if at is None else self._windows.setdefault(at, Window())
        for task in range(REVIEW_TASKS):
            for number, case in enumerate(self._cases):
                cold = window is not None and (number + task) % 2 == 1
                took = case.complete(cold=cold)
                if window is not None:
                    (window.cold if cold else window.warm).append(took)
        if window is None:
            for case in [*self._counted] * REVIEW_TASKS:
                case.complete()
        else:
            self._count(window)
            window.state_bytes = max(case.state_bytes() for case in self._cases)

    def _count(self, window: Window) -> None:
        database = self.council.database
        database.count()
        for task in range(REVIEW_TASKS):
            for number, case in enumerate(self._counted):
                cold = (number + task) % 2 == 1
                statements, commits = database.statements, database.commits
                case.complete(cold=cold)
                asked = database.statements - statements
                (window.cold_statements if cold else window.warm_statements).append(asked)
                window.commits.append(database.commits - commits)
        database.stop_counting()

    def figures(self) -> Figures:
        figures: Figures = {
            f"turn_{at}": {
                "warm": milliseconds(window.warm),
                "cold": milliseconds(window.cold),
                "warm_statements": _spread(window.warm_statements),
                "cold_statements": _spread(window.cold_statements),
                "commits": max(window.commits),
                "state_bytes": window.state_bytes,
            }
            for at, window in self._windows.items()
        }
        first, last = min(self._windows), max(self._windows)
        for kind in ("warm", "cold"):
            young, old = (getattr(self._windows[at], kind) for at in (first, last))
            figures[f"{kind}_last_over_first"] = ratio([old], [young])
        return figures


class _Stock:
    """The stock engine in memory, until it stops."""

    def __init__(self, review: Measured) -> None:
        self._case = PlainProcess(review).start()
        self._seconds: dict[int, list[Took]] = {}
        self._turns = 0
        self._stalled_at: int | None = None

    def turn(self, at: int | None) -> None:
        if self._stalled_at is not None:
            return
        self._turns += 1
        try:
            seconds = [self._case.complete() for _ in range(REVIEW_TASKS)]
        except Stalled:
            self._stalled_at = self._turns
            return
        if at is not None:
            self._seconds.setdefault(at, []).extend(seconds)

    def figures(self) -> Figures:
        found: Figures = {f"turn_{at}": milliseconds(s) for at, s in self._seconds.items()}
        return {**found, "stalled_at_turn": self._stalled_at}


def _spread(counts: Sequence[int]) -> Figures:
    return {"median": statistics.median(counts), "most": max(counts)}
