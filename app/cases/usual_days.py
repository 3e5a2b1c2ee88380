"""Days that a form suggests, as far away as the area's parameters say."""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from app import clock


def usual_days(parameters: Mapping[str, object]) -> dict[str, str]:
    """By the question they are a usual answer to. A parameter that is no number suggests nothing."""
    today, found = clock.today(), {}
    weeks, months = parameters.get("check_back_weeks"), parameters.get("consent_review_months")
    if isinstance(weeks, int):
        found["look_in_on"] = str(today + timedelta(weeks=weeks))
    if isinstance(months, int):
        found["consent_review_on"] = str(months_later(today, months))
    return found


def months_later(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
