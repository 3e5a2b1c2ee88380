"""What people do with their hands on a page: type, tick, choose, press."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.identity.models import User
from tests.support.story import typed_for

BOXES = "form[data-form] [name]"
#: Every box that can be seen. Asked for all at once: hundreds of single questions would be slow.
LOOK = f"""
() => [...document.querySelectorAll('{BOXES}')]
  .map((box, place) => ({{place, name: box.name, kind: box.type, value: box.value, checked: box.checked,
    seen: box.type !== 'hidden' && box.checkVisibility()}}))
  .filter((box) => box.seen)
"""
MOST_TURNS = 4
ADDRESS_OF_TASK = re.compile(r"/tasks/(\d+)")


def fill(page: Page, typed: Mapping[str, Sequence[str]]) -> None:
    """Put answers into the boxes of a form, by the names they are sent under.

    What a condition hides is left alone until an answer brings it into view.
    """
    for _ in range(MOST_TURNS):
        boxes: list[dict[str, Any]] = page.evaluate(LOOK)
        wrong = [box for box in boxes if box["name"] in typed and not _is_right(box, typed)]
        if not wrong:
            return
        for box in wrong:
            place = page.locator(BOXES).nth(box["place"])
            if place.is_visible():  # an answer given just now may have hidden it
                _put(place, box, typed[box["name"]])


def _is_right(box: Mapping[str, Any], typed: Mapping[str, Sequence[str]]) -> bool:
    wanted = typed[box["name"]]
    if box["kind"] in ("radio", "checkbox"):
        return bool(box["checked"] == (box["value"] in wanted))
    return bool(box["value"].replace("\r\n", "\n") == (wanted[0] if wanted else ""))


def _put(place: Locator, box: Mapping[str, Any], values: Sequence[str]) -> None:
    match box["kind"]:
        case "radio":
            if box["value"] in values:
                place.check()
        case "checkbox":
            place.set_checked(box["value"] in values)
        case "select-one":
            place.select_option(values[0] if values else "")
        case _:
            place.fill(values[0] if values else "")


def finish(page: Page, user: User, **said: object) -> None:
    """Fill in the task in front of us completely, and hand it in."""
    fill(page, typed_for(task_id(page), user, said))
    page.get_by_role("button", name="Finish this task").click()


def task_id(page: Page) -> int:
    found = ADDRESS_OF_TASK.search(page.url)
    assert found is not None, page.url
    return int(found[1])


def heading(page: Page, words: str) -> None:
    """Wait until the page is the one with this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
