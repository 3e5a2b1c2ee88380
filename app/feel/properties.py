"""The properties of values: ``.year``, ``.hours``, ``.start`` …, and entries of contexts."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.feel.arithmetic import number_of
from app.feel.compare import offset_of
from app.feel.errors import Undefined
from app.feel.values import kind

Read = Callable[[Any], object]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def property_of(value: object, name: str) -> object:
    """A context's entry or a property of a value.

    Raises:
        Undefined: it has none of that name.
    """
    if value is None:
        raise Undefined(f"null has no “{name}”")
    if isinstance(value, dict):
        if name not in value:
            raise Undefined(f"the context has no “{name}”")
        return value[name]
    read = _PROPERTIES.get(kind(value), {}).get(name)
    if read is None:
        raise Undefined(f"a {kind(value)} has no “{name}”")
    return read(value)


def _number(read: Callable[[Any], int]) -> Read:
    return lambda value: Decimal(read(value))


def _offset(value: datetime | time) -> timedelta | None:
    if value.tzinfo is None:
        return None
    return offset_of(value) if isinstance(value, time) else value.utcoffset()


def _zone(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _part(read: Callable[[timedelta], int]) -> Read:
    """A part of a duration; all parts of a negative one are negative."""
    return lambda value: Decimal(read(abs(value)) * (-1 if value < timedelta() else 1))


def _months(read: Callable[[int], int]) -> Read:
    return lambda value: Decimal(read(abs(value.months)) * (-1 if value.months < 0 else 1))


def _since_epoch(value: datetime) -> Decimal:
    return number_of((value if value.tzinfo else value.replace(tzinfo=UTC)) - EPOCH)


def _since_midnight(value: time) -> Decimal:
    return Decimal(value.hour * 3600 + value.minute * 60 + value.second)


_DATE: Mapping[str, Read] = {
    "year": _number(lambda value: value.year),
    "month": _number(lambda value: value.month),
    "day": _number(lambda value: value.day),
    "weekday": _number(date.isoweekday),
}
_TIME: Mapping[str, Read] = {
    "hour": _number(lambda value: value.hour),
    "minute": _number(lambda value: value.minute),
    "second": lambda value: Decimal(value.second) + Decimal(value.microsecond) / 1_000_000,
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: Mapping[str, Mapping[str, Read]] = {
    "date": {
        **_DATE,
        "value": lambda value: _since_epoch(datetime.combine(value, time(tzinfo=UTC))),
    },
    "date and time": {**_DATE, **_TIME, "value": _since_epoch},
    "time": {**_TIME, "value": _since_midnight},
    "days and time duration": {
        "days": _part(lambda length: length.days),
        "hours": _part(lambda length: length.seconds // 3600),
        "minutes": _part(lambda length: length.seconds // 60 % 60),
        "seconds": _part(lambda length: length.seconds % 60),
        "value": number_of,
    },
    "years and months duration": {
        "years": _months(lambda months: months // 12),
        "months": _months(lambda months: months % 12),
        "value": lambda value: Decimal(value.months),
    },
    "range": {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
