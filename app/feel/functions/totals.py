"""Functions that make one value of many: ``sum``, ``mean``, ``all`` and such."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal, DecimalException

from app.feel.arithmetic import calculate, negate
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import ARITHMETIC, YearsMonths, kind


@built_in("sum", "list: list")
@built_in("sum", "n: any*")
def sum_(run: Run, *given: object) -> object:
    return total(_numbers_or_durations(run, given))


@built_in("product", "list: list")
@built_in("product", "n: any*")
def product(run: Run, *given: object) -> Decimal:
    result = Decimal(1)
    try:
        for value in _numbers(run, given):
            result = ARITHMETIC.multiply(result, value)
    except DecimalException:
        raise Undefined("the product is out of range") from None
    return result


@built_in("mean", "list: list")
@built_in("mean", "n: any*")
def mean(run: Run, *given: object) -> object:
    values = _numbers_or_durations(run, given)
    return calculate("/", total(values), Decimal(len(values)))


@built_in("median", "list: list")
@built_in("median", "n: any*")
def median(run: Run, *given: object) -> Decimal:
    values = sorted(_numbers(run, given))
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return ARITHMETIC.divide(ARITHMETIC.add(values[middle - 1], values[middle]), Decimal(2))


@built_in("stddev", "list: list")
@built_in("stddev", "n: any*")
def stddev(run: Run, *given: object) -> Decimal:
    """The deviation of a sample."""
    values = _numbers(run, given)
    if len(values) < 2:
        raise Undefined("“stddev” needs at least two numbers")
    size = Decimal(len(values))
    try:
        centre = ARITHMETIC.divide(_plain_sum(values), size)
        squares = [ARITHMETIC.power(ARITHMETIC.subtract(v, centre), Decimal(2)) for v in values]
        return ARITHMETIC.sqrt(ARITHMETIC.divide(_plain_sum(squares), size - 1))
    except DecimalException:
        raise Undefined("the result of “stddev” is out of range") from None


@built_in("mode", "list: list")
@built_in("mode", "n: any*")
def mode(run: Run, *given: object) -> list[object]:
    counts: dict[Decimal, int] = {}
    for value in _numbers(run, given, empty=True):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return [value for value in sorted(counts) if counts[value] == most]


@built_in("all", "list: list")
@built_in("all", "b: any*")
def all_(run: Run, *given: object) -> bool | None:
    values = _items(run, given)
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


@built_in("any", "list: list")
@built_in("any", "b: any*")
def any_(run: Run, *given: object) -> bool | None:
    values = _items(run, given)
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


@built_in("abs", "n: number|duration")
def abs_(run: Run, value: object) -> object:
    if isinstance(value, Decimal):
        return value.copy_abs()
    below = value < timedelta() if isinstance(value, timedelta) else False
    if isinstance(value, YearsMonths):
        below = value.months < 0
    return negate(value) if below else value


def total(values: Sequence[object]) -> object:
    """The sum.

    Raises:
        Undefined: they are of different kinds, or the sum is out of range.
    """
    result, *rest = values
    for value in rest:
        result = calculate("+", result, value)
    return result


def _plain_sum(values: Sequence[Decimal]) -> Decimal:
    result = Decimal(0)
    for value in values:
        result = ARITHMETIC.add(result, value)
    return result


def _items(run: Run, given: Sequence[object]) -> Sequence[object]:
    """What was given as one list or as many arguments."""
    single = given[0] if len(given) == 1 else None
    items = single if isinstance(single, list) else given
    run.spend(len(items))
    return items


def _numbers(run: Run, given: Sequence[object], *, empty: bool = False) -> list[Decimal]:
    items = _items(run, given)
    numbers = [item for item in items if isinstance(item, Decimal)]
    if len(numbers) != len(items):
        raise Undefined("every item must be a number")
    if not numbers and not empty:
        raise Undefined("there is nothing to calculate with")
    return numbers


def _numbers_or_durations(run: Run, given: Sequence[object]) -> Sequence[object]:
    items = _items(run, given)
    wanted = ("number", "days and time duration", "years and months duration")
    if not items or kind(items[0]) not in wanted:
        raise Undefined("there are no numbers or durations to calculate with")
    if any(kind(item) != kind(items[0]) for item in items):
        raise Undefined("the items must all be numbers, or all durations of one kind")
    return items
