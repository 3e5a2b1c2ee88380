"""``if``, ``for``, ``some``, ``every``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from app.feel.arithmetic import calculate
from app.feel.compare import compare
from app.feel.errors import Undefined
from app.feel.scope import Scope
from app.feel.syntax.node import Node, cost_of
from app.feel.values import ARITHMETIC, Range, is_whole, kind


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``if a then b else c``; anything but true takes the else."""

    condition: Node
    then: Node
    otherwise: Node

    def value(self, scope: Scope) -> object:
        answer = self.condition.value(scope)
        if not isinstance(answer, bool):
            scope.run.problem(f"the condition of an “if” is a {kind(answer)}, not true or false")
        return (self.then if answer is True else self.otherwise).value(scope)

    def children(self) -> Iterable[Node]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, slots=True)
class Turn:
    """``x in list`` or ``i in 1..10``: one variable and what it runs through."""

    name: str
    source: Node
    last: Node | None = None

    def values(self, scope: Scope) -> Iterator[object]:
        """Everything the variable becomes.

        Raises:
            Undefined: it cannot run through that.
        """
        source = self.source.value(scope)
        if self.last is not None:
            return _steps(source, self.last.value(scope))
        if isinstance(source, Range):
            return _through(source)
        if source is None:
            raise Undefined("“for”, “some” and “every” cannot run through null")
        return iter(source if isinstance(source, list) else [source])


def _through(interval: Range) -> Iterator[object]:
    """What an interval holds; other than ``3..1``, an interval never runs backwards.

    Raises:
        Undefined: it cannot be counted through.
    """
    if None not in (interval.start, interval.end) and compare(interval.start, interval.end) > 0:
        raise Undefined("an interval whose start is after its end holds nothing to run through")
    return _inside(interval)


def _inside(interval: Range) -> Iterator[object]:
    whole = interval.start is not None and interval.end is not None
    for value in _steps(interval.start, interval.end):
        left_out = (value == interval.start and not interval.start_included) or (
            value == interval.end and not interval.end_included
        )
        if whole and not left_out:
            yield value


def _steps(first: object, last: object) -> Iterator[object]:
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        if not (is_whole(first) and is_whole(last)):
            raise Undefined("only whole numbers can be counted through")
        return _numbers(first, last)
    if kind(first) == kind(last) == "date":
        return _days(calculate("-", last, first), first)
    raise Undefined(f"there is no counting from a {kind(first)} to a {kind(last)}")


def _numbers(first: Decimal, last: Decimal) -> Iterator[Decimal]:
    step = Decimal(1 if last >= first else -1)
    while (last - first) * step >= 0:
        yield first
        first = ARITHMETIC.add(first, step)


def _days(length: object, first: object) -> Iterator[object]:
    days = length.days if isinstance(length, timedelta) else 0
    for count in range(days + 1) if days >= 0 else range(0, days - 1, -1):
        yield calculate("+", first, timedelta(days=count))


def combinations(turns: tuple[Turn, ...], scope: Scope, cost: int) -> Iterator[Scope]:
    """Every combination, the last variable turning fastest; a turn sees those before it."""
    first, *rest = turns
    for value in first.values(scope):
        scope.run.spend(cost)
        inner = scope.inner({first.name: value})
        if rest:
            yield from combinations(tuple(rest), inner, cost)
        else:
            yield inner


@dataclass(frozen=True, slots=True)
class _Turning(Node):
    turns: tuple[Turn, ...]
    body: Node
    #: What each turn costs.
    cost: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", cost_of(*self.children()))

    def children(self) -> Iterable[Node]:
        sources = [turn.source for turn in self.turns]
        ends = [turn.last for turn in self.turns if turn.last is not None]
        return (*sources, *ends, self.body)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for turn in self.turns:
            for node in (turn.source, turn.last):
                found |= node.free_names(bound) if node else set()
            bound |= {turn.name}
        return found | self.body.free_names(bound | self._also_bound())

    def _also_bound(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Loop(_Turning):
    """``for x in list return x + 1``; ``partial`` is the result so far, if the body asks."""

    needs_partial: bool

    def value(self, scope: Scope) -> object:
        made: list[object] = []
        try:
            for turn in combinations(self.turns, scope, self.cost):
                inner = turn
                if self.needs_partial:
                    scope.run.spend(len(made))
                    inner = turn.inner({"partial": list(made)})
                made.append(self.body.value(inner))
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None
        return scope.run.list_of(made)

    def _also_bound(self) -> frozenset[str]:
        return frozenset({"partial"})


@dataclass(frozen=True, slots=True)
class Quantified(_Turning):
    """``some x in list satisfies x > 1`` (``decisive`` true) and ``every`` (false)."""

    decisive: bool

    def value(self, scope: Scope) -> object:
        known = True
        try:
            for inner in combinations(self.turns, scope, self.cost):
                answer = self.body.value(inner)
                if answer is self.decisive:
                    return self.decisive
                known = known and isinstance(answer, bool)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None
        return (not self.decisive) if known else None
