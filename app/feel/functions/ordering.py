"""Functions that need an order: ``min``, ``max``, ``sort``."""

from collections.abc import Sequence
from functools import cmp_to_key

from app.feel.compare import compare
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import Function


@built_in("min", "list: list")
@built_in("min", "c: any*")
def min_(run: Run, *given: object) -> object:
    return _extreme(run, given, sign=-1)


@built_in("max", "list: list")
@built_in("max", "c: any*")
def max_(run: Run, *given: object) -> object:
    return _extreme(run, given, sign=1)


def _extreme(run: Run, given: Sequence[object], *, sign: int) -> object:
    single = given[0] if len(given) == 1 else None
    items = single if isinstance(single, list) else given
    run.spend(len(items))
    if not items:
        raise Undefined("an empty list has neither a smallest nor a largest item")
    best = items[0]
    compare(best, best)
    for item in items[1:]:
        if compare(item, best) * sign > 0:
            best = item
    return best


@built_in("sort", "list: list", "precedes: function?")
def sort(run: Run, items: list[object], precedes: Function | None) -> list[object]:
    """In order of size, or so that ``precedes(a, b)`` holds for neighbours. Stable."""

    def by_size(left: object, right: object) -> int:
        run.spend()
        return compare(left, right)

    def by_function(left: object, right: object) -> int:
        if precedes is not None and _answer(run, precedes, left, right):
            return -1
        return 1 if precedes is not None and _answer(run, precedes, right, left) else 0

    return sorted(items, key=cmp_to_key(by_function if precedes else by_size))


def _answer(run: Run, precedes: Function, left: object, right: object) -> bool:
    answer = run.call(precedes, [left, right])
    if not isinstance(answer, bool):
        raise Undefined("the function of “sort” must answer true or false")
    return answer
