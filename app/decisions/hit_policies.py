"""The eight hit policies and the aggregations of COLLECT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.feel.compare import compare, equal
from app.feel.errors import Undefined
from app.feel.functions.totals import total
from app.feel.syntax.node import Node

POLICIES = frozenset(
    {"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}
)
AGGREGATIONS = frozenset({"", "SUM", "COUNT", "MIN", "MAX"})


@dataclass(frozen=True)
class Rule:
    """A row of a table."""

    id: str
    tests: tuple[Node, ...]
    outputs: tuple[Node, ...]
    description: str = ""


#: The outputs of one rule, in the order of the columns.
Row = tuple[object, ...]


@dataclass(frozen=True)
class Hit:
    """A rule that matches, with its outputs. ``index`` is from 0."""

    index: int
    rule: Rule
    row: Row


def kept_hits(policy: str, hits: Sequence[Hit], orders: list[list[object]]) -> Sequence[Hit]:
    """The hits that count, in the order that counts.

    Args:
        policy: the hit policy.
        hits: all that match, in the order of the rules.
        orders: for PRIORITY and OUTPUT ORDER: each column's output values, best first.

    Raises:
        Undefined: the rules contradict the policy.
    """
    if policy == "UNIQUE":
        return _unique(hits)
    if policy == "ANY":
        return _agreeing(hits)
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        ranked = sorted(hits, key=lambda hit: _rank(hit.row, orders))
        return ranked[:1] if policy == "PRIORITY" else ranked
    return hits[:1] if policy == "FIRST" else hits


def _unique(hits: Sequence[Hit]) -> Sequence[Hit]:
    if len(hits) > 1:
        raise Undefined(f"the rules {_numbers(hits)} match, but only one may (UNIQUE)")
    return hits


def _agreeing(hits: Sequence[Hit]) -> Sequence[Hit]:
    first = list(hits[0].row)
    if any(equal(first, list(hit.row)) is not True for hit in hits[1:]):
        raise Undefined(f"the rules {_numbers(hits)} match, but do not agree (ANY)")
    return hits[:1]


def _numbers(hits: Sequence[Hit]) -> str:
    return ", ".join(str(hit.index + 1) for hit in hits)


def _rank(row: Row, orders: list[list[object]]) -> list[int]:
    return [_position(value, order) for value, order in zip(row, orders, strict=True)]


def _position(value: object, order: list[object]) -> int:
    """Where a value stands among the output values; unknown ones come last."""
    found = (i for i, other in enumerate(order) if equal(value, other) is True)
    return next(found, len(order))


def aggregate(aggregation: str, values: Sequence[object]) -> object:
    """SUM, MIN or MAX of one output column.

    Raises:
        Undefined: the values cannot be added or ordered.
    """
    if aggregation == "SUM":
        return total(values)
    sign: Callable[[int], bool] = (lambda n: n < 0) if aggregation == "MIN" else (lambda n: n > 0)
    best = values[0]
    for value in values:
        if sign(compare(value, best)):
            best = value
    return best
