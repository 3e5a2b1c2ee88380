"""Dates, times and durations as text (ISO 8601 with the zones of FEEL)."""

import re
from datetime import UTC, date, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.feel.errors import Undefined
from app.feel.values import YearsMonths
from app.feel.wide import (
    Clock,
    Moment,
    WideDate,
    WideTime,
    clock_of,
    combined,
    date_of,
    day_of,
    of_ordinal,
    ordinal,
    with_nanos,
)

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z][A-Za-z0-9_+\-/]*)?"
)
#: The end of a day, which is the start of the next.
_MIDNIGHT = re.compile(r"24:00:00(?:\.0+)?(?=$|[Z+@-])")
_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
_DAYS = re.compile(
    r"(-)?P(?:([0-9]{1,12})D)?"
    r"(?:T(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,18})(?:\.([0-9]*))?S)?)?"
)
LARGEST_OFFSET = timedelta(hours=14)
MONTHS_A_YEAR = 12


def parse_date(text: str) -> date | WideDate:
    """Read ``2026-02-03``, also ``-0044-03-15`` and ``12026-02-03``.

    Raises:
        Undefined: it is no date.
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise Undefined(f"“{text}” is not a date like 2026-02-03")
    try:
        return day_of(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Undefined(f"“{text}” is not a day in the calendar") from None


def parse_time(text: str) -> Clock:
    """Read ``10:30:00``, with ``Z``, ``+01:00`` or ``@Europe/London`` behind it or nothing.

    Raises:
        Undefined: it is no time.
    """
    match = _TIME.fullmatch(_MIDNIGHT.sub("00:00:00", text))
    if not match:
        raise Undefined(f"“{text}” is not a time like 10:30:00")
    zone = parse_zone(match[5]) if match[5] else None
    try:
        clock = time(int(match[1]), int(match[2]), int(match[3]), _micro(match[4]), tzinfo=zone)
        return with_nanos(clock, _nanos(match[4]))
    except ValueError:
        raise Undefined(f"“{text}” is not a time of day") from None


def parse_date_and_time(text: str) -> Moment:
    """Read ``2026-02-03T10:30:00`` with a zone or without; a date alone means its midnight.

    Raises:
        Undefined: it is no date and time.
    """
    day, separator, rest = text.partition("T")
    if not separator:
        return combined(parse_date(day), time())
    found, clock = parse_date(day), parse_time(rest)
    try:
        return combined(of_ordinal(ordinal(found) + bool(_MIDNIGHT.match(rest))), clock)
    except ValueError:
        raise Undefined(f"“{text}” is too late a moment") from None


def parse_duration(text: str) -> YearsMonths | timedelta:
    """Read ``P1Y2M`` or ``P3DT4H``; years or months never mix with days or hours.

    Raises:
        Undefined: it is no duration, or too long.
    """
    if text[-1:] in ("P", "T"):
        raise Undefined(f"“{text}” is not a duration like P3D or P1Y2M")
    if match := _MONTHS.fullmatch(text):
        months = int(match[2] or 0) * MONTHS_A_YEAR + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if not match:
        raise Undefined(f"“{text}” is not a duration like P3D or P1Y2M")
    try:
        length = timedelta(
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
            microseconds=_micro(match[6]),
        )
        return -length if match[1] else length
    except OverflowError:
        raise Undefined(f"“{text}” is too long a duration") from None


def parse_literal(text: str) -> object:
    """Read what stands behind the @ of ``@"2026-02-03"``.

    Raises:
        Undefined: none of the four kinds fits.
    """
    readers = (parse_date, parse_date_and_time, parse_time, parse_duration)
    for reader in readers:
        try:
            return reader(text)
        except Undefined:
            continue
    raise Undefined(f"“{text}” is no date, time, date and time or duration")


@lru_cache(maxsize=256)
def parse_zone(text: str) -> tzinfo:
    """Read ``Z``, ``+01:00`` or ``@Europe/London``.

    Raises:
        Undefined: no such zone.
    """
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return _named_zone(text[1:])
    hours, minutes, seconds = (*text[1:].split(":"), "0")[:3]
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if offset > LARGEST_OFFSET or int(minutes) > 59 or int(seconds) > 59:
        raise Undefined(f"“{text}” is not an offset from UTC")
    return timezone(-offset if text[0] == "-" else offset)


def _named_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        raise Undefined(f"there is no time zone “{name}”") from None


def _micro(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0"))


def _nanos(fraction: str | None) -> int:
    return int((fraction or "")[6:9].ljust(3, "0"))


def show_date(value: date | WideDate) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def show_time(value: Clock) -> str:
    near, nanos = (value.near, value.nanos) if isinstance(value, WideTime) else (value, 0)
    clock = f"{near.hour:02}:{near.minute:02}:{near.second:02}"
    return clock + _fraction(near.microsecond, nanos) + show_zone(near.tzinfo)


def show_date_and_time(value: Moment) -> str:
    return f"{show_date(date_of(value))}T{show_time(clock_of(value))}"


def show_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None) or timedelta()
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta() else "+"
    seconds = int(abs(offset).total_seconds())
    tail = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}{tail}"


def show_duration(value: YearsMonths | timedelta) -> str:
    if isinstance(value, YearsMonths):
        return _show_months(value.months)
    sign = "-" if value < timedelta() else ""
    length = abs(value)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    days = f"{length.days}D" if length.days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    fraction = _fraction(length.microseconds)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def _show_months(months: int) -> str:
    years, rest = divmod(abs(months), MONTHS_A_YEAR)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{'-' if months < 0 else ''}P{text or '0M'}"


def _fraction(microseconds: int, nanos: int = 0) -> str:
    return f".{microseconds:06}{nanos:03}".rstrip("0") if microseconds or nanos else ""
