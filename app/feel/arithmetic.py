"""`+ - * / **` over numbers, strings, dates, times and durations."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from app.feel.compare import offset_of
from app.feel.errors import Undefined
from app.feel.values import ARITHMETIC, YearsMonths, kind
from app.feel.wide import (
    Clock,
    Day,
    Moment,
    WideMoment,
    WideTime,
    clock_of,
    combined,
    day_of,
    instant,
    later,
    of_ordinal,
    ordinal,
    with_nanos,
    zone_of,
)

Operation = Callable[[Any, Any], object]
Rows = dict[tuple[str, str], Operation]
MIDNIGHT = time(tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_MONTHS = 12 * 10**12
MOMENTS = (datetime, WideMoment)


def calculate(operator: str, left: object, right: object) -> object:
    """The value of ``left operator right``.

    Raises:
        Undefined: these two cannot be calculated with, or the result is out of range.
    """
    if left is None or right is None:
        raise Undefined(f"“{operator}” with null has no value")
    operation = _OPERATIONS[operator].get((kind(left), kind(right)))
    if operation is None:
        raise Undefined(f"“{operator}” does not work on a {kind(left)} and a {kind(right)}")
    try:
        return operation(left, right)
    except (DecimalException, OverflowError, ZeroDivisionError, ValueError):
        raise Undefined(f"the result of “{operator}” is undefined or out of range") from None


def negate(value: object) -> object:
    """The value of ``-value``.

    Raises:
        Undefined: it is neither a number nor a duration.
    """
    if isinstance(value, Decimal):
        return ARITHMETIC.minus(value)
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise Undefined(f"“-” does not work on a {kind(value)}")


def add_months(day: Day | Moment, months: int) -> Day | Moment:
    """The same day of another month, or that month's last day.

    Raises:
        ValueError: beyond the years that are told.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(2000 + year % 400, month + 1)[1]
    moved = day_of(year, month + 1, min(day.day, last))
    return combined(moved, clock_of(day)) if isinstance(day, MOMENTS) else moved


def number_of(value: timedelta) -> Decimal:
    """A duration in seconds, exactly."""
    return ARITHMETIC.divide(Decimal(value // MICROSECOND), Decimal(1_000_000))


def duration_of(seconds: Decimal) -> timedelta:
    """A duration of so many seconds.

    Raises:
        OverflowError: it is too long.
    """
    return timedelta(microseconds=int(ARITHMETIC.multiply(seconds, Decimal(1_000_000))))


def _later_in_the_day(moment: Clock, length: timedelta) -> Clock:
    near, nanos = (moment.near, moment.nanos) if isinstance(moment, WideTime) else (moment, 0)
    day = datetime.combine(date(2000, 1, 2), near.replace(tzinfo=None))
    passed = (day + timedelta(seconds=length.seconds, microseconds=length.microseconds)).time()
    return with_nanos(passed.replace(tzinfo=near.tzinfo), nanos)


def _date_and_duration(day: Day, length: timedelta) -> Day:
    return of_ordinal(ordinal(day) + length.days)


def _between(later: Moment, earlier: Moment) -> timedelta:
    if (zone_of(later) is None) != (zone_of(earlier) is None):
        raise Undefined("one of the two has a time zone, the other has none")
    return timedelta(microseconds=(instant(later) - instant(earlier)) // 1_000)


def _between_times(later: Clock, earlier: Clock) -> timedelta:
    later, earlier = _in_millionths(later), _in_millionths(earlier)
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        raise Undefined("one of the two has a time zone, the other has none")
    day = date(2000, 1, 1)
    plain = datetime.combine(day, later.replace(tzinfo=None)) - datetime.combine(
        day, earlier.replace(tzinfo=None)
    )
    return plain - offset_of(later) + offset_of(earlier)


def _in_millionths(clock: Clock) -> time:
    return clock.near if isinstance(clock, WideTime) else clock


def _midnight(day: Day) -> Moment:
    return combined(day, MIDNIGHT)


def _times(length: timedelta, factor: Decimal) -> timedelta:
    return duration_of(ARITHMETIC.multiply(number_of(length), factor))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    result = ARITHMETIC.power(base, exponent) if exponent else Decimal(1)
    if not result.is_finite():
        raise OverflowError
    return result


def _months(count: Decimal | int) -> YearsMonths:
    if not -MOST_MONTHS <= count <= MOST_MONTHS:
        raise OverflowError
    return YearsMonths(int(count))


def _months_times(length: YearsMonths, factor: Decimal) -> YearsMonths:
    return _months(ARITHMETIC.multiply(Decimal(length.months), factor))


def _table(rows: Rows) -> Rows:
    short = {
        "n": "number",
        "s": "string",
        "d": "date",
        "dt": "date and time",
        "t": "time",
        "days": "days and time duration",
        "months": "years and months duration",
    }
    return {(short[a], short[b]): operation for (a, b), operation in rows.items()}


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


_ADD: Rows = {
    ("n", "n"): ARITHMETIC.add,
    ("s", "s"): lambda a, b: a + b,
    ("d", "days"): _date_and_duration,
    ("d", "months"): lambda a, b: add_months(a, b.months),
    ("dt", "days"): later,
    ("dt", "months"): lambda a, b: add_months(a, b.months),
    ("t", "days"): _later_in_the_day,
    ("days", "days"): lambda a, b: a + b,
    ("months", "months"): lambda a, b: _months(a.months + b.months),
}
_BOTH_WAYS: Rows = {(b, a): _swapped(add) for (a, b), add in _ADD.items() if a != b}
_SUBTRACT: Rows = {
    ("n", "n"): ARITHMETIC.subtract,
    ("d", "days"): lambda a, b: _date_and_duration(a, -b),
    ("d", "months"): lambda a, b: add_months(a, -b.months),
    ("dt", "days"): lambda a, b: later(a, -b),
    ("dt", "months"): lambda a, b: add_months(a, -b.months),
    ("t", "days"): lambda a, b: _later_in_the_day(a, -b),
    ("days", "days"): lambda a, b: a - b,
    ("months", "months"): lambda a, b: _months(a.months - b.months),
    ("d", "d"): lambda a, b: timedelta(days=ordinal(a) - ordinal(b)),
    ("dt", "dt"): _between,
    ("d", "dt"): lambda a, b: _between(_midnight(a), b),
    ("dt", "d"): lambda a, b: _between(a, _midnight(b)),
    ("t", "t"): _between_times,
}
_MULTIPLY: Rows = {
    ("n", "n"): ARITHMETIC.multiply,
    ("days", "n"): _times,
    ("n", "days"): lambda a, b: _times(b, a),
    ("months", "n"): _months_times,
    ("n", "months"): lambda a, b: _months_times(b, a),
}
_DIVIDE: Rows = {
    ("n", "n"): ARITHMETIC.divide,
    ("days", "n"): lambda a, b: duration_of(ARITHMETIC.divide(number_of(a), b)),
    ("months", "n"): lambda a, b: _months(ARITHMETIC.divide(Decimal(a.months), b)),
    ("days", "days"): lambda a, b: ARITHMETIC.divide(number_of(a), number_of(b)),
    ("months", "months"): lambda a, b: ARITHMETIC.divide(Decimal(a.months), Decimal(b.months)),
}
_OPERATIONS: dict[str, Rows] = {
    "+": _table({**_BOTH_WAYS, **_ADD}),
    "-": _table(_SUBTRACT),
    "*": _table(_MULTIPLY),
    "/": _table(_DIVIDE),
    "**": _table({("n", "n"): _power}),
}
