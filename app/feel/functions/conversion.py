"""Making one kind of value from another: ``number``, ``string``, ``date``, ``duration`` …."""

import re
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation

from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.temporal import (
    LARGEST_OFFSET,
    parse_date,
    parse_date_and_time,
    parse_duration,
    parse_time,
)
from app.feel.text import show
from app.feel.values import ARITHMETIC, YearsMonths, is_whole
from app.feel.wide import (
    Clock,
    Day,
    Moment,
    WideMoment,
    clock_of,
    combined,
    date_of,
    day_of,
    with_nanos,
)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
LONGEST_NUMBER = 7_000


def read_number(text: str) -> Decimal:
    """A number as written, rounded to 34 digits.

    Raises:
        Undefined: it is no number.
    """
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise Undefined(f"“{text[:40]}” is not a number")
    try:
        return ARITHMETIC.create_decimal(text)
    except (InvalidOperation, ArithmeticError):
        raise Undefined(f"“{text[:40]}” is not a number") from None


@built_in("number", "from: string")
def number(run: Run, text: str) -> Decimal:
    return read_number(text)


@built_in("number", "from: number")
def number_of_number(run: Run, value: Decimal) -> Decimal:
    return value


@built_in(
    "number", "from: string", "grouping separator: string|null", "decimal separator: string|null"
)
def number_with_separators(run: Run, text: str, grouping: str | None, point: str | None) -> Decimal:
    if grouping not in (" ", ",", ".", None) or point not in (",", ".", None):
        raise Undefined("the separators of a number are a space, a comma or a full stop")
    if grouping is not None and grouping == point:
        raise Undefined("the two separators of a number must differ")
    if grouping:
        text = text.replace(grouping, "")
    if point and point != ".":
        if "." in text:
            raise Undefined(f"“{text[:40]}” is not a number")
        text = text.replace(point, ".")
    return read_number(text)


@built_in("string", "from: any")
def string(run: Run, value: object) -> str | None:
    if value is None:
        return None
    return show(value, most=run.environment.limits.characters)


@built_in("date", "from: string")
def date_of_text(run: Run, text: str) -> Day:
    return parse_date(text)


@built_in("date", "from: day")
def date_of_day(run: Run, value: Day | Moment) -> Day:
    return date_of(value)


@built_in("date", "year: number", "month: number", "day: number")
def date_of_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Day:
    try:
        return day_of(_whole(year), _whole(month), _whole(day))
    except (ValueError, OverflowError):
        raise Undefined(f"{year}-{month}-{day} is not a day in the calendar") from None


@built_in("time", "from: string")
def time_of_text(run: Run, text: str) -> Clock:
    return parse_time(text)


@built_in("time", "from: time")
def time_of_time(run: Run, value: Clock) -> Clock:
    return value


@built_in("time", "from: day")
def time_of_day(run: Run, value: Day | Moment) -> Clock:
    if isinstance(value, (datetime, WideMoment)):
        return clock_of(value)
    return parse_time("00:00:00Z")


@built_in("time", "hour: number", "minute: number", "second: number", "offset: days?")
def time_of_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None
) -> Clock:
    whole = second.to_integral_value("ROUND_FLOOR")
    micro, nanos = divmod(int((second - whole) * 1_000_000_000), 1_000)
    try:
        if offset is not None and abs(offset) > LARGEST_OFFSET:
            raise Undefined(f"{show(offset, most=60)} is no offset from UTC")
        zone = None if offset is None else timezone(offset)
        clock = time(_whole(hour), _whole(minute), int(whole), micro, tzinfo=zone)
        return with_nanos(clock, nanos)
    except (ValueError, OverflowError):
        raise Undefined(f"{hour}:{minute}:{second} is not a time of day") from None


@built_in("date and time", "from: string")
def moment_of_text(run: Run, text: str) -> Moment:
    return parse_date_and_time(text)


@built_in("date and time", "from: day")
def moment_of_day(run: Run, value: Day | Moment) -> Moment:
    return value if isinstance(value, (datetime, WideMoment)) else combined(value, time())


@built_in("date and time", "date: day", "time: time")
def moment_of_date_and_time(run: Run, day: Day | Moment, clock: Clock) -> Moment:
    return combined(date_of(day), clock)


@built_in("duration", "from: string")
def duration(run: Run, text: str) -> YearsMonths | timedelta:
    return parse_duration(text)


@built_in("duration", "from: duration")
def duration_of_duration(run: Run, value: YearsMonths | timedelta) -> YearsMonths | timedelta:
    return value


@built_in("years and months duration", "from: day", "to: day")
def years_and_months(run: Run, start: Day | Moment, end: Day | Moment) -> YearsMonths:
    sign = 1
    if (start.year, start.month, start.day) > (end.year, end.month, end.day):
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonths(sign * (months - (end.day < start.day)))


def _whole(value: Decimal) -> int:
    if not is_whole(value):
        raise Undefined(f"{value} is not a whole number")
    return int(value)
