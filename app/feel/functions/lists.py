"""Functions over lists. Positions count from 1, or from the end when negative."""

from collections.abc import Hashable
from decimal import ROUND_DOWN, Decimal

from app.feel.compare import equal
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import Function, is_whole, kind


@built_in("list contains", "list: list", "element: any")
def list_contains(run: Run, items: list[object], element: object) -> bool:
    run.spend(len(items))
    return any(equal(item, element, run.spend) is True for item in items)


@built_in("count", "list: list")
def count(run: Run, items: list[object]) -> Decimal:
    return Decimal(len(items))


@built_in("is empty", "list: list")
def is_empty(run: Run, items: list[object]) -> bool:
    return not items


@built_in("sublist", "list: list", "start position: number")
@built_in("sublist", "list: list", "start position: number", "length: number")
def sublist(
    run: Run, items: list[object], start: Decimal, length: Decimal | None = None
) -> list[object]:
    begin = _index(items, start)
    run.spend(len(items))
    if length is None:
        return items[begin:]
    if length < 0 or length > len(items) - begin:
        raise Undefined("a part of a list must lie inside the list")
    return items[begin : begin + int(length)]


@built_in("append", "list: list", "item: any*")
def append(run: Run, items: list[object], *more: object) -> list[object]:
    run.spend(len(items))
    return run.list_of([*items, *more])


@built_in("concatenate", "list: list*")
def concatenate(run: Run, *lists: list[object]) -> list[object]:
    run.spend(sum(len(items) for items in lists))
    return run.list_of([item for items in lists for item in items])


@built_in("insert before", "list: list", "position: number", "newItem: any")
def insert_before(run: Run, items: list[object], position: Decimal, item: object) -> list[object]:
    index = _index(items, position)
    run.spend(len(items))
    return run.list_of([*items[:index], item, *items[index:]])


@built_in("remove", "list: list", "position: number")
def remove(run: Run, items: list[object], position: Decimal) -> list[object]:
    index = _index(items, position)
    run.spend(len(items))
    return [*items[:index], *items[index + 1 :]]


@built_in("list replace", "list: list", "position: number", "newItem: any")
def list_replace(run: Run, items: list[object], position: Decimal, item: object) -> list[object]:
    """A position with a fraction is cut to the whole one towards zero."""
    index = _index(items, position.to_integral_value(ROUND_DOWN))
    run.spend(len(items))
    return [*items[:index], item, *items[index + 1 :]]


@built_in("list replace", "list: list", "match: function", "newItem: any")
def list_replace_matching(
    run: Run, items: list[object], match: Function, new: object
) -> list[object]:
    replaced: list[object] = []
    for item in items:
        answer = run.call(match, [item, new])
        if not isinstance(answer, bool):
            raise Undefined("the function of “list replace” must answer true or false")
        replaced.append(new if answer else item)
    return replaced


@built_in("reverse", "list: list")
def reverse(run: Run, items: list[object]) -> list[object]:
    run.spend(len(items))
    return items[::-1]


@built_in("index of", "list: list", "match: any")
def index_of(run: Run, items: list[object], match: object) -> list[object]:
    run.spend(len(items))
    return [
        Decimal(number)
        for number, item in enumerate(items, 1)
        if equal(item, match, run.spend) is True
    ]


class _Seen:
    """Which values were met before. Simple ones are found by hash, the others one by one."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._simple: set[tuple[str, Hashable]] = set()
        self._others: list[object] = []

    def meets(self, value: object) -> bool:
        """Remember the value; whether it was there already."""
        self._run.spend()
        if value is None or isinstance(value, (bool, str, Decimal)):
            key = (kind(value), value)
            known = key in self._simple
            self._simple.add(key)
            return known
        self._run.spend(len(self._others))
        known = any(equal(other, value, self._run.spend) is True for other in self._others)
        if not known:
            self._others.append(value)
        return known


@built_in("distinct values", "list: list")
def distinct_values(run: Run, items: list[object]) -> list[object]:
    seen = _Seen(run)
    return [item for item in items if not seen.meets(item)]


@built_in("duplicate values", "list: list")
def duplicate_values(run: Run, items: list[object]) -> list[object]:
    seen, repeated = _Seen(run), _Seen(run)
    for item in items:
        if seen.meets(item):
            repeated.meets(item)
    return [item for item in distinct_values(run, items) if repeated.meets(item)]


@built_in("union", "list: list*")
def union(run: Run, *lists: list[object]) -> list[object]:
    return distinct_values(run, concatenate(run, *lists))


@built_in("flatten", "list: list")
def flatten(run: Run, items: list[object]) -> list[object]:
    flat: list[object] = []
    waiting = [iter(items)]
    while waiting:
        run.spend()
        item = next(waiting[-1], _END)
        if item is _END:
            waiting.pop()
        elif isinstance(item, list):
            waiting.append(iter(item))
        else:
            flat.append(item)
    return run.list_of(flat)


@built_in("partition", "list: list", "size: number")
def partition(run: Run, items: list[object], size: Decimal) -> list[object]:
    if size < 1 or not is_whole(size):
        raise Undefined("“partition” needs a whole number from 1")
    run.spend(len(items))
    step = min(int(size), max(len(items), 1))
    return [items[start : start + step] for start in range(0, len(items), step)]


_END = object()


def _index(items: list[object], position: Decimal) -> int:
    """The Python index of a position that exists."""
    if not is_whole(position) or position == 0 or abs(position) > len(items):
        raise Undefined(f"a list of {len(items)} has no position {position:f}")
    whole = int(position)
    return whole - 1 if whole > 0 else len(items) + whole
