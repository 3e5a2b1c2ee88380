"""Times as lists of seconds, and what to say about them."""

import gc
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TypeAlias

Figures: TypeAlias = dict[str, object]
#: Plays one block and gives the seconds of each thing timed in it.
Block: TypeAlias = Callable[[], Sequence[float]]


def say(text: str) -> None:
    """Progress. The standard output holds nothing but the JSON."""
    print(text, file=sys.stderr, flush=True)


def timed(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection inside; it would land on whoever is measured just then."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def side_by_side(blocks: Mapping[str, Block], rounds: int) -> dict[str, list[float]]:
    """Play A B C A B C …, so that a noisy moment of the machine hits everybody alike.

    The first round warms up and is thrown away.
    """
    seconds: dict[str, list[float]] = {name: [] for name in blocks}
    for number in range(rounds):
        for name, block in blocks.items():
            with undisturbed():
                found = block()
            if number:
                seconds[name] += found
    return seconds


def milliseconds(seconds: Sequence[float]) -> Figures:
    """Median, the slow end, and how many were timed."""
    return {
        "ms_p50": ms(statistics.median(seconds)),
        "ms_p95": ms(percentile(seconds, 95)),
        "samples": len(seconds),
    }


def ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def percentile(seconds: Sequence[float], part: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """How many times as long the first takes, by medians."""
    return round(statistics.median(one) / statistics.median(other), 2)
