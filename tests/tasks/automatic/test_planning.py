from datetime import date, timedelta
from typing import Any

import pytest

from app import clock
from app.cases.models import CaseMember, Plan, PlanAction
from app.errors import InvalidInput
from app.identity.permissions import Role
from app.tasks.automatic.planning import NoAction
from tests.support.one_step import OneStep

CLUB = {"action": "Breakfast club", "outcome_statement": "At school on time"}
VISITS = {"action": "Three visits", "outcome_statement": "Calm evenings"}


def members(one: OneStep, role: str) -> list[int]:
    return [row.user_id for row in one.rows(CaseMember) if row.role == role and row.until is None]


def plan(one: OneStep, *actions: dict[str, Any], review_on: str = "2026-03-02") -> dict[str, Any]:
    one.said("write_plan", actions=list(actions), planned_review_on=review_on)
    return one.run("record_plan", by=one.worker)


def answered(one: OneStep, number: int, status: str) -> None:
    one.said("do_action", evidence="The register", not_done_because="Full until May")
    one.run("record_action_done", by=one.worker, action_id=number, action_status=status)


# ---------------------------------------------------------------- assessment and lead


def test_the_assessor_is_who_assessed_and_not_who_signed(one: OneStep) -> None:
    supervisor = one.cast.one(Role.SUPERVISOR)
    one.said("weigh_up_needs", harm_suspected="no")
    one.said("recommend_level", level_recommended="2")
    assert one.run("record_assessment", by=supervisor, outcome="single_agency") == {"level": 2}
    assert one.case().level == 2
    assert members(one, "assessor") == [one.worker.id]


def test_a_lead_is_appointed_and_the_work_goes_to_their_team(one: OneStep) -> None:
    teacher = one.cast.one(Role.PARTNER)
    one.said("propose_lead", proposed_lead=str(teacher.id))
    assert one.run("record_lead") == {"lead_agreed": True}
    assert members(one, "lead") == [teacher.id]
    assert one.case().team_id == teacher.team_id
    other = one.cast.one(Role.PRACTITIONER, 3)
    one.said("propose_lead", proposed_lead=f"user:{other.id}")
    one.run("record_lead")
    assert members(one, "lead") == [other.id]


def test_nobody_who_can_be_found_leads(one: OneStep) -> None:
    one.said("propose_lead", proposed_lead="")
    assert one.run("record_lead") == {"lead_agreed": False}
    assert members(one, "lead") == []


# ---------------------------------------------------------------- plan


def test_a_plan_gives_ids_and_a_day_for_every_action(one: OneStep) -> None:
    owner = one.cast.one(Role.PARTNER)
    found = plan(one, {**CLUB, "due_on": "2026-02-01", "owner_user": str(owner.id)}, VISITS)
    club, visits = one.rows(PlanAction)
    assert found == {
        "action_ids": [club.id, visits.id],
        "action_dates": {str(club.id): "2026-02-01", str(visits.id): "2026-03-02"},
        "review_on": "2026-03-02",
        "plan_running": False,
    }
    assert (club.owner_id, visits.owner_id) == (owner.id, None)
    assert members(one, "member") == [owner.id]


def test_a_plan_without_actions_is_none(one: OneStep) -> None:
    with pytest.raises(NoAction):
        plan(one)


@pytest.mark.parametrize("asked", ["2026-12-24", "", "soon"])
def test_a_review_is_never_later_than_twelve_weeks(one: OneStep, asked: str) -> None:
    """WORC-22."""
    assert plan(one, CLUB, review_on=asked)["review_on"] == "2026-03-30"


def test_what_was_answered_for_is_not_asked_again(one: OneStep) -> None:
    first = plan(one, CLUB, VISITS)["action_ids"]
    answered(one, first[0], "done")
    amended = plan(one, CLUB, VISITS, {"action": "Bus pass"})
    new = one.rows(PlanAction)[-1]
    assert amended["action_ids"] == [first[1], new.id]
    assert [row.status for row in one.rows(PlanAction)] == ["done", "open", "open"]
    old, current = one.rows(Plan)
    assert (old.status, current.status, current.number) == ("replaced", "current", 2)
    assert {row.plan_id for row in one.rows(PlanAction)} == {current.id}


@pytest.mark.parametrize("status", ["partly", "not_done"])
def test_what_did_not_work_is_asked_again_on_a_new_day(one: OneStep, status: str) -> None:
    club = {**CLUB, "due_on": "2026-02-01"}
    number = plan(one, club)["action_ids"][0]
    answered(one, number, status)
    assert plan(one, club)["action_ids"] == []
    assert plan(one, {**club, "due_on": "2026-03-01"})["action_ids"] == [number]


def test_an_action_that_is_dropped_stops(one: OneStep) -> None:
    plan(one, CLUB, VISITS)
    plan(one, CLUB)
    assert {row.action: row.status for row in one.rows(PlanAction)} == {
        "Breakfast club": "open",
        "Three visits": "stopped",
    }


def test_people_at_work_on_the_plan_are_told_of_a_new_one(one: OneStep) -> None:
    one.begin("meet_needs", one.case_id)
    assert plan(one, CLUB)["plan_running"] is True


@pytest.mark.parametrize(
    ("said", "kept"),
    [("done", "done"), ("partly", "partly"), ("not_done", "not_done"), (None, "not_done")],
)
def test_an_action_is_done_partly_or_not(one: OneStep, said: str | None, kept: str) -> None:
    number = plan(one, CLUB)["action_ids"][0]
    one.said("do_action", evidence="The register", not_done_because="Full until May")
    one.run("record_action_done", action_id=number, action_status=said)
    row = one.rows(PlanAction)[0]
    assert (row.status, row.note) == (kept, "The register\nFull until May")
    assert row.finished_at == clock.now()


def test_an_action_of_another_family_is_not_answered_here(one: OneStep) -> None:
    other = OneStep(one.cast)
    number = plan(other, CLUB)["action_ids"][0]
    with pytest.raises(InvalidInput, match="not in the plan"):
        one.run("record_action_done", action_id=number, action_status="done")


def test_days_are_real_days(one: OneStep) -> None:
    plan(one, {**CLUB, "due_on": "2026-02-30"})
    assert one.rows(PlanAction)[0].due_on is None
    assert one.rows(Plan)[0].review_on == date(2026, 1, 5) + timedelta(weeks=8)
