"""Working days of an English council."""

from datetime import UTC, date, datetime, time

import pytest

from app.calendars import WorkingCalendar

ENGLAND = WorkingCalendar()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 4), "early May"),
        (date(2026, 5, 25), "spring"),
        (date(2026, 8, 31), "summer"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 12, 28), "Boxing Day is a Saturday: substitute on Monday"),
        (date(2021, 12, 27), "Christmas is a Saturday: substitute on Monday"),
        (date(2021, 12, 28), "Boxing Day is a Sunday: substitute on Tuesday"),
        (date(2022, 1, 3), "New Year is a Saturday: substitute on Monday"),
        (date(2020, 5, 8), "early May moved for VE Day"),
        (date(2022, 6, 3), "Platinum Jubilee"),
        (date(2022, 9, 19), "state funeral"),
        (date(2023, 5, 8), "coronation"),
    ],
)
def test_a_bank_holiday_of_england_is_no_working_day(day: date, why: str) -> None:
    assert ENGLAND.bank_holiday(day), why
    assert not ENGLAND.is_working_day(day), why


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 17),  # St Patrick's Day is Northern Ireland's
        date(2026, 11, 30),  # St Andrew's Day is Scotland's
        date(2026, 1, 2),  # Scotland's second of January
        date(2020, 5, 4),  # moved to the 8th that year
    ],
)
def test_holidays_of_other_nations_are_working_days(day: date) -> None:
    assert ENGLAND.is_working_day(day)


def test_weekends_are_not_working_days_and_are_not_bank_holidays() -> None:
    saturday = date(2026, 2, 7)
    assert not ENGLAND.is_working_day(saturday)
    assert not ENGLAND.bank_holiday(saturday)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 2, 2), 1, date(2026, 2, 3)),
        (date(2026, 2, 6), 1, date(2026, 2, 9)),  # over a weekend
        (date(2026, 2, 7), 1, date(2026, 2, 9)),  # from a Saturday
        (date(2026, 2, 2), 10, date(2026, 2, 16)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 12, 24), 2, date(2026, 12, 30)),  # over Christmas with a substitute day
        (date(2026, 2, 9), -1, date(2026, 2, 6)),
        (date(2026, 4, 7), -1, date(2026, 4, 2)),
        (date(2026, 2, 7), 0, date(2026, 2, 7)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
    ],
)
def test_adding_working_days(start: date, n: int, expected: date) -> None:
    assert ENGLAND.add_working_days(start, n) == expected


def test_a_closure_of_the_council_is_skipped() -> None:
    closed = WorkingCalendar(closures=frozenset({date(2026, 12, 29), date(2026, 12, 30)}))
    assert closed.add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 31)
    assert not closed.bank_holiday(date(2026, 12, 29))


@pytest.mark.parametrize("n", [-250, -30, -1, 1, 5, 45, 260])
def test_counting_between_undoes_adding(n: int) -> None:
    start = date(2026, 3, 4)
    assert ENGLAND.working_days_between(start, ENGLAND.add_working_days(start, n)) == n


def test_between_a_day_and_itself_there_are_none() -> None:
    assert ENGLAND.working_days_between(date(2026, 3, 4), date(2026, 3, 4)) == 0


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # London is UTC in winter
        (date(2026, 2, 2), 1, datetime(2026, 2, 3, 17, tzinfo=UTC)),
        # London is an hour ahead in summer
        (date(2026, 6, 1), 1, datetime(2026, 6, 2, 16, tzinfo=UTC)),
        # across the last Sunday in March, when the clocks go forward
        (date(2026, 3, 27), 1, datetime(2026, 3, 30, 16, tzinfo=UTC)),
        # across the last Sunday in October, when they go back
        (date(2026, 10, 23), 1, datetime(2026, 10, 26, 17, tzinfo=UTC)),
        # half past eleven at night UTC is the next day in London summer time
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 1, datetime(2026, 6, 3, 16, tzinfo=UTC)),
        (datetime(2026, 2, 2, 23, 30, tzinfo=UTC), 1, datetime(2026, 2, 3, 17, tzinfo=UTC)),
    ],
)
def test_due_at_close_of_business_in_london(
    start: date | datetime, n: int, expected: datetime
) -> None:
    assert ENGLAND.due_at(start, n) == expected
    assert ENGLAND.due_at(start, n).utcoffset() == expected.utcoffset()


def test_on_the_days_the_clocks_change_the_close_of_business_keeps_its_wall_clock() -> None:
    early = WorkingCalendar(close_of_business=time(9))
    assert early.due_at(date(2026, 3, 29), 0) == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert early.due_at(date(2026, 10, 25), 0) == datetime(2026, 10, 25, 9, tzinfo=UTC)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ENGLAND.due_at(datetime(2026, 1, 1), 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "n"), [(date(2026, 1, 1), 10_001), (date.max, 1), (date.min, -1)]
)
def test_counting_is_bounded(start: date, n: int) -> None:
    with pytest.raises(ValueError, match=r"more than|calendar ends"):
        ENGLAND.add_working_days(start, n)
