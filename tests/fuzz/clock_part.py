"""``clocks``: timers around clock changes, leap days and month ends, beside the calendar itself.

The expected moment is found by counting on the wall clock of London day by day, with ``zoneinfo``
and nothing of ours.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.engine import moments

LONDON = ZoneInfo("Europe/London")
AWKWARD = ((3, 28), (3, 29), (3, 31), (10, 24), (10, 25), (2, 28), (2, 29), (1, 31), (12, 31))


def clocks(count: int, first: int = 0) -> dict[str, object]:
    wrong = []
    for seed in range(first, first + count):
        random = Random(seed)
        now = _awkward(random)
        months, days = random.choice((0, 0, 1, 3, 12, 13, 48)), random.choice((0, 1, 7, 28, 365))
        hours, minutes = random.choice((0, 0, 1, 23, 48)), random.choice((0, 30))
        text = f"P{months}M{days}DT{hours}H{minutes}M"
        due = moments.timer_due(text, now)
        exact = timedelta(hours=hours, minutes=minutes)
        expected = _later(now, months, days) + exact
        if due != expected:
            wrong.append(f"{seed}: {now} {text}: {due}, expected {expected}")
        wrong += _cycle(seed, now, random)
    return {"cases": count, "wrong": wrong, "failed": bool(wrong)}


def _awkward(random: Random) -> datetime:
    """A moment near a clock change, the end of a month or a leap day, on either side of midnight."""
    month, day = random.choice(AWKWARD)
    year = random.choice((2024, 2028)) if (month, day) == (2, 29) else random.randint(2024, 2035)
    wall = datetime(year, month, day, tzinfo=UTC)
    return wall + timedelta(minutes=random.choice((-61, -1, 0, 30, 59, 60, 61, 90, 119, 120, 540)))


def _later(now: datetime, months: int, days: int) -> datetime:
    if not (months or days):
        return now  # hours and minutes alone are exact; no wall clock has a say
    wall = now.astimezone(LONDON)
    year, month = wall.year, wall.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = min(wall.day, monthrange(year, month)[1])
    there = datetime(year, month, day) + timedelta(days=days)  # noqa: DTZ001 - the wall has no zone
    there = there.replace(hour=wall.hour, minute=wall.minute)
    return _on_the_clock(there)


def _on_the_clock(wall: datetime) -> datetime:
    """The first moment at which London's clocks show this; the hour that is left out counts on."""
    noon_before = (wall - timedelta(days=1)).replace(hour=12, minute=0, tzinfo=LONDON)
    start = noon_before.astimezone(UTC)
    for minutes in range(0, 60 * 40, 30):
        moment = start + timedelta(minutes=minutes + wall.minute % 30)
        if moment.astimezone(LONDON).replace(tzinfo=None) == wall:
            return moment
    return _on_the_clock(wall - timedelta(hours=1)) + timedelta(hours=1)


def _cycle(seed: int, now: datetime, random: Random) -> list[str]:
    """Every occurrence counts from the beginning, so that nothing adds up."""
    months = random.choice((1, 3, 12))
    cycle = moments.parse_cycle(f"R/P{months}M")
    number = random.randint(0, 5)
    due, expected = cycle.occurrence(now, number), _later(now, months * (number + 1), 0)
    return [] if due == expected else [f"{seed}: cycle {now} {months} {number}: {due}, {expected}"]
