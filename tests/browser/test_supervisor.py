"""A supervisor's way: decisions that wait, the one screen of each, the four answers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading
from app.identity.models import User
from app.runtime.models import DecisionRecord, Task
from tests.browser.hands import finish, heading
from tests.support.live_site import LiveSite
from tests.support.scenario_doing import doer
from tests.support.story import Story, begin

Enter = Callable[..., Page]
QUESTION = "What help does this family need?"
BOTH_WAYS = pytest.mark.parametrize(
    ("scripts", "family"),
    [(True, "Ashdown"), (False, "Fernley")],
    ids=["scripts", "no_scripts"],
)


@pytest.fixture
def practitioner(live_server: LiveSite) -> User:
    return live_server.cast.one("practitioner")


def _waiting(site: LiveSite, family: str, practitioner: User) -> tuple[Story, Task, User]:
    """A decision that waits, and a supervisor who may take it."""
    story = begin(site.cast, family=family, by=practitioner)
    task = story.up_to("decide_help")
    return story, task, doer(site.cast, task.id, "supervisor")


def _decision(task: Task) -> DecisionRecord:
    with reading() as session:
        return session.query(DecisionRecord).where(DecisionRecord.task_id == task.id).one()


@BOTH_WAYS
def test_sent_back_it_returns_with_the_comment_and_comes_again(
    live_server: LiveSite,
    enter: Enter,
    practitioner: User,
    scripts: bool,
    family: str,
) -> None:
    story, task, supervisor = _waiting(live_server, family, practitioner)
    desk = enter(supervisor, scripts=scripts)
    desk.get_by_role("link", name="Decisions").click()
    row = desk.get_by_role("row").filter(has_text=family)
    expect(row).to_contain_text("Agencies together")
    expect(row).to_contain_text(practitioner.name)
    row.get_by_role("link", name=QUESTION).click()
    heading(desk, QUESTION)
    main = desk.locator("main")
    expect(main).to_contain_text("A plan is made with the family")
    expect(main).to_contain_text("What each way leads to")
    desk.get_by_text("Hear each child and the family, ").click()
    expect(desk.get_by_text("Did you hear from this child?")).to_be_visible()

    desk.get_by_label("Send back for more").check()
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_role("alert")).to_be_visible()
    expect(desk.get_by_label("Send back for more")).to_be_checked()
    desk.get_by_label("What is missing?").fill("What does the school say?\nAsk Ms Bell.")
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_text("is recorded.")).to_be_visible()

    page = enter(practitioner, scripts=scripts)
    row = page.get_by_role("row").filter(has_text=family)
    expect(row).to_contain_text("Sent back to you with a comment")
    row.get_by_role("link", name="Recommend the level of help", exact=True).click()
    note = page.get_by_role("region", name="Sent back to you")
    expect(note).to_contain_text("What does the school say?")
    expect(page.get_by_label("Why is this right for this family?")).not_to_be_empty()
    finish(page, practitioner)
    expect(page.get_by_text("“Recommend the level of help” is done.")).to_be_visible()
    again = story.task("decide_help")
    assert again.id != task.id
    desk.goto(f"/tasks/{again.id}/decide")
    expect(desk.get_by_text("Replaced later")).to_be_visible()
    desk.get_by_label("Agree", exact=False).first.check()
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_text("is recorded.")).to_be_visible()
    assert (_decision(task).answer, _decision(again).answer) == ("send_back", "approve")
    assert "propose_lead" in story.open_tasks()


@BOTH_WAYS
def test_agreed_with_changes_and_the_next_decision_follows(
    live_server: LiveSite,
    enter: Enter,
    practitioner: User,
    scripts: bool,
    family: str,
) -> None:
    _, task, supervisor = _waiting(live_server, f"Over{family}", practitioner)
    _waiting(live_server, f"Upper{family}", practitioner)
    desk = enter(supervisor, scripts=scripts)
    desk.goto(f"/tasks/{task.id}/decide")
    desk.get_by_label("Agree, with changes").check()
    box = desk.get_by_label("Why is this right for this family?")
    box.fill("Less was tried for a year.")
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_text("This is the next one.")).to_be_visible()
    expect(desk).to_have_url(f"{live_server.address}/tasks/{_next(desk)}/decide")
    assert _decision(task).answer == "approve_with_changes"
    assert _decision(task).changed_fields == ["recommendation_reason"]


@BOTH_WAYS
def test_decided_differently_with_a_reason(
    live_server: LiveSite,
    enter: Enter,
    practitioner: User,
    scripts: bool,
    family: str,
) -> None:
    story, task, supervisor = _waiting(live_server, f"Nether{family}", practitioner)
    desk = enter(supervisor, scripts=scripts)
    desk.goto(f"/tasks/{task.id}/decide")
    desk.get_by_label("Decide differently").check()
    ways = desk.get_by_label("What should happen?")
    one_agency = ways.locator("option", has_text="One agency").get_attribute("value")
    ways.select_option(one_agency)
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_role("alert")).to_be_visible()
    expect(ways).to_have_value(one_agency or "")
    desk.get_by_label("Why?", exact=True).fill("The school can do all of this.")
    desk.get_by_role("button", name="Record my decision").click()
    expect(desk.get_by_text("is recorded.")).to_be_visible()
    assert _decision(task).answer == "decide_differently"
    desk.goto(f"/cases/{story.case_id}/record")
    decided = desk.get_by_role("row").filter(has_text=QUESTION)
    for words in ("Decided differently: One agency", "The school can do all of this."):
        expect(decided).to_contain_text(words)
    expect(decided).to_contain_text(practitioner.name)
    expect(decided).to_contain_text(supervisor.name)


def test_whoever_did_the_work_cannot_decide_and_is_told_why(
    live_server: LiveSite, enter: Enter, practitioner: User
) -> None:
    _, task, _ = _waiting(live_server, "Wetherby", practitioner)
    page = enter(practitioner)
    page.goto(f"/tasks/{task.id}/decide")
    heading(page, QUESTION)
    expect(page.get_by_role("button", name="Record my decision")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("This decision is for a supervisor.")


def _next(desk: Page) -> str:
    return desk.url.split("/tasks/")[1].split("/")[0]
