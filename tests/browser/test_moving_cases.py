"""A process owner moves running cases to a new version: by keyboard, on a phone, without scripts."""

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from app.cases.open_case import add_case
from app.db import reading, transaction
from app.definitions.live import effective_processes
from app.identity.models import User
from app.modeller import drafts
from app.modeller.publish import publish_draft
from app.modeller.reach import reach_of
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.step import start_process
from tests.browser.conftest import Enter
from tests.support.browser import axe_violations, overflow
from tests.support.factories import make_user
from tests.support.live_site import LiveSite

#: An area where no other journey goes.
AREA = "hampshire"
PROCESS = "record_consent"
TASK = "Explain who would know what"
#: Other journeys of this file may have left cases, too.
MOVE = re.compile(r"^Move \d+ cases?$")
_numbers = itertools.count()


@pytest.fixture
def owner(live_server: LiveSite) -> User:
    return make_user(role="process_owner", area=AREA)


@pytest.fixture
def pack(owner: User) -> str:
    """Where the process of this area is after it was published twice with a case in between."""
    _publish(owner, TASK)
    _start(owner)
    _publish(owner, f"Talk it through ({next(_numbers)})")
    with reading() as session:
        return effective_processes(session, AREA)[PROCESS].pack


def _publish(owner: User, name: str) -> None:
    with transaction() as session:
        reach = reach_of(session, owner)
        draft = drafts.begin(session, reach, owner, pack=AREA, process_id=PROCESS)
        live = effective_processes(session, AREA)[PROCESS]
        xml = f"{draft.xml}<!-- {live.number} {next(_numbers)} -->".replace(TASK, name)
        drafts.save(session, draft, owner, xml, seen=draft.lock_version)
        publish_draft(session, reach, draft, owner, note="So that the words are plainer.")


def _start(owner: User) -> ProcessInstance:
    with transaction() as session:
        worker = make_user(role="practitioner", area=AREA, session=session)
        case = add_case(session, user=worker, area_id=AREA, locality_id=None)
        return start_process(
            session, PROCESS, area_id=AREA, case_id=case.id, facts={}, actor=Actor.person(worker)
        )


def _fine(page: Page) -> None:
    assert axe_violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_from_the_new_version_to_the_moved_case_and_back(
    enter: Enter, owner: User, pack: str, width: int
) -> None:
    page = enter(owner, width=width)
    page.goto(f"/processes/{pack}/{PROCESS}")
    page.get_by_role("link", name="Move running cases").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Move running cases to version")
    _fine(page)
    page.get_by_role("button", name="Try it on copies").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Moving cases to version")
    expect(page.get_by_text("Can be moved").first).to_be_visible()
    _fine(page)
    page.get_by_role("button", name=MOVE).press("Enter")
    expect(page.get_by_text(re.compile(r"\d+ cases? (was|were) moved"))).to_be_visible()
    _fine(page)
    page.get_by_role("button", name=re.compile(r"^Take back the move of \d")).press("Enter")
    expect(page.get_by_text("taken back, exactly as before")).to_be_visible()
    expect(page.get_by_text("Taken back").first).to_be_visible()
    _fine(page)


def test_without_scripts_it_is_the_same(enter: Enter, owner: User, pack: str) -> None:
    page = enter(owner, scripts=False)
    page.goto(f"/processes/{pack}/{PROCESS}/move")
    for choice in page.get_by_role("combobox").all():
        choice.select_option("leave")
    page.get_by_role("button", name="Try it on copies").click()
    expect(page.get_by_text("You chose to leave cases at").first).to_be_visible()
    expect(page.get_by_role("button", name=MOVE)).to_have_count(0)
    page.goto(f"/processes/{pack}/{PROCESS}/move")
    page.get_by_role("button", name="Try it on copies").click()
    page.get_by_role("button", name=MOVE).click()
    expect(page.get_by_text("moved.").first).to_be_visible()
