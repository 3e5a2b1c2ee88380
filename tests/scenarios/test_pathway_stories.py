"""Families on the whole pathway, told as the people who work with them would tell it."""

from datetime import date, timedelta

import pytest

from app import clock
from app.cases.chronology import chronology
from app.cases.models import Case
from app.cases.review_dates import ReviewDateRefused
from app.config import ROOT
from app.db import reading
from app.definitions import parsed
from app.identity.permissions import Role
from app.runtime.messages import undelivered
from tests.support.storyteller import Story

UP_TO_ASSESSMENT = (
    "weigh_first_signs",
    "choose_level",
    "explain_sharing",
    "record_agreement",
    "prepare_assessment",
    "hear_the_family",
    "weigh_up_needs",
    "recommend_level",
)
UP_TO_LEAD = ("propose_lead", "accept_lead_role", "agree_lead_with_family")
UP_TO_PLAN = ("prepare_plan", "write_plan", "agree_plan")


def with_a_plan(story: Story) -> None:
    """From the first worry to a plan that people work on."""
    story.concern()
    story.does_all(*UP_TO_ASSESSMENT)
    story.decides("decide_help")
    lead = story.cast.one(Role.PRACTITIONER, 1)
    story.does("propose_lead", proposed_lead=str(lead.id))
    story.does_all("accept_lead_role", "agree_lead_with_family", *UP_TO_PLAN)


def review(story: Story, rating: str, outcome: str) -> None:
    """Everything of one review up to the recommendation."""
    story.does("choose_review_method", review_method="conversation")
    story.does("note_review_conversation")
    met = "yes" if outcome == "needs_met" else "no"
    story.does("score_progress", rating=rating, needs_met=met)
    story.does("recommend_next_step", recommended_outcome=outcome)


def test_from_a_worry_to_a_plan_with_one_assessment_sent_back(story: Story) -> None:
    worker, lead = story.cast.one(Role.PRACTITIONER), story.cast.one(Role.PRACTITIONER, 1)
    story.concern(by=worker)
    assert story.case().stage == "identify"
    story.does_all("weigh_first_signs", "choose_level")
    assert story.case().stage == "consent"
    story.does_all("explain_sharing", "record_agreement")
    assert story.case().stage == "assess"
    assert story.consents() == {"given"}

    story.does_all("prepare_assessment", "hear_the_family", "weigh_up_needs", "recommend_level")
    supervisor = story.decides(
        "decide_help", "send_back", send_back_to="hear_the_family", comment="What does Mia say?"
    )
    assert story.open() == ["hear_the_family"]
    assert story.holder("hear_the_family") == worker.name
    assert story.task("hear_the_family").send_back_comment == "What does Mia say?"
    story.does_all("hear_the_family", "weigh_up_needs", "recommend_level")
    story.decides("decide_help", by=supervisor)
    assert [decision.answer for decision in story.decisions()] == ["send_back", "approve"]
    assert story.case().level == 3

    story.does("propose_lead", proposed_lead=str(lead.id))
    assert story.holder("accept_lead_role") == lead.name
    story.does_all("accept_lead_role", "agree_lead_with_family")
    assert story.lead() == lead.id
    story.does_all("prepare_plan", "write_plan", "agree_plan")
    assert story.case().stage == "support"
    assert story.processes() == {"early_help_pathway": "running", "meet_needs": "running"}
    assert story.open() == ["do_action", "do_action"]
    assert story.plan().review_on == date(2026, 4, 27)


def test_actions_are_answered_and_the_plan_remembers(story: Story) -> None:
    with_a_plan(story)
    story.does("do_action", action_status="done")
    story.does("do_action", action_status="partly")
    assert sorted(story.actions().values()) == ["done", "partly"]
    assert story.processes()["meet_needs"] == "finished"


