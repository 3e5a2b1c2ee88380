"""Years below 1 and above 9999, and billionths of seconds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import feel
from app.feel import wide
from tests.feel.conftest import ENVIRONMENT, shown

Value = Callable[..., str]

CASES = """
    date("-0044-03-15") => -0044-03-15
    date("999999999-12-31") => 999999999-12-31
    date("-999999999-01-01") => -999999999-01-01
    date("1000000000-01-01") => null
    date("-2023-02-29") => null
    date("-2024-02-29") => -2024-02-29
    date("02026-01-01") => null
    date(-44, 3, 15) => -0044-03-15
    date(1000000000, 1, 1) => null
    [date("-0044-03-15").year, date("-0044-03-15").month, date("-0044-03-15").day] => [-44, 3, 15]
    date("12026-02-03") + duration("P1D") => 12026-02-04
    date("0001-01-01") - duration("P1D") => 0000-12-31
    date("0000-12-31") + duration("P1D") => 0001-01-01
    date("9999-12-31") + duration("P2M") => 10000-02-29
    date("-2021-01-31") + duration("P1M") => -2021-02-28
    date("999999999-12-31") + duration("P1D") => null
    date("12026-02-03") - date("12026-01-01") => P33D
    date("10000-01-01") - date("9999-12-31") => P1D
    date("999999999-01-01") - date("-999999999-01-01") => null
    date("-2021-01-01") < date("2021-01-01") => true
    date("-2021-01-01") < date("-2020-01-01") => true
    date("12021-01-01") > date("9999-12-31") => true
    date("12021-01-01") = date("12021-01-01") => true
    date("12021-01-01") = date("11621-01-01") => false
    date("12021-01-01") in [date("2021-01-01")..date("22021-01-01")] => true
    max(date("12021-01-01"), date("2021-01-01")) => 12021-01-01
    sort([date("12021-01-01"), date("-0001-01-01"), date("2021-01-01")], function(a, b) a < b)[1] => -0001-01-01
    for d in date("9999-12-31")..date("10000-01-01") return d => [9999-12-31, 10000-01-01]
    day of week(date("12026-02-03")) => "Tuesday"
    [day of year(date("-0001-12-31")), week of year(date("12026-02-03"))] => [365, 6]
    last day of month(date("-0004-02-03")) => -0004-02-29
    working day(date("12026-02-03")) => null
    working days(date("12026-02-03"), 3) => null
    years and months duration(date("2014-12-31"), date("-2019-10-01")) => -P4033Y2M
    date("-2021-01-01") instance of date => true
    date and time("-2021-01-01T10:10:10+11:00") + duration("PT24H") => -2021-01-02T10:10:10+11:00
    date and time("-2021-01-01T10:10:10@Australia/Melbourne") - duration("P1Y") => -2022-01-01T10:10:10@Australia/Melbourne
    date and time("10000-01-01T00:00:00Z") - duration("PT1S") => 9999-12-31T23:59:59Z
    date and time("9999-12-31T23:59:59Z") + duration("PT1S") => 10000-01-01T00:00:00Z
    date and time("12000-01-01T00:00:00Z") - date and time("12000-01-01T01:00:00+02:00") => PT1H
    date and time("12000-01-01T00:00:00Z") = date and time("12000-01-01T02:00:00+02:00") => true
    date and time("12000-01-01T00:00:00Z") = date and time("12000-01-01T00:00:00") => false
    date and time("12000-01-01T00:00:00Z") < date and time("12000-01-01T00:00:00") => null
    date(date and time("-0044-03-15T10:00:00")) => -0044-03-15
    time(date and time("-0044-03-15T10:00:00Z")) => 10:00:00Z
    date and time(date("-0044-03-15"), time("10:00:00")) => -0044-03-15T10:00:00
    date and time("-0044-03-15T10:20:30.5+01:00").hour => 10
    date and time("-0044-03-15T10:20:30.5+01:00").second => 30.5
    date and time("-0044-03-15T10:20:30+01:00").time offset => PT1H
    date and time("12026-03-15T10:20:30@Europe/London").timezone => "Europe/London"
    date and time("12026-01-01T00:00:00Z").value - date("12025-12-31").value => 86400
    date and time("1970-01-01T00:00:01").value => 1
    string(time("10:20:30.123456789Z")) => "10:20:30.123456789Z"
    string(date and time("2026-03-04T10:20:30.123456789@Europe/Paris")) => "2026-03-04T10:20:30.123456789@Europe/Paris"
    string(date and time("12026-03-04T10:20:30.123456789Z")) => "12026-03-04T10:20:30.123456789Z"
    string(time("10:20:30.123456789Z") + duration("PT1H")) => "11:20:30.123456789Z"
    string(date and time("2026-03-04T10:20:30.1234567Z") + duration("PT1H")) => "2026-03-04T11:20:30.1234567Z"
    string(date and time(date("2026-03-04"), time("10:20:30.000000001"))) => "2026-03-04T10:20:30.000000001"
    string(time(10, 20, 30.123456789, null)) => "10:20:30.123456789"
    time("10:20:30.123456789Z").second => 30.123456789
    time("10:20:30.123456789") < time("10:20:30.12345679") => true
    date and time("2026-03-04T10:20:30.123456788Z") < date and time("2026-03-04T10:20:30.123456789Z") => true
    time("10:20:30.123456789") = time("10:20:30") => true
    is(time("10:20:30.123456789"), time("10:20:30.123456788")) => false
    is(date("-0044-03-15"), date("-0044-03-15")) => true
    working day(date and time("2026-03-04T10:20:30.123456789Z")) => true
"""


@pytest.mark.parametrize("case", [line.strip() for line in CASES.splitlines() if line.strip()])
def test_a_far_date_or_a_billionth_of_a_second(case: str, value: Value) -> None:
    expression, _, expected = case.rpartition(" => ")
    assert value(expression) == expected


@given(st.integers(-900_000_000, 900_000_000), st.integers(-9_000_000, 9_000_000))
def test_days_are_counted_over_the_end_of_every_calendar(year: int, days: int) -> None:
    start = wide.day_of(year, 2, 28)
    moved = wide.of_ordinal(wide.ordinal(start) + days)
    assert wide.ordinal(moved) - wide.ordinal(start) == days
    assert shown("a + d - d", a=start, d=timedelta(days=days)) == shown("a", a=start)
    assert shown("(a + d) - a = d", a=start, d=timedelta(days=days)) == "true"


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.timedeltas())
def test_near_days_count_as_python_counts_them(day: date, length: timedelta) -> None:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    try:
        expected: object = moment + length
    except OverflowError:
        return
    assert wide.later(moment, length) == expected
    assert wide.instant(moment) // 1000 == (moment - datetime(1, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def test_far_dates_are_kept_as_text_and_what_comes_out_has_millionths() -> None:
    def kept(text: str) -> object:
        return feel.to_json(feel.parse(text).evaluate({}, ENVIRONMENT).value)

    assert kept('date("-0044-03-15")') == "-0044-03-15"
    assert kept('date and time("12026-03-04T10:00:00+01:00")') == "12026-03-04T09:00:00Z"
    assert kept('date and time("12026-03-04T10:00:00")') == "12026-03-04T10:00:00"
    assert kept('[time("10:20:30.123456789Z")]') == ["10:20:30.123456Z"]
    moment = feel.parse('date and time("2026-03-04T10:20:30.123456789Z")')
    assert moment.evaluate({}, ENVIRONMENT).value == datetime(
        2026, 3, 4, 10, 20, 30, 123_456, tzinfo=UTC
    )
