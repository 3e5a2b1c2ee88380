"""Functions over the calendar: what day it is, and ours for working days."""

from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal

from app.clock import LONDON
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import is_whole
from app.feel.wide import Day, Moment, date_of, day_of, narrow, near_of, ordinal

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@built_in("now")
def now(run: Run) -> datetime:
    return run.environment.now.astimezone(LONDON)


@built_in("today")
def today(run: Run) -> date:
    return run.environment.now.astimezone(LONDON).date()


@built_in("day of week", "date: day")
def day_of_week(run: Run, day: Day | Moment) -> str:
    return DAYS[(ordinal(date_of(day)) - 1) % 7]


@built_in("month of year", "date: day")
def month_of_year(run: Run, day: Day | Moment) -> str:
    return MONTHS[day.month - 1]


@built_in("day of year", "date: day")
def day_of_year(run: Run, day: Day | Moment) -> Decimal:
    return Decimal(near_of(day).timetuple().tm_yday)


@built_in("week of year", "date: day")
def week_of_year(run: Run, day: Day | Moment) -> Decimal:
    return Decimal(near_of(day).isocalendar().week)


@built_in("last day of month", "date: day")
def last_day_of_month(run: Run, day: Day | Moment) -> Day:
    return day_of(day.year, day.month, monthrange(near_of(day).year, day.month)[1])


@built_in("working days", "n: number")
def working_days_from_today(run: Run, count: Decimal) -> datetime:
    """Close of business that many working days after today."""
    return _due(run, today(run), count)


@built_in("working days", "from: day", "n: number")
def working_days_from(run: Run, start: Day | Moment, count: Decimal) -> datetime:
    """Close of business that many working days after (negative: before) a day."""
    start = _known(start)
    if isinstance(start, datetime) and start.tzinfo is None:
        start = start.replace(tzinfo=LONDON)
    return _due(run, start, count)


def _due(run: Run, start: date, count: Decimal) -> datetime:
    if not is_whole(count) or abs(count) > 10_000:
        raise Undefined("“working days” needs a whole number")
    run.spend(abs(int(count)))
    try:
        return run.environment.calendar.due_at(start, int(count))
    except ValueError as reason:
        raise Undefined(str(reason)) from None


@built_in("bank holiday", "date: day")
def bank_holiday(run: Run, day: Day | Moment) -> bool:
    return run.environment.calendar.bank_holiday(_london_day(day))


@built_in("working day", "date: day")
def working_day(run: Run, day: Day | Moment) -> bool:
    return run.environment.calendar.is_working_day(_london_day(day))


def _known(day: Day | Moment) -> date:
    """The day of a year that calendars know.

    Raises:
        Undefined: it is of none.
    """
    near = narrow(day)
    if isinstance(near, date):
        return near
    raise Undefined(f"nobody knows the holidays of the year {day.year}")


def _london_day(given: Day | Moment) -> date:
    day = _known(given)
    if not isinstance(day, datetime):
        return day
    return (day if day.tzinfo is None else day.astimezone(LONDON)).date()
