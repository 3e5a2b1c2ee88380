"""Our own components, as HTML."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from lxml import html

from tests.support.pages import Pages

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)


@pytest.fixture
def pages() -> Pages:
    return Pages()


def show(pages: Pages, body: str, **context: Any) -> html.HtmlElement:
    template = '{% extends "layout.html" %}{% import "macros.html" as m %}{% block content %}'
    pages.add_page("/page.html", f"{template}{body}{{% endblock content %}}", **context)
    with time_machine.travel(NOW, tick=False):
        answer = pages.app.test_client().get("/page.html")
    assert answer.status_code == 200
    return html.document_fromstring(answer.text)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_page_names_its_parts_for_screen_readers(pages: Pages) -> None:
    page = show(pages, "<h1>Hello</h1>")
    assert page.xpath("//a[contains(@class, 'govuk-skip-link')]/@href") == ["#main-content"]
    assert page.xpath("//main/@id") == ["main-content"]
    assert page.xpath("/html/@lang") == ["en"]
    assert "made up" in words(page.xpath("//*[@class='app-demo']")[0])


def test_every_script_and_style_carries_the_nonce(pages: Pages) -> None:
    page = show(pages, "{{ m.bundle_styles('viewer') }}{{ m.bundle_script('viewer') }}")
    carriers = page.xpath("//script | //link[@rel='stylesheet' or @rel='modulepreload']")
    assert len(carriers) >= 5
    assert len({element.get("nonce") for element in carriers}) == 1
    assert not page.xpath("//*[@style]")


def test_a_deadline_is_said_in_words_not_only_in_colour(pages: Pages) -> None:
    overdue = datetime(2026, 3, 17, 17, tzinfo=UTC)
    page = show(pages, "<p id='d'>{{ m.due(moment) }}</p><p id='n'>{{ m.due(none) }}</p>"
                       "<p id='c'>{{ m.due_class(moment) }}</p>", moment=overdue)  # fmt: skip
    assert words(page.get_element_by_id("d")) == "3 days overdue 17 Mar 2026"
    assert page.get_element_by_id("d").xpath(".//time/@datetime") == ["2026-03-17"]
    assert words(page.get_element_by_id("n")) == "No date"
    assert words(page.get_element_by_id("c")) == "is-overdue"


def test_a_table_has_a_caption_and_says_how_it_is_sorted(pages: Pages) -> None:
    body = """{% call(row) m.table("Open tasks", ["Task", {"text": "Due", "url": "?sort=due",
    "sorted": "ascending"}], rows, "No tasks") %}<tr><td>{{ row }}</td></tr>{% endcall %}"""
    page = show(pages, body, rows=["One", "<b>Two</b>"])
    assert words(page.xpath("//caption")[0]) == "Open tasks"
    assert page.xpath("//th/@aria-sort") == ["ascending"]
    assert [words(cell) for cell in page.xpath("//td")] == ["One", "<b>Two</b>"]
    empty = show(Pages(), body, rows=[])
    assert not empty.xpath("//table")
    assert "No tasks" in words(empty.xpath("//main")[0])


def test_lists_of_pages_say_where_one_is(pages: Pages) -> None:
    page = show(
        pages,
        "{{ m.tabs([{'text': 'Mine', 'url': '/a', 'current': true, 'count': 0}, {'text': 'Team', 'url': '/b'}]) }}"
        "{{ m.pagination('', '?after=3', 'tasks') }}",
    )
    assert words(page.xpath("//*[@class='app-tabs']//a[@aria-current]")[0]) == "Mine 0"
    assert [words(a) for a in page.xpath("//*[@class='app-pages']//a")] == ["Next page of tasks →"]


def test_a_button_that_is_a_form_is_protected_and_counted_once(pages: Pages) -> None:
    page = show(pages, "{{ m.post_button('/claim', 'Claim', fields={'task': 3}, about='Visit') }}")
    (form,) = page.xpath("//form[@action='/claim']")
    assert form.get("method") == "post"
    fields = {box.get("name"): box.get("value") for box in form.xpath(".//input")}
    assert fields == {"csrf_token": "token", "idempotency_key": "key", "task": "3"}
    assert words(form.xpath(".//button")[0]) == "Claim Visit"


def test_a_familys_bar_facts_and_events_are_escaped(pages: Pages) -> None:
    event = {"title": "<i>Visit</i>", "at": NOW, "by": "Jo", "text": "one\ntwo"}
    page = show(
        pages,
        "{{ m.case_bar(name, [('Reference', 'EH-1'), ('Empty', '')], harm_url='/harm') }}"
        "{{ m.key_facts('Facts', [('Level', '3')]) }}{{ m.timeline([event]) }}"
        "{{ m.summary([('Name', name), {'key': 'Address', 'value': 'A\nB', 'url': '/x'}]) }}",
        name="O’Neill & <Sons>",
        event=event,
    )
    bar = words(page.xpath("//*[@class='app-case-bar']")[0])
    assert "O’Neill & <Sons>" in bar
    assert "Worried about harm?" in bar
    assert "Empty" not in bar
    assert not page.xpath("//main//i")
    assert words(page.xpath("//time")[0]) == "20 March 2026 at 10am"
    assert "O’Neill & <Sons>" in words(page.xpath("//dl[@class='govuk-summary-list']")[0])
    assert len(page.xpath("//dl[@class='govuk-summary-list']//br")) == 1
    assert "Change address" in words(page.xpath("//dl[@class='govuk-summary-list']")[0])


def test_a_diagram_brings_its_state_without_script(pages: Pages) -> None:
    state = {"Task_1": {"state": "current", "badge": "</script>"}}
    page = show(pages, "{{ m.process_diagram('d', 'Pathway.', '/x.bpmn', state) }}", state=state)
    (block,) = page.xpath("//script[@type='application/json']")
    assert "</script>" not in block.text
    assert page.get_element_by_id("d").get("data-source") == "/x.bpmn"


def test_messages_to_the_person_become_banners(pages: Pages) -> None:
    from flask import flash

    def flashing() -> str:
        flash("Saved", "success")
        flash("Too late", "error")
        return ""

    pages.app.jinja_env.globals["flash_now"] = flashing
    pages.app.before_request(lambda: flashing() or None)
    page = show(pages, "")
    banners = page.xpath("//*[@data-module='govuk-notification-banner']")
    assert ["Saved" in words(banners[0]), "Too late" in words(banners[1])] == [True, True]
    assert [banner.get("role") for banner in banners] == ["alert", "alert"]
