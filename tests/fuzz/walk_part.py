"""``walks``: 1,000 random walks through every shipped process, saved and loaded at every step."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from app.errors import AppError
from tests.fuzz.walk import Walk
from tests.fuzz.walk_world import Journey, journeys

LONGEST = 600
"""Steps after which a walk that has not ended counts as one without an end."""
CANCELLED = 0.05
"""How many are cancelled on their way."""


@dataclass
class Walked:
    """What came of the walks through one process."""

    walks: int = 0
    steps: int = 0
    longest: int = 0
    ended: int = 0
    cancelled: int = 0
    never_done: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def one(self, journey: Journey, seed: int) -> None:
        """The same seed walks the same way."""
        chance = Random(f"{journey} {seed}")
        walk: Walk | None = None
        try:
            walk = Walk(journey, chance)
            self._go(walk, chance)
        except (AppError, AssertionError) as error:
            kind = f"{type(error).__name__}: {error}"[:300]
            self.problems[kind] += 1
            last = walk.trace[-4:] if walk else "its start"
            self.examples.setdefault(kind, f"{journey}, seed {seed}, after {last}")
        self.walks += 1
        self.never_done |= journey.work
        if walk is not None:
            self.steps += len(walk.trace)
            self.longest = max(self.longest, len(walk.trace))
            self.done |= walk.done

    def _go(self, walk: Walk, chance: Random) -> None:
        if chance.random() < CANCELLED:
            walk.to_the_end(chance.randrange(10))
            walk.cancel()
            assert walk.now.finished
            self.cancelled += 1
            return
        assert walk.to_the_end(LONGEST), f"not at its end after {LONGEST} steps"
        self.ended += 1

    def figures(self) -> dict[str, object]:
        return {
            "walks": self.walks,
            "steps": self.steps,
            "longest": self.longest,
            "ended": self.ended,
            "cancelled": self.cancelled,
            "tasks_and_sign_offs_done": len(self.done & self.never_done),
            "never_done": sorted(self.never_done - self.done),
            "problems": [
                f"{number} times {kind} in {self.examples[kind]}"
                for kind, number in self.problems.most_common()
            ],
        }


def of_one(areas: Sequence[Journey], count: int, first: int = 0) -> Walked:
    """Walks through one process, in one area after the other."""
    walked = Walked()
    for seed in range(first, first + count):
        walked.one(areas[seed % len(areas)], seed)
    return walked


def walks(count: int, first: int = 0) -> dict[str, object]:
    """``count`` walks through each process."""
    every = {name: of_one(areas, count, first) for name, areas in journeys().items()}
    return {
        "processes": len(every),
        "walks": sum(one.walks for one in every.values()),
        "steps_each_saved_and_loaded": sum(one.steps for one in every.values()),
        **{name: one.figures() for name, one in every.items()},
        "failed": any(one.problems for one in every.values()),
    }
