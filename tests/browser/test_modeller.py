"""A process owner draws, checks and publishes: on the canvas, in words, and when things go wrong."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.definitions.live import effective_processes
from app.identity.models import User
from app.modeller import drafts
from app.modeller.reach import reach_of
from tests.browser.conftest import Enter
from tests.importing.foreign import MIXED, file
from tests.support.browser import axe_violations, overflow
from tests.support.factories import make_user
from tests.support.live_site import LiveSite

#: What the file says is left to do, with the nearest element around it that has an id.
LEFT_TO_DO = """async () => {
  const { modeler } = document.querySelector('[data-modeller]');
  const file = new DOMParser().parseFromString((await modeler.saveXML()).xml, 'text/xml');
  return [...file.getElementsByTagName('zeebe:property')]
    .filter((each) => each.getAttribute('name').startsWith('todo.'))
    .map((each) => [each.closest('[id]').id, each.getAttribute('value')]);
}"""
#: An area where no other journey goes.
AREA = "worcestershire"
PROCESS = "record_consent"
#: Until when it is to be recorded who agreed.
DUE = re.compile(r'(formId="record_agreement" />\s*<zeebe:taskSchedule dueDate=")[^"]*')
TASK = "Explain who would know what"
NOTE = "The name says more clearly what is done."


@pytest.fixture
def owner(live_server: LiveSite) -> User:
    return make_user(role="process_owner", area=AREA)


def _draft(owner: User, change: Callable[[str], str] = str) -> int:
    """A draft of the shared process for this area only."""
    with transaction() as session:
        reach = reach_of(session, owner)
        made = drafts.begin(session, reach, owner, pack=AREA, process_id=PROCESS)
        drafts.save(session, made, owner, change(made.xml), seen=made.lock_version)
        return made.id


def _stored(owner: User, draft_id: int) -> str:
    with reading() as session:
        return drafts.find(session, reach_of(session, owner), draft_id).xml


def _live_xml() -> str:
    with reading() as session:
        return effective_processes(session, AREA)[PROCESS].content


def _open(page: Page, draft_id: int) -> None:
    page.goto(f"/processes/drafts/{draft_id}")
    page.wait_for_selector("[data-modeller][data-ready=true]")


def _rename_on_canvas(page: Page, name: str, to: str) -> None:
    """By keyboard alone: find the step, open its label, write."""
    page.evaluate("document.querySelector('[data-modeller]').modeler.get('canvas').focus()")
    page.keyboard.press("Control+f")
    page.keyboard.type(name)
    expect(page.locator(".djs-search-results .djs-search-result")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".djs-search-container")).to_be_hidden()
    expect(page.locator(".djs-element.selected")).to_have_count(1)
    expect(page.locator("[data-canvas] svg").first).to_be_focused()
    page.keyboard.press("e")
    label = page.locator(".djs-direct-editing-content")
    expect(label).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(to)
    page.keyboard.press("Enter")
    expect(label).to_be_hidden()


def test_an_owner_renames_a_task_on_the_canvas_and_publishes_it(owner: User, enter: Enter) -> None:
    page = enter(owner)
    page.goto("/processes")
    page.get_by_role("link", name="Record consent").first.click()
    page.wait_for_selector("[data-bpmn-viewer][data-ready=true]")
    page.get_by_label("For whom").select_option(AREA)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.wait_for_selector("[data-modeller][data-ready=true]")
    assert page.locator("[data-modeller]").get_attribute("data-warnings") == "0"
    _rename_on_canvas(page, TASK, "Explain it in plain words")
    status = page.locator("[data-modeller-status]")
    expect(status).to_contain_text("Saved at", timeout=15_000)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-modeller-in-short]")).to_contain_text("It can be published")
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_text("changed: name")).to_be_visible()
    page.get_by_label("What changes, and why").fill(NOTE)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is live. New cases take it.")).to_be_visible()
    expect(page.get_by_text("Explain it in plain words").first).to_be_visible()
    assert 'name="Explain it in plain words"' in _live_xml()


def test_what_is_drawn_last_is_saved_before_the_page_is_left(owner: User, enter: Enter) -> None:
    draft = _draft(owner)
    page = enter(owner)
    _open(page, draft)
    _rename_on_canvas(page, "Work out the answer", "Work it out")
    page.get_by_role("link", name="Outline", exact=True).click()
    page.wait_for_url("**/outline")
    expect(page.get_by_role("link", name="Work it out")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_same_can_be_done_in_words(owner: User, enter: Enter, *, scripts: bool) -> None:
    page = enter(owner, scripts=scripts)
    draft = _draft(owner, lambda xml: DUE.sub(r"\1=working days(", xml))
    page.goto(f"/processes/drafts/{draft}/outline")
    expect(page.locator("#record_agreement").get_by_text("There is a mistake")).to_be_visible()
    page.locator("#record_agreement a").first.click()
    name = f"Write down who agreed, {'with' if scripts else 'without'} scripts"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save into the draft").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What changes, and why").fill(NOTE)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Nothing was published")).to_be_visible()
    page.locator("#found").get_by_role("link", name=name).click()
    page.get_by_label("Due").fill("=working days(3")
    page.get_by_role("button", name="Save into the draft").click()
    expect(page.locator("#due-error")).to_contain_text("This cannot be read at letter")
    expect(page.get_by_label("Due")).to_have_value("=working days(3")
    page.get_by_label("Due").fill("=working days(3)")
    page.get_by_role("button", name="Save into the draft").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What changes, and why").fill(NOTE)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is live. New cases take it.")).to_be_visible()
    assert f'name="{name}"' in _live_xml()


def test_a_choice_without_default_is_shown_where_it_is_drawn(owner: User, enter: Enter) -> None:
    draft = _draft(owner, lambda xml: xml.replace(' default="safe_to_ask_to_record_agreement"', ""))
    page = enter(owner)
    _open(page, draft)
    sign = page.locator("[data-container-id=safe_to_ask] .app-finding")
    expect(sign).to_have_text("!")
    listed = page.locator("[data-modeller-findings]")
    expect(listed.get_by_text("Say when this way is taken")).to_be_visible()
    listed.get_by_role("button", name="Is it safe to ask the family?", exact=True).click()
    expect(page.locator("[data-element-id=safe_to_ask].selected")).to_have_count(1)
    group = page.locator("[data-group-id=group-app-sign-off]")
    expect(group).to_be_visible()
    for words in ("Reminder", "Kind of decision"):
        expect(group.get_by_label(words, exact=True)).to_be_visible()
    assert axe_violations(page) == []


def test_two_who_draw_at_once_are_told_and_both_drawings_are_kept(
    owner: User, enter: Enter
) -> None:
    draft = _draft(owner)
    colleague = make_user(role="process_owner", area=AREA)
    mine, theirs = enter(owner), enter(colleague)
    _open(mine, draft)
    _open(theirs, draft)
    _rename_on_canvas(theirs, "Work out the answer", "Their answer")
    theirs.get_by_role("button", name="Save draft").click()
    expect(theirs.locator("[data-modeller-status]")).to_contain_text("Saved at")
    _rename_on_canvas(mine, "Work out the answer", "My answer")
    mine.get_by_role("button", name="Save draft").click()
    status = mine.locator("[data-modeller-status]")
    expect(status).to_contain_text(f"{colleague.name} saved this draft")
    status.get_by_role("link", name="Go on with your own draft").click()
    mine.wait_for_selector("[data-modeller][data-ready=true]")
    own = int(mine.url.rsplit("/", 1)[1])
    assert "My answer" in _stored(owner, own)
    assert "Their answer" in _stored(owner, draft)


def test_a_drawing_outlives_the_session_it_was_begun_in(owner: User, enter: Enter) -> None:
    draft = _draft(owner)
    page = enter(owner)
    _open(page, draft)
    page.context.clear_cookies()
    _rename_on_canvas(page, "Work out the answer", "Drawn while signed out")
    page.get_by_role("button", name="Save draft").click()
    status = page.locator("[data-modeller-status]")
    expect(status).to_contain_text("you have been signed out")
    with page.context.expect_page() as opened:
        status.get_by_role("link").click()
    opened.value.get_by_role("button", name=owner.name, exact=True).click()
    opened.value.wait_for_url(lambda url: "/sign-in" not in url)
    page.get_by_role("button", name="Save draft").click()
    expect(status).to_contain_text("Saved at")
    assert "Drawn while signed out" in _stored(owner, draft)


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible_and_fits(owner: User, enter: Enter, width: int) -> None:
    draft = _draft(owner, lambda xml: xml.replace(' default="safe_to_ask_to_record_agreement"', ""))
    page = enter(owner, width=width)
    of_draft = f"/processes/drafts/{draft}"
    for path in (
        "/processes",
        "/processes/core/early_help_pathway",
        "/processes/upload",
        f"{of_draft}/outline",
        f"{of_draft}/check",
        f"{of_draft}/publish",
        f"{of_draft}/steps/safe_to_ask",
        f"{of_draft}/steps/explain_sharing",
        of_draft,
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        if page.locator("[data-canvas]").count():
            page.wait_for_selector("[data-ready=true]:has([data-canvas])")
            _makers_mark_is_in_view(page)
        assert axe_violations(page) == [], path
        assert overflow(page) == 0, path
    if width == 320:
        expect(page.get_by_text("Drawing needs a larger screen")).to_be_visible()


def _makers_mark_is_in_view(page: Page) -> None:
    mark = page.locator(".bjs-powered-by")
    mark.scroll_into_view_if_needed()
    expect(mark).to_be_visible()
    free = page.evaluate(
        """() => {
          const { left, right, top, bottom } = document.querySelector('.bjs-powered-by').getBoundingClientRect();
          const points = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2], [right - 2, bottom - 2]];
          return points.every(([x, y]) => document.elementFromPoint(x, y)?.closest('.bjs-powered-by'));
        }"""
    )
    assert free, page.url


def _wait_for_both(xml: str) -> str:
    """In front of a task, wait for two ways of which only one is ever taken."""
    xml = re.sub(r'<zeebe:property name="signOff.sendBackTo"[^>]*/>', "", xml)
    task = "record_agreement"
    ways = ("safe_to_ask_to_record_agreement", "share_without_asking_to_record_agreement")
    for way in ways:
        xml = re.sub(rf'(<bpmn:sequenceFlow id="{way}"[^>]*targetRef=)"{task}"', r'\1"both"', xml)
    gateway = (
        '<bpmn:parallelGateway id="both" />'
        f'<bpmn:sequenceFlow id="both_{task}" sourceRef="both" targetRef="{task}" />'
    )
    shape = (
        '<bpmndi:BPMNShape id="both_di" bpmnElement="both">'
        '<dc:Bounds x="20" y="20" width="50" height="50" /></bpmndi:BPMNShape>'
    )
    xml = re.sub(r"</bpmn:process>", f"{gateway}</bpmn:process>", xml, count=1)
    return re.sub(r"(<bpmndi:BPMNPlane[^>]*>)", rf"\1{shape}", xml, count=1)


def test_the_way_to_a_fault_is_shown_on_the_drawing(owner: User, enter: Enter) -> None:
    page = enter(owner)
    _open(page, _draft(owner, _wait_for_both))
    page.get_by_role("button", name="Check").click()
    way = page.get_by_role("button", name="Show the way there").first
    way.click()
    expect(way).to_have_attribute("aria-pressed", "true")
    assert page.locator(".djs-element.app-on-path").count() > 3
    way.click()
    expect(page.locator(".djs-element.app-on-path")).to_have_count(0)


def test_a_file_of_another_tool_opens_on_the_canvas_with_its_to_dos(
    owner: User, enter: Enter
) -> None:
    page = enter(owner)
    page.goto("/processes/upload")
    page.get_by_label("For").select_option(AREA)
    page.get_by_label("File").set_input_files(
        {"name": "foreign.bpmn", "mimeType": "application/xml", "buffer": file(MIXED)}
    )
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="What was changed")).to_be_visible()
    expect(page.get_by_text("A complex gateway cannot run")).to_be_visible()
    page.get_by_role("link", name="Drawing").click()
    page.wait_for_selector("[data-modeller][data-ready=true]")
    for element_id in ("s", "a", "c", "l1", "any", "all", "note"):
        expect(page.locator(f"[data-element-id='{element_id}']").first).to_be_visible()
    left = page.evaluate(LEFT_TO_DO)
    assert {element_id for element_id, _ in left} == {"x", "any", "all"}
    for element_id, words in left:
        _select(page, element_id)
        expect(page.locator("[data-group-id=group-app-to-dos]").get_by_text(words)).to_be_visible()


def _with_to_dos(xml: str) -> str:
    """As an import leaves a task: two things to do, beside a property that is none."""
    to_dos = (
        '<zeebe:property name="todo.role" value="It was for “clerks”. Choose the role it is for." />'
        '<zeebe:property name="todo.form" value="Make its form. It asked for: name." />'
    )
    beside = '<zeebe:property name="source" value="HULL-19,HULL-64,WORC-07,HULL-18" />'
    assert beside in xml
    return xml.replace(beside, to_dos + beside, 1)


def _select(page: Page, element_id: str) -> None:
    page.evaluate(
        """(id) => {
          const { modeler } = document.querySelector('[data-modeller]');
          modeler.get('selection').select(modeler.get('elementRegistry').get(id));
        }""",
        element_id,
    )


def test_a_to_do_is_ended_on_the_canvas_and_can_be_had_back(owner: User, enter: Enter) -> None:
    draft = _draft(owner, _with_to_dos)
    page = enter(owner)
    _open(page, draft)
    _select(page, "explain_sharing")
    group = page.locator("[data-group-id=group-app-to-dos]")
    expect(group.get_by_text("It was for “clerks”. Choose the role it is for.")).to_be_visible()
    done = group.get_by_role("button", name="This is done")
    expect(done).to_have_count(2)
    assert axe_violations(page) == []
    done.first.focus()
    page.keyboard.press("Enter")
    expect(done).to_have_count(1)
    expect(page.locator("[data-canvas] svg").first).to_be_focused()
    page.keyboard.press("Control+z")
    expect(done).to_have_count(2)
    done.first.click()
    done.first.click()
    expect(group).to_have_count(0)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("[data-modeller-status]")).to_contain_text("Saved at")
    stored = _stored(owner, draft)
    assert "todo." not in stored
    assert 'value="HULL-19,HULL-64,WORC-07,HULL-18"' in stored
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-modeller-in-short]")).to_contain_text("It can be published")
