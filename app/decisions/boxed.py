"""Boxed expressions: every way a decision can be written down but tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.decisions.conforming import ModelType
from app.decisions.types import ANYTHING, Callable_, Type, fitted, takes_functions
from app.feel.errors import Undefined
from app.feel.scope import Scope
from app.feel.syntax.calls import Parameter, Written
from app.feel.syntax.control import Choose, Quantified, combinations
from app.feel.syntax.node import Node, cost_of
from app.feel.values import Function, kind


@dataclass(frozen=True)
class Broken(Node):
    """An expression that could not be read; only models loaded leniently contain it."""

    reason: str

    def value(self, scope: Scope) -> object:
        scope.run.problem(self.reason)
        return None


@dataclass(frozen=True)
class Typed(Node):
    """An expression whose result has a type."""

    inner: Node
    type: Type
    what: str

    def value(self, scope: Scope) -> object:
        return fitted(self.inner.value(scope), self.type, scope.run, self.what)

    def children(self) -> Iterable[Node]:
        return (self.inner,)


@dataclass(frozen=True)
class TypedEntry(Typed):
    """An entry of a context with a type; where it is a function, that of what the function gives."""

    def value(self, scope: Scope) -> object:
        value = self.inner.value(scope)
        type_ = self.type
        if isinstance(value, Function) and not takes_functions(type_):
            type_ = Callable_((ANYTHING,) * len(value.parameters), type_)
        return fitted(value, type_, scope.run, self.what)


@dataclass(frozen=True, slots=True)
class Conditional(Choose):
    """A boxed ``if``: other than a written one, null for what is neither true, false nor null."""

    def value(self, scope: Scope) -> object:
        answer = self.condition.value(scope)
        if answer is not None and not isinstance(answer, bool):
            scope.run.problem(f"the condition of an “if” is a {kind(answer)}, not true or false")
            return None
        return (self.then if answer is True else self.otherwise).value(scope)


@dataclass(frozen=True, slots=True)
class QuantifiedBox(Quantified):
    """A boxed ``some`` or ``every``: null if anything asked answers with no truth value at all."""

    def value(self, scope: Scope) -> object:
        try:
            turns = combinations(self.turns, scope, self.cost)
            answers = [self.body.value(inner) for inner in turns]
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None
        for answer in answers:
            if answer is not None and not isinstance(answer, bool):
                scope.run.problem(f"a {kind(answer)} does not say whether an item satisfies")
                return None
        if self.decisive in answers:
            return self.decisive
        return None if None in answers else not self.decisive


@dataclass(frozen=True)
class Entries(Node):
    """A boxed context. With a last entry without name, that one is the value."""

    entries: tuple[tuple[str | None, Node], ...]

    def value(self, scope: Scope) -> object:
        made: dict[str, object] = {}
        inner = scope.inner(made)
        for name, node in self.entries:
            value = node.value(inner)
            if name is None:
                return value
            made[name] = value
        return made

    def children(self) -> Iterable[Node]:
        return (node for _, node in self.entries)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for name, node in self.entries:
            found |= node.free_names(bound)
            bound |= {name} if name else set()
        return found


@dataclass(frozen=True)
class Relation(Node):
    """A table of values: a list of contexts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Node, ...], ...]

    def value(self, scope: Scope) -> object:
        return [
            {name: node.value(scope) for name, node in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]

    def children(self) -> Iterable[Node]:
        return (node for row in self.rows for node in row)


@dataclass(frozen=True)
class Invocation(Node):
    """A call with bindings."""

    function: Node
    bindings: tuple[tuple[str, Node], ...]

    def value(self, scope: Scope) -> object:
        function = self.function.value(scope)
        if not isinstance(function, Function):
            scope.run.problem(f"a {kind(function)} cannot be called like a function")
            return None
        arguments = {name: node.value(scope) for name, node in self.bindings}
        return scope.run.call_by_name(function, arguments)

    def children(self) -> Iterable[Node]:
        return (self.function, *(node for _, node in self.bindings))


@dataclass(frozen=True)
class FunctionBox(Node):
    """A boxed function definition, also that of a business knowledge model."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    body: Node
    #: What each call costs.
    cost: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", cost_of(self.body))

    def value(self, scope: Scope) -> Written:
        parameters = tuple(
            Parameter(name, None if type_ is ANYTHING else ModelType(type_, scope.run))
            for name, type_ in self.parameters
        )
        return Written(parameters, self.body, scope, self.name, cost=self.cost)

    def children(self) -> Iterable[Node]:
        return (self.body,)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        return self.body.free_names(bound | {name for name, _ in self.parameters})
