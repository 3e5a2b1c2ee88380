"""How built-in functions are declared, and how a call finds the right one.

A function may have several forms (``date(from)``, ``date(year, month, day)``); the first whose
parameters fit the arguments is called.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.feel.errors import Undefined
from app.feel.scope import MISSING
from app.feel.values import CHARACTERS_A_STEP, Caller, Function, kind

_GROUPS: Mapping[str, frozenset[str]] = {
    "duration": frozenset({"days and time duration", "years and months duration"}),
    "days": frozenset({"days and time duration"}),
    "months": frozenset({"years and months duration"}),
    "day": frozenset({"date", "date and time"}),
    "moment": frozenset({"date and time"}),
    "point": frozenset(
        {
            "number", "string", "date", "date and time", "time",
            "days and time duration", "years and months duration",
        }
    ),
}  # fmt: skip
ANYTHING = frozenset[str]()


@dataclass(frozen=True)
class Parameter:
    """One parameter: ``name: kind|kind``, a ``?`` behind it for optional, a ``*`` for any number.

    The kind ``any`` takes null too; every other kind refuses it.
    """

    name: str
    kinds: frozenset[str]
    optional: bool = False
    many: bool = False

    @classmethod
    def read(cls, text: str) -> "Parameter":
        name, _, wanted = text.partition(": ")
        optional, many = wanted.endswith("?"), wanted.endswith("*")
        names = wanted.rstrip("?*").split("|")
        if names == ["any"]:
            return cls(name, ANYTHING, optional, many)
        kinds = frozenset[str]().union(*(_GROUPS.get(one, frozenset({one})) for one in names))
        return cls(name, kinds, optional, many)

    def fit(self, value: object) -> object:
        """The value, converted between singleton list and item if need be, or MISSING."""
        if not self.kinds or kind(value) in self.kinds:
            return value
        if isinstance(value, list) and len(value) == 1 and kind(value[0]) in self.kinds:
            return value[0]
        if "list" in self.kinds and value is not None:
            return [value]
        return MISSING


@dataclass(frozen=True)
class Form:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    work: Callable[..., object]
    #: Whether a parameter that is not named in a call by names is null.
    unnamed_is_null: bool = False

    def call(self, run: Caller, bound: list[object]) -> object:
        """The result; the texts that go in and come out are paid for."""
        run.spend(_characters(bound) // CHARACTERS_A_STEP)
        result = self.work(run, *bound)
        run.spend(_characters([result]) // CHARACTERS_A_STEP)
        return result

    def bind(self, arguments: Sequence[object]) -> list[object] | None:
        """The arguments as the function wants them, or None when this form does not fit."""
        bound: list[object] = []
        for index, parameter in enumerate(self.parameters):
            if parameter.many:
                rest = [parameter.fit(value) for value in arguments[index:]]
                return None if not rest or MISSING in rest else [*bound, *rest]
            value = arguments[index] if index < len(arguments) else MISSING
            fitting = self._one(parameter, value)
            if fitting is MISSING:
                return None
            bound.append(fitting)
        return bound if len(arguments) <= len(self.parameters) else None

    def _one(self, parameter: Parameter, value: object) -> object:
        nothing = value is MISSING or (value is None and bool(parameter.kinds))
        if nothing and parameter.optional:
            return None
        return MISSING if value is MISSING else parameter.fit(value)

    def bind_by_name(self, arguments: Mapping[str, object]) -> list[object] | None:
        """The same for named arguments."""
        if not set(arguments) <= {parameter.name for parameter in self.parameters}:
            return None
        given: list[object] = []
        for parameter in self.parameters:
            value = arguments.get(parameter.name, None if self.unnamed_is_null else MISSING)
            if parameter.many and isinstance(value, list):
                given.extend(value)
            else:
                given.append(value)
        return self.bind(given)


def _characters(values: Sequence[object]) -> int:
    return sum(len(value) for value in values if isinstance(value, str))


class BuiltIn(Function):
    """A function of the language."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.forms: list[Form] = []

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(parameter.name for parameter in self.forms[0].parameters)

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        for form in self.forms:
            if (bound := form.bind(arguments)) is not None:
                return form.call(run, bound)
        given = ", ".join(_describe(value) for value in arguments) or "nothing"
        raise Undefined(f"“{self.name}” cannot be called with {given}")

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        for form in self.forms:
            if (bound := form.bind_by_name(arguments)) is not None:
                return form.call(run, bound)
        given = ", ".join(f"{name}: {_describe(value)}" for name, value in arguments.items())
        raise Undefined(f"“{self.name}” cannot be called with {given}")


class Lent(Function):
    """A function that ``Environment.functions`` lends. By position only."""

    def __init__(self, name: str, work: Callable[..., object]) -> None:
        self.name = name
        self._work = work

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        try:
            result = self._work(*arguments)
            kind(result)
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise Undefined(f"“{self.name}” failed: {error}") from error
        return result

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        raise Undefined(f"“{self.name}” takes its arguments by position")


def _describe(value: object) -> str:
    return "null" if value is None else f"a {kind(value)}"


#: Every function of the language by name. Filled by the modules beside this one.
BUILT_INS: dict[str, BuiltIn] = {}
WorkT = TypeVar("WorkT", bound=Callable[..., object])


def built_in(
    name: str, *parameters: str, unnamed_is_null: bool = False
) -> Callable[[WorkT], WorkT]:
    """Declare a form of a function; the work gets the run and the arguments in order."""

    def declare(work: WorkT) -> WorkT:
        form = Form(tuple(Parameter.read(text) for text in parameters), work, unnamed_is_null)
        BUILT_INS.setdefault(name, BuiltIn(name)).forms.append(form)
        return work

    return declare
