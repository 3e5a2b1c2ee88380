"""A form, a diagram and the editor in Chromium, under the policy that the site sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response
from playwright.sync_api import Browser, Page, expect

from app.forms import Choice, load
from tests.support.browser import Complaints, axe_violations, overflow
from tests.support.forms import ask, form, rows
from tests.support.pages import Pages

pytestmark = pytest.mark.browser

FORM = form(
    {
        "type": "group",
        "id": "g",
        "label": "The visit",
        "components": [
            ask("datetime", "visited", required=True, properties={"notAfter": "today"}),
            ask("radio", "place", required=True),
            ask("textfield", "place_name", hide='=place != "c"', required=True),
            ask("textarea", "other", hide="=place_name = null or place_name = level"),
        ],
    },
    rows(
        "people",
        ask("textfield", "name", required=True),
        ask("radio", "heard"),
        ask("textfield", "said", hide='=heard != "a"'),
    ),
    ask("checkbox", "agreed", required=True),
)
DIAGRAM = """
{% extends "layout.html" %}
{% from "macros.html" import process_diagram, bundle_styles, bundle_script %}
{% block title %}Where it is{% endblock title %}
{% block styles %}{{ bundle_styles("viewer") }}{% endblock styles %}
{% block scripts %}{{ bundle_script("viewer") }}{% endblock scripts %}
{% block content %}
  <h1>Where it is</h1>
  {{ process_diagram("d", "The pathway.", "/pathway.bpmn", state) }}
{% endblock content %}
"""
EDITOR = """
{% extends "layout.html" %}
{% from "macros.html" import bundle_styles, bundle_script %}
{% block title %}Editor{% endblock title %}
{% block styles %}{{ bundle_styles("modeller") }}{% endblock styles %}
{% block scripts %}{{ bundle_script("modeller") }}{% endblock scripts %}
{% block content %}
  <h1>Editor</h1>
  <form method="post" action="/publish" data-modeller-form>
    <input type="hidden" name="xml"><button type="submit" class="govuk-button">Publish</button>
  </form>
  <div class="app-editor" data-modeller data-source="/pathway.bpmn">
    <div data-canvas></div><div data-properties></div>
  </div>
{% endblock content %}
"""


def pathway() -> Path:
    return next(iter(sorted(Path("processes/core").glob("*.bpmn"))))


@pytest.fixture(scope="module")
def pages() -> Pages:
    pages = Pages()
    pages.add_form("/form", FORM, known={"level": 3})
    for path in sorted(Path("processes/core/forms").glob("*.form"))[::12]:
        options = {
            name: [Choice("1", "Tia Hargreaves")] for name in ("children", "family", "case_people")
        }
        pages.add_form(f"/{path.stem}", load(path.read_text(encoding="utf-8")), options=options)
    state = {"Start": {"state": "done"}}
    pages.add_page("/diagram.html", DIAGRAM, state=state)
    pages.add_page("/editor.html", EDITOR, editor=True)
    xml = pathway().read_bytes()
    pages.app.add_url_rule("/pathway.bpmn", "xml", lambda: Response(xml, mimetype="text/xml"))
    pages.app.add_url_rule("/publish", "publish", lambda: "Published", methods=["POST"])
    return pages


@pytest.fixture(scope="module")
def address(pages: Pages) -> Iterator[str]:
    with pages.served() as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    complaints = Complaints.about(page)
    yield page
    context.close()
    unexpected = [words for words in complaints.errors if "422" not in words]
    assert unexpected == []


def open_form(page: Page) -> None:
    page.goto("/form")
    page.wait_for_selector("html[data-ready]")


def test_questions_appear_when_they_apply(page: Page) -> None:
    open_form(page)
    name, other = page.locator("#place_name"), page.locator("#other")
    expect(name).to_be_hidden()
    page.locator("input[name=place][value=c]").check()
    expect(name).to_be_visible()
    expect(other).to_be_hidden()
    name.fill("School")
    expect(other).to_be_visible()
    page.locator("input[name=place][value=a]").check()
    expect(name).to_be_hidden()
    expect(other).to_be_hidden()


def test_rows_come_and_go_without_the_server(page: Page) -> None:
    open_form(page)
    page.locator("#people-0-name").fill("Jo")
    page.locator("#people-add").click()
    expect(page.locator("#people-1-name")).to_be_focused()
    page.locator("input[name=people-1-heard][value=a]").check()
    expect(page.locator("#people-1-said")).to_be_visible()
    expect(page.locator("#people-0-said")).to_be_hidden()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.locator("#people-0-name")).to_have_count(0)
    expect(page.locator("[data-list-number]")).to_have_text(["1"])


def test_what_is_typed_is_kept_by_itself(page: Page, pages: Pages) -> None:
    open_form(page)
    page.locator("input[name=place][value=c]").check()
    page.locator("#place_name").fill("School")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at", timeout=10_000)
    draft = pages.drafts[-1]
    assert draft["place_name"] == ["School"]
    assert draft["csrf_token"] == ["token"]
    assert FORM.bind(draft).raw["place_name"] == ["School"]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_can_be_filled_in_with_and_without_javascript(
    browser: Browser, address: str, pages: Pages, *, javascript: bool
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=javascript)
    page = context.new_page()
    page.goto("/form")
    if javascript:
        page.wait_for_selector("html[data-ready]")
    else:
        expect(page.get_by_text("Answer this only if it applies").first).to_be_visible()
    page.locator("#people-add").click()
    page.locator("#people-1-name").fill("Jo")
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page).to_have_title("Error: A form – Early help – Examplebridge Council")
    lines = page.locator(".govuk-error-summary a")
    for line in lines.all():
        assert page.locator(f"[id='{(line.get_attribute('href') or '#')[1:]}']").count() == 1
    for part, text in (("day", "2"), ("month", "mar"), ("year", "2020")):
        page.locator(f"#visited-{part}").fill(text)
    page.locator("input[name=place][value=a]").check()
    page.locator("#agreed").check()
    assert page.locator("#people-1-name").input_value() == "Jo"
    page.locator("#people-1-name").press("Enter")
    expect(page.locator("#done")).to_have_text("Done")
    assert pages.answers is not None
    assert pages.answers["visited"] == "2020-03-02"
    assert [row["name"] for row in pages.answers["people"]] == ["Jo"]
    assert "place_name" not in pages.answers
    context.close()


def test_forms_are_accessible_and_fit(page: Page, pages: Pages) -> None:
    for path in pages.forms:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        page.get_by_role("button", name="Send", exact=True).last.click()
        page.wait_for_selector(".govuk-error-summary")
        page.wait_for_selector("html[data-ready]")
        assert axe_violations(page) == [], path
        page.set_viewport_size({"width": 320, "height": 900})
        assert overflow(page) == 0, path
    assert axe_violations(page) == []


@pytest.mark.parametrize("width", [1280, 320])
def test_a_diagram_is_drawn_with_its_makers_mark_in_view(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/diagram.html")
    page.wait_for_selector("[data-bpmn-viewer][data-ready=true]")
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    assert box["width"] >= 50
    on_top = page.evaluate(
        "([x, y]) => !!document.elementFromPoint(x, y).closest('.bjs-powered-by')",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert on_top
    assert overflow(page) == 0
    assert axe_violations(page) == []


def test_the_editor_opens_and_sends_its_drawing(page: Page) -> None:
    page.goto("/editor.html")
    page.wait_for_selector("[data-modeller][data-ready=true]")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    assert page.locator("[data-modeller]").get_attribute("data-warnings") == "0"
    page.evaluate(
        """() => {
          const { modeler } = document.querySelector('[data-modeller]');
          const gateway = modeler.get('elementRegistry').filter((e) => e.type === 'bpmn:ExclusiveGateway')[0];
          modeler.get('selection').select(gateway);
        }"""
    )
    expect(page.locator("[data-group-id=group-app-sign-off]")).to_be_visible()
    with page.expect_request("**/publish") as sent:
        page.get_by_role("button", name="Publish").click()
    assert "definitions" in (sent.value.post_data or "")
