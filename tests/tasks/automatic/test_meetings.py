from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from app.cases.models import Meeting, Plan, Review
from tests.support.one_step import OneStep


def review(one: OneStep, outcome: str, next_on: str = "", **inputs: Any) -> str:
    """The day of the next review, after one held on 5 January."""
    one.said("score_progress", rating="better")
    one.said("recommend_next_step", recommended_outcome=outcome, next_review_on=next_on)
    found = one.run("record_review", by=one.worker, outcome=outcome, **inputs)
    assert found["rating"] == "better"
    return str(found["review_on"])


@pytest.mark.parametrize("purpose", ["plan", "review", "handover"])
def test_a_meeting_says_why_it_was_held(one: OneStep, purpose: str) -> None:
    one.said("record_meeting_notes", meeting_held_on="2026-01-04")
    one.run("record_meeting", by=one.worker, purpose=purpose)
    (row,) = one.rows(Meeting)
    assert (row.purpose, row.held_on) == (purpose, date(2026, 1, 4))


def test_the_day_people_chose_is_taken(one: OneStep) -> None:
    assert review(one, "continue", "2026-02-20", suggested_weeks=8) == "2026-02-20"


def test_no_day_is_later_than_twelve_weeks(one: OneStep) -> None:
    assert review(one, "continue", "2026-06-01", suggested_weeks=8) == "2026-03-30"
    assert review(one, "amend", suggested_weeks=40) == "2026-03-30"


@pytest.mark.parametrize("chosen", ["", "2026-01-05", "2025-12-01", "soon"])
def test_a_day_that_cannot_be_gives_way_to_the_suggested_weeks(one: OneStep, chosen: str) -> None:
    assert review(one, "continue", chosen, suggested_weeks=8) == "2026-03-02"


@pytest.mark.parametrize("outcome", ["needs_met", "one_agency", "amend", "reassess", "step_up"])
def test_there_is_always_a_next_day_should_the_plan_go_on_after_all(
    one: OneStep, outcome: str
) -> None:
    assert review(one, outcome, "2026-02-20", suggested_weeks=6) == "2026-02-16"


@pytest.mark.parametrize("weeks", [None, 0, "six"])
def test_without_a_suggestion_it_is_the_longest_interval(one: OneStep, weeks: object) -> None:
    assert review(one, "amend", suggested_weeks=weeks) == "2026-03-30"


def test_the_review_is_kept_and_the_plan_knows_the_next_day(one: OneStep) -> None:
    one.said("write_plan", actions=[{"action": "Breakfast club"}], planned_review_on="2026-02-16")
    one.run("record_plan", by=one.worker)
    one.said("note_review_conversation", held_on="2026-01-03")
    review(one, "continue", "2026-02-20")
    (row,) = one.rows(Review)
    assert (row.held_on, row.rating, row.recommended) == (date(2026, 1, 3), "better", "continue")
    assert row.detail["outcome"] == "continue"
    assert one.rows(Plan)[0].review_on == date(2026, 2, 20)


def test_a_review_in_a_meeting_was_held_on_the_day_of_the_meeting(one: OneStep) -> None:
    one.said("record_meeting_notes", meeting_held_on="2026-01-02")
    review(one, "continue", "2026-02-20")
    assert [row.held_on for row in one.rows(Review)] == [date(2026, 1, 2)]


def test_the_day_of_the_review_before_is_not_taken_again(
    one: OneStep, clock: time_machine.Traveller
) -> None:
    one.said("note_review_conversation", held_on="2026-01-03")
    review(one, "continue", "2026-02-20")
    clock.shift(timedelta(weeks=6))
    review(one, "continue")
    clock.shift(timedelta(weeks=4))
    one.said("record_meeting_notes", meeting_held_on="2026-03-13")
    review(one, "continue")
    held = [row.held_on for row in one.rows(Review)]
    assert held == [date(2026, 1, 3), date(2026, 2, 16), date(2026, 3, 13)]


@pytest.mark.parametrize("outcome", ["continue", "amend"])
def test_the_longest_interval_counts_from_the_day_the_review_was_held(
    one: OneStep, outcome: str
) -> None:
    """WORC-22: writing a review up late does not put the next one off."""
    one.said("note_review_conversation", held_on="2025-12-22")
    assert review(one, outcome, "2026-03-30", suggested_weeks=40) == "2026-03-16"


def test_notes_of_the_meeting_that_made_the_plan_are_not_the_day_of_its_first_review(
    one: OneStep, clock: time_machine.Traveller
) -> None:
    one.said("record_meeting_notes", meeting_held_on="2026-01-02")
    clock.shift(timedelta(hours=1))
    one.said("write_plan", actions=[{"action": "Breakfast club"}], planned_review_on="2026-02-16")
    one.run("record_plan", by=one.worker)
    clock.shift(timedelta(weeks=6))
    review(one, "continue")
    assert [row.held_on for row in one.rows(Review)] == [date(2026, 2, 16)]
