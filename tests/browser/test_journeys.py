"""Whole ways through the pathway, click by click, by everybody who has a part in them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.identity.permissions import Role
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.step import start_process
from tests.browser.hands import heading
from tests.browser.walking import Walk, ring
from tests.support.live_site import LiveSite
from tests.support.shipped import Cast, cast_of, hire
from tests.support.story import Story, begin

Enter = Callable[..., Page]

AFTER_THE_REVIEW = (
    "note_review_conversation",
    "score_progress",
    "recommend_next_step",
    "decide_review",
    "agree_ending",
    "write_closing_summary",
    "decide_closing",
)


def _people_of(area: str) -> Cast:
    """Of an area in which the site has nobody yet."""
    hire(area, called=f" in {area.capitalize()}")
    return cast_of(area)


def test_from_the_assessment_to_the_plan(live_server: LiveSite, enter: Enter) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, family="Larkhill", by=user)
    story.up_to("recommend_level")
    walk = Walk(enter, story, "Larkhill")
    walk.up_to("do_action")
    page = walk.window(user)
    page.get_by_role("link", name="Larkhill").click()
    page.get_by_role("link", name="Plan", exact=True).click()
    heading(page, "Plan for Larkhill")
    expect(page.locator("main")).to_contain_text("Breakfast club, with a lift from an aunt")


def test_from_the_plan_over_the_first_review_to_the_ending(
    live_server: LiveSite, enter: Enter
) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, family="Copperfield", by=user)
    story.up_to("do_action")
    walk = Walk(enter, story, "Copperfield")
    walk.do("do_action")
    ring("review_day", user)
    walk.task("choose_review_method")
    walk.do("choose_review_method")
    for element_id in AFTER_THE_REVIEW:
        walk.do(element_id)
    page = walk.window(user)
    page.goto(f"/cases/{story.case_id}")
    expect(page.locator("main")).to_contain_text("The needs are met.")
    assert story.open_tasks() == {}


def test_contact_with_ehash_is_decided_and_whoever_made_it_is_told(
    live_server: LiveSite, enter: Enter
) -> None:
    cast = _people_of("hull")
    user = cast.one(Role.PRACTITIONER)
    story = begin(cast, family="Ferriby", by=user)
    walk = Walk(enter, story, "Ferriby")
    page = walk.window(user)
    page.goto(f"/cases/{story.case_id}")
    page.get_by_role("button", name="Contact EHASH").click()
    walk.do(
        "make_ehash_contact",
        contact_by="online",
        contact_urgent="no",
        practitioner_judgement="targeted_help",
        parents_informed="yes",
    )
    decider = cast.one(Role.SOCIAL_WORKER)
    walk.do("allocate_ehash_contact", allocated_to=str(decider.id))
    walk.do("decide_ehash_contact", threshold_recommendation="advice")
    walk.do("threshold_met")
    walk.do_all("give_ehash_advice", "write_contact_answer")
    page.goto(f"/cases/{story.case_id}/record")
    contacts = page.get_by_role("table", name="Contacts")
    expect(contacts).to_contain_text("Advice")
    expect(contacts).not_to_contain_text("Not yet")


def test_a_family_steps_down_over_the_weekly_panel(live_server: LiveSite, enter: Enter) -> None:
    cast = _people_of("southampton")
    social_worker, coordinator = cast.one("social_worker"), cast.one("locality_coordinator")
    with transaction() as session:
        start_process(
            session, "soton_resource_panel", area_id=cast.area, actor=Actor.person(coordinator)
        )
    page = enter(social_worker)
    page.get_by_role("link", name="Raise a concern").click()
    page.get_by_role("link", name="Step a family down").click()
    page.get_by_role("button", name="Start").click()
    heading(page, "Say which family it is")
    with reading() as session:
        instance = session.query(ProcessInstance).filter_by(process_id="begin_step_down").one()
    story = Story(cast, instance.case_id or 0, instance.id)
    walk = Walk(enter, story, "Woolston", {social_worker.id: page})
    walk.do("name_stepping_family", family_name="Woolston", children=[{"name": "Kit Woolston"}])
    walk.do("propose_step_down", lead_agency_identified="no")
    walk.do("hold_step_down_discussion", lead_agency_identified="no")
    walk.do_all("ready_to_step_down", "explain_sharing", "record_agreement", "ask_the_panel")
    expect(page.get_by_role("heading", level=2, name="Step down to early help")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Waiting for others")
    ring("cut_off_reached", coordinator)
    walk.do("check_agenda")
    ring("panel_day", coordinator)
    heading(walk.do("open_panel"), "Discuss and note the outcome")
    walk.do("discuss_item", item_outcome="lead_agreed")
    walk.do_all("panel_agrees", "write_minutes")
    walk.do("propose_lead")
