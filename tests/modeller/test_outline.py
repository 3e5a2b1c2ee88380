"""Changing a process in words, without the canvas."""

import difflib
import html
from pathlib import Path

import pytest

from app.identity.models import User
from app.modeller.document import Document
from app.modeller.edit import EditRefused, StepNotFound, changed, step_form
from tests.modeller.conftest import Workshop, visit
from tests.support.reading_pages import words
from tests.support.site import client_for

SHIPPED = sorted(Path("processes").rglob("*.bpmn"))
CONSENT = Path("processes/core/record-consent.bpmn")


def _lines(before: str, after: str) -> list[str]:
    """The lines that differ, with their signs and without their indentation."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line[0] + line[1:].strip() for line in diff if line[:3] not in ("---", "+++", "@@ ")]


def _answers(workshop: Workshop, draft: int, step: str, **changes: str) -> dict[str, str]:
    form = step_form(workshop.stored(draft).xml, step)
    return {"seen": form.fingerprint, **{f.key: v for f, v in form.fields}, **changes}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_file_that_nobody_changes_stays_the_same_to_the_letter(path: Path) -> None:
    xml = path.read_text(encoding="utf-8")
    assert Document(xml).text() == xml
    for node in Document(xml).root.iterfind(".//{*}userTask"):
        form = step_form(xml, str(node.get("id")))
        answers = {field.key: value for field, value in form.fields}
        assert changed(xml, form.element_id, answers) == xml


def test_one_name_changes_one_line_and_no_layout() -> None:
    xml = CONSENT.read_text(encoding="utf-8")
    after = changed(xml, "explain_sharing", {"name": 'Say "who" & <what>'})
    assert _lines(xml, after) == [
        '-<bpmn:userTask id="explain_sharing" name="Explain who would know what">',
        '+<bpmn:userTask id="explain_sharing" name="Say &quot;who&quot; &amp; &lt;what&gt;">',
    ]


def test_everything_about_a_task_can_be_changed_and_emptied() -> None:
    xml = CONSENT.read_text(encoding="utf-8")
    wanted = {
        "name": "Explain",
        "documentation": "First line\nSecond line",
        "form": "record_agreement",
        "role": "case:lead",
        "due": "P2D",
        "source": "HULL-01",
    }
    after = changed(xml, "explain_sharing", wanted)
    assert {
        field.key: value for field, value in step_form(after, "explain_sharing").fields
    } == wanted
    emptied = changed(after, "explain_sharing", dict.fromkeys(wanted, ""))
    assert set(dict(step_form(emptied, "explain_sharing").fields).values()) == {""}
    assert 'explain_sharing">\n      <bpmn:incoming>' in emptied


def test_conditions_names_of_ways_default_and_sign_off_can_be_changed() -> None:
    xml = CONSENT.read_text(encoding="utf-8")
    form = step_form(xml, "ask_once_more")
    assert [way.condition for way in form.ways] == ['=mend_choice = "talk_again"', ""]
    after = changed(
        xml,
        "ask_once_more",
        {
            "default": form.ways[0].flow_id,
            "way-2-condition": "=gaps > 0",
            "way-2-name": "Not yet",
            "sign_off_role": "supervisor",
            "sign_off_due": "=working days(2)",
            "sign_off_reminder": "=working days(1)",
        },
    )
    again = step_form(after, "ask_once_more")
    assert again.default == form.ways[0].flow_id
    assert [(way.name, way.condition) for way in again.ways] == [
        ("Yes, talk again", ""),
        ("Not yet", "=gaps > 0"),
    ]
    assert '<zeebe:property name="signOff.role" value="supervisor" />' in after
    assert '<zeebe:property name="signOff.reminder" value="=working days(1)" />' in after


def test_a_clock_can_be_changed() -> None:
    after = changed(CONSENT.read_text(encoding="utf-8"), "agreement_waits", {"timer": "2027-01-31"})
    assert '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">2027-01-31</bpmn:timeDate>' in after


def test_comments_other_line_ends_and_other_tools_own_words_stay() -> None:
    xml = (
        "<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- drawn by hand -->\r\n"
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="urn:other">\r\n'
        '  <process id="p" isExecutable="true">\r\n    <!-- here -->\r\n'
        '    <userTask id="a" o:colour="red"/>\r\n  </process>\r\n</definitions>\r\n'
    )
    after = changed(xml, "a", {"name": "Ask", "due": "P1D"})
    assert after == xml.replace(
        '<userTask id="a" o:colour="red"/>',
        '<userTask id="a" o:colour="red" name="Ask">\r\n      <extensionElements>\r\n'
        '        <zeebe:taskSchedule xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" dueDate="P1D"/>\r\n'
        "      </extensionElements>\r\n    </userTask>",
    )


def test_only_steps_can_be_changed() -> None:
    xml = CONSENT.read_text(encoding="utf-8")
    for name in ("nothing", "record_consent_lane_1", "safe_to_ask_to_record_agreement", ""):
        with pytest.raises(StepNotFound):
            step_form(xml, name)
    assert step_form(xml, "record_consent").fields[0][1] == "Record consent"


def test_a_step_is_changed_on_its_page_and_shown_in_the_outline(workshop: Workshop) -> None:
    draft = workshop.draft()
    address = f"/processes/drafts/{draft}/steps/ask"
    assert "Ask the family" in workshop.client.get(address).text
    answer = workshop.client.post(
        address, data=_answers(workshop, draft, "ask", name="Ask them all", due="=working days(1)")
    )
    assert answer.status_code == 302
    page = workshop.client.get(answer.location).text
    assert "Ask them all" in page
    assert "within 1 working day" in page
    assert "Ask the family" in workshop.client.get("/processes/core/visit").text


def test_a_due_date_is_shown_as_the_moment_it_would_be_now(workshop: Workshop) -> None:
    draft = workshop.draft()
    address = f"/processes/drafts/{draft}/steps/ask"
    for due, said in (("2026-12-01T09:00", True), ("=working days(more)", False)):
        workshop.client.post(address, data=_answers(workshop, draft, "ask", due=due))
        page = words(workshop.client.get(f"/processes/drafts/{draft}/outline").text)
        assert ("begun now, that is Tuesday 1 December 2026 at 9am" in page) is said


def test_findings_stand_at_the_step_they_are_about(workshop: Workshop) -> None:
    draft = workshop.draft(visit(condition="more is yes"))
    address = f"/processes/drafts/{draft}/steps/enough"
    page = workshop.client.get(f"/processes/drafts/{draft}/outline").text
    assert page.count("is not an expression: it must begin with") == 2
    assert "is not an expression" in workshop.client.get(address).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (
            "due",
            "=working days(5",
            "This cannot be read at letter 16: The expression ends too early",
        ),
        ("due", "five days", "“five days” is not a date"),
        ("due", "P5", "“P5” is not a duration"),
        ("way-1-condition", "more is yes", "Write “=more is yes” if that is meant"),
        ("way-1-condition", "=more is >", "This cannot be read at letter"),
    ],
)
def test_what_cannot_be_understood_is_told_beside_its_field_with_what_was_typed(
    workshop: Workshop, field: str, typed: str, said: str
) -> None:
    draft = workshop.draft()
    step = "ask" if field == "due" else "enough"
    before = workshop.stored(draft).xml
    answers = _answers(workshop, draft, step) | {field: typed}
    answer = workshop.client.post(f"/processes/drafts/{draft}/steps/{step}", data=answers)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert said in words(answer.text)
    assert f'value="{html.escape(typed)}"' in answer.text
    assert workshop.stored(draft).xml == before


def test_a_mistake_that_stands_there_already_does_not_keep_the_rest_from_being_saved(
    workshop: Workshop,
) -> None:
    draft = workshop.draft(visit(condition="more is yes"))
    answers = _answers(workshop, draft, "enough", name="Is it enough now?")
    answer = workshop.client.post(f"/processes/drafts/{draft}/steps/enough", data=answers)
    assert answer.status_code == 302
    assert "Is it enough now?" in workshop.stored(draft).xml


@pytest.mark.parametrize(
    ("clock", "typed", "said"),
    [
        ("date", "P10D", 'write =now() + duration("P10D")'),
        ("date", "", "A clock needs a moment"),
        ("duration", "10 days", "is not a duration"),
        ("cycle", "R/5", "An expression such as"),
    ],
)
def test_a_clock_is_asked_for_what_it_takes(clock: str, typed: str, said: str) -> None:
    tag = f"time{clock.capitalize()}"
    xml = CONSENT.read_text(encoding="utf-8").replace("bpmn:timeDate", f"bpmn:{tag}")
    with pytest.raises(EditRefused) as refused:
        changed(xml, "agreement_waits", {"timer": typed})
    assert said in refused.value.problems["timer"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "a\x00b", "cannot be stored"),
        ("documentation", "a\x0bb", "cannot be stored"),
        ("name", "x" * 301, "at most 300"),
        ("documentation", "x" * 10_001, "at most 10000"),
        ("way-1-condition", "=" + "x" * 2000, "at most 2000"),
    ],
)
def test_what_cannot_be_written_comes_back_as_typed(
    workshop: Workshop, field: str, value: str, told: str
) -> None:
    draft = workshop.draft()
    before = workshop.stored(draft).xml
    answers = _answers(workshop, draft, "enough", **{field: value}) | {"name": "Kept"}
    answers[field] = value
    answer = workshop.client.post(f"/processes/drafts/{draft}/steps/enough", data=answers)
    assert answer.status_code == 422
    assert told in answer.text
    assert workshop.stored(draft).xml == before


def test_two_who_change_one_step_see_each_other_and_lose_nothing(
    workshop: Workshop, colleague: User
) -> None:
    draft = workshop.draft()
    address = f"/processes/drafts/{draft}/steps/ask"
    mine = _answers(workshop, draft, "ask", name="My words")
    theirs = _answers(workshop, draft, "ask", name="Their words")
    assert client_for(workshop.app, colleague).post(address, data=theirs).status_code == 302
    answer = workshop.client.post(address, data=mine)
    assert answer.status_code == 409
    assert "Colin Colleague saved this draft" in answer.text
    assert "My words" in answer.text
    assert "Their words" in answer.text
    seen = step_form(workshop.stored(draft).xml, "ask").fingerprint
    assert workshop.client.post(address, data=mine | {"seen": seen}).status_code == 302
    assert "My words" in workshop.stored(draft).xml


def test_two_who_change_different_steps_do_not_disturb_each_other(
    workshop: Workshop, colleague: User
) -> None:
    draft = workshop.draft()
    mine = _answers(workshop, draft, "ask", name="My words")
    theirs = _answers(workshop, draft, "visit_again", name="Their words")
    other = client_for(workshop.app, colleague)
    assert (
        other.post(f"/processes/drafts/{draft}/steps/visit_again", data=theirs).status_code == 302
    )
    sent = workshop.client.post(f"/processes/drafts/{draft}/steps/ask", data=mine)
    assert sent.status_code == 302
    xml = workshop.stored(draft).xml
    assert "My words" in xml
    assert "Their words" in xml


def test_a_canvas_open_meanwhile_notices(workshop: Workshop) -> None:
    draft = workshop.draft()
    workshop.client.post(
        f"/processes/drafts/{draft}/steps/ask",
        data=_answers(workshop, draft, "ask", name="In words"),
    )
    answer = workshop.client.post(
        f"/processes/drafts/{draft}/save", json={"xml": visit(ask="Drawn").decode(), "version": 1}
    )
    assert answer.status_code == 409
    assert "In words" in workshop.stored(draft).xml
