"""Paths and filters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from app.feel.errors import Undefined
from app.feel.properties import property_of
from app.feel.scope import Scope
from app.feel.syntax.node import Node, cost_of
from app.feel.values import is_whole, kind


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``family.name``; on a list, the same of every item."""

    source: Node
    name: str

    def value(self, scope: Scope) -> object:
        source = self.source.value(scope)
        if isinstance(source, list):
            scope.run.spend(len(source))
            return [self._of(item, scope) for item in source]
        return self._of(source, scope)

    def _of(self, source: object, scope: Scope) -> object:
        try:
            return property_of(source, self.name)
        except Undefined as reason:
            scope.run.problem(str(reason))
            return None

    def children(self) -> Iterable[Node]:
        return (self.source,)


@dataclass(frozen=True, slots=True)
class Below(Node):
    """``family...name``: every entry of that name at any depth, in the order met; never null."""

    source: Node
    name: str

    def value(self, scope: Scope) -> object:
        found: list[object] = []
        waiting = [self.source.value(scope)]
        while waiting:
            scope.run.spend()
            piece = waiting.pop()
            if isinstance(piece, _Found):
                found.append(piece.value)
            elif isinstance(piece, list):
                waiting.extend(reversed(piece))
            elif isinstance(piece, dict):
                waiting.extend(reversed(list(self._parts(piece))))
        return scope.run.list_of(found)

    def _parts(self, context: dict[str, object]) -> Iterable[object]:
        for key, value in context.items():
            if key == self.name and value is not None:
                yield _Found(value)
            yield value

    def children(self) -> Iterable[Node]:
        return (self.source,)


@dataclass(frozen=True, slots=True)
class _Found:
    value: object


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``list[2]`` or ``list[item > 2]``; entries of a context item are names in the condition."""

    source: Node
    condition: Node
    #: What asking about one item costs.
    cost: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", cost_of(self.condition))

    def value(self, scope: Scope) -> object:
        source = self.source.value(scope)
        if source is None:
            scope.run.problem("null has no items to choose from")
            return None
        items = source if isinstance(source, list) else [source]
        if not items:
            position = self.condition.value(scope.inner({"item": None}))
            return None if isinstance(position, Decimal) else []
        kept: list[object] = []
        for number, item in enumerate(items):
            scope.run.spend(self.cost)
            answer = self.condition.value(_item_scope(scope, item))
            if number == 0 and isinstance(answer, Decimal):
                return _at(items, answer, scope)
            if answer is not None and not isinstance(answer, bool):
                scope.run.problem(f"a {kind(answer)} does not say whether to choose an item")
                return None
            if answer is True:
                kept.append(item)
        return kept

    def children(self) -> Iterable[Node]:
        return (self.source, self.condition)

    def free_names(self, bound: frozenset[str]) -> set[str]:
        return self.source.free_names(bound) | self.condition.free_names(bound | {"item"})


def _item_scope(scope: Scope, item: object) -> Scope:
    outer = scope.inner({"item": item})
    return outer.inner(item) if isinstance(item, dict) else outer


def _at(items: list[object], position: Decimal, scope: Scope) -> object:
    if not is_whole(position) or position == 0 or abs(position) > len(items):
        scope.run.problem(f"a list of {len(items)} has no item number {position:f}")
        return None
    index = int(position)
    return items[index - 1] if index > 0 else items[index]
