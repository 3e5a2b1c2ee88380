"""Which work the shipped sign-offs judge: everything on the way since the one before."""

from app.db import reading
from app.identity.permissions import Role
from app.runtime import four_eyes
from tests.scenarios.test_area_stories import contact
from tests.scenarios.test_pathway_stories import (
    UP_TO_ASSESSMENT,
    UP_TO_LEAD,
    UP_TO_PLAN,
    review,
    with_a_plan,
)
from tests.support.scenario_world import add_family_in_need
from tests.support.storyteller import Story


def judged(story: Story, gateway: str) -> list[str]:
    """What people did that this sign-off judges, in the order of its opening."""
    with reading() as session:
        return [t.element_id for t in four_eyes.judged_tasks(session, story.task(gateway))]


def next_review(story: Story) -> None:
    due = story.timer("review_day")
    assert due is not None
    story.waits_until(due)


def test_an_assessment_is_judged_with_all_that_led_to_it(story: Story) -> None:
    story.concern()
    story.does_all(*UP_TO_ASSESSMENT)
    assert judged(story, "decide_help") == ["record_concern", *UP_TO_ASSESSMENT]


def test_a_review_is_judged_with_the_plan_that_nobody_signed(story: Story) -> None:
    with_a_plan(story)
    next_review(story)
    review(story, "better", "needs_met")
    since = ("choose_review_method", "note_review_conversation", "score_progress")
    assert judged(story, "decide_review") == [
        *UP_TO_LEAD,
        *UP_TO_PLAN,
        *since,
        "recommend_next_step",
    ]


def test_a_second_review_is_judged_back_to_the_first_that_was_signed(story: Story) -> None:
    with_a_plan(story)
    next_review(story)
    review(story, "worse", "continue")
    story.decides("decide_review")
    next_review(story)
    review(story, "better", "continue")  # needs no signature
    next_review(story)
    review(story, "worse", "continue")
    turn = ["choose_review_method", "note_review_conversation", "score_progress"]
    assert judged(story, "decide_review") == 2 * [*turn, "recommend_next_step"]


def test_the_closing_judges_what_followed_the_review_and_not_what_was_signed(story: Story) -> None:
    with_a_plan(story)
    next_review(story)
    review(story, "better", "needs_met")
    story.decides("decide_review")
    story.does_all("agree_ending", "write_closing_summary")
    assert judged(story, "decide_closing") == ["agree_ending", "write_closing_summary"]


def test_after_a_withdrawal_the_work_that_was_cut_short_is_judged(story: Story) -> None:
    with_a_plan(story)
    story.withdraws(story.cast.one(Role.PRACTITIONER, 1), "They have had enough.")
    story.does("describe_refusal", refusal_choice="close")
    assert judged(story, "refusal_next_step") == [*UP_TO_LEAD, *UP_TO_PLAN, "describe_refusal"]


def test_not_telling_parents_is_judged_with_what_was_seen(story: Story) -> None:
    with_a_plan(story)
    story.harm(by=story.cast.one(Role.PRACTITIONER, 2))
    story.does_all("say_what_happened", "act_now")
    story.does("tell_parents_of_harm", parents_informed="no")
    assert judged(story, "parents_rightly_untold") == [
        "say_what_happened",
        "act_now",
        "tell_parents_of_harm",
    ]


def test_a_threshold_is_judged_with_the_contact_it_answers(hull: Story) -> None:
    contact(hull, contact_by="phone")
    worker = hull.cast.one(Role.SOCIAL_WORKER)
    hull.does("allocate_ehash_contact", allocated_to=str(worker.id))
    hull.does("decide_ehash_contact", threshold_recommendation="advice")
    assert judged(hull, "threshold_met") == [
        "make_ehash_contact",
        "allocate_ehash_contact",
        "decide_ehash_contact",
    ]


def test_an_urgent_contact_goes_first_and_not_telling_parents_is_signed_after(hull: Story) -> None:
    """HULL-25, HULL-108: urgent help does not wait; by whoever made the contact nobody signs."""
    lead = hull.cast.one(Role.SAFEGUARDING_LEAD)
    hull.case_id = add_family_in_need(hull.cast, lead)
    hull.starts("slot_front_door", by=lead)
    hull.does(
        "make_ehash_contact",
        contact_by="online",
        contact_urgent="yes",
        practitioner_judgement="complex_or_cp",
        parents_informed="no",
    )
    assert {"allocate_ehash_contact", "tell_parents_later"} <= set(hull.open())
    assert hull.holder("tell_parents_later") == lead.name
    hull.does("tell_parents_later", parents_informed="no")
    assert judged(hull, "rightly_not_told") == ["tell_parents_later"]
    decider = hull.decides("rightly_not_told")
    assert decider.id != lead.id
    assert "rightly_not_told" not in hull.open()
