"""What a completion costs as a case grows old, for everybody in turns: 1, 10, 100, 300, 2,000."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bench.bpmn_engine import BpmnEngine, NodeCase
from bench.naive import Blobs
from bench.plain import PlainProcess, Stalled
from bench.processes import REVIEW_TASKS, Measured
from bench.sizes import Sizes
from bench.timing import Figures, Took, milliseconds, ratio, say, undisturbed
from bench.turns import Played

FROM_MEMORY, LOADED = "from_memory", "loaded"


class Aging(Protocol):
    """A contestant. ``at``: the turn whose window this one belongs to; else it is not timed."""

    def turn(self, at: int | None) -> None: ...

    def figures(self) -> Figures: ...

    def times(self, at: int, kind: str) -> Sequence[Took]: ...


@dataclass
class Single:
    """One case of another engine, until it can no more."""

    #: Way of playing (from memory, loaded first) → completes one task and says how long it took.
    ways: dict[str, Callable[[], Took]]
    state_bytes: Callable[[], int]
    _took: dict[tuple[int, str], list[Took]] = field(default_factory=dict)
    _bytes: dict[int, int] = field(default_factory=dict)
    _turns: int = 0
    stalled_at: int | None = None

    def turn(self, at: int | None) -> None:
        if self.stalled_at is not None:
            return
        self._turns += 1
        try:
            for number in range(REVIEW_TASKS):
                kind = list(self.ways)[(number + self._turns) % len(self.ways)]
                took = self.ways[kind]()
                if at is not None:
                    self._took.setdefault((at, kind), []).append(took)
                    self._bytes[at] = self.state_bytes()
        except Stalled:
            self.stalled_at = self._turns

    def times(self, at: int, kind: str) -> Sequence[Took]:
        return self._took.get((at, kind), [])

    def figures(self) -> Figures:
        found: Figures = {}
        for at in sorted({at for at, _ in self._took}):
            kinds = {kind: self.times(at, kind) for kind in self.ways}
            found[f"turn_{at}"] = {
                **{kind: milliseconds(took) for kind, took in kinds.items() if took},
                "state_bytes": self._bytes[at],
            }
        return {**found, "stalled_at_turn": self.stalled_at}


def in_memory(review: Measured) -> Single:
    return Single({FROM_MEMORY: PlainProcess(review).start().complete}, lambda: 0)


def naive(blobs: Blobs, review: Measured) -> Single:
    case = blobs.start(PlainProcess(review))
    return Single({LOADED: case.complete}, lambda: case.state_bytes)


def node(engine: BpmnEngine, review: Measured) -> Single:
    case: NodeCase = engine.start(review)
    ways = {FROM_MEMORY: case.complete, LOADED: lambda: case.complete(cold=True)}
    return Single(ways, lambda: case.state_bytes)


def measure(
    ours: dict[str, Played], others: dict[str, Single], sizes: Sizes
) -> tuple[Figures, Figures]:
    """Figures of everybody, and how they compare."""
    everybody: dict[str, Aging] = {**others, **ours}
    for turn in range(1, max(sizes.turns) + sizes.window):
        at = next((t for t in sizes.turns if t <= turn < t + sizes.window), None)
        for one in everybody.values():
            with undisturbed(at is not None):
                one.turn(at)
        if turn in sizes.turns:
            say(f"old age: at turn {turn}")
    figures: Figures = {name: one.figures() for name, one in everybody.items()}
    return figures, _compared(ours, others, sizes.turns)


def _compared(ours: dict[str, Played], others: dict[str, Single], turns: Sequence[int]) -> Figures:
    """Others over ours, by turn and way of playing, where both were timed."""
    found: Figures = {}
    for name, one in ours.items():
        for other, them in others.items():
            for at in turns:
                for kind in (FROM_MEMORY, LOADED):
                    theirs, mine = them.times(at, kind), one.times(at, kind)
                    if theirs and mine:
                        found[f"{other}_over_{name}_{kind}_turn_{at}"] = ratio([theirs], [mine])
    return found
