"""When a timer is due. ISO 8601 in, aware UTC moments out.

People's time is London time: the years, months, weeks and days of a duration are counted on the
London calendar (a week keeps the time of day over a change of the clocks, and a month after 31
January is the last of February); hours, minutes and seconds are exact, and so is a duration that an
expression gives, because FEEL does not tell 48 hours from two days. A moment without a zone is
London time. A day without a time means 09:00 for a timer and close of business for a due date.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app import feel
from app.clock import LONDON

START_OF_DAY = time(9)
MOST_REPEATS = 1_000_000
_SPAN = re.compile(
    r"P(?=[\dT])(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?"
    r"(?:(?P<days>\d{1,6})D)?(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_ZONE = re.compile(r"(?P<local>.+?)(?:\[(?P<in>[\w/+-]+)\]|@(?P<at>[\w/+-]+))")


class NotAMoment(ValueError):
    """The text or value says no moment. The message says what would."""


@dataclass(frozen=True)
class Span:
    """A duration that remembers which part is calendar and which part is exact."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta()

    def after(self, moment: datetime, *, times: int = 1) -> datetime:
        """``moment`` plus ``times`` this long, in UTC.

        Raises:
            NotAMoment: the answer lies outside the calendar.
        """
        try:
            if self.months or self.days:
                moment = _later_on_the_wall(moment, self.months * times, self.days * times)
            return moment.astimezone(UTC) + self.exact * times
        except (OverflowError, ValueError) as error:
            raise NotAMoment("That moment is outside the calendar.") from error


def _later_on_the_wall(moment: datetime, months: int, days: int) -> datetime:
    wall = moment.astimezone(LONDON).replace(tzinfo=None, fold=0)
    month = wall.month - 1 + months
    year, month = wall.year + month // 12, month % 12 + 1
    wall = wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1]))
    return (wall + timedelta(days=days)).replace(tzinfo=LONDON)


SHORTEST_CYCLE = timedelta(seconds=1)
"""The worker looks once a second: what repeats more often would never catch up."""


@dataclass(frozen=True)
class Cycle:
    """``times`` repetitions (None: for ever) of ``span``, the first at ``start`` or one span in.

    Raises:
        NotAMoment: it repeats more often than once a second.
    """

    span: Span
    times: int | None = None
    start: datetime | None = None

    def __post_init__(self) -> None:
        span = self.span
        if not (span.months or span.days) and span.exact < SHORTEST_CYCLE:
            raise NotAMoment("A timer repeats at most once a second.")

    def occurrence(self, entered_at: datetime, n: int) -> datetime:
        """The ``n``-th due moment, counted from 0."""
        if self.start is not None:
            return self.span.after(self.start, times=n)
        return self.span.after(entered_at, times=n + 1)

    def first_index(self, entered_at: datetime, not_before: datetime) -> int:
        """The first ``n`` whose occurrence is not before this moment."""
        high = 1
        while self.occurrence(entered_at, high) < not_before:
            high *= 2
        low = 0
        while low < high:
            middle = (low + high) // 2
            if self.occurrence(entered_at, middle) < not_before:
                low = middle + 1
            else:
                high = middle
        return low


def parse_span(text: str) -> Span:
    """An ISO 8601 duration such as ``P6W`` or ``PT48H``."""
    found = _SPAN.fullmatch(text.strip().upper())
    if found is None:
        raise NotAMoment(f"“{text}” is not a duration such as P5D, P6W or PT48H.")
    part = {name: float(value or 0) for name, value in found.groupdict().items()}
    return Span(
        months=int(part["years"] * 12 + part["months"]),
        days=int(part["weeks"] * 7 + part["days"]),
        exact=timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]),
    )


