"""Every page, wide and on a small telephone: nothing for axe to object to, nothing cut off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.scheduler.timers import fire_all_due
from tests.support.browser import axe_violations, overflow
from tests.support.live_site import LiveSite
from tests.support.story import Story, begin

Enter = Callable[..., Page]
LONG = "Featherstonehaugh-Cholmondeley"


@dataclass(frozen=True)
class Places:
    """Families at three points of the way, so that no page is empty."""

    concern: Story
    planned: Story
    decision: Story

    def of_practitioner(self) -> Iterator[str]:
        yield from ("/tasks", "/tasks?tab=team", "/tasks?tab=waiting", "/tasks?tab=coming")
        yield from ("/families", "/families?status=closed", "/concern", "/harm", "/profile")
        yield f"/tasks/{self.concern.task('weigh_first_signs').id}"
        yield f"/tasks/{self.decision.task('decide_help').id}/decide"
        for page in ("", "/record", "/plan", "/chronology", "/harm"):
            yield f"/cases/{self.planned.case_id}{page}"
        yield f"/cases/{self.concern.case_id}"
        yield f"/cases/{self.concern.case_id}/plan"

    def of_supervisor(self) -> Iterator[str]:
        yield from ("/tasks", "/tasks/decisions", "/families", "/step-down")
        yield f"/tasks/{self.decision.task('decide_help').id}/decide"
        yield f"/tasks/{self.concern.task('weigh_first_signs').id}"
        yield f"/cases/{self.decision.case_id}"
        yield from ("/tasks/999999", "/administration/people")

    def of_administrator(self) -> Iterator[str]:
        yield from ("/administration/people", "/administration/messages", "/profile")

    def of_process_owner(self) -> Iterator[str]:
        yield from ("/tasks", "/modeller", "/profile")


@pytest.fixture(scope="module")
def _kept() -> dict[str, Places]:
    return {}


@pytest.fixture
def places(live_server: LiveSite, _kept: dict[str, Places]) -> Places:
    if "places" not in _kept:
        cast = live_server.cast
        planned = begin(cast, family=LONG)
        planned.up_to("agree_plan")
        planned.do("agree_plan")
        concern = begin(cast, family="Ogilvie")
        decision = begin(cast, family="Pemberton")
        decision.up_to("decide_help")
        with clock.at(clock.now()):
            fire_all_due()
        _kept["places"] = Places(concern, planned, decision)
    return _kept["places"]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("who", ["practitioner", "supervisor", "administrator", "process_owner"])
def test_pages_are_accessible_and_nothing_is_cut_off(
    live_server: LiveSite, enter: Enter, places: Places, who: str, width: int
) -> None:
    page = enter(live_server.cast.one(who), width=width)
    found = {}
    for path in getattr(places, f"of_{who}")():
        page.goto(path)
        found[path] = objections(page)
    assert not {path: said for path, said in found.items() if said}


@pytest.mark.parametrize("width", [1280, 320])
def test_the_sign_in_page_too(live_server: LiveSite, new_window: Enter, width: int) -> None:
    page = new_window(width=width)
    page.goto("/sign-in")
    assert objections(page) == []
    page.goto("/tasks")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("width", [1280, 320])
def test_refused_answers_and_opened_parts_too(
    live_server: LiveSite, enter: Enter, places: Places, width: int
) -> None:
    page = enter(live_server.cast.one("practitioner"), width=width)
    page.goto(f"/tasks/{places.concern.task('weigh_first_signs').id}")
    page.get_by_role("button", name="Finish this task").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert objections(page) == []
    page = enter(live_server.cast.one("supervisor"), width=width)
    page.goto(f"/tasks/{places.decision.task('decide_help').id}/decide")
    for answer in ("Agree, with changes", "Send back for more", "Decide differently"):
        page.get_by_label(answer).check()
        assert objections(page) == []


def test_on_paper_are_the_words_and_nothing_to_press(
    live_server: LiveSite, enter: Enter, places: Places
) -> None:
    page = enter(live_server.cast.one("practitioner"))
    for path in ("", "/plan", "/record", "/chronology"):
        page.goto(f"/cases/{places.planned.case_id}{path}")
        page.emulate_media(media="print")
        for gone in (".app-nav", ".app-tabs", ".app-harm", ".app-diagram", ".govuk-button"):
            assert not any(each.is_visible() for each in page.locator(gone).all()), (path, gone)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".app-case-bar")).to_contain_text(LONG)
        page.emulate_media(media="screen")


def objections(page: Page) -> list[str]:
    page.locator("html[data-ready=site]").wait_for(state="attached")
    said = axe_violations(page)
    if pixels := overflow(page):
        said.append(f"{pixels} pixels too wide")
    if (count := page.locator("h1").count()) != 1:
        said.append(f"{count} main headings")
    if page.title().startswith(("–", " ")) or "Early help" not in page.title():
        said.append(f"titled {page.title()!r}")
    outside = "header a, nav a, main a, .app-case-bar a, footer a, .app-header a, .app-footer a"
    if page.locator("a").count() != page.locator(f"{outside}, a.govuk-skip-link").count():
        said.append("a link outside all landmarks")
    return said
