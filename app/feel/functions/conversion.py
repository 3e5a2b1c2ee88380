"""Making one kind of value from another: ``number``, ``string``, ``date``, ``duration`` …."""

import re
from datetime import date, datetime, time, timedelta, timezone
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
def date_of_text(run: Run, text: str) -> date:
    return parse_date(text)


@built_in("date", "from: day")
def date_of_day(run: Run, value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@built_in("date", "year: number", "month: number", "day: number")
def date_of_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(_whole(year), _whole(month), _whole(day))
    except (ValueError, OverflowError):
        raise Undefined(f"{year}-{month}-{day} is not a day in the calendar") from None


@built_in("time", "from: string")
def time_of_text(run: Run, text: str) -> time:
    return parse_time(text)


@built_in("time", "from: time")
def time_of_time(run: Run, value: time) -> time:
    return value


@built_in("time", "from: day")
def time_of_day(run: Run, value: date) -> time:
    if isinstance(value, datetime):
        return value.timetz()
    return parse_time("00:00:00Z")


@built_in("time", "hour: number", "minute: number", "second: number", "offset: days?")
def time_of_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None
) -> time:
    whole = second.to_integral_value("ROUND_FLOOR")
    micro = int((second - whole) * 1_000_000)
    try:
        if offset is not None and abs(offset) > LARGEST_OFFSET:
            raise Undefined(f"{show(offset, most=60)} is no offset from UTC")
        zone = None if offset is None else timezone(offset)
        return time(_whole(hour), _whole(minute), int(whole), micro, tzinfo=zone)
    except (ValueError, OverflowError):
        raise Undefined(f"{hour}:{minute}:{second} is not a time of day") from None


@built_in("date and time", "from: string")
def moment_of_text(run: Run, text: str) -> datetime:
    return parse_date_and_time(text)


@built_in("date and time", "from: day")
def moment_of_day(run: Run, value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


@built_in("date and time", "date: day", "time: time")
def moment_of_date_and_time(run: Run, day: date, clock: time) -> datetime:
    day = day.date() if isinstance(day, datetime) else day
    return datetime.combine(day, clock)


@built_in("duration", "from: string")
def duration(run: Run, text: str) -> YearsMonths | timedelta:
    return parse_duration(text)


@built_in("duration", "from: duration")
def duration_of_duration(run: Run, value: YearsMonths | timedelta) -> YearsMonths | timedelta:
    return value


@built_in("years and months duration", "from: day", "to: day")
def years_and_months(run: Run, start: date, end: date) -> YearsMonths:
    sign = 1
    if (start.year, start.month, start.day) > (end.year, end.month, end.day):
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonths(sign * (months - (end.day < start.day)))


def _whole(value: Decimal) -> int:
    if not is_whole(value):
        raise Undefined(f"{value} is not a whole number")
    return int(value)