def parse_cycle(text: str) -> Cycle:
    """An ISO 8601 repeating interval: ``R3/P7D``, ``R/P1W`` or ``R/2026-01-05T09:00/P1W``."""
    parts = text.strip().split("/")
    repeat = parts[0].upper()
    if len(parts) not in {2, 3} or not re.fullmatch(r"R\d{0,7}", repeat):
        raise NotAMoment(f"“{text}” is not a repeating interval such as R3/P7D or R/P1W.")
    span = parse_span(parts[-1])
    if span == Span():
        raise NotAMoment("A repeating interval of no length would never end.")
    times = int(repeat[1:]) if repeat[1:] else None
    if times is not None and not 0 < times <= MOST_REPEATS:
        raise NotAMoment(f"“{text}” repeats {times} times.")
    start = _fixed(parse_moment(parts[1]), _nine) if len(parts) == 3 else None
    return Cycle(span, times, start)


def parse_moment(text: str) -> date | datetime:
    """An ISO 8601 day or moment; a zone may be named as ``[Europe/London]``."""
    named = _ZONE.fullmatch(text.strip())
    try:
        if named is not None:
            zone = ZoneInfo(named["in"] or named["at"])
            return datetime.fromisoformat(named["local"]).replace(tzinfo=zone)
        if len(text.strip()) == len("2026-01-31"):
            return date.fromisoformat(text.strip())
        return datetime.fromisoformat(text.strip())
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:  # a zone is looked up as a file
        raise NotAMoment(
            f"“{text}” is not a date such as 2026-01-31 or 2026-01-31T09:00."
        ) from error


def parse_timer(text: str, kind: Literal["date", "duration", "cycle"] | None) -> None:
    """Check a timer that is written out.

    Raises:
        NotAMoment: it could never be worked out.
    """
    if kind == "cycle":
        parse_cycle(text)
    elif kind == "duration":
        parse_span(text)
    else:
        parse_moment(text)


def timer_due(value: object, now: datetime) -> datetime:
    """When a timer with this value is due, if its token arrives ``now``."""
    return _moment(value, now, _nine)


def task_due(value: object, now: datetime, environment: feel.Environment) -> datetime:
    """When a task with this due date is due: a bare day ends with close of business."""
    return _moment(value, now, lambda day: environment.calendar.due_at(day, 0))


def cycle_of(value: object) -> Cycle:
    """The cycle a value says: the text of a repeating interval, or a duration repeated for ever."""
    if isinstance(value, str):
        return parse_cycle(value)
    span = _span_of(value)
    if span is None or span == Span():
        raise NotAMoment("A repeating timer needs a repeating interval such as R3/P7D.")
    return Cycle(span)


def next_start(text: str, after: datetime) -> datetime | None:
    """When a written-out timer start event comes round next; None when it never does again.

    A duration has no fixed beginning, so it counts from ``after``.
    """
    if not text.upper().startswith("R"):
        due = timer_due(text, after)
        return due if due > after else None
    cycle = parse_cycle(text)
    n = cycle.first_index(after, after + timedelta(microseconds=1))
    return None if cycle.times is not None and n >= cycle.times else cycle.occurrence(after, n)


def _nine(day: date) -> datetime:
    return datetime.combine(day, START_OF_DAY, LONDON)


def _moment(value: object, now: datetime, whole_day: Callable[[date], datetime]) -> datetime:
    if isinstance(value, str):
        text = value.strip()
        return _moment(parse_span(text) if text[:1] in "Pp" else parse_moment(text), now, whole_day)
    if isinstance(value, date):
        return _fixed(value, whole_day)
    span = value if isinstance(value, Span) else _span_of(value)
    if span is None:
        raise NotAMoment(f"{value!r} is neither a date nor a duration.")
    return span.after(now)


def _fixed(value: date | datetime, whole_day: Callable[[date], datetime]) -> datetime:
    if not isinstance(value, datetime):
        value = whole_day(value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=LONDON)
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise NotAMoment("That moment is outside the calendar.") from error


def _span_of(value: object) -> Span | None:
    if isinstance(value, timedelta) and value >= timedelta():
        return Span(exact=value)
    if isinstance(value, feel.YearsMonths) and value.months >= 0:
        return Span(months=value.months)
    return None
