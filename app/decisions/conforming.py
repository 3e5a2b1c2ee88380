"""The types of a model where expressions ask for them: ``instance of`` and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.decisions.types import (
    Allowed,
    Anything,
    Basic,
    Callable_,
    Fields,
    ListOf,
    NotOfType,
    Type,
    resolved,
)
from app.feel.compare import Spend
from app.feel.errors import Undefined
from app.feel.scope import Run
from app.feel.types import ANY, ContextType, FunctionType, ListType, Named, TypeName, Types
from app.feel.values import kind

#: A type that contains itself is told to this depth.
DEEPEST_TYPE = 20
#: Steps that telling one part of a type costs: one that contains itself twice has very many.
STEPS_A_PART = 10


def written_types(types: Mapping[str, Type], run: Run) -> Types:
    """The types of a model, for the expressions of one evaluation that name them."""
    return {name: ModelType(type_, run) for name, type_ in types.items()}


def _is_of(value: object, type_: Type, run: Run) -> bool:
    run.spend()
    type_ = resolved(type_)
    if isinstance(type_, Allowed):
        return _is_of(value, type_.base, run)
    if value is None or isinstance(type_, Anything):
        return True
    if isinstance(type_, ListOf):
        return isinstance(value, list) and all(_is_of(item, type_.item, run) for item in value)
    if isinstance(type_, Fields):
        return isinstance(value, dict) and all(
            name in value and _is_of(value[name], part, run)
            for name, part in type_.components.items()
        )
    if isinstance(type_, Callable_):
        return as_written(type_, run.spend).accepts(value, run.types, run.spend)
    return isinstance(type_, Basic) and kind(value) == type_.name


def as_written(type_: Type, spend: Spend, depth: int = 0) -> TypeName:
    """A type of the model the way an expression would write it; not told to the end if endless."""
    spend(STEPS_A_PART)
    type_ = resolved(type_)
    deeper = depth + 1
    if depth > DEEPEST_TYPE:
        return ANY
    if isinstance(type_, Allowed):
        return as_written(type_.base, spend, deeper)
    if isinstance(type_, ListOf):
        return ListType(as_written(type_.item, spend, deeper))
    if isinstance(type_, Fields):
        members = type_.components.items()
        return ContextType(tuple((name, as_written(part, spend, deeper)) for name, part in members))
    if isinstance(type_, Callable_):
        parameters = tuple(as_written(part, spend, deeper) for part in type_.parameters)
        return FunctionType(parameters, as_written(type_.result, spend, deeper))
    return Named(type_.name) if isinstance(type_, Basic) else ANY


@dataclass(frozen=True)
class ModelType(TypeName):
    """A model's type as an expression uses it."""

    type: Type
    run: Run

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        # which values are allowed does not matter to “instance of”, and nothing is converted
        return value is not None and _is_of(value, self.type, self.run)

    def structure(self) -> TypeName:
        return as_written(self.type, self.run.spend)

    def fit(self, value: object, types: Types, spend: Spend) -> object:
        try:
            return self.type.fit(value, self.run)
        except NotOfType as reason:
            raise Undefined(str(reason)) from None
