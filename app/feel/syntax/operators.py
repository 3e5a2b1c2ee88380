"""Arithmetic, comparison and logic."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.feel import arithmetic
from app.feel.compare import Spend, compare, contains, equal, interval
from app.feel.errors import Undefined
from app.feel.scope import Scope
from app.feel.syntax.node import Node
from app.feel.types import TypeName
from app.feel.values import CHARACTERS_A_STEP, kind


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """``a + b - c``: operators of one rank, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    def value(self, scope: Scope) -> object:
        total = self.first.value(scope)
        for operator, operand in self.rest:
            right = operand.value(scope)
            try:
                total = arithmetic.calculate(operator, total, right)
            except Undefined as reason:
                scope.run.problem(str(reason))
                total = None
            if isinstance(total, str):
                scope.run.spend(len(scope.run.text_of(total)) // CHARACTERS_A_STEP)
        return total

    def children(self) -> Iterable[Node]:
        return (self.first, *(operand for _, operand in self.rest))


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """``-a``."""

    operand: Node

    def value(self, scope: Scope) -> object:
        operand = self.operand.value(scope)
        try:
            return arithmetic.negate(operand)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``and`` or ``or`` over three values; what is neither true nor false counts as null.

    ``decisive`` is the value that settles the answer whatever the others are.
    """

    operands: tuple[Node, ...]
    decisive: bool

    def value(self, scope: Scope) -> object:
        known = True
        for operand in self.operands:
            answer = operand.value(scope)
            if answer is self.decisive:
                return self.decisive
            known = known and isinstance(answer, bool)
        return (not self.decisive) if known else None

    def children(self) -> Iterable[Node]:
        return self.operands


def compared(operator: str, left: object, right: object, spend: Spend) -> bool | None:
    """One of the six comparisons.

    Raises:
        Undefined: these two cannot be compared.
    """
    if operator in ("=", "!="):
        same = equal(left, right, spend)
        if same is None:
            raise Undefined(f"a {kind(left)} and a {kind(right)} are never equal or unequal")
        return same if operator == "=" else not same
    order = compare(left, right)
    answers = {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}
    return answers[operator]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``a < b``."""

    left: Node
    operator: str
    right: Node

    def value(self, scope: Scope) -> object:
        left, right = self.left.value(scope), self.right.value(scope)
        try:
            return compared(self.operator, left, right, scope.run.spend)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``a between 1 and 10``, both ends included."""

    operand: Node
    low: Node
    high: Node

    def value(self, scope: Scope) -> object:
        operand, low, high = (part.value(scope) for part in self.children())
        try:
            return contains(interval(low, high, start_included=True, end_included=True), operand)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.operand, self.low, self.high)


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``a instance of number``."""

    operand: Node
    type: TypeName

    def value(self, scope: Scope) -> object:
        try:
            return self.type.accepts(self.operand.value(scope), scope.run.types, scope.run.spend)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.operand,)
