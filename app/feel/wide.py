"""Dates and times that Python's own cannot hold: years below 1 and above 9999, billionths of seconds.

The calendar repeats every 400 years, which are whole weeks. So a far day is a day Python knows
and how many such cycles away it is. A far moment in a named zone has the clock changes of the
same year of the cycle that Python knows. There is a year 0, as in XML Schema 1.1.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

CYCLE_YEARS = 400
CYCLE_DAYS = 146_097
#: DMN 1.5, 10.3.4.1: years go from minus this to this.
LAST_YEAR = 999_999_999
_CYCLE = timedelta(days=CYCLE_DAYS)
#: The cycle that far days are told in, and that calculations pass through.
_HOME = 2000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class WideDate:
    """A day of a year that Python does not know. ``near`` is in the home cycle."""

    cycles: int
    near: date

    @property
    def year(self) -> int:
        return self.near.year + self.cycles * CYCLE_YEARS

    @property
    def month(self) -> int:
        return self.near.month

    @property
    def day(self) -> int:
        return self.near.day


@dataclass(frozen=True)
class WideTime:
    """A time of day with billionths: ``near``, and ``nanos`` (1 to 999) more."""

    near: time
    nanos: int


@dataclass(frozen=True)
class WideMoment:
    """A date and time of a far year (``near`` in the home cycle), or with billionths, or both."""

    cycles: int
    near: datetime
    nanos: int = 0

    @property
    def year(self) -> int:
        return self.near.year + self.cycles * CYCLE_YEARS

    @property
    def month(self) -> int:
        return self.near.month

    @property
    def day(self) -> int:
        return self.near.day


Day = date | WideDate
Clock = time | WideTime
Moment = datetime | WideMoment


def day_of(year: int, month: int, day: int) -> Day:
    """A day of the calendar.

    Raises:
        ValueError: there is none, or its year is beyond ``LAST_YEAR``.
    """
    if 1 <= year <= date.max.year:
        return date(year, month, day)
    if abs(year) > LAST_YEAR:
        raise ValueError(f"year {year} is out of range")
    cycles, rest = divmod(year - _HOME, CYCLE_YEARS)
    return WideDate(cycles, date(_HOME + rest, month, day))


def ordinal(day: Day) -> int:
    """The days since the last one before the year 1."""
    if isinstance(day, WideDate):
        return day.near.toordinal() + day.cycles * CYCLE_DAYS
    return day.toordinal()


def of_ordinal(days: int) -> Day:
    """The day that is so many days after the last one before the year 1.

    Raises:
        ValueError: its year is beyond ``LAST_YEAR``.
    """
    home = date(_HOME, 1, 1).toordinal()
    cycles, rest = divmod(days - home, CYCLE_DAYS)
    near = date.fromordinal(home + rest)
    return day_of(near.year + cycles * CYCLE_YEARS, near.month, near.day)


def date_of(value: Day | Moment) -> Day:
    """The date of a moment, or the date itself."""
    if isinstance(value, WideMoment):
        return day_of(value.year, value.month, value.day)
    return value.date() if isinstance(value, datetime) else value


def clock_of(moment: Moment) -> Clock:
    """The time of day of a moment, with its zone."""
    if isinstance(moment, WideMoment):
        return with_nanos(moment.near.timetz(), moment.nanos)
    return moment.timetz()


def with_nanos(clock: time, nanos: int) -> Clock:
    return WideTime(clock, nanos) if nanos else clock


def combined(day: Day, clock: Clock) -> Moment:
    """A date and a time of day as one."""
    near, nanos = (clock.near, clock.nanos) if isinstance(clock, WideTime) else (clock, 0)
    if isinstance(day, WideDate):
        return WideMoment(day.cycles, datetime.combine(day.near, near), nanos)
    moment = datetime.combine(day, near)
    return WideMoment(0, moment, nanos) if nanos else moment


def zone_of(value: Moment | Clock) -> tzinfo | None:
    return value.near.tzinfo if isinstance(value, (WideMoment, WideTime)) else value.tzinfo


def later(moment: Moment, length: timedelta) -> Moment:
    """The moment when so much time has really passed, whatever the clocks do meanwhile.

    Raises:
        ValueError: its year is beyond ``LAST_YEAR``.
    """
    if isinstance(moment, datetime):
        with suppress(OverflowError):
            zone = moment.tzinfo
            plain = moment + length if zone is None else moment.astimezone(UTC) + length
            return plain if zone is None else plain.astimezone(zone)
    near, cycles, nanos = _plainly(moment)
    more, rest = divmod(length, _CYCLE)
    return _told(near + rest, cycles + more, nanos, zone_of(moment))


def in_utc(moment: WideMoment) -> Moment:
    """The same moment, told in UTC."""
    return _told(*_plainly(moment), UTC)


def instant(moment: Moment) -> int:
    """Billionths of seconds since a moment long ago; in UTC, or by a clock without a zone."""
    near, cycles, nanos = _plainly(moment)
    since = near.replace(tzinfo=UTC) - _LONG_AGO
    return (since // _MICROSECOND + cycles * (_CYCLE // _MICROSECOND)) * 1000 + nanos


def _plainly(moment: Moment) -> tuple[datetime, int, int]:
    """The moment in UTC (or without a zone) in the home cycle, the cycles away, the billionths."""
    wide = moment if isinstance(moment, WideMoment) else WideMoment(0, moment)
    near, cycles = wide.near, wide.cycles
    if near.year in (date.min.year, date.max.year):
        near, cycles = _home(near, cycles)
    return (*_home(near.astimezone(UTC) if near.tzinfo else near, cycles), wide.nanos)


def _home(near: datetime, cycles: int) -> tuple[datetime, int]:
    more, rest = divmod(near.year - _HOME, CYCLE_YEARS)
    return near.replace(year=_HOME + rest), cycles + more


def _told(near: datetime, cycles: int, nanos: int, zone: tzinfo | None) -> Moment:
    year = near.year + cycles * CYCLE_YEARS
    if date.min.year < year < date.max.year:
        # not by the clock changes of another year
        near, cycles = near.replace(year=year), 0
    if zone is not None:
        near = near.astimezone(zone)
    day = day_of(near.year + cycles * CYCLE_YEARS, near.month, near.day)
    return combined(day, with_nanos(near.timetz(), nanos))


def near_of(value: Day | Moment) -> date:
    """The same day of a year that Python knows and that has the same days of the week."""
    return value.near if isinstance(value, (WideDate, WideMoment)) else value


def narrow(value: object) -> object:
    """The value as Python's own type where only billionths are lost by it."""
    if isinstance(value, WideMoment) and value.cycles == 0:
        return value.near
    return value.near if isinstance(value, WideTime) else value
