"""Literals, names, lists and contexts."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.feel.compare import interval
from app.feel.errors import Undefined
from app.feel.functions import BUILT_INS
from app.feel.scope import MISSING, Scope
from app.feel.syntax.access import Path
from app.feel.syntax.node import INPUT_VALUE, Node
from app.feel.temporal import parse_literal
from app.feel.types import ANY, ContextType, ListType, Named, TypeName
from app.feel.values import Range, kind


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean or null."""

    constant: object

    def value(self, scope: Scope) -> object:
        return self.constant

    def type_told(self) -> TypeName | None:
        return None if self.constant is None else Named(kind(self.constant))


@dataclass(frozen=True, slots=True)
class Temporal(Node):
    """``@"2026-02-03"``."""

    text: str

    def value(self, scope: Scope) -> object:
        try:
            return parse_literal(self.text)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, or a built-in function."""

    name: str

    def value(self, scope: Scope) -> object:
        found = self.look_up(scope)
        if found is MISSING:
            scope.run.problem(f"nothing is called “{self.name}”")
            return None
        return found

    def look_up(self, scope: Scope) -> object:
        found = scope.find(self.name)
        if found is MISSING and "." in self.name:
            return self._as_path(scope)
        return BUILT_INS.get(self.name, MISSING) if found is MISSING else found

    def _as_path(self, scope: Scope) -> object:
        """A name with full stops that is known elsewhere, but here can only be a path."""
        before, _, last = self.name.rpartition(".")
        source = Name(before.strip()).look_up(scope)
        if source is MISSING:
            return MISSING
        return Path(Literal(source), last.strip()).value(scope)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        return set() if self.name in bound else {self.name}


@dataclass(frozen=True, slots=True)
class InputValue(Node):
    """The ``?`` of a table cell."""

    def value(self, scope: Scope) -> object:
        found = scope.find(INPUT_VALUE)
        if found is MISSING:
            scope.run.problem("“?” has a value only in a test")
            return None
        return found


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """``[1, 2, 3]``."""

    items: tuple[Node, ...]

    def value(self, scope: Scope) -> object:
        return [item.value(scope) for item in self.items]

    def children(self) -> Iterable[Node]:
        return self.items

    def type_told(self) -> TypeName | None:
        told = {item.type_told() for item in self.items}
        return ListType(told.pop() or ANY) if len(told) == 1 else ListType(ANY)


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """``{a: 1, b: a + 1}``: an entry sees the entries before it."""

    entries: tuple[tuple[str, Node], ...]

    def value(self, scope: Scope) -> object:
        made: dict[str, object] = {}
        inner = scope.inner(made)
        for key, item in self.entries:
            if key in made:
                scope.run.problem(f"a context has two entries called “{key}”")
                return None
            made[key] = item.value(inner)
        return made

    def children(self) -> Iterable[Node]:
        return (item for _, item in self.entries)

    def type_told(self) -> TypeName | None:
        return ContextType(tuple((key, item.type_told() or ANY) for key, item in self.entries))

    def free_names(self, bound: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for key, item in self.entries:
            found |= item.free_names(bound)
            bound |= {key}
        return found


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """``[1..10]`` and its open variants."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool

    def value(self, scope: Scope) -> object:
        try:
            return self.range(scope)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def range(self, scope: Scope) -> Range:
        """The range.

        Raises:
            Undefined: it lacks an end, or the two are of different kinds.
        """
        return interval(
            self.start.value(scope),
            self.end.value(scope),
            start_included=self.start_included,
            end_included=self.end_included,
        )

    def children(self) -> Iterable[Node]:
        return (self.start, self.end)