def test_two_years_of_reviews_and_a_supervisor_when_nothing_changes(story: Story) -> None:
    """WORC-22: every 6 to 12 weeks. WORC-28: the same twice in a row needs a second pair of eyes."""
    with_a_plan(story)
    began = clock.today()
    turns = 0
    while clock.today() < began + timedelta(days=2 * 365):
        due = story.timer("review_day")
        assert due is not None
        assert due - clock.now() <= timedelta(weeks=12)
        story.waits_until(due)
        assert "choose_review_method" in story.open()
        turns += 1
        rating = "same" if turns in (3, 4) else "better"
        review(story, rating, "continue")
        if turns == 4:
            decider = story.decides("decide_review")
            assert Role.SUPERVISOR in decider.roles
    assert turns >= 8
    assert len(story.reviews()) == turns
    assert [decision.element_id for decision in story.decisions()] == [
        "decide_help",
        "decide_review",
    ]
    assert story.case().stage == "support"

    due = story.timer("review_day")
    assert due is not None
    story.waits_until(due)
    review(story, "better", "needs_met")
    story.decides("decide_review")
    story.does_all("agree_ending", "write_closing_summary")
    story.decides("decide_closing")
    case = story.case()
    assert (case.status, case.stage, case.closing_reason) == (
        "closed",
        "close",
        "The needs are met.",
    )
    assert case.keep_until == date(2044, 4, 2)
    assert case.outcome_check_on is not None
    assert story.plan().status == "ended"
    assert set(story.actions().values()) == {"stopped"}
    assert "running" not in story.processes().values()


def test_a_family_says_no_and_yes_later(story: Story) -> None:
    story.concern()
    story.does_all("weigh_first_signs", "choose_level", "explain_sharing")
    story.does("record_agreement", consent_given="no")
    revisit = clock.today() + timedelta(weeks=4)
    story.does("describe_refusal", refusal_choice="revisit", revisit_on=revisit.isoformat())
    story.decides("refusal_next_step")
    assert story.open() == []
    story.waits(weeks=4)
    assert story.open() == ["ask_family_again"]
    story.does("ask_family_again", family_wants_help_now="yes")
    assert "explain_sharing" in story.open()
    story.does("explain_sharing")
    story.does("record_agreement", consent_given="yes")
    assert story.open() == ["prepare_assessment"]
    assert story.consents() == {"refused", "given"}


def test_social_care_accepts_the_family_and_the_actions_stop(story: Story) -> None:
    with_a_plan(story)
    assert story.driver.send("statutory_accepted", story.case_id, case_id=story.case_id)
    assert "hand_over_to_social_care" in story.open()
    story.does("hand_over_to_social_care")
    case = story.case()
    assert case.status == "closed"
    assert case.closing_reason == "Children’s social care leads now."
    assert case.statutory_since is not None
    assert set(story.actions().values()) == {"stopped"}
    assert story.processes() == {"early_help_pathway": "finished", "meet_needs": "finished"}
    assert story.open() == []


def test_the_whole_family_agreement_is_taken_back(story: Story) -> None:
    with_a_plan(story)
    story.withdraws(story.cast.one(Role.PRACTITIONER, 1), "Ms Hartley rang: they have had enough.")
    assert story.consents() == {"withdrawn"}
    assert story.processes()["meet_needs"] == "finished"
    assert "do_action" not in story.open()
    story.does("describe_refusal", refusal_choice="close")
    story.decides("refusal_next_step")
    story.does("give_advice_and_close")
    case = story.case()
    assert case.status == "closed"
    assert "did not want early help" in case.closing_reason
    assert story.processes()["meet_needs"] == "finished"


def test_a_new_worry_about_the_same_child_joins_the_open_case(story: Story) -> None:
    with_a_plan(story)
    first = story.case_id
    teacher = story.cast.one(Role.PARTNER)
    story.concern(by=teacher, what="Mia was alone at the gate until six yesterday.")
    assert story.open() == ["confirm_match"]
    story.does("confirm_match", same_family="yes")
    joined = story.case()
    assert (joined.status, joined.joined_to_id) == ("joined", first)
    assert joined.closing_reason == "The concern was added to another open case."
    assert story.processes()["early_help_pathway"] == "finished"

    story.case_id = first
    assert "read_new_concern" in story.open()
    assert story.holder("read_new_concern") == story.cast.one(Role.PRACTITIONER, 1).name
    story.does("read_new_concern", new_concern_choice="review_sooner")
    assert "choose_review_method" in story.open()


def test_harm_is_reported_beside_the_running_pathway(story: Story) -> None:
    with_a_plan(story)
    before = story.open()
    worker = story.cast.one(Role.PRACTITIONER, 2)
    story.harm(by=worker)
    assert story.holder("say_what_happened") == worker.name
    story.does_all("say_what_happened", "act_now")
    beside = {"tell_parents_of_harm", "confirm_harm_in_writing", "make_front_door_contact"}
    assert set(story.open()) == {*before, *beside}
    assert story.processes()["early_help_pathway"] == "running"
    story.waits(hours=48)
    safeguarding = {user.email for user in story.cast.people[Role.SAFEGUARDING_LEAD]}
    assert set(story.told("The written follow-up of a contact is overdue")) == safeguarding


