"""Types as authors write them, and whether a value is of one."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.feel.compare import Spend
from app.feel.errors import Undefined
from app.feel.values import KINDS, Function, Range, kind

#: The types that a decision model defines, by name.
Types = Mapping[str, "TypeName"]
OTHER_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "Null": "null",
}


class TypeName:
    """What stands behind ``instance of`` or behind a parameter."""

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        """Whether the value is of this type; ``spend`` is told how many parts were looked at.

        Raises:
            Undefined: there is no such type.
        """
        raise NotImplementedError

    def structure(self) -> "TypeName":
        """The type in terms of this module."""
        return self

    def fit(self, value: object, types: Types, spend: Spend) -> object:
        """The value, converted between singleton list and item if need be.

        Raises:
            Undefined: it is not of this type.
        """
        if value is None or self.accepts(value, types, spend):
            return value
        if isinstance(value, list) and len(value) == 1 and self.accepts(value[0], types, spend):
            return value[0]
        if self.accepts([value], types, spend):
            return [value]
        raise Undefined(f"a {kind(value)} is not of the type that is wanted")


@dataclass(frozen=True)
class Named(TypeName):
    """``number``, or a type that the decision model defines."""

    name: str

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        if self.name in types:
            return types[self.name].accepts(value, types, spend)
        if self.name == "Any":
            return value is not None
        name = OTHER_NAMES.get(self.name, self.name)
        if name not in KINDS:
            raise Undefined(f"there is no type “{self.name}”")
        return kind(value) == name

    def fit(self, value: object, types: Types, spend: Spend) -> object:
        if self.name in types:
            return types[self.name].fit(value, types, spend)
        return super().fit(value, types, spend)


@dataclass(frozen=True)
class ListType(TypeName):
    """``list<number>``."""

    item: TypeName

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        if not isinstance(value, list):
            return False
        spend(len(value))
        return all(self.item.accepts(item, types, spend) for item in value)

    def fit(self, value: object, types: Types, spend: Spend) -> object:
        items = super().fit(value, types, spend)
        if not isinstance(items, list):
            return items
        return [self.item.fit(item, types, spend) for item in items]


@dataclass(frozen=True)
class RangeType(TypeName):
    """``range<number>``."""

    item: TypeName

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        if not isinstance(value, Range):
            return False
        ends = [end for end in (value.start, value.end) if end is not None]
        return all(self.item.accepts(end, types, spend) for end in ends)


@dataclass(frozen=True)
class ContextType(TypeName):
    """``context<name: string>``; further entries do no harm."""

    members: tuple[tuple[str, TypeName], ...]

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        spend(len(self.members))
        return isinstance(value, dict) and all(
            name in value and (value[name] is None or member.accepts(value[name], types, spend))
            for name, member in self.members
        )

    def fit(self, value: object, types: Types, spend: Spend) -> object:
        context = super().fit(value, types, spend)
        if not isinstance(context, dict):
            return context
        fitting = {name: type_.fit(context[name], types, spend) for name, type_ in self.members}
        return {**context, **fitting}


@dataclass(frozen=True)
class FunctionType(TypeName):
    """``function<number> -> string``."""

    parameters: tuple[TypeName, ...]
    result: TypeName

    def accepts(self, value: object, types: Types, spend: Spend) -> bool:
        if not isinstance(value, Function):
            return False
        declared = value.parameter_types or (None,) * len(value.parameters)
        own = tuple(p.structure() if isinstance(p, TypeName) else ANY for p in declared)
        result = value.result_type if isinstance(value.result_type, TypeName) else None
        return _may_stand_for(self, own, result)


ANY = Named("Any")


def conforms(one: TypeName, other: TypeName) -> bool:
    """Whether ``one`` may stand where ``other`` is wanted (DMN 1.5, 10.3.2.9.2)."""
    if isinstance(other, Named):
        return other.name == "Any" or (isinstance(one, Named) and _plain(one) == _plain(other))
    if isinstance(one, ListType) and isinstance(other, ListType):
        return conforms(one.item, other.item)
    if isinstance(one, RangeType) and isinstance(other, RangeType):
        return conforms(one.item, other.item)
    if isinstance(one, ContextType) and isinstance(other, ContextType):
        own = dict(one.members)
        return all(name in own and conforms(own[name], type_) for name, type_ in other.members)
    if isinstance(one, FunctionType) and isinstance(other, FunctionType):
        return _may_stand_for(other, one.parameters, one.result)
    return False


def _may_stand_for(
    wanted: FunctionType, parameters: tuple[TypeName, ...], result: TypeName | None
) -> bool:
    """Whether a function takes all that the wanted one takes, and gives nothing else.

    A result of which nothing is known is not held against it.
    """
    if len(parameters) != len(wanted.parameters):
        return False
    pairs = zip(wanted.parameters, parameters, strict=True)
    return all(conforms(theirs, own) for theirs, own in pairs) and (
        result is None or conforms(result, wanted.result)
    )


def _plain(type_: Named) -> str:
    return OTHER_NAMES.get(type_.name, type_.name)
