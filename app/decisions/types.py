"""Item definitions: what values a model allows, and the conversions of the standard.

A value that is not of its type becomes null and the reason is recorded, after two conversions
were tried: a list of one item to that item (or an item to a list of one), a date to its midnight.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, time

from app.feel.errors import Undefined
from app.feel.scope import Run, Scope
from app.feel.syntax.node import INPUT_VALUE, Node
from app.feel.values import Caller, Function, kind
from app.feel.wide import WideDate, combined

_BASIC = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
}


class NotOfType(Exception):
    """The value is not of the type; says why."""


class Type:
    """A type a value can be made to fit."""

    def fit(self, value: object, run: Run) -> object:
        """The value as this type has it.

        Raises:
            NotOfType: it is not of this type.
        """
        raise NotImplementedError


class Anything(Type):
    """No type given."""

    def fit(self, value: object, run: Run) -> object:
        return value


ANYTHING = Anything()


@dataclass(frozen=True)
class Basic(Type):
    """A type of the expression language."""

    name: str

    def fit(self, value: object, run: Run) -> object:
        if value is None or kind(value) == self.name:
            return value
        if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
            return self.fit(value[0], run)
        if self.name == "date and time" and isinstance(value, (date, WideDate)):
            return combined(value, time(tzinfo=UTC))
        if self.name == "list":
            return [value]
        raise NotOfType(f"a {kind(value)} is not a {self.name}")


@dataclass(frozen=True)
class Fields(Type):
    """A context with named components."""

    components: Mapping[str, Type]

    def fit(self, value: object, run: Run) -> object:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is None:
            return None
        if not isinstance(value, dict):
            raise NotOfType(f"a {kind(value)} has no components")
        missing = [name for name in self.components if name not in value]
        if missing:
            raise NotOfType(f"the component “{missing[0]}” is missing")
        run.spend(len(value))
        fitted = {name: type_.fit(value[name], run) for name, type_ in self.components.items()}
        return {**value, **fitted}


@dataclass(frozen=True)
class Callable_(Type):  # noqa: N801 - Callable is taken
    """A function: the types of what it is given, in order, and of what it gives back."""

    parameters: tuple[Type, ...] = ()
    result: Type = ANYTHING

    def fit(self, value: object, run: Run) -> object:
        if value is None:
            return None
        if isinstance(value, Function) and len(value.parameters) == len(self.parameters):
            return Promised(value, self, run)
        raise NotOfType(f"a {kind(value)} is not such a function")


class Promised(Function):
    """A function held to a type: its arguments and its result are made to fit."""

    def __init__(self, inner: Function, type_: Callable_, run: Run) -> None:
        self.name = inner.name
        self.parameters = inner.parameters
        self.parameter_types = inner.parameter_types
        self.result_type = inner.result_type
        self._inner = inner
        self._type = type_
        self._run = run

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        if len(arguments) != len(self.parameters):
            raise Undefined(f"“{self.name}” takes {len(self.parameters)} arguments")
        return self.call_by_name(run, dict(zip(self.parameters, arguments, strict=True)))

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        types = dict(zip(self.parameters, self._type.parameters, strict=True))
        try:
            given = {
                name: types.get(name, ANYTHING).fit(value, self._run)
                for name, value in arguments.items()
            }
        except NotOfType as reason:
            raise Undefined(f"“{self.name}” is given something wrong: {reason}") from None
        value = self._inner.call_by_name(run, given)
        return fitted(value, self._type.result, self._run, f"“{self.name}”")


@dataclass(frozen=True)
class Allowed(Type):
    """A type of which only some values are allowed.

    They stand in place of the values that the type it is made from allows.
    """

    base: Type
    tests: Node
    text: str

    def fit(self, value: object, run: Run) -> object:
        base = resolved(self.base)
        fitted = (base.base if isinstance(base, Allowed) else base).fit(value, run)
        if fitted is None:
            return None
        if self.tests.value(Scope(run, {INPUT_VALUE: fitted})) is not True:
            raise NotOfType(f"the value is not one of {self.text}")
        return fitted


@dataclass(frozen=True)
class ListOf(Type):
    """A collection."""

    item: Type

    def fit(self, value: object, run: Run) -> object:
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        run.spend(len(items))
        return [self.item.fit(item, run) for item in items]


@dataclass
class Reference(Type):
    """A type by its name, looked up when used, so that types may refer to each other."""

    name: str
    defined: Mapping[str, Type] = field(repr=False)

    def fit(self, value: object, run: Run) -> object:
        found = self.defined.get(self.name)
        if found is None:
            raise NotOfType(f"there is no type “{self.name}”")
        run.spend()
        return found.fit(value, run)


def named(name: str | None, defined: Mapping[str, Type]) -> Type:
    """The type a ``typeRef`` means."""
    if not name or name in ("Any", "<Undefined>"):
        return ANYTHING
    plain = name.split(":", 1)[-1] if name not in defined else name
    if plain in defined or plain not in _BASIC:
        return ANYTHING if plain == "Any" else Reference(plain, defined)
    return Basic(_BASIC[plain])


def takes_functions(type_: Type) -> bool:
    """Whether a function may be of this type."""
    found = resolved(type_)
    return isinstance(found, (Callable_, Anything)) or found == Basic("function")


def fitted(value: object, type_: Type, run: Run, what: str) -> object:
    """The value fitted, or null with the reason recorded."""
    try:
        return type_.fit(value, run)
    except NotOfType as reason:
        run.problem(f"{what}: {reason}")
        return None


def resolved(type_: Type) -> Type:
    """The type behind a name, where it is already known."""
    seen: set[str] = set()
    while isinstance(type_, Reference) and type_.name in type_.defined and type_.name not in seen:
        seen.add(type_.name)
        type_ = type_.defined[type_.name]
    return type_
