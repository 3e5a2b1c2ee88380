"""What the checks say, in the editor and as a page, whatever the drawing is."""

import html

import pytest

from tests.modeller.conftest import Workshop, visit
from tests.support.diagrams import bpmn, call, end, flow, process, start, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><bpmn>&c;</bpmn>'
)
NO_DEFAULT = visit(default="")

BAD = {
    "not XML": "this is no drawing",
    "cut off": visit().decode()[:700],
    "DOCTYPE": BOMB,
    "foreign file": '<definitions xmlns="http://example.org"/>',
    "another encoding": '<?xml version="1.0" encoding="UTF-16"?><a/>',
    "nothing to run": bpmn().decode(),
    "deep": "<a>" * 5000,
    "two processes": bpmn(
        process("visit", start(), end(), flow("start > end")), process("b")
    ).decode(),
    "two ids": visit().decode().replace('id="end"', 'id="ask"'),
    "loose flow": visit().decode().replace('targetRef="end"', 'targetRef="nowhere"'),
    "no id": visit().decode().replace('id="ask" ', ""),
}


def _check(workshop: Workshop, xml: bytes | str) -> list[dict[str, str]]:
    draft = workshop.draft(xml)
    answer = workshop.client.post(f"/processes/drafts/{draft}/check", json={})
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.get_json()["findings"]
    page = html.unescape(workshop.client.get(f"/processes/drafts/{draft}/check").text)
    assert all(each["message"] in page for each in found)
    return found


def test_a_good_drawing_has_nothing_to_put_right(workshop: Workshop) -> None:
    found = _check(workshop, visit(ask="Ask them"))
    assert [each["rule"] for each in found if each["severity"] == "error"] == []


def test_a_gateway_without_default_is_told_by_its_name(workshop: Workshop) -> None:
    by_element = {each["element_id"]: each for each in _check(workshop, NO_DEFAULT)}
    assert by_element["enough"]["name"] == "Is it enough?"
    assert by_element["enough"]["severity"] == "note"
    assert by_element["enough_end"]["name"] == "Is it enough?: Yes"
    assert by_element["enough_end"]["severity"] == "error"


def test_a_finding_about_a_line_leads_to_its_choice(workshop: Workshop) -> None:
    found = _check(workshop, visit(condition="=more = "))
    said = next(each for each in found if each["element_id"] == "enough_visit_again")
    assert said["name"] == "Is it enough?: No"
    assert said["step_id"] == "enough"


@pytest.mark.parametrize("xml", BAD.values(), ids=BAD)
def test_whatever_is_drawn_gets_findings_and_no_failure(workshop: Workshop, xml: str) -> None:
    draft = workshop.draft(xml)
    found = workshop.client.post(f"/processes/drafts/{draft}/check", json={}).get_json()["findings"]
    assert any(each["severity"] == "error" for each in found)
    for page in ("", "/outline", "/check", "/publish", "/diagram.bpmn"):
        assert workshop.client.get(f"/processes/drafts/{draft}{page}").status_code == 200, page
    assert workshop.client.get(f"/processes/drafts/{draft}/steps/enough").status_code in (
        200,
        404,
        422,
    )
    assert workshop.publish(draft).status_code == 422
    assert workshop.live().number == 1


def test_the_id_of_a_process_stays(workshop: Workshop) -> None:
    found = _check(workshop, visit().decode().replace('process id="visit"', 'process id="other"'))
    assert "id-stable" in {each["rule"] for each in found}


def test_a_drawing_that_cannot_be_read_is_not_blamed_on_those_who_call_it(
    workshop: Workshop,
) -> None:
    caller = bpmn(process("caller", start(), call("go", "visit"), end(), flow("start > go > end")))
    publish(visit(), caller, forms={"ask": ("more",), "visit_again": ("seen",)})
    assert all(not each["elsewhere"] for each in _check(workshop, NO_DEFAULT))


def test_what_it_would_break_elsewhere_is_said_too(workshop: Workshop) -> None:
    caller = bpmn(
        process(
            "caller",
            start(),
            user("visit_first", form="visit_first", groups="practitioner"),
            end(),
            flow("start > visit_first > end"),
        )
    )
    publish(
        visit(), caller, forms={"ask": ("more",), "visit_again": ("seen",), "visit_first": ("x",)}
    )
    clashing = visit().decode().replace("visit_again", "visit_first")
    found = _check(workshop, clashing)
    assert any("caller" in each["elsewhere"] + each["message"] for each in found)


def test_a_step_with_open_tasks_that_is_gone_or_changed_its_kind_is_told(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    driver.start("visit")
    stays = _check(workshop, visit(ask="Ask them all"))
    assert "id-stable" not in {each["rule"] for each in stays}
    for change in (
        visit().replace(b'"ask"', b'"ask_again"').replace(b'formId="ask_again"', b'formId="ask"'),
        visit().replace(b"userTask", b"scriptTask", 2),
    ):
        [said] = [each for each in _check(workshop, change) if each["rule"] == "id-stable"]
        assert said["severity"] == "note"
        assert "2 open tasks are at “Ask the family” (ask)" in said["message"]
