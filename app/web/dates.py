"""Dates and deadlines in words, as people say them. All in London time."""

from dataclasses import dataclass
from datetime import date, datetime

from app import clock

SOON_DAYS = 3
NOON = 12


@dataclass(frozen=True)
class Due:
    """A deadline in words. ``kind`` is ``overdue``, ``soon`` or ``later``; never colour alone."""

    kind: str
    words: str
    on: str
    iso: str


def due_in_words(moment: datetime | date) -> Due:
    """How a deadline looks from now.

    A date without a time is due at the end of that day.
    """
    day = local_day(moment)
    left = (day - clock.today()).days
    late = moment < clock.now() if isinstance(moment, datetime) else left < 0
    return Due(
        kind="overdue" if late else "soon" if left <= SOON_DAYS else "later",
        words=_late_words(-left, moment) if late else _left_words(left, moment),
        on=short_date(day),
        iso=day.isoformat(),
    )


def _late_words(days: int, moment: datetime | date) -> str:
    if days == 0:
        return f"Overdue since {clock_time(moment)}"
    return "1 day overdue" if days == 1 else f"{days} days overdue"


def _left_words(days: int, moment: datetime | date) -> str:
    if days == 0:
        return f"Due today by {clock_time(moment)}" if isinstance(moment, datetime) else "Due today"
    return "Due tomorrow" if days == 1 else f"Due in {days} days"


def local_day(moment: datetime | date) -> date:
    """The London calendar day of a moment; a date is one already."""
    return moment.astimezone(clock.LONDON).date() if isinstance(moment, datetime) else moment


def long_date(moment: datetime | date | None) -> str:
    """``20 March 2026``; nothing for nothing."""
    return f"{local_day(moment):%-d %B %Y}" if moment else ""


def short_date(moment: datetime | date | None) -> str:
    """``20 Mar 2026``, for tables."""
    return f"{local_day(moment):%-d %b %Y}" if moment else ""


def clock_time(moment: datetime | date | None) -> str:
    """``2:30pm``, ``9am``, ``midday``; nothing for a date, which has no time."""
    if not isinstance(moment, datetime):
        return ""
    local = moment.astimezone(clock.LONDON)
    if local.minute == 0 and local.hour in (0, NOON):
        return "midday" if local.hour else "midnight"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local:%-I}{minutes}{'am' if local.hour < NOON else 'pm'}"


def date_and_time(moment: datetime | None) -> str:
    """``20 March 2026 at 2:30pm``."""
    return f"{long_date(moment)} at {clock_time(moment)}" if moment else ""


def ago(moment: datetime | date) -> str:
    """How long something has been so: ``today``, ``since yesterday``, ``for 5 days``."""
    days = (clock.today() - local_day(moment)).days
    if days <= 0:
        return "since today"
    return "since yesterday" if days == 1 else f"for {days} days"
