"""Days of the stories, counted from the day the demonstration is loaded."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.calendars import WorkingCalendar
from app.clock import LONDON

#: ``D`` the day of loading, ``P`` the latest weekly panel that is over, nothing: the day of the
#: step. Then calendar days, or working days with ``wd``.
DAY = re.compile(r"(?P<mark>[DP]?)(?P<shift>[+-]\d{1,4})?(?P<working>wd)?")
PANEL_WEEKDAY = 2
PANEL_OVER = time(16)
#: What somebody did today was done a moment ago, however early in the day it is loaded.
A_MOMENT = timedelta(minutes=5)


class NotADay(ValueError):
    """A story names a day that cannot be read."""


@dataclass(frozen=True)
class Days:
    """``now`` is the moment of loading, in London."""

    now: datetime
    calendar: WorkingCalendar

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def last_panel(self) -> date:
        """The latest panel that is over, of an ordinary week; it meets every Wednesday.

        In a week with a holiday the agenda closes earlier than the stories have it.
        """
        day = self.today - timedelta(days=(self.today.weekday() - PANEL_WEEKDAY) % 7)
        while not self._was_held(day):
            day -= timedelta(days=7)
        return day

    def _was_held(self, day: date) -> bool:
        over = datetime.combine(day, PANEL_OVER, LONDON) <= self.now
        before = (day - timedelta(days=1), day - timedelta(days=2))
        return over and all(map(self.calendar.is_working_day, before))

    def working_day(self, number: int) -> date:
        """``0`` is today, or the last working day before; ``-3`` three working days earlier."""
        day = self.today
        if not self.calendar.is_working_day(day):
            day = self.calendar.add_working_days(day, -1)
        return self.calendar.add_working_days(day, number)

    def day(self, said: str, start: date) -> date:
        """Read ``D-3``, ``D+5wd``, ``P-1``, a date or, counted from ``start``, ``+14`` and ``-2wd``.

        Raises:
            NotADay: it is none of these.
        """
        found = DAY.fullmatch(said)
        if found is None:
            return _calendar_day(said)
        shift = int(found["shift"] or 0)
        base = {"D": self.today, "P": self.last_panel, "": start}[found["mark"]]
        if found["working"]:
            return self.working_day(shift) if found["mark"] == "D" else self._later(base, shift)
        return base + timedelta(days=shift)

    def _later(self, base: date, number: int) -> date:
        return self.calendar.add_working_days(base, number)

    def moment(self, day: date, at: time, *, after: datetime | None) -> datetime:
        """That time of that day in London: later than ``after``, and never in the future."""
        wanted = min(datetime.combine(day, at, LONDON), self.now - A_MOMENT)
        if after is not None and wanted <= after:
            return after + timedelta(seconds=20 if after >= self.now - A_MOMENT else 600)
        return wanted


def _calendar_day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotADay(said) from None
