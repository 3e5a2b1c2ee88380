"""Functions over the calendar: what day it is, and ours for working days."""

from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal

from app.clock import LONDON
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import is_whole

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
def day_of_week(run: Run, day: date) -> str:
    return DAYS[day.weekday()]


@built_in("month of year", "date: day")
def month_of_year(run: Run, day: date) -> str:
    return MONTHS[day.month - 1]


@built_in("day of year", "date: day")
def day_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@built_in("week of year", "date: day")
def week_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.isocalendar().week)


@built_in("last day of month", "date: day")
def last_day_of_month(run: Run, day: date) -> date:
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


@built_in("working days", "n: number")
def working_days_from_today(run: Run, count: Decimal) -> datetime:
    """Close of business that many working days after today."""
    return _due(run, today(run), count)


@built_in("working days", "from: day", "n: number")
def working_days_from(run: Run, start: date, count: Decimal) -> datetime:
    """Close of business that many working days after (negative: before) a day."""
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
def bank_holiday(run: Run, day: date) -> bool:
    return run.environment.calendar.bank_holiday(_london_day(day))


@built_in("working day", "date: day")
def working_day(run: Run, day: date) -> bool:
    return run.environment.calendar.is_working_day(_london_day(day))


def _london_day(day: date) -> date:
    if not isinstance(day, datetime):
        return day
    return (day if day.tzinfo is None else day.astimezone(LONDON)).date()
