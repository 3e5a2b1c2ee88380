"""A few values that stand for all: those that are named, and one between any two neighbours."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

OTHER = "anything else"
"""Stands for every text that no cell names."""


def is_given(sample: object, fed: frozenset[object] | None) -> bool:
    """Whether people give it: no table has to have an answer for nothing, or for any text."""
    return sample is not None and sample != OTHER and (fed is None or sample in fed)


def alike(fits: Sequence[int], within: Iterable[int]) -> Iterator[int]:
    """One sample of each kind."""
    seen: set[int] = set()
    for at in within:
        if fits[at] not in seen:
            seen.add(fits[at])
            yield at


def is_moment(value: object) -> bool:
    return isinstance(value, date | timedelta)


def around(named: Iterable[object]) -> list[object]:
    """The values themselves, and one between and beyond any two that have an order."""
    by_kind: dict[type, set[Any]] = defaultdict(set)
    for value in named:
        if isinstance(value, int | Decimal | str | date | timedelta):
            by_kind[type(value)].add(value)
    found: list[object] = []
    for kind, values in sorted(by_kind.items(), key=lambda each: each[0].__name__):
        if kind is bool:
            found += [True, False]
        elif kind is str:
            found += sorted(values)
        else:
            found += _between(values)
    return found


def _between(values: set[Any]) -> Iterator[object]:
    """Below the first, the values, halfway between neighbours, above the last."""
    try:
        ordered = sorted(values)
        step = timedelta(days=1) if is_moment(ordered[0]) else 1
        found = [ordered[0] - step, ordered[0]]
        for one, other in pairwise(ordered):
            found += [one + (other - one) / 2, other]
        yield from (*found, ordered[-1] + step)
    except (TypeError, OverflowError, ArithmeticError):
        yield from values
