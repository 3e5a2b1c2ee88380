"""Calling functions and making them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.feel.errors import Undefined
from app.feel.functions import BUILT_INS
from app.feel.scope import MISSING, Scope
from app.feel.syntax.leaves import Name
from app.feel.syntax.node import Node, cost_of
from app.feel.types import ANY, FunctionType, TypeName
from app.feel.values import Caller, Function, kind


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``f(1, 2)``."""

    function: Node
    arguments: tuple[Node, ...]

    def value(self, scope: Scope) -> object:
        function = called(self.function, scope)
        if function is None:
            return None
        return scope.run.call(function, [argument.value(scope) for argument in self.arguments])

    def children(self) -> Iterable[Node]:
        return (self.function, *self.arguments)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        found = _free_function(self.function, bound)
        for argument in self.arguments:
            found |= argument.free_names(bound)
        return found


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    """``f(a: 1, b: 2)``."""

    function: Node
    arguments: tuple[tuple[str, Node], ...]

    def value(self, scope: Scope) -> object:
        function = called(self.function, scope)
        if function is None:
            return None
        given = {name: argument.value(scope) for name, argument in self.arguments}
        return scope.run.call_by_name(function, given)

    def children(self) -> Iterable[Node]:
        return (self.function, *(argument for _, argument in self.arguments))

    def free_names(self, bound: frozenset[str]) -> set[str]:
        found = _free_function(self.function, bound)
        for _, argument in self.arguments:
            found |= argument.free_names(bound)
        return found


def called(node: Node, scope: Scope) -> Function | None:
    """The function a call means; a fact that is called like a built-in does not hide it."""
    found = node.look_up(scope) if isinstance(node, Name) else node.value(scope)
    if isinstance(node, Name) and not isinstance(found, Function):
        found = BUILT_INS.get(node.name, found)
    if isinstance(found, Function):
        return found
    if found is MISSING and isinstance(node, Name):
        scope.run.problem(f"there is no function “{node.name}”")
    else:
        scope.run.problem(f"a {kind(found)} cannot be called like a function")
    return None


def _free_function(node: Node, bound: frozenset[str]) -> set[str]:
    if isinstance(node, Name) and node.name in BUILT_INS:
        return set()
    return node.free_names(bound)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter; without a type it takes anything."""

    name: str
    type: TypeName | None = None


@dataclass(frozen=True, slots=True)
class Definition(Node):
    """``function(a, b) a + b``. It keeps the names it saw where it was written."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False
    #: What each call costs.
    cost: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", cost_of(self.body))

    def value(self, scope: Scope) -> object:
        if self.external:
            scope.run.problem("functions from outside are not allowed")
            return None
        return Written(self.parameters, self.body, scope, cost=self.cost)

    def children(self) -> Iterable[Node]:
        return (self.body,)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        return self.body.free_names(bound | {parameter.name for parameter in self.parameters})

    def type_told(self) -> TypeName | None:
        parameters = tuple(parameter.type or ANY for parameter in self.parameters)
        return FunctionType(parameters, self.body.type_told() or ANY)


class Written(Function):
    """A function an author wrote."""

    def __init__(
        self,
        parameters: tuple[Parameter, ...],
        body: Node,
        scope: Scope,
        name: str = "function",
        *,
        cost: int,
    ) -> None:
        self.name = name
        self.parameters = tuple(parameter.name for parameter in parameters)
        self.parameter_types = tuple(parameter.type for parameter in parameters)
        self.result_type = body.type_told()
        self._types = {parameter.name: parameter.type for parameter in parameters}
        self._body = body
        self._cost = cost
        self._scope = scope

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        if len(arguments) != len(self.parameters):
            raise Undefined(
                f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}"
            )
        return self.call_by_name(run, dict(zip(self.parameters, arguments, strict=True)))

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        if set(arguments) != set(self.parameters):
            raise Undefined(f"{self.name} takes the arguments {', '.join(self.parameters)}")
        run.spend(self._cost)
        fitting = {name: self._fit(run, name, value) for name, value in arguments.items()}
        return self._body.value(self._scope.inner(fitting))

    def _fit(self, run: Caller, name: str, value: object) -> object:
        """Converted as the standard does.

        Raises:
            Undefined: it is not of the type of the parameter; then the function is not called.
        """
        wanted = self._types[name]
        if wanted is None:
            return value
        try:
            return wanted.fit(value, self._scope.run.types, run.spend)
        except Undefined as reason:
            raise Undefined(f"{self.name}, argument “{name}”: {reason}") from None
