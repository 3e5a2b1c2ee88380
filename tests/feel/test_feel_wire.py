"""Between JSON and values."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import feel

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_json_comes_back_as_it_went_in(value: object) -> None:
    assert feel.to_json(feel.from_json(value)) == value


@given(JSON)
def test_a_fact_passes_through_an_expression_unchanged(value: object) -> None:
    from tests.feel.conftest import ENVIRONMENT

    assert feel.to_json(feel.parse("fact").evaluate({"fact": value}, ENVIRONMENT).value) == value


def test_numbers_become_exact() -> None:
    assert feel.from_json(0.1) == Decimal("0.1")
    assert feel.from_json(True) is True
    assert feel.to_json(Decimal("2.00")) == 2
    assert isinstance(feel.to_json(Decimal("2.00")), int)
    assert feel.to_json(Decimal("2.5")) == 2.5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 6, 1, 12, tzinfo=UTC), "2026-06-01T12:00:00+00:00"),
        (
            datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            "2026-06-01T10:00:00+00:00",
        ),
        (datetime(2026, 6, 1, 12), "2026-06-01T11:00:00+00:00"),  # noqa: DTZ001 - London time
        (time(10, 20), "10:20:00"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (feel.YearsMonths(14), "P1Y2M"),
    ],
)
def test_dates_and_durations_become_iso_text(value: object, text: str) -> None:
    assert feel.to_json(value) == text
    json.dumps(feel.to_json([value, {"a": value}]))


def test_a_range_becomes_a_context() -> None:
    assert feel.to_json(feel.Range(Decimal(1), None, end_included=False)) == {
        "start": 1,
        "end": None,
        "start included": True,
        "end included": False,
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"bytes", print])
def test_what_is_no_value_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        feel.from_json(value)


def test_a_function_cannot_be_kept() -> None:
    from tests.feel.conftest import ENVIRONMENT

    with pytest.raises(TypeError, match="function"):
        feel.to_json(feel.parse("function(x) x").evaluate({}, ENVIRONMENT).value)


def test_an_environment_needs_a_time_zone(environment: feel.Environment) -> None:
    with pytest.raises(ValueError, match="time zone"):
        feel.Environment(datetime(2026, 1, 1), environment.calendar)  # noqa: DTZ001


def test_a_lent_function_is_called_by_position(environment: feel.Environment) -> None:
    lent = feel.Environment(
        environment.now, environment.calendar, functions={"twice": lambda n: n * 2}
    )
    assert feel.parse("twice(4)").evaluate({}, lent).value == 8
    outcome = feel.parse("twice(null)").evaluate({}, lent)
    assert outcome.value is None
    assert "twice" in outcome.problems[0]


def test_a_number_that_no_json_can_hold_is_not_kept() -> None:
    with pytest.raises(ValueError, match="too large"):
        feel.to_json([Decimal("1e6000")])
    assert feel.to_json(Decimal("1e300")) == 10**300
