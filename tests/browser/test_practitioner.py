"""A practitioner's way: from a worry to an assessment, with and without scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app import clock
from app.db import reading, transaction
from app.identity.models import User, UserSession
from app.runtime.drafts import latest_draft
from app.runtime.models import Submission
from tests.browser.hands import fill, finish, heading, task_id
from tests.support.live_site import LiveSite
from tests.support.story import begin

Enter = Callable[..., Page]
#: Both ways of a journey run on one site, so each has a family of its own.
FAMILIES = pytest.mark.parametrize(
    ("scripts", "family"),
    [(True, "Winterbourne"), (False, "Summerfield")],
    ids=["scripts", "no_scripts"],
)


def about(family: str) -> dict[str, object]:
    """Answers that make a concern one about a family nobody knows yet."""
    return {"family_name": family, "children": [{"name": f"Eli {family}"}]}


@FAMILIES
def test_a_concern_leads_to_the_assessment(
    live_server: LiveSite, enter: Enter, scripts: bool, family: str
) -> None:
    user = live_server.cast.one("practitioner")
    page = enter(user, scripts=scripts)
    page.get_by_role("link", name="Raise a concern").click()
    page.get_by_role("button", name="Start").click()
    heading(page, "Record the concern")
    page.get_by_label("Family name").fill(family)
    page.get_by_role("button", name="Add another").click()
    names = page.get_by_label("Child’s name")
    expect(names).to_have_count(2)
    assert page.get_by_label("Family name").input_value() == family
    names.nth(1).fill(f"Noor {family}")
    children = [{"name": f"Eli {family}"}, {"name": f"Noor {family}"}]
    finish(page, user, family_name=family, children=children)
    for step in (
        "Weigh up strengths and needs",
        "Choose the level of need",
        "Explain who would know what",
        "Record who agreed to what",
    ):
        heading(page, step)
        expect(page.get_by_text("is done.")).to_be_visible()
        finish(page, user)
    heading(page, "Prepare the assessment")
    facts = page.get_by_label("The family", exact=True)
    expect(facts).to_contain_text(f"Eli {family}")
    expect(facts).to_contain_text(f"Noor {family}")
    expect(facts).to_contain_text("Agreed")


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(
    live_server: LiveSite, enter: Enter
) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, by=user)
    page = enter(user)
    page.goto(f"/tasks/{story.task('record_concern').id}")
    page.get_by_label("What you saw or were told").fill("Two children alone in the park.")
    page.get_by_role("button", name="Finish this task").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Enter the family name")
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("What you saw or were told")).to_have_value(
        "Two children alone in the park."
    )
    summary.get_by_role("link", name="Enter the family name").click()
    expect(page.get_by_label("Family name")).to_be_focused()


def test_a_draft_saves_itself_and_a_second_tab_is_told(live_server: LiveSite, enter: Enter) -> None:
    user = live_server.cast.one("practitioner")
    task = begin(live_server.cast, by=user).task("record_concern")
    page = enter(user)
    page.goto(f"/tasks/{task.id}")
    second = page.context.new_page()
    second.goto(f"/tasks/{task.id}")
    status = page.locator("[data-draft-status]")
    page.get_by_label("Family name").fill("Abernathy")
    expect(status).to_contain_text("Draft saved at")
    with reading() as session:
        draft = latest_draft(session, task.id)
    assert draft is not None
    assert draft.answers["family_name"] == ["Abernathy"]
    second.get_by_label("Family name").fill("Somebody else")
    expect(second.locator("[data-draft-status]")).to_contain_text("changed in another tab")
    page.reload()
    expect(page.get_by_label("Family name")).to_have_value("Abernathy")


def test_a_draft_is_kept_without_scripts(live_server: LiveSite, enter: Enter) -> None:
    user = live_server.cast.one("practitioner")
    task = begin(live_server.cast, by=user).task("record_concern")
    page = enter(user, scripts=False)
    page.goto(f"/tasks/{task.id}")
    page.get_by_label("Family name").fill("Quillfeather")
    page.get_by_role("button", name="Save and come back later").click()
    heading(page, "My tasks")
    page.goto(f"/tasks/{task.id}")
    expect(page.get_by_label("Family name")).to_have_value("Quillfeather")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_work_is_given_back_taken_on_and_handed_over(
    live_server: LiveSite, enter: Enter, scripts: bool
) -> None:
    cast = live_server.cast
    first, second, third = (cast.one("practitioner", number) for number in range(3))
    task = begin(cast, by=first).task("record_concern")
    page = enter(first, scripts=scripts)
    page.goto(f"/tasks/{task.id}")
    page.get_by_text("Give this task to somebody else").click()
    page.get_by_role("button", name="Give it back to the team").click()
    expect(page.get_by_text("is back in your team’s list")).to_be_visible()

    other = enter(second, scripts=scripts)
    other.get_by_role("link", name="My team’s").click()
    row = other.get_by_role("row").filter(has=other.locator(f'a[href="/tasks/{task.id}"]'))
    row.get_by_role("button", name="Take this on").click()
    heading(other, "Record the concern")
    expect(other.get_by_text("is yours now")).to_be_visible()
    other.get_by_text("Give this task to somebody else").click()
    other.get_by_label("Hand it to").select_option(label=f"{third.name}, {third.job_title}")
    other.get_by_role("button", name="Hand it over").click()
    expect(other.get_by_text(f"is with {third.name} now")).to_be_visible()

    page.goto(f"/tasks/{task.id}")
    expect(page.get_by_text(f"This task is with {third.name}")).to_be_visible()
    expect(page.get_by_role("button", name="Finish this task")).to_have_count(0)


@FAMILIES
def test_the_slower_of_two_hears_who_was_faster_and_keeps_their_words(
    live_server: LiveSite, enter: Enter, scripts: bool, family: str
) -> None:
    cast = live_server.cast
    story = begin(cast, by=cast.one("practitioner"))
    task = story.task("record_concern")
    with transaction() as session:
        session.execute(update(type(task)).where(type(task).id == task.id).values(assignee_id=None))
    fast, slow = cast.one("practitioner", 0), cast.one("practitioner", 1)
    ahead, behind = enter(fast, scripts=scripts), enter(slow, scripts=scripts)
    for page in (ahead, behind):
        page.goto(f"/tasks/{task.id}")
    fill(behind, {"family_name": [f"Lark{family}"], "what": ["He slept on the sofa.\nFor a week."]})
    finish(ahead, fast, **about(f"Lark{family}"))
    heading(ahead, "Weigh up strengths and needs")
    behind.get_by_role("button", name="Finish this task").click()
    heading(behind, "This was done while you were working on it")
    expect(behind.locator("main")).to_contain_text(f"{fast.name} was faster")
    expect(behind.locator("main")).to_contain_text("He slept on the sofa.")
    behind.get_by_role("button", name="Keep it as a note").click()
    expect(behind.locator("main")).to_contain_text("Your note is in the chronology")
    expect(behind.locator("main")).to_contain_text("He slept on the sofa.")


@FAMILIES
def test_a_session_that_ran_out_costs_nothing(
    live_server: LiveSite, enter: Enter, scripts: bool, family: str
) -> None:
    user = live_server.cast.one("practitioner", 3)
    task = begin(live_server.cast, by=user).task("record_concern")
    page = enter(user, scripts=scripts)
    page.goto(f"/tasks/{task.id}")
    with transaction() as session:
        session.execute(
            update(UserSession)
            .where(UserSession.user_id == user.id)
            .values(last_seen_at=clock.now() - timedelta(hours=1))
        )
    finish(page, user, **about(f"Under{family}"))
    expect(page.get_by_text("You were signed out")).to_be_visible()
    page.get_by_role("button", name=user.name, exact=True).click()
    heading(page, "You are signed in again")
    page.get_by_role("button", name="Send it now").click()
    heading(page, "Weigh up strengths and needs")
    with reading() as session:
        kept = session.query(Submission).where(Submission.task_id == task.id).one()
    assert kept.answers["family_name"] == f"Under{family}"


def test_signed_in_again_in_another_tab_the_first_one_goes_on(
    live_server: LiveSite, enter: Enter
) -> None:
    user = live_server.cast.one("practitioner", 3)
    task = begin(live_server.cast, by=user).task("record_concern")
    page = enter(user)
    page.goto(f"/tasks/{task.id}")
    with transaction() as session:
        session.execute(
            update(UserSession)
            .where(UserSession.user_id == user.id)
            .values(expires_at=clock.now() - timedelta(minutes=1))
        )
    page.get_by_label("Family name").fill("Fernsby")
    status = page.locator("[data-draft-status]")
    expect(status).to_contain_text("Sign in again in another tab")
    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_role("button", name=user.name, exact=True).click()
    heading(other, "My tasks")
    page.get_by_label("Family name").fill("Fernsby Hall")
    expect(status).to_contain_text("Draft saved at")
    finish(page, user, **about("Fernsby Hall"))
    heading(page, "Weigh up strengths and needs")


@FAMILIES
def test_a_worry_about_harm_opens_its_record_at_once(
    live_server: LiveSite, enter: Enter, scripts: bool, family: str
) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, family=f"Thistle{family}", by=user)
    page = enter(user, scripts=scripts)
    page.goto(f"/cases/{story.case_id}")
    page.locator("[class=app-case-bar]").get_by_role("link", name="Worried about harm?").click()
    heading(page, "Worried about harm?")
    expect(page.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    expect(page.locator("main")).to_contain_text(f"Mia Thistle{family}")
    page.get_by_role("button", name="Record a worry about harm").click()
    heading(page, "Say how urgent it is")
    assert {"say_what_happened", "weigh_first_signs"} <= set(story.open_tasks())


def test_contact_with_the_front_door_starts_from_the_case_page(
    live_server: LiveSite, enter: Enter
) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, family="Merriweather", by=user)
    page = enter(user)
    page.goto(f"/cases/{story.case_id}")
    page.get_by_role("button", name="Contact the front door").click()
    heading(page, "Make contact with the front door")
    assert task_id(page) == story.task("make_front_door_contact").id
    page.goto(f"/cases/{story.case_id}")
    expect(page.get_by_role("button", name="Contact the front door")).to_have_count(0)
    expect(page.locator("[data-bpmn-viewer][data-ready=true]").first).to_be_visible()


def test_a_review_moves_with_its_clock(live_server: LiveSite, enter: Enter) -> None:
    user = live_server.cast.one("practitioner")
    story = begin(live_server.cast, family="Appleyard", by=user)
    story.up_to("agree_plan")
    story.do("agree_plan")
    page = enter(user)
    page.goto(f"/cases/{story.case_id}")
    to = clock.today() + timedelta(days=21)
    page.get_by_text("Bring it forward or move it").click()
    for part, value in (("Day", to.day), ("Month", to.month), ("Year", to.year)):
        page.get_by_label(part).fill(str(value))
    page.get_by_label("Why does it move?").fill("The school asked for it.")
    page.get_by_role("button", name="Move the review").click()
    said = f"{to.day} {to:%B %Y}"
    expect(page.locator("main")).to_contain_text(f"The review is on {said} now")
    expect(page.get_by_text(f"{said}. Bring it forward or move it")).to_be_visible()
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator("main")).to_contain_text(said)


def test_filters_and_search_narrow_the_inbox_and_no_name_is_in_the_address(
    live_server: LiveSite, enter: Enter
) -> None:
    user: User = live_server.cast.one("practitioner", 2)
    for family in ("Zelenka", "Yardley"):
        begin(live_server.cast, family=family, by=user)
    page = enter(user)
    page.keyboard.press("/")
    page.keyboard.type("zelen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks?tab=mine*")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Zelenka")
    assert "zelen" not in page.url.lower()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_role("link", name="Yardley", exact=True)).to_be_visible()
