"""Equality, order and membership. Every answer is true, false or null (None)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.feel.errors import LimitReached, Undefined
from app.feel.values import Range, YearsMonths, kind
from app.feel.wide import (
    Clock,
    Moment,
    WideDate,
    WideMoment,
    WideTime,
    combined,
    date_of,
    instant,
    ordinal,
    zone_of,
)

ORDERED = frozenset(
    {
        "number", "string", "date", "date and time", "time",
        "days and time duration", "years and months duration",
    }
)  # fmt: skip
MOST_COMPARISONS = 200_000
CLOCKED = (datetime, time, WideMoment, WideTime)


Spend = Callable[[int], None]


def equal(left: object, right: object, spend: Spend | None = None) -> bool | None:
    """The `=` of FEEL; null when two kinds have nothing to do with each other.

    Args:
        left: a value.
        right: another.
        spend: told how many parts were compared besides the two themselves.

    Raises:
        LimitReached: the two are too large to compare.
    """
    work = _Equality()
    answer = work.equal(left, right)
    if spend is not None and work.parts:
        spend(work.parts)
    return answer


class _Equality:
    def __init__(self) -> None:
        #: Compared so far, the two themselves left out.
        self.parts = -1

    def equal(self, left: object, right: object) -> bool | None:
        self.parts += 1
        if self.parts >= MOST_COMPARISONS:
            raise LimitReached("two values are too large to compare")
        if left is None or right is None:
            return left is None and right is None
        if kind(left) != kind(right):
            return None
        if isinstance(left, list) and isinstance(right, list):
            return self._lists(left, right)
        if isinstance(left, dict) and isinstance(right, dict):
            return self._contexts(left, right)
        if isinstance(left, Range) and isinstance(right, Range):
            return self._ranges(left, right)
        if isinstance(left, CLOCKED):
            return _same_moment(left, right)
        return left is right if kind(left) == "function" else left == right

    def _lists(self, left: list[object], right: list[object]) -> bool | None:
        if len(left) != len(right):
            return False
        return all(self.equal(a, b) is True for a, b in zip(left, right, strict=True))

    def _contexts(self, left: dict[str, object], right: dict[str, object]) -> bool:
        if left.keys() != right.keys():
            return False
        return all(self.equal(value, right[key]) is True for key, value in left.items())

    def _ranges(self, left: Range, right: Range) -> bool:
        return (
            left.single is right.single
            and (left.start_included, left.end_included)
            == (right.start_included, right.end_included)
            and self.equal(left.start, right.start) is True
            and self.equal(left.end, right.end) is True
        )


def _same_moment(left: Moment | Clock, right: object) -> bool:
    """Whether two moments are one; equality, other than order, counts whole seconds."""
    if not isinstance(right, CLOCKED):
        return False
    try:
        return compare(_whole_second(left), _whole_second(right)) == 0
    except Undefined:
        return False


def _whole_second(value: Moment | Clock) -> Moment | Clock:
    if isinstance(value, WideTime):
        return value.near.replace(microsecond=0)
    if isinstance(value, WideMoment):
        return combined(date_of(value), value.near.timetz().replace(microsecond=0))
    return value.replace(microsecond=0)


def compare(left: object, right: object) -> int:
    """Below, at or above zero, as ``left`` comes before, with or after ``right``.

    Raises:
        Undefined: the two have no order.
    """
    if left is None or right is None:
        raise Undefined("null cannot be compared by size")
    if kind(left) != kind(right) or kind(left) not in ORDERED:
        raise Undefined(f"a {kind(left)} and a {kind(right)} cannot be compared by size")
    first, second = _measure(left, right)
    return int(first > second) - int(first < second)


def _measure(left: object, right: object) -> tuple[Any, Any]:
    """Both values as two of a kind Python can order."""
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return Decimal(left.months), Decimal(right.months)
    if isinstance(left, CLOCKED) and isinstance(right, CLOCKED):
        if (zone_of(left) is None) != (zone_of(right) is None):
            raise Undefined("one of the two has a time zone, the other has none")
        return _on_the_clock(left, right)
    if isinstance(left, WideDate) or isinstance(right, WideDate):
        return _day_number(left), _day_number(right)
    return left, right


def _on_the_clock(left: Moment | Clock, right: Moment | Clock) -> tuple[Any, Any]:
    if isinstance(left, (time, WideTime)) or isinstance(right, (time, WideTime)):
        return _since_midnight(left), _since_midnight(right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left, right
    return instant(left), instant(right)


def _since_midnight(value: object) -> tuple[float, int]:
    if isinstance(value, WideTime):
        return _seconds(value.near), value.nanos
    return (_seconds(value) if isinstance(value, time) else 0.0), 0


def _day_number(value: object) -> int:
    return ordinal(value) if isinstance(value, (date, WideDate)) else 0


def _seconds(moment: time) -> float:
    """Seconds of UTC's day; a named zone counts with the offset it has in its standard time."""
    length = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return (length - offset_of(moment)).total_seconds()


def offset_of(moment: time) -> timedelta:
    """How far a time of day is ahead of UTC; zero without a zone.

    A named zone has the offset of its winter, in either half of the world.
    """
    if moment.tzinfo is None:
        return timedelta()
    halves = [datetime(2024, month, 1, tzinfo=moment.tzinfo).utcoffset() for month in (1, 7)]
    return min(offset or timedelta() for offset in halves)


def contains(interval: Range, value: object) -> bool:
    """Whether a value lies in a range.

    Raises:
        Undefined: it cannot be told, for the value cannot be compared with an end.
    """
    if interval.start is None and interval.end is None:
        raise Undefined("a range without ends contains nothing that can be told")
    if interval.start is not None:
        order = compare(value, interval.start)
        if order < 0 or (order == 0 and not interval.start_included):
            return False
    if interval.end is not None:
        order = compare(value, interval.end)
        return order < 0 or (order == 0 and interval.end_included)
    return True


def interval(start: object, end: object, *, start_included: bool, end_included: bool) -> Range:
    """The range between two ends.

    Raises:
        Undefined: one of them is null, or they are of different kinds.
    """
    if start is None or end is None:
        raise Undefined("an interval needs both its ends")
    if kind(start) != kind(end):
        raise Undefined(f"no interval goes from a {kind(start)} to a {kind(end)}")
    return Range(start, end, start_included, end_included)


def is_in(value: object, where: object, spend: Spend) -> bool | None:
    """The `in` of FEEL against one test value: a range, a list of tests, or an equal value.

    Raises:
        Undefined: the value cannot be compared with a range's ends.
    """
    if isinstance(where, Range) and not isinstance(value, Range):
        return contains(where, value)
    if isinstance(where, list):
        if isinstance(value, list) and equal(value, where, spend) is True:
            return True
        return _in_any(value, where, spend)
    return equal(value, where, spend)


def _in_any(value: object, tests: list[object], spend: Spend) -> bool:
    spend(len(tests))
    for test in tests:
        try:
            # a list inside a list is an item, not another list of tests
            answer = (
                equal(value, test, spend) if isinstance(test, list) else is_in(value, test, spend)
            )
        except Undefined:
            continue
        if answer is True:
            return True
    return False
