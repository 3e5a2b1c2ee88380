"""Times as lists of seconds, and what to say about them."""

import gc
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter, thread_time
from typing import NamedTuple, TypeAlias

Figures: TypeAlias = dict[str, object]


class Took(NamedTuple):
    """How long something took, and how long our own thread was busy with it.

    On a machine that others use as well, the wall clock counts them too, and long things more than
    short ones. The processor time leaves out waiting: for the disk, for PostgreSQL.
    """

    seconds: float
    busy: float


class Stopwatch:
    def __init__(self) -> None:
        self._began = perf_counter(), thread_time()

    def took(self) -> Took:
        return Took(perf_counter() - self._began[0], thread_time() - self._began[1])


#: Plays one block and gives the time of each thing in it.
Block: TypeAlias = Callable[[], Sequence[Took]]
#: What the blocks of one contestant gave, round by round.
Rounds: TypeAlias = list[Sequence[Took]]


def say(text: str) -> None:
    """Progress. The standard output holds nothing but the JSON."""
    print(text, file=sys.stderr, flush=True)


def timed(act: Callable[[], object]) -> Took:
    watch = Stopwatch()
    act()
    return watch.took()


@contextmanager
def undisturbed(timed: bool = True) -> Iterator[None]:
    """No garbage collection inside; it would land on whoever is measured just then."""
    if not timed:
        yield
        return
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def side_by_side(blocks: Mapping[str, Block], rounds: int) -> dict[str, Rounds]:
    """Play A B C A B C …, so that a noisy moment of the machine hits everybody alike.

    The first round warms up and is thrown away.
    """
    took: dict[str, Rounds] = {name: [] for name in blocks}
    for number in range(rounds):
        for name, block in blocks.items():
            with undisturbed():
                found = block()
            if number:
                took[name].append(found)
    return took


def milliseconds(took: Sequence[Took]) -> Figures:
    """Median, the slow end, the median of our own work in it, and how many were timed."""
    seconds = [each.seconds for each in took]
    return {
        "ms_p50": ms(statistics.median(seconds)),
        "ms_p95": ms(percentile(seconds, 95)),
        "busy_ms_p50": ms(statistics.median(each.busy for each in took)),
        "samples": len(seconds),
    }


def ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def percentile(seconds: Sequence[float], part: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def ratio(one: Rounds, other: Rounds) -> Figures:
    """How many times as long the first takes: the median of the rounds, by both clocks.

    By the whole of a block, not by its medians: the steps of a process are not alike.
    """
    pairs = list(zip(one, other, strict=True))
    wall = [_mean([t.seconds for t in a]) / _mean([t.seconds for t in b]) for a, b in pairs]
    busy = [_mean([t.busy for t in a]) / _mean([t.busy for t in b]) for a, b in pairs]
    return {"wall": round(statistics.median(wall), 2), "busy": round(statistics.median(busy), 2)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
