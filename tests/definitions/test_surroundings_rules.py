"""Messages meet, clocks come to a moment, roles have people, decisive answers are not left empty."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from app import clock
from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.place import Surroundings
from tests.support.diagrams import (
    boundary,
    bpmn,
    catch,
    end,
    flow,
    message,
    process,
    start,
    throw,
    timer,
    user,
    xor,
)
from tests.support.published import CORE_PACK, diagram, form, pack_file

PACK = CORE_PACK + "[parameters]\nreview_weeks = 2\n"


def found(
    *parts: str,
    more: tuple[SourceFile, ...] = (),
    messages: Mapping[str, str | None] | None = None,
    members: dict[str, int] | None = None,
) -> list[Finding]:
    file = diagram(bpmn(process("p", start(), end(), *parts), messages=messages))
    library = Library([pack_file(PACK, pack="core"), form("ask", ["answer"]), file, *more])
    return check([file], Surroundings(library, members=members))


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def task(**said: object) -> str:
    known = {"form": "ask", "groups": "practitioner", "name": "Ask them", **said}
    return user("ask", **known)  # type: ignore[arg-type]  # keywords of user()


LINE = flow("start > ask > end")


def partner(part: str) -> SourceFile:
    return diagram(
        bpmn(
            process("partner", start("s"), part, end("e"), flow("s > there > e")),
            messages={"m": "=case_id"},
        )
    )


def test_a_message_that_nobody_waits_for_is_noted() -> None:
    parts = (throw("tell", message("m")), flow("start > tell > end"))
    known = {"m": "=case_id"}
    assert in_short(found(*parts, messages=known)) == [("tell", "message-received", "note")]
    assert found(*parts, messages=known, more=(partner(catch("there", message("m"))),)) == []


def test_a_message_that_nobody_sends_is_noted() -> None:
    parts = (catch("wait", message("m")), flow("start > wait > end"))
    known = {"m": "=case_id"}
    assert in_short(found(*parts, messages=known)) == [("wait", "message-sent", "note")]
    assert found(*parts, messages=known, more=(partner(throw("there", message("m"))),)) == []


def test_a_message_from_a_page_is_not_noted_when_the_diagram_names_the_page() -> None:
    page = {"message.sentBy": "the page of the family"}
    parts = (catch("wait", message("m"), properties=page), flow("start > wait > end"))
    assert found(*parts, messages={"m": "=case_id"}) == []


@pytest.mark.parametrize(
    "due", ["=working days(5)", "=working days(parameters.review_weeks)", "P5D", "=answer"]
)
def test_a_clock_that_comes_to_a_moment_or_depends_on_the_case_is_fine(due: str) -> None:
    parts = (task(), flow("start > ask"))
    wait = (catch("wait", timer("duration", due)), flow("ask > wait > end"))
    assert found(*parts, *wait) == []


@pytest.mark.parametrize("due", ['=working days("soon")', '="soon"', "=1 / 0", "=true"])
def test_a_clock_that_comes_to_no_moment_is_an_error(due: str) -> None:
    [finding] = found(catch("wait", timer("duration", due)), flow("start > wait > end"))
    assert in_short([finding]) == [("wait", "timer-parses", "error")]
    assert "The timer of “wait” gives no moment" in finding.message
    assert in_short(found(task(due=due), LINE)) == [("ask", "due-date-parses", "error")]


def test_a_repeating_clock_is_worked_out_too() -> None:
    def reminded(text: str) -> list[Finding]:
        return found(
            task(),
            boundary("again", "ask", timer("cycle", text), interrupting=False),
            end("told"),
            LINE,
            flow("again > told"),
        )

    assert reminded('="R3/P7D"') == []
    assert in_short(reminded('="R3"')) == [("again", "timer-parses", "error")]


def test_a_date_that_is_over_is_noted() -> None:
    parts = (catch("wait", timer("date", "2026-03-01T09:00:00Z")), flow("start > wait > end"))
    with clock.at(datetime(2026, 2, 1, tzinfo=UTC)):
        assert found(*parts) == []
    with clock.at(datetime(2026, 4, 1, tzinfo=UTC)):
        assert in_short(found(*parts)) == [("wait", "timer-parses", "note")]


def test_a_role_without_people_is_noted_where_people_are_known() -> None:
    assert found(task(), LINE) == []
    assert found(task(), LINE, members={"practitioner": 1}) == []
    assert in_short(found(task(), LINE, members={"supervisor": 1})) == [
        ("ask", "role-has-members", "note")
    ]
    assert found(task(groups="case:lead"), LINE, members={"supervisor": 1}) == []


def asking(required: bool) -> SourceFile:
    asked = {
        "type": "textfield",
        "id": "f",
        "key": "answer",
        "label": "What do they say?",
        "validate": {"required": required},
    }
    whole = {"type": "default", "id": "say", "schemaVersion": 18, "components": [asked]}
    return SourceFile(Kind.FORM, "core", "say", json.dumps(whole), "core/forms/say.form")


def test_an_answer_that_decides_the_way_should_be_required() -> None:
    def decided(condition: str, required: bool) -> list[Finding]:
        return found(
            task(form="say"),
            xor("which", default="which_end"),
            end("other"),
            flow("start > ask > which > end"),
            flow("which > other", condition),
            more=(asking(required),),
        )

    [finding] = decided('=answer = "x"', False)
    assert in_short([finding]) == [("which", "form-answers-required", "note")]
    assert "“What do they say?”" in finding.message
    assert decided('=answer = "x"', True) == []
    assert decided('=answer != null and answer = "x"', False) == []
