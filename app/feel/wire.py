"""Between JSON and the values of expressions."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from app.clock import LONDON
from app.feel.temporal import show_date, show_date_and_time, show_duration, show_time
from app.feel.values import Function, Range, YearsMonths, kind
from app.feel.wide import WideDate, WideMoment, in_utc, narrow

DEEPEST = 100
#: An exponent beyond which writing a number out in digits would be abuse.
LONGEST_INTEGER = 400


def from_json(value: object, depth: int = 0) -> object:
    """Turn what JSON holds into values; values that are some already pass unchanged.

    Raises:
        TypeError: something in it is no value.
        ValueError: nested too deeply, or a number that is not finite.
    """
    if depth > DEEPEST:
        raise ValueError("lists and contexts are nested too deeply")
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(key): from_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [from_json(item, depth + 1) for item in value]
    kind(value)
    return value


def _number(value: float | Decimal) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is not a number an expression can use")
    return number


def to_json(value: object) -> object:
    """Turn a value into what JSON can hold.

    Whole numbers become int, others float; dates, times and durations ISO 8601 text; a date and
    time is given in UTC, one without zone counting as London time; a range becomes a context.
    Billionths of seconds are left out. A moment of a year below 1 or above 9999 keeps no zone if
    it has none.

    Raises:
        TypeError: a function cannot be kept.
        ValueError: a number is too large to be kept.
    """
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, Decimal):
        return _plain_number(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    return _one_value(value)


def _one_value(value: object) -> object:
    value = narrow(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=LONDON)).astimezone(UTC).isoformat()
    if isinstance(value, WideMoment):
        return show_date_and_time(in_utc(value) if value.near.tzinfo else value)
    if isinstance(value, (date, WideDate)):
        return show_date(value)
    if isinstance(value, time):
        return show_time(value)
    if isinstance(value, (timedelta, YearsMonths)):
        return show_duration(value)
    if isinstance(value, Range):
        return {
            "start": to_json(value.start),
            "end": to_json(value.end),
            "start included": value.start_included,
            "end included": value.end_included,
        }
    if isinstance(value, Function):
        raise TypeError("a function cannot be kept as a fact")
    raise TypeError(f"{type(value).__name__} is not a value of an expression")


def _plain_number(value: Decimal) -> int | float:
    if value == value.to_integral_value() and value.adjusted() < LONGEST_INTEGER:
        return int(value)
    number = float(value)
    if math.isinf(number):
        raise ValueError("a number is too large to be kept")
    return number
