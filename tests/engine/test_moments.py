"""Moments against the calendar itself."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import moments
from app.engine.moments import NotAMoment, Span

LONDON = ZoneInfo("Europe/London")
whens = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P6W", Span(days=42)),
        ("P1Y2M3D", Span(months=14, days=3)),
        ("PT36H", Span(exact=timedelta(hours=36))),
        ("p1dt1h", Span(days=1, exact=timedelta(hours=1))),
        ("PT0.5S", Span(exact=timedelta(seconds=0.5))),
        ("P0D", Span()),
    ],
)
def test_a_duration_is_read(text: str, span: Span) -> None:
    assert moments.parse_span(text) == span


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "6W", "P-1D", "-P1D", "P1.5D", "P1H", "PT1D", "P1D1M", "P99999999D", "x"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(NotAMoment):
        moments.parse_span(text)


@pytest.mark.parametrize(
    "text",
    [
        *("R", "R3", "P7D", "R3/P0D", "R0/P1D", "R/x", "R-1/P1D", "R/P1D/2026-01-01", "R/1/2/3"),
        *("R/PT0.000001S", "R3/PT0.9S"),
    ],
)
def test_what_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(NotAMoment):
        moments.parse_cycle(text)


def test_a_cycle_may_come_round_once_a_second_and_no_more_often() -> None:
    assert moments.parse_cycle("R/PT1S").span == Span(exact=timedelta(seconds=1))
    with pytest.raises(NotAMoment, match="at most once a second"):
        moments.cycle_of(timedelta(microseconds=1))


@pytest.mark.parametrize("zone", ["Europe", "Atlantis", "a" * 5_000, "/etc", "Europe/London/x"])
def test_a_zone_that_is_none_is_refused_whatever_lies_under_its_name(zone: str) -> None:
    with pytest.raises(NotAMoment):
        moments.parse_moment(f"2026-01-31T09:00[{zone}]")


@given(when=whens, days=st.integers(0, 5000))
def test_days_keep_the_time_of_day_in_london(when: datetime, days: int) -> None:
    there = Span(days=days).after(when).astimezone(LONDON)
    here = when.astimezone(LONDON)
    wall = here.replace(tzinfo=None, fold=0) + timedelta(days=days)
    expected = wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON)
    assert there == expected
    assert there.date() in {wall.date(), expected.date()}


@given(when=whens, months=st.integers(0, 600))
def test_months_end_on_the_same_day_or_the_last_of_the_month(when: datetime, months: int) -> None:
    here = when.astimezone(LONDON)
    there = Span(months=months).after(when).astimezone(LONDON)
    assert (there.year * 12 + there.month) - (here.year * 12 + here.month) == months
    assert there.day == min(here.day, monthrange(there.year, there.month)[1])


@given(when=whens, seconds=st.integers(0, 10**8))
def test_hours_and_seconds_are_exact(when: datetime, seconds: int) -> None:
    span = Span(exact=timedelta(seconds=seconds))
    assert span.after(when) - when == timedelta(seconds=seconds)


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_day_means_nine_in_london(day: date) -> None:
    due = moments.timer_due(day, datetime(2020, 1, 1, tzinfo=UTC))
    assert due.tzinfo is UTC
    assert due == datetime.combine(day, time(9), LONDON)


def test_the_clocks_going_forward_skip_no_timer() -> None:
    """01:30 on 29 March 2026 does not exist in London."""
    due = moments.timer_due("2026-03-29T01:30", datetime(2026, 1, 1, tzinfo=UTC))
    assert due == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_clocks_going_back_fire_the_first_of_both() -> None:
    due = moments.timer_due("2026-10-25T01:30", datetime(2026, 1, 1, tzinfo=UTC))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_year_after_the_29th_of_february() -> None:
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert moments.parse_span("P1Y").after(leap).date() == date(2029, 2, 28)
    assert moments.parse_span("P4Y").after(leap).date() == date(2032, 2, 29)


def test_outside_of_the_calendar_is_refused() -> None:
    with pytest.raises(NotAMoment):
        moments.parse_span("P9999Y").after(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("R/2026-01-05T09:00/P1W", "2026-01-05T08:00", "2026-01-05T09:00"),
        ("R/2026-01-05T09:00/P1W", "2026-01-05T09:00", "2026-01-12T09:00"),
        ("R/2026-01-05T09:00/P1W", "2026-06-01T12:00", "2026-06-08T08:00"),
        ("R2/2026-01-05T09:00/P1W", "2026-01-12T09:00", None),
        ("R/P1W", "2026-01-05T09:00", "2026-01-12T09:00"),
        ("2026-01-05", "2026-01-04T00:00", "2026-01-05T09:00"),
        ("2026-01-05", "2026-01-06T00:00", None),
    ],
)
def test_the_next_start_of_a_timer_start_event(text: str, after: str, due: str | None) -> None:
    found = moments.next_start(text, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == (None if due is None else datetime.fromisoformat(due).replace(tzinfo=UTC))
