"""What counts as a working day, and when something due in working days falls due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from app.clock import LONDON

FRIDAY = 4
ONE_DAY = timedelta(days=1)
#: Forty years of working days: more than any deadline, and it bounds the loop.
MOST_WORKING_DAYS = 10_000


@dataclass(frozen=True)
class WorkingCalendar:
    """The working days of one council. All days are calendar days in London."""

    #: Days on which this council is shut although England works.
    closures: frozenset[date] = frozenset()
    #: London wall-clock time at which a working day ends and work is due.
    close_of_business: time = time(17)

    def bank_holiday(self, day: date) -> bool:
        """Whether England keeps a bank holiday, substitute days and one-off days included."""
        return day in _bank_holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        """Whether the council works: Monday to Friday, no bank holiday, no closure."""
        return day.weekday() <= FRIDAY and day not in self.closures and not self.bank_holiday(day)

    def add_working_days(self, start: date, n: int) -> date:
        """Count ``n`` working days from ``start``, which itself never counts.

        A negative ``n`` counts backwards; 0 gives ``start``, even when it is not a working day.

        Raises:
            ValueError: ``n`` is too large, or the answer lies outside the calendar.
        """
        if abs(n) > MOST_WORKING_DAYS:
            raise ValueError(f"{n} working days is more than {MOST_WORKING_DAYS}")
        step = ONE_DAY if n > 0 else -ONE_DAY
        day, left = start, abs(n)
        while left:
            day = _next(day, step)
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and including ``end``.

        Negative when ``end`` is the earlier one: the inverse of ``add_working_days``.
        """
        if end < start:
            return -sum(self.is_working_day(end + ONE_DAY * i) for i in range((start - end).days))
        return sum(
            self.is_working_day(start + ONE_DAY * (i + 1)) for i in range((end - start).days)
        )

    def due_at(self, start: datetime | date, n: int) -> datetime:
        """Close of business ``n`` working days after the London day of ``start``, in UTC.

        Raises:
            ValueError: ``start`` is a moment without a time zone, or see ``add_working_days``.
        """
        day = self.add_working_days(_london_day(start), n)
        return datetime.combine(day, self.close_of_business, LONDON).astimezone(UTC)


def _london_day(moment: datetime | date) -> date:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(LONDON).date()


def _next(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        raise ValueError("the calendar ends there") from None


@lru_cache(maxsize=512)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False))
