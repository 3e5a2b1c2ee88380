"""The eight hit policies and the aggregations of COLLECT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.feel.compare import Spend, compare, equal
from app.feel.errors import Undefined
from app.feel.functions.totals import total
from app.feel.syntax.node import Node
from app.feel.values import kind

POLICIES = frozenset(
    {"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}
)
AGGREGATIONS = frozenset({"", "SUM", "COUNT", "MIN", "MAX"})
MOST_NUMBERS = 10
"""Rules that a reason lists."""


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


def kept_hits(
    policy: str, hits: Sequence[Hit], orders: list[list[object]], spend: Spend
) -> Sequence[Hit]:
    """The hits that count, in the order that counts.

    Args:
        policy: the hit policy.
        hits: all that match, in the order of the rules.
        orders: for PRIORITY and OUTPUT ORDER: each column's output values, best first.
        spend: told what looking for values among the output values takes.

    Raises:
        Undefined: the rules contradict the policy.
    """
    if policy == "UNIQUE":
        return _unique(hits)
    if policy == "ANY":
        return _agreeing(hits)
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        columns = [_Order(order, spend) for order in orders]
        ranked = sorted(
            hits,
            key=lambda hit: [c.position(v) for c, v in zip(columns, hit.row, strict=True)],
        )
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
    said = ", ".join(str(hit.index + 1) for hit in hits[:MOST_NUMBERS])
    return said if len(hits) <= MOST_NUMBERS else f"{said} and {len(hits) - MOST_NUMBERS} more"


class _Order:
    """Where values stand among the output values of a column; unknown ones come last."""

    def __init__(self, values: Sequence[object], spend: Spend) -> None:
        self._values = values
        self._spend = spend
        #: The simple ones, by kind and value.
        self._known = {(kind(v), v): i for i, v in reversed(list(enumerate(values))) if _simple(v)}

    def position(self, value: object) -> int:
        if _simple(value):
            return self._known.get((kind(value), value), len(self._values))
        self._spend(len(self._values))
        found = (i for i, other in enumerate(self._values) if equal(value, other) is True)
        return next(found, len(self._values))


def _simple(value: object) -> bool:
    return isinstance(value, (str, bool, Decimal))


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
