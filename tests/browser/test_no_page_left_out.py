"""Every address that shows a page is opened, wide and narrow; so is all that a role's menu leads to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.db import reading, transaction
from app.definitions.live import effective_processes
from app.definitions.models import DefinitionVersion
from app.identity.links import make_link
from app.identity.models import User
from app.identity.permissions import Role
from app.modeller import drafts
from app.modeller.move_batch import begin as begin_move
from app.modeller.reach import reach_of
from app.modeller.upload import upload
from tests.browser.conftest import Enter
from tests.browser.test_every_page import objections
from tests.importing.foreign import POOLS
from tests.support.factories import make_user
from tests.support.live_site import LiveSite
from tests.support.story import begin

GOLDEN = Path(__file__).parents[1] / "web" / "golden_routes.json"
#: An area where no other journey goes.
AREA = "worcestershire"
PROCESS = "record_consent"
#: They send a file, a picture's source or a short answer to a script, or only lead on.
NO_PAGES = {
    "/",
    "/cases/<int:case_id>/diagram/<int:version_id>.bpmn",
    "/families/clear",
    "/processes/<pack>/<process_id>/versions/<int:number>/diagram.bpmn",
    "/processes/drafts/<int:draft_id>/diagram.bpmn",
    "/processes/drafts/<int:draft_id>/state",
    "/static/<path:filename>",
    "/tasks/clear",
}


@dataclass(frozen=True)
class Opened:
    """Who opens a route, and with what in place of its parts."""

    by: User | None
    path: str


def _shown() -> set[str]:
    agreed = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return {route.removeprefix("GET ") for route in agreed if route.startswith("GET ")} - NO_PAGES


def _places(site: LiveSite) -> Iterator[tuple[str, Opened]]:
    yield from _of_cases(site)
    yield from _of_processes()
    administrator = site.cast.one(Role.ADMINISTRATOR)
    person = site.cast.one(Role.PARTNER)
    people = "/administration/people"
    yield people, Opened(administrator, people)
    yield f"{people}/new", Opened(administrator, f"{people}/new")
    yield f"{people}/<int:user_id>", Opened(administrator, f"{people}/{person.id}")
    yield "/administration/teams", Opened(administrator, "/administration/teams")
    yield "/administration/messages", Opened(administrator, "/administration/messages")
    yield "/profile", Opened(person, "/profile")
    yield (
        "/profile/password",
        Opened(make_user(password="four unlikely words here"), "/profile/password"),
    )
    yield "/sign-in", Opened(None, "/sign-in")
    with transaction() as session:
        secret = make_link(session, person)
    yield "/choose-password/<secret>", Opened(None, f"/choose-password/{secret}")


def _of_cases(site: LiveSite) -> Iterator[tuple[str, Opened]]:
    story = begin(site.cast, family="Loxwood")
    decision = story.up_to("decide_help")
    supervisor = site.cast.one(Role.SUPERVISOR)
    for page in ("", "/record", "/plan", "/chronology", "/harm"):
        yield f"/cases/<int:case_id>{page}", Opened(supervisor, f"/cases/{story.case_id}{page}")
    yield "/tasks/<int:task_id>/decide", Opened(supervisor, f"/tasks/{decision.id}/decide")
    concern = begin(site.cast, family="Tillingham")
    task = concern.task("weigh_first_signs")
    yield "/tasks/<int:task_id>", Opened(site.cast.one(Role.PRACTITIONER), f"/tasks/{task.id}")
    for path in ("/tasks", "/tasks/decisions", "/families", "/concern", "/step-down", "/harm"):
        yield path, Opened(supervisor, path)


def _of_processes() -> Iterator[tuple[str, Opened]]:
    owner = make_user(role=Role.PROCESS_OWNER, area=AREA)
    with transaction() as session:
        draft = drafts.begin(
            session, reach_of(session, owner), owner, pack=AREA, process_id=PROCESS
        ).id
        reach = reach_of(session, owner)
        of_file = upload(session, reach, owner, pack=AREA, content=POOLS, file="two.bpmn")[0].id
    with reading() as session:
        live = effective_processes(session, AREA)[PROCESS]
    shown = f"/processes/{live.pack}/{PROCESS}"
    yield "/processes", Opened(owner, "/processes")
    yield "/processes/upload", Opened(owner, "/processes/upload")
    yield "/processes/<pack>/<process_id>", Opened(owner, shown)
    version = "/processes/<pack>/<process_id>/versions/<int:number>"
    yield version, Opened(owner, f"{shown}/versions/{live.number}")
    yield "/processes/<pack>/<process_id>/move", Opened(owner, f"{shown}/move")
    with transaction() as session:
        moved = begin_move(session, owner, session.get_one(DefinitionVersion, live.id), {}).id
    yield "/processes/moves/<int:batch_id>", Opened(owner, f"/processes/moves/{moved}")
    drawn = "/processes/drafts/<int:draft_id>"
    for page in ("", "/check", "/outline", "/publish"):
        yield f"{drawn}{page}", Opened(owner, f"/processes/drafts/{draft}{page}")
    yield f"{drawn}/file", Opened(owner, f"/processes/drafts/{of_file}/file")
    yield (
        f"{drawn}/steps/<path:element_id>",
        Opened(owner, f"/processes/drafts/{draft}/steps/record_agreement"),
    )


def test_every_address_that_shows_a_page_is_accessible_and_not_cut_off(
    live_server: LiveSite, enter: Enter, new_window: Enter
) -> None:
    places = dict(_places(live_server))
    assert set(places) == _shown(), "add the new page to this test, or to those that are no pages"
    found = {}
    for width in (1280, 320):
        windows: dict[int | None, Page] = {None: new_window(width=width)}
        for route, opened in places.items():
            key = opened.by.id if opened.by else None
            if opened.by is not None and key not in windows:
                windows[key] = enter(opened.by, width=width)
            answer = windows[key].goto(opened.path)
            assert answer is not None
            said = [] if answer.status == 200 else [f"status {answer.status}"]
            found[route, width] = said + objections(windows[key])
    assert not {place: said for place, said in found.items() if said}


@pytest.mark.parametrize("role", list(Role))
def test_whatever_the_menu_of_a_role_leads_to_is_a_page_for_them(
    live_server: LiveSite, enter: Enter, role: Role
) -> None:
    page = enter(live_server.cast.one(role), width=320)
    places = page.locator(".app-nav a")
    paths = [*(link.get_attribute("href") for link in places.all()), "/profile", "/harm"]
    assert len(paths) > 2
    found = {}
    for path in paths:
        answer = page.goto(str(path))
        assert answer is not None
        found[path] = [] if answer.status == 200 else [f"status {answer.status}"]
        found[path] += objections(page)
    assert not {path: said for path, said in found.items() if said}
