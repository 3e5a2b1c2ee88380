from datetime import UTC, date, datetime

import pytest
import time_machine

from app.cases.models import Case, Person, Plan, PlanAction
from app.db import transaction
from app.tasks.automatic.reading import CaseMissing
from app.tasks.automatic.stages import ENDINGS, UnknownStage
from tests.support.one_step import OneStep


@pytest.mark.parametrize("stage", ["consent", "assess", "plan", "support", "review", "close"])
def test_a_case_is_where_its_diagram_says(one: OneStep, stage: str) -> None:
    one.run("set_stage", stage=stage)
    assert one.case().stage == stage


def test_a_stage_nobody_knows_is_refused(one: OneStep) -> None:
    with pytest.raises(UnknownStage, match="nirvana"):
        one.run("set_stage", stage="nirvana")


def test_what_stepping_down_borrows_is_still_stepping_down(one: OneStep) -> None:
    one.instance_id = one.begin("slot_step_down", one.case_id)
    one.run("set_stage", stage="consent")
    assert one.case().stage == "step_down"


def test_a_step_about_a_case_needs_one(one: OneStep) -> None:
    one.instance_id = one.begin("soton_resource_panel", None)
    with pytest.raises(CaseMissing):
        one.run("set_stage", stage="plan")


@pytest.mark.parametrize("outcome", sorted(set(ENDINGS) - {"joined", "statutory"}))
def test_a_closed_case_says_why(one: OneStep, outcome: str) -> None:
    assert one.run("close_case", outcome=outcome) == {"closed": True, "plan_running": False}
    case = one.case()
    assert (case.status, case.closing_reason) == ("closed", ENDINGS[outcome])
    assert case.statutory_since is None


def test_an_ending_without_a_name_uses_the_words_of_the_summary(one: OneStep) -> None:
    one.said("write_closing_summary", closing_summary="They moved to another county.")
    one.run("close_case", outcome="moved")
    assert one.case().closing_reason == "They moved to another county."


def test_a_joined_case_stays_joined(one: OneStep) -> None:
    with transaction() as session:
        session.get_one(Case, one.case_id).status = "joined"
    one.run("close_case", outcome="joined")
    case = one.case()
    assert (case.status, case.closing_reason) == ("joined", ENDINGS["joined"])
    assert case.closed_at is not None


def test_social_care_leads_from_the_day_it_takes_over(one: OneStep) -> None:
    one.run("close_case", outcome="statutory")
    assert one.case().statutory_since == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_the_plan_ends_with_the_case_and_people_at_work_are_told(one: OneStep) -> None:
    one.said("write_plan", actions=[{"action": "Breakfast club"}], planned_review_on="2026-02-16")
    one.run("record_plan", by=one.worker)
    one.begin("meet_needs", one.case_id)
    assert one.run("close_case", outcome="needs_met")["plan_running"] is True
    assert one.rows(Plan)[0].status == "ended"
    assert one.rows(PlanAction)[0].status == "stopped"


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        (None, "2044-04-02"),
        ({"base_date": "youngest_child_birth", "years": 25}, "2044-04-02"),
        ({"base_date": "closing", "years": 6}, "2032-01-05"),
    ],
)
def test_how_long_a_record_is_kept(one: OneStep, rule: object, until: str) -> None:
    """D13: years from the birth of the youngest child, or from the end."""
    one.run("close_case", outcome="needs_met", retention=rule)
    assert one.case().keep_until == date.fromisoformat(until)


def test_a_birthday_on_29_february_is_the_last_of_february_later(one: OneStep) -> None:
    with transaction() as session:
        family = session.get_one(Case, one.case_id).family
        assert family is not None
        session.add(
            Person(
                family_id=family.id,
                name="Leap",
                name_key="leap",
                role="child",
                date_of_birth=date(2024, 2, 29),
            )
        )
    one.run("close_case", outcome="needs_met")
    assert one.case().keep_until == date(2049, 2, 28)


@pytest.mark.parametrize(
    ("months", "on"), [(6, "2026-02-28"), (12, "2026-08-31"), (None, "2026-02-28")]
)
def test_the_look_back_falls_on_a_real_day(
    one: OneStep, clock: time_machine.Traveller, months: int | None, on: str
) -> None:
    clock.move_to(datetime(2025, 8, 31, 9, tzinfo=UTC), tick=False)
    one.run("schedule_outcome_check", months=months)
    assert one.case().outcome_check_on == date.fromisoformat(on)
