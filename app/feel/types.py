"""Types as authors write them, and whether a value is of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.feel.errors import Undefined
from app.feel.values import KINDS, Function, Range, kind

Types = Mapping[str, Callable[[object], bool]]
_OTHER_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "Null": "null",
}


class TypeName:
    """What stands behind ``instance of`` or behind a parameter."""

    def accepts(self, value: object, types: Types) -> bool:
        """Whether the value is of this type.

        Raises:
            Undefined: there is no such type.
        """
        raise NotImplementedError

    def fit(self, value: object, types: Types) -> object:
        """The value, converted between singleton list and item if need be.

        Raises:
            Undefined: it is not of this type.
        """
        if value is None or self.accepts(value, types):
            return value
        if isinstance(value, list) and len(value) == 1 and self.accepts(value[0], types):
            return value[0]
        if self.accepts([value], types):
            return [value]
        raise Undefined(f"a {kind(value)} is not of the type that is wanted")


@dataclass(frozen=True)
class Named(TypeName):
    """``number``, or a type that the decision model defines."""

    name: str

    def accepts(self, value: object, types: Types) -> bool:
        if self.name in types:
            return types[self.name](value)
        if self.name == "Any":
            return value is not None
        name = _OTHER_NAMES.get(self.name, self.name)
        if name not in KINDS:
            raise Undefined(f"there is no type “{self.name}”")
        return kind(value) == name


@dataclass(frozen=True)
class ListType(TypeName):
    """``list<number>``."""

    item: TypeName

    def accepts(self, value: object, types: Types) -> bool:
        return isinstance(value, list) and all(self.item.accepts(item, types) for item in value)


@dataclass(frozen=True)
class RangeType(TypeName):
    """``range<number>``."""

    item: TypeName

    def accepts(self, value: object, types: Types) -> bool:
        if not isinstance(value, Range):
            return False
        ends = [end for end in (value.start, value.end) if end is not None]
        return all(self.item.accepts(end, types) for end in ends)


@dataclass(frozen=True)
class ContextType(TypeName):
    """``context<name: string>``; further entries do no harm."""

    members: tuple[tuple[str, TypeName], ...]

    def accepts(self, value: object, types: Types) -> bool:
        return isinstance(value, dict) and all(
            name in value and (value[name] is None or member.accepts(value[name], types))
            for name, member in self.members
        )


@dataclass(frozen=True)
class FunctionType(TypeName):
    """``function<number> -> string``, told by its parameters; results are not declared."""

    parameters: tuple[TypeName, ...]
    result: TypeName

    def accepts(self, value: object, types: Types) -> bool:
        if not isinstance(value, Function) or len(value.parameters) != len(self.parameters):
            return False
        declared = value.parameter_types or (None,) * len(self.parameters)
        return all(
            own is None or own in (wanted, Named("Any"))
            for own, wanted in zip(declared, self.parameters, strict=True)
        )
