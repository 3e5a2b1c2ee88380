"""Unary tests: what stands in a table's input cell and behind ``in``."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.feel.compare import is_in
from app.feel.errors import Undefined
from app.feel.scope import MISSING, Scope
from app.feel.syntax.leaves import InputValue, Interval
from app.feel.syntax.node import INPUT_VALUE, Node, cost_of
from app.feel.syntax.operators import compared
from app.feel.values import Range


@dataclass(frozen=True, slots=True)
class ComparisonTest(Node):
    """``< 5``. On its own it is a range with one end."""

    operator: str
    limit: Node

    def value(self, scope: Scope) -> object:
        limit = self.limit.value(scope)
        if limit is None or self.operator == "!=":
            scope.run.problem(f"“{self.operator}” with nothing before it makes no range here")
            return None
        return {
            "<": Range(None, limit, start_included=False, end_included=False),
            "<=": Range(None, limit, start_included=False, end_included=True),
            ">": Range(limit, None, start_included=False, end_included=False),
            ">=": Range(limit, None, start_included=True, end_included=False),
            "=": Range(limit, limit, single=True),
        }[self.operator]

    def matches(self, scope: Scope, tested: object) -> bool | None:
        limit = self.limit.value(scope)
        try:
            return compared(self.operator, tested, limit, scope.run.spend)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.limit,)


@dataclass(frozen=True, slots=True)
class ValueTest(Node):
    """Any expression as a test.

    With a ``?`` in it, it is itself the answer, as far as it is true or false. Else its value is
    compared: a range or list by membership, anything else by equality.
    """

    expression: Node
    asks: bool

    def matches(self, scope: Scope, tested: object) -> bool | None:
        try:
            return self._matches(scope, tested)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def _matches(self, scope: Scope, tested: object) -> bool | None:
        if isinstance(self.expression, Interval):
            # one that cannot be is not null, which a value could be equal to
            return is_in(tested, self.expression.range(scope), scope.run.spend)
        found = self.expression.value(scope)
        if self.asks and isinstance(found, bool):
            return found
        if isinstance(found, bool) and tested is not None and not isinstance(tested, bool):
            raise Undefined("a test that is true or false must ask about “?”")
        return is_in(tested, found, scope.run.spend)

    def value(self, scope: Scope) -> object:
        return self.expression.value(scope)

    def children(self) -> Iterable[Node]:
        return (self.expression,)


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """``1, 2, > 10``: one of several tests holds."""

    tests: tuple[Node, ...]

    def matches(self, scope: Scope, tested: object) -> bool | None:
        known = True
        for test in self.tests:
            answer = test.matches(scope, tested)
            if answer is True:
                return True
            known = known and answer is not None
        return False if known else None

    def children(self) -> Iterable[Node]:
        return self.tests


@dataclass(frozen=True, slots=True)
class NoneOf(Node):
    """``not(1, 2)``."""

    tests: AnyOf

    def matches(self, scope: Scope, tested: object) -> bool | None:
        answer = self.tests.matches(scope, tested)
        return None if answer is None else not answer

    def children(self) -> Iterable[Node]:
        return (self.tests,)


@dataclass(frozen=True, slots=True)
class Anything(Node):
    """``-``."""

    def matches(self, scope: Scope, tested: object) -> bool | None:
        return True


@dataclass(frozen=True, slots=True)
class In(Node):
    """``a in (1, [5..9], > 20, ? < 3)``. In a table's cell ``?`` stays the value of its column."""

    operand: Node
    test: Node

    def value(self, scope: Scope) -> object:
        tested = self.operand.value(scope)
        if scope.find(INPUT_VALUE) is MISSING:
            scope = scope.inner({INPUT_VALUE: tested})
        return self.test.matches(scope, tested)

    def children(self) -> Iterable[Node]:
        return (self.operand, self.test)


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """A whole table cell, asked about the value called ``?``."""

    test: Node
    #: What asking costs, where there is much in it.
    cost: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", cost_of(self.test) - 1)

    def value(self, scope: Scope) -> object:
        if self.cost:
            scope.run.spend(self.cost)
        return self.test.matches(scope, scope.find(INPUT_VALUE))

    def children(self) -> Iterable[Node]:
        return (self.test,)


def as_test(node: Node) -> Node:
    """Make a unary test of any piece."""
    if isinstance(node, (ComparisonTest, AnyOf, NoneOf, Anything)):
        return node
    return ValueTest(node, asks=_asks(node))


def _asks(node: Node) -> bool:
    waiting = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, InputValue):
            return True
        waiting.extend(piece.children())
    return False
