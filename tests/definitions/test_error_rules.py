"""An error that ends a process is taken by somebody; otherwise the owner hears that it is not."""

import pytest

from app.definitions.alone import judge
from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from app.engine.errors import ElementFailed
from tests.support.diagrams import boundary, bpmn, call, end, flow, process, start, sub, user
from tests.support.engine import Play
from tests.support.published import CORE_PACK, diagram, form, pack_file

REFUSED = '<bpmn:errorEventDefinition errorRef="refused"/>'
OTHER = '<bpmn:errorEventDefinition errorRef="late"/>'
ERRORS = '<bpmn:error id="refused" errorCode="refused"/><bpmn:error id="late" errorCode="late"/>'


def drawn(process_id: str, *parts: str) -> SourceFile:
    return diagram(bpmn(process(process_id, *parts), ERRORS))


def callee(error: str = REFUSED) -> SourceFile:
    return drawn(
        "inner",
        start("i"),
        user("ask", form="ask", groups="practitioner", name="Ask them"),
        end("refuses", error),
        flow("i > ask > refuses"),
    )


def caller(process_id: str, *more: str, called: str = "inner") -> SourceFile:
    go, first, last = f"{process_id}_go", f"{process_id}_start", f"{process_id}_end"
    return drawn(
        process_id,
        start(first),
        call(go, called),
        end(last),
        flow(f"{first} > {go} > {last}"),
        *more,
    )


def taking(process_id: str, error: str = REFUSED) -> SourceFile:
    event = f"{process_id}_taken"
    return caller(
        process_id,
        boundary(event, f"{process_id}_go", error),
        flow(f"{event} > {process_id}_end"),
    )


def found(file: SourceFile, *more: SourceFile) -> list[Finding]:
    library = Library(
        [pack_file(CORE_PACK, pack="core"), form("ask", ["answer"]), file, *more],
    )
    return [f for f in check([file], Surroundings(library)) if f.rule == "error-taken"]


def test_a_case_stays_open_at_an_error_that_nothing_takes() -> None:
    """What the finding says is what the engine does."""
    play = Play(callee().content.encode())
    with pytest.raises(ElementFailed, match="No boundary event around here"):
        play.do("ask")


def test_an_error_end_of_a_process_that_nothing_calls_is_noted() -> None:
    [finding] = found(callee())
    assert (finding.element_id, finding.severity) == ("refuses", "note")
    assert "no process calls this one" in finding.message
    assert finding.why
    assert finding.advice


def test_an_error_that_the_caller_takes_is_not() -> None:
    assert found(callee(), taking("one")) == []
    assert found(callee(), taking("one", "<bpmn:errorEventDefinition/>")) == []
    assert len(found(callee(), taking("one", OTHER))) == 1


def test_every_caller_has_to_take_it_or_somebody_further_out() -> None:
    [finding] = found(callee(), taking("one"), caller("two"))
    assert "“two_go” in “two” does not" in finding.message
    outer = caller(
        "outer", boundary("out", "outer_go", REFUSED), flow("out > outer_end"), called="two"
    )
    assert found(callee(), taking("one"), caller("two"), outer) == []


def test_an_error_out_of_a_sub_process_is_taken_at_its_border() -> None:
    def file(*more: str) -> SourceFile:
        return drawn(
            "p",
            start(),
            sub("s", start("a"), end("b", REFUSED), flow("a > b")),
            end(),
            flow("start > s > end"),
            *more,
        )

    assert [f.element_id for f in found(file())] == ["b"]
    assert found(file(boundary("taken", "s", REFUSED), flow("taken > end"))) == []


def test_processes_that_call_each_other_come_to_an_answer() -> None:
    round_about = caller("a", called="b")
    back = drawn("b", start("s"), call("go", "a"), end("e", REFUSED), flow("s > go > e"))
    assert found(back, round_about) == []


def test_a_file_by_itself_is_told_too() -> None:
    verdict = judge("inner.bpmn", callee().content.encode())
    assert ("refuses", "error-taken") in {(note.element_id, note.rule) for note in verdict.notes}
