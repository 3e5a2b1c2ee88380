"""The whole way from the list over a task to a decision without a mouse, and one sees where one is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.hands import heading, task_id
from tests.support.live_site import LiveSite
from tests.support.story import begin, typed_for

Enter = Callable[..., Page]
MOST_STOPS = 150
WHERE = """
() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  return {name: at.name || '', kind: at.type || at.localName, value: at.value || '', href: at.getAttribute('href') || '',
    words: at.textContent.trim(), box: {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}};
}
"""


def _here(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(WHERE)
    return found


def _tab_to(page: Page, is_it: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    """Press Tab until something is reached."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = _here(page)
        if is_it(here):
            return here
    raise AssertionError("Tab never reached it")


def _fill_in(page: Page, typed: Mapping[str, Sequence[str]]) -> None:
    """Answer one question after the other until the button that hands the task in."""
    chosen: set[str] = set()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = _here(page)
        if here["words"] == "Finish this task":
            return
        wanted = typed.get(here["name"])
        if wanted is None or not wanted or (here["name"] in chosen and here["kind"] == "radio"):
            continue
        chosen.add(here["name"])
        _answer(page, here, wanted)
    raise AssertionError("Tab never reached the button")


def _answer(page: Page, here: Mapping[str, Any], wanted: Sequence[str]) -> None:
    match here["kind"]:
        case "radio":
            page.keyboard.press("Space")
            while _here(page)["value"] not in wanted:
                page.keyboard.press("ArrowDown")
        case "checkbox":
            if here["value"] in wanted:
                page.keyboard.press("Space")
        case "select-one":
            while _here(page)["value"] not in wanted:
                page.keyboard.press("ArrowDown")
        case _:
            page.keyboard.press("Control+a")
            page.keyboard.type(wanted[0])


def test_from_the_list_over_a_task_to_a_decision(live_server: LiveSite, enter: Enter) -> None:
    cast = live_server.cast
    worker = cast.one("practitioner", 3)
    story = begin(cast, family="Hollingworth", by=worker)
    first = story.task("weigh_first_signs")

    page = enter(worker)
    page.keyboard.press("Tab")
    assert _here(page)["words"] == "Skip to main content"
    _tab_to(page, lambda here: here["href"] == f"/tasks/{first.id}")
    page.keyboard.press("Enter")
    heading(page, "Weigh up strengths and needs")
    page.locator("html[data-ready=site]").wait_for(state="attached")
    _fill_in(page, typed_for(task_id(page), worker, {}))
    page.keyboard.press("Control+Enter")
    heading(page, "Choose the level of need")

    decision = story.up_to("decide_help")
    desk = enter(cast.one("supervisor"))
    _tab_to(desk, lambda here: here["words"] == "Decisions")
    desk.keyboard.press("Enter")
    heading(desk, "Decisions waiting for you")
    _tab_to(desk, lambda here: here["href"] == f"/tasks/{decision.id}/decide")
    desk.keyboard.press("Enter")
    heading(desk, "What help does this family need?")
    desk.locator("html[data-ready=site]").wait_for(state="attached")
    desk.keyboard.press("1")
    expect(desk.get_by_label("Agree", exact=False).first).to_be_checked()
    desk.keyboard.press("3")
    expect(desk.get_by_label("What is missing?")).to_be_visible()
    _tab_to(desk, lambda here: here["name"] == "sign_off_comment")
    desk.keyboard.type("Did you talk with the father? 1 2 3 4")
    expect(desk.get_by_label("Send back for more")).to_be_checked()
    desk.keyboard.press("Shift+Tab")
    assert _here(desk)["name"] == "sign_off_send_back_to"
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("is recorded.")).to_be_visible()
    assert (
        story.task("recommend_level").send_back_comment == "Did you talk with the father? 1 2 3 4"
    )


def test_one_always_sees_where_one_is(live_server: LiveSite, enter: Enter) -> None:
    cast = live_server.cast
    story = begin(cast, family="Kestrel", by=cast.one("practitioner"))
    decision = story.up_to("decide_help")
    desk = enter(cast.one("supervisor"))
    for path in ("/tasks", f"/tasks/{decision.id}/decide"):
        desk.goto(path)
        desk.locator("html[data-ready=site]").wait_for(state="attached")
        unseen = [words for words, seen in _stops(desk) if not seen]
        assert not unseen, f"on {path}"


def _stops(page: Page) -> list[tuple[str, bool]]:
    """Everything Tab reaches, and whether it looks different while it has the focus."""
    found: list[tuple[str, bool]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = _here(page)
        if here["kind"] == "body":
            break
        clip = _around(here["box"])
        focused = page.screenshot(clip=clip, full_page=True)
        page.evaluate("() => { window.at = document.activeElement; window.at.blur(); }")
        blurred = page.screenshot(clip=clip, full_page=True)
        page.evaluate("() => window.at.focus()")
        found.append((here["words"] or here["name"], focused != blurred))
    assert len(found) > 10
    return found


def _around(box: Mapping[str, float]) -> Any:
    return {
        "x": max(box["x"] - 8, 0),
        "y": max(box["y"] - 8, 0),
        "width": box["width"] + 16,
        "height": box["height"] + 16,
    }


def test_a_row_is_removed_only_after_its_questions_were_passed(
    live_server: LiveSite, enter: Enter
) -> None:
    user = live_server.cast.one("practitioner")
    task = begin(live_server.cast, by=user).task("record_concern")
    page = enter(user)
    page.goto(f"/tasks/{task.id}")
    _tab_to(page, lambda here: here["name"] == "family_name")
    page.keyboard.press("Tab")
    assert _here(page)["name"] == "children-0-name"
    _tab_to(page, lambda here: here["name"] == "children-0-setting")
    page.keyboard.press("Tab")
    assert _here(page)["name"] == "_remove"
    page.keyboard.press("Tab")
    assert _here(page)["name"] == "_add"
