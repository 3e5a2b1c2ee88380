"""Days a form suggests follow the parameters of the area, so that changing one changes the form."""

from datetime import date

import pytest
import time_machine

from app.cases.usual_days import months_later, usual_days


def test_they_are_as_far_away_as_the_parameters_say(clock: time_machine.Traveller) -> None:
    clock.move_to("2026-08-31T10:00:00+01:00")
    assert usual_days({"check_back_weeks": 4, "consent_review_months": 6}) == {
        "look_in_on": "2026-09-28",
        "consent_review_on": "2027-02-28",
    }


def test_a_parameter_that_is_no_number_suggests_nothing() -> None:
    assert usual_days({"check_back_weeks": "four", "consent_review_months": None}) == {}


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_one(start: date, months: int, then: date) -> None:
    assert months_later(start, months) == then