def test_a_review_is_brought_forward_and_its_clocks_with_it(story: Story) -> None:
    with_a_plan(story)
    lead = story.cast.one(Role.PRACTITIONER, 1)
    was = story.timer("review_day")
    assert was is not None
    sooner = clock.today() + timedelta(weeks=4)
    due = story.moves_review(sooner, by=lead)
    assert story.timer("review_day") == due < was
    assert story.timer("review_invite_time") == due - timedelta(days=14)
    assert story.timer("review_nearly_due") == due - timedelta(days=3)
    assert story.plan().review_on == sooner

    story.waits_until(due - timedelta(days=14))
    assert lead.email in story.told("A review is coming up")
    story.waits_until(due - timedelta(minutes=1))
    assert "choose_review_method" not in story.open()
    story.waits(minutes=1)
    assert "choose_review_method" in story.open()


def test_a_review_in_a_few_days_invites_at_once(story: Story) -> None:
    with_a_plan(story)
    story.moves_review(clock.today() + timedelta(days=2), by=story.cast.one(Role.PRACTITIONER, 1))
    story.waits(minutes=1)
    assert len(story.told("A review is coming up")) > 0
    assert len(story.told("A review is due in a few days")) == 1


def test_who_was_invited_to_a_review_hears_of_its_new_day(story: Story) -> None:
    with_a_plan(story)
    lead = story.cast.one(Role.PRACTITIONER, 1)
    due = story.timer("review_day")
    assert due is not None
    story.moves_review(due.date() - timedelta(days=1), by=lead)
    assert story.told("The review has moved") == [], "nobody was invited yet"
    story.waits_until(due - timedelta(days=10))
    invited = story.told("A review is coming up")
    later = due.date() + timedelta(days=2)
    story.moves_review(later, by=lead)
    assert story.told(f"The review has moved. It is on {later:%-d %B %Y} now.") == invited != []
    with reading() as session:
        case = session.get_one(Case, story.case_id)
        told = chronology(session, case, kinds=frozenset({"step"})).events
    event = next(e for e in told if e.title == f"Review moved to {later:%-d %B %Y}")
    assert event.by == lead.name
    assert "invited to the day before got a message" in event.text


def test_a_review_cannot_leave_its_twelve_weeks(story: Story) -> None:
    with_a_plan(story)
    lead = story.cast.one(Role.PRACTITIONER, 1)
    with pytest.raises(ReviewDateRefused, match="at the latest"):
        story.moves_review(clock.today() + timedelta(weeks=13), by=lead)
    story.waits_until(story.timer("review_day") or clock.now())
    review(story, "better", "continue")
    story.moves_review(clock.today() + timedelta(weeks=11), by=lead)


def test_a_withdrawal_leaves_no_message_that_could_stop_the_next_plan(story: Story) -> None:
    with_a_plan(story)
    story.withdraws(story.cast.one(Role.PRACTITIONER, 1), "Not now, they said.")
    revisit = clock.today() + timedelta(weeks=4)
    story.does("describe_refusal", refusal_choice="revisit", revisit_on=revisit.isoformat())
    story.decides("refusal_next_step")
    story.waits(weeks=4)
    story.does("ask_family_again", family_wants_help_now="yes")
    story.does("explain_sharing")
    story.does("record_agreement", consent_given="yes")
    story.does_all("prepare_assessment", "hear_the_family", "weigh_up_needs", "recommend_level")
    story.decides("decide_help")
    story.does_all("propose_lead", "accept_lead_role", "agree_lead_with_family", *UP_TO_PLAN)
    assert story.open() == ["do_action", "do_action"]
    with reading() as session:
        assert undelivered(session, case_id=story.case_id) == []


def test_word_that_a_plan_changed_is_for_those_at_work_on_it_now(story: Story) -> None:
    """Kept for weeks, it would stop the actions of a later plan of the same family."""
    with_a_plan(story)
    story.does_all("do_action", "do_action")
    kept = story.driver.send("plan_changed", story.case_id, case_id=story.case_id, action_ids=[])
    assert not kept
    for process in ("early-help-pathway", "make-plan", "end-plan"):
        path = ROOT / "processes" / "core" / f"{process}.bpmn"
        throws = [
            element
            for element in parsed.diagram(path.read_text(encoding="utf-8")).elements.values()
            if element.message == "plan_changed" and element.kind in {"throw", "end"}
        ]
        assert {element.message_expires for element in throws} == {"PT1H"}
