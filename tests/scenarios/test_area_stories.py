"""What is particular to an area: EHASH in Hull, stepping down and the weekly panel in Southampton."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.cases.journey import OTHERS, journeys
from app.cases.models import FrontDoorContact, PanelItem
from app.cases.open_case import open_step_down
from app.cases.visible import Viewer
from app.db import reading, transaction
from app.definitions.live import effective_processes, pack_of_area
from app.identity.people import get_user
from app.identity.permissions import Role
from app.runtime.messages import undelivered
from app.runtime.models import ProcessInstance, Task
from app.runtime.timer_starts import next_moment
from app.tasks.inbox import Filters, team
from app.tasks.sign_off import decision_page
from app.tasks.waiting_decisions import waiting_decisions
from tests.support.scenario_world import add_family_in_need
from tests.support.storyteller import Story

LATE = "Somebody who made contact has not been told"


def contact(hull: Story, contact_by: str) -> None:
    """Somebody working with a family contacts EHASH from the case page."""
    worker = hull.cast.one(Role.PRACTITIONER)
    hull.case_id = add_family_in_need(hull.cast, worker)
    hull.starts("slot_front_door", by=worker)
    make_contact(hull, contact_by)


def make_contact(hull: Story, contact_by: str) -> None:
    hull.does(
        "make_ehash_contact",
        contact_by=contact_by,
        contact_urgent="no",
        practitioner_judgement="targeted_help",
        parents_informed="yes",
    )


def decided(hull: Story, recommendation: str) -> None:
    """EHASH hands the contact to a social worker, who recommends; the manager agrees."""
    worker = hull.cast.one(Role.SOCIAL_WORKER)
    hull.does("allocate_ehash_contact", allocated_to=str(worker.id))
    assert hull.holder("decide_ehash_contact") == worker.name
    hull.does("decide_ehash_contact", threshold_recommendation=recommendation)
    manager = hull.decides("threshold_met")
    assert Role.FRONT_DOOR_MANAGER in manager.roles


def the_contact(hull: Story) -> FrontDoorContact:
    with reading() as session:
        return session.scalars(
            select(FrontDoorContact).where(FrontDoorContact.case_id == hull.case_id)
        ).one()


def test_nobody_answers_within_five_working_days(hull: Story) -> None:
    """HULL-109: whoever made contact asks for the outcome, and the manager hears of it."""
    contact(hull, contact_by="online")
    hull.waits(working_days=4)
    assert "chase_ehash_feedback" not in hull.open()
    assert hull.told(LATE) == []
    hull.waits(working_days=1)
    assert hull.task("chase_ehash_feedback").role == Role.PRACTITIONER
    assert hull.holder("chase_ehash_feedback") == hull.cast.one(Role.PRACTITIONER).name
    managers = {user.email for user in hull.cast.people[Role.FRONT_DOOR_MANAGER]}
    assert set(hull.told(LATE)) == managers

    decided(hull, "advice")
    hull.does_all("give_ehash_advice", "write_contact_answer")
    assert hull.open() == []
    assert hull.processes()["slot_front_door"] == "finished"
    assert the_contact(hull).outcome == "advice"


def test_a_telephone_contact_is_confirmed_in_writing_within_48_hours(hull: Story) -> None:
    contact(hull, contact_by="phone")
    assert "write_ehash_follow_up" in hull.open()
    hull.waits(hours=24)
    reminded = hull.told("The written follow-up of a contact is due")
    assert reminded == [hull.cast.one(Role.PRACTITIONER).email]
    hull.waits(hours=23, minutes=59)
    assert hull.told("The written follow-up of a contact is overdue") == []
    hull.waits(minutes=1)
    safeguarding = {user.email for user in hull.cast.people[Role.SAFEGUARDING_LEAD]}
    assert set(hull.told("The written follow-up of a contact is overdue")) == safeguarding
    hull.does("write_ehash_follow_up")
    assert "write_ehash_follow_up" not in hull.open()


def test_the_decision_is_due_within_one_working_day_and_easter_does_not_count(hull: Story) -> None:
    """A contact on Maundy Thursday 2026 is decided by Tuesday: Friday and Monday are holidays."""
    hull.driver.traveller.move_to(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=False)
    contact(hull, contact_by="online")
    due = hull.task("allocate_ehash_contact").due_at
    assert due is not None
    assert due.astimezone(clock.LONDON).isoformat() == "2026-04-07T17:00:00+01:00"
    hull.does("allocate_ehash_contact", allocated_to=str(hull.cast.one(Role.SOCIAL_WORKER).id))
    hull.waits_until(due - timedelta(minutes=1))
    assert hull.told("A decision about a contact is late") == []
    hull.waits(minutes=1)
    managers = {user.email for user in hull.cast.people[Role.FRONT_DOOR_MANAGER]}
    assert set(hull.told("A decision about a contact is late")) == managers


def test_a_referral_is_accepted_while_a_plan_is_under_way(hull: Story) -> None:
    """The contact runs beside the pathway; accepted, it interrupts early help (HULL-43)."""
    worker = hull.cast.one(Role.PRACTITIONER)
    hull.concern(by=worker)
    hull.does_all("weigh_first_signs", "choose_level")
    assert hull.open() == ["explain_sharing"]
    hull.starts("slot_front_door", by=worker)
    make_contact(hull, "online")
    decided(hull, "statutory")
    assert "explain_sharing" not in hull.open()
    hull.does("hand_over_to_social_care")
    case = hull.case()
    assert (case.status, case.closing_reason) == ("closed", "Children’s social care leads now.")
    assert the_contact(hull).referral_reference.startswith("R-")


def pathways(story: Story) -> list[str]:
    with reading() as session:
        query = select(ProcessInstance.status).where(
            ProcessInstance.case_id == story.case_id,
            ProcessInstance.process_id == "early_help_pathway",
        )
        return list(session.scalars(query.order_by(ProcessInstance.id)))


def test_targeted_help_for_a_family_on_the_pathway_starts_no_second_one(hull: Story) -> None:
    """One family, one plan (SOTON-07): the running pathway takes the answer (HULL-102)."""
    worker = hull.cast.one(Role.PRACTITIONER)
    hull.concern(by=worker)
    hull.does_all("weigh_first_signs", "choose_level")
    hull.starts("slot_front_door", by=worker)
    make_contact(hull, "online")
    decided(hull, "targeted_help")
    hull.does("pick_up_ehash_contact", pick_up_route="start_case")
    assert pathways(hull) == ["running"]
    assert sorted(hull.open()) == ["explain_sharing", "read_decision", "write_contact_answer"]
    assert hull.holder("read_decision") == worker.name
    hull.does("read_decision", decision_choice="as_it_is")
    hull.does("write_contact_answer")
    assert hull.open() == ["explain_sharing"]
    assert nobody_took(hull) == []


def test_targeted_help_while_the_pathway_looks_at_a_refusal_waits_and_is_seen(hull: Story) -> None:
    worker = hull.cast.one(Role.PRACTITIONER)
    hull.concern(by=worker)
    hull.does_all("weigh_first_signs", "choose_level", "explain_sharing")
    hull.does("record_agreement", consent_given="no")
    hull.starts("slot_front_door", by=worker)
    make_contact(hull, "online")
    decided(hull, "targeted_help")
    hull.does("pick_up_ehash_contact", pick_up_route="start_case")
    assert nobody_took(hull) == ["start_early_help"]
    hull.does("describe_refusal", refusal_choice="close")
    hull.decides("refusal_next_step")
    hull.does("give_advice_and_close")
    assert pathways(hull) == ["finished", "running"]
    assert "explain_sharing" in hull.open()
    assert hull.case().status == "open"
    assert nobody_took(hull) == []


def nobody_took(story: Story) -> list[str]:
    with reading() as session:
        return [row.name for row in undelivered(session, case_id=story.case_id)]


# ---------------------------------------------------------------- Southampton


def panels(southampton: Story) -> list[ProcessInstance]:
    with reading() as session:
        query = select(ProcessInstance).where(ProcessInstance.process_id == "soton_resource_panel")
        return list(session.scalars(query.order_by(ProcessInstance.id)))


def item(southampton: Story) -> PanelItem:
    with reading() as session:
        query = select(PanelItem).where(PanelItem.case_id == southampton.case_id)
        return session.scalars(query).one()


def step_down(southampton: Story) -> None:
    """A social worker steps a child in need plan down; nobody is there yet to lead."""
    worker = southampton.cast.one(Role.SOCIAL_WORKER)
    southampton.case_id = add_family_in_need(southampton.cast, worker)
    southampton.starts("slot_step_down", by=worker)
    southampton.does("propose_step_down", lead_agency_identified="no")
    southampton.does("hold_step_down_discussion", lead_agency_identified="no")
    southampton.decides("ready_to_step_down")
    southampton.does_all("explain_sharing", "record_agreement")
    assert southampton.case().stage == "step_down"
    southampton.does("ask_the_panel", panel_summary="Parenting and housing")


def panel_meets(southampton: Story, outcome: str, question: str | None = None) -> None:
    """From the checked agenda to the chair’s decision and the minutes."""
    southampton.does("check_agenda")
    southampton.waits(working_days=2)
    southampton.does("open_panel")
    southampton.does("discuss_item", item_outcome=outcome, question_back=question)
    chair = southampton.decides("panel_agrees")
    assert Role.PANEL_CHAIR in chair.roles
    southampton.does("write_minutes")


def test_what_the_panel_decides_says_which_family_it_is_about(southampton: Story) -> None:
    southampton.waits(minutes=1)
    southampton.waits(days=3)
    step_down(southampton)
    southampton.waits(working_days=3)
    southampton.does("check_agenda")
    southampton.waits(working_days=2)
    southampton.does("open_panel")
    southampton.does("discuss_item", item_outcome="lead_agreed")
    decision = southampton.task("panel_agrees")
    chair = southampton.cast.one(Role.PANEL_CHAIR)
    with reading() as session:
        page = decision_page(session, session.get_one(Task, decision.id), chair)
        listed = waiting_decisions(session, Viewer.of(chair))
        rows = team(session, Viewer.of(chair), Filters()).rows
    reference = southampton.case().reference
    assert reference in page.about
    assert page.facts is not None
    assert page.facts.reference == reference
    assert [line.about for line in listed if line.task_id == decision.id] == [page.about]
    assert [row.about for row in rows if row.task_id == decision.id] == [page.about]


def test_one_panel_begins_each_week(southampton: Story) -> None:
    southampton.waits(minutes=1)  # the scheduler learns of the process
    for week in range(1, 4):
        southampton.waits(days=7)
        assert len(panels(southampton)) == week
    southampton.driver.wait()
    assert len(panels(southampton)) == 3
    assert [panel.status for panel in panels(southampton)] == ["finished", "finished", "running"]


def test_a_family_goes_to_the_weekly_panel_and_comes_back_with_a_lead(southampton: Story) -> None:
    southampton.waits(minutes=1)
    southampton.waits(days=3)  # Wednesday at two: the week of the panel begins
    assert len(panels(southampton)) == 1
    step_down(southampton)
    assert item(southampton).status == "waiting"
    southampton.waits(working_days=3)  # the cut-off, two working days before the panel
    assert item(southampton).status == "on_agenda"

    panel_meets(southampton, "more_information", "What does the landlord say?")
    assert item(southampton).status == "rolled_over"
    southampton.does("answer_the_panel")
    assert item(southampton).status == "waiting"
    southampton.waits(working_days=3)
    panel_meets(southampton, "lead_agreed")
    assert (item(southampton).status, item(southampton).outcome) == ("decided", "lead_agreed")

    lead = southampton.cast.one(Role.PRACTITIONER, 1)
    southampton.does("propose_lead", lead_found="yes", proposed_lead=str(lead.id), lead_change="no")
    southampton.does_all("accept_lead_role", "agree_lead_with_family")
    southampton.does_all("write_step_down_plan", "hold_joint_visit", "end_statutory_plan")
    assert southampton.processes() == {
        "slot_step_down": "finished",
        "early_help_pathway": "running",
    }
    assert southampton.open() == ["prepare_plan"]
    assert southampton.holder("prepare_plan") == lead.name
    assert southampton.case().stage == "plan"


def test_a_case_that_waits_for_the_panel_shows_where(southampton: Story) -> None:
    southampton.waits(minutes=1)
    southampton.waits(days=3)
    step_down(southampton)
    with reading() as session:
        levels = journeys(session, southampton.case_id)[0].levels
    inner = {step.element_id: step for step in levels[-1].steps}
    assert levels[-1].process_id == "slot_step_down"
    assert inner["panel_has_answered"].state == "current"
    assert [each.who for each in inner["panel_has_answered"].holdings] == [OTHERS]


def test_two_families_wait_for_the_same_panel(southampton: Story) -> None:
    southampton.waits(minutes=1)
    southampton.waits(days=3)
    step_down(southampton)
    first = southampton.case_id
    step_down(southampton)
    second = southampton.case_id
    southampton.waits(working_days=3)
    southampton.does("check_agenda")
    southampton.waits(working_days=2)
    southampton.does("open_panel")
    southampton.does("discuss_item", item_outcome="lead_agreed")
    southampton.decides("panel_agrees")
    southampton.does("discuss_item", item_outcome="not_suitable")
    southampton.decides("panel_agrees")
    southampton.case_id = first
    assert southampton.open() == ["propose_lead"]
    southampton.case_id = second
    assert southampton.processes()["slot_step_down"] == "finished"
    assert southampton.case().statutory_since is None
    assert clock.today() > date(2026, 3, 2)


def test_a_step_down_from_an_open_case_moves_its_pathway_to_the_plan(southampton: Story) -> None:
    """The plan goes on with the lead and the consent of the step-down (SOTON-28, SOTON-30)."""
    worker = southampton.cast.one(Role.SOCIAL_WORKER)
    southampton.concern()
    assert southampton.open() == ["weigh_first_signs"]
    southampton.starts("slot_step_down", by=worker)
    southampton.does("propose_step_down", lead_agency_identified="yes")
    southampton.does("hold_step_down_discussion", lead_agency_identified="yes")
    southampton.decides("ready_to_step_down")
    southampton.does_all("explain_sharing", "record_agreement")
    lead = southampton.cast.one(Role.PRACTITIONER, 1)
    southampton.does("propose_lead", lead_found="yes", proposed_lead=str(lead.id), lead_change="no")
    southampton.does_all("accept_lead_role", "agree_lead_with_family")
    southampton.does_all("write_step_down_plan", "hold_joint_visit", "end_statutory_plan")
    assert pathways(southampton) == ["running"]
    assert sorted(southampton.open()) == ["read_decision", "weigh_first_signs"]
    assert southampton.holder("read_decision") == lead.name
    southampton.does("read_decision", decision_choice="plan")
    assert southampton.open() == ["prepare_plan"]
    assert southampton.holder("prepare_plan") == lead.name
    assert nobody_took(southampton) == []


def test_a_family_unknown_here_steps_down_to_a_plan(southampton: Story) -> None:
    """From the social worker’s proposal to the pathway, for a family nobody here knew."""
    worker = southampton.cast.one(Role.SOCIAL_WORKER)
    with transaction() as session:
        case, _ = open_step_down(
            session, user=get_user(session, worker.id), area_id=southampton.cast.area
        )
        southampton.case_id = case.id
    assert southampton.holder("name_stepping_family") == worker.name
    southampton.does("name_stepping_family")
    southampton.does("propose_step_down", lead_agency_identified="yes")
    southampton.does("hold_step_down_discussion", lead_agency_identified="yes")
    southampton.decides("ready_to_step_down")
    southampton.does_all("explain_sharing", "record_agreement")
    assert southampton.case().stage == "step_down"
    lead = southampton.cast.one(Role.PRACTITIONER, 1)
    southampton.does("propose_lead", lead_found="yes", proposed_lead=str(lead.id), lead_change="no")
    southampton.does_all("accept_lead_role", "agree_lead_with_family")
    southampton.does_all("write_step_down_plan", "hold_joint_visit", "end_statutory_plan")
    assert southampton.processes() == {
        "begin_step_down": "finished",
        "early_help_pathway": "running",
    }
    assert southampton.open() == ["prepare_plan"]
    assert southampton.holder("prepare_plan") == lead.name


@pytest.mark.parametrize(
    ("weekday", "hour", "first"),
    [("wednesday", "14:00", "2026-03-04T14:00"), ("friday", "09:30", "2026-03-06T09:30")],
)
def test_the_panel_meets_on_the_day_and_hour_of_the_pack(
    southampton: Story, weekday: str, hour: str, first: str
) -> None:
    """SOTON-34: every week; the weekday is a line in the pack, not a change of the diagram."""
    with reading() as session:
        pack = pack_of_area(session, "southampton")
        said = {
            **pack.parameters,
            "resource_panel_weekday": weekday,
            "resource_panel_time": hour,
        }
        timer = effective_processes(session, "southampton")["soton_resource_panel"].start_timer
    assert timer is not None
    moment = next_moment(timer, replace(pack, parameters=said), "southampton", clock.now())
    assert moment is not None
    assert f"{moment.astimezone(clock.LONDON):%Y-%m-%dT%H:%M}" == first
