"""The properties of values: ``.year``, ``.hours``, ``.start`` …, and entries of contexts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.feel.arithmetic import MIDNIGHT, number_of
from app.feel.compare import offset_of
from app.feel.errors import Undefined
from app.feel.values import ARITHMETIC, kind
from app.feel.wide import (
    Clock,
    Moment,
    WideMoment,
    WideTime,
    combined,
    instant,
    near_of,
    zone_of,
)

Read = Callable[[Any], object]
EPOCH = instant(datetime(1970, 1, 1, tzinfo=UTC))


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


def _near(value: Moment | Clock) -> datetime | time:
    return value.near if isinstance(value, (WideMoment, WideTime)) else value


def _clock(read: Callable[[datetime | time], int]) -> Read:
    return lambda value: Decimal(read(_near(value)))


def _second(value: Moment | Clock) -> Decimal:
    nanos = value.nanos if isinstance(value, (WideMoment, WideTime)) else 0
    near = _near(value)
    return Decimal(near.second) + Decimal(near.microsecond * 1_000 + nanos) / 1_000_000_000


def _offset(value: Moment | Clock) -> timedelta | None:
    near = _near(value)
    if near.tzinfo is None:
        return None
    return offset_of(near) if isinstance(near, time) else near.utcoffset()


def _zone(value: Moment | Clock) -> str | None:
    zone = zone_of(value)
    return zone.key if isinstance(zone, ZoneInfo) else None


def _part(read: Callable[[timedelta], int]) -> Read:
    """A part of a duration; all parts of a negative one are negative."""
    return lambda value: Decimal(read(abs(value)) * (-1 if value < timedelta() else 1))


def _months(read: Callable[[int], int]) -> Read:
    return lambda value: Decimal(read(abs(value.months)) * (-1 if value.months < 0 else 1))


def _since_epoch(value: Moment) -> Decimal:
    return ARITHMETIC.divide(Decimal(instant(value) - EPOCH), Decimal(1_000_000_000))


def _since_midnight(value: Clock) -> Decimal:
    near = _near(value)
    return Decimal(near.hour * 3600 + near.minute * 60 + near.second)


_DATE: Mapping[str, Read] = {
    "year": _number(lambda value: value.year),
    "month": _number(lambda value: value.month),
    "day": _number(lambda value: value.day),
    "weekday": _number(lambda value: near_of(value).isoweekday()),
}
_TIME: Mapping[str, Read] = {
    "hour": _clock(lambda near: near.hour),
    "minute": _clock(lambda near: near.minute),
    "second": _second,
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: Mapping[str, Mapping[str, Read]] = {
    "date": {
        **_DATE,
        "value": lambda value: _since_epoch(combined(value, MIDNIGHT)),
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
