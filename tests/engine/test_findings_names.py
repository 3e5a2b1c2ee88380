"""Which names the stock engine trips over, and that ours refuses them or does not care."""

from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.support import diagrams as d
from tests.support.engine import spec_set
from tests.support.stock import Stock, for_stock, specs_of


def named(element_id: str) -> bytes:
    return d.simple(
        d.user("a"), d.user(element_id), d.user("b"), d.flow(f"start > a > {element_id} > b > end")
    )


def test_finding_6_a_stock_task_called_end_is_never_open_and_ends_the_process() -> None:
    engine = Stock(for_stock(named("End")), {})
    engine.complete(("a", None), {})
    assert engine.open() == []
    assert engine.finished


def test_finding_6_a_stock_process_that_is_at_a_task_called_root_cannot_be_loaded() -> None:
    engine, keeper = Stock(for_stock(named("Root")), {}), BpmnWorkflowSerializer()
    engine.complete(("a", None), {})
    text = keeper.serialize_json(engine.workflow)
    with pytest.raises(TypeError):
        keeper.deserialize_json(text)


def test_finding_6_a_stock_task_called_start_is_refused_as_if_the_flow_were_wrong() -> None:
    with pytest.raises(ValidationException, match="StartTask can not have any inputs"):
        Stock(for_stock(named("Start")), {})


@pytest.mark.parametrize("element_id", ["Start", "End", "Root"])
def test_finding_6_ours_refuses_these_names_by_id_when_the_diagram_is_read(element_id: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(named(element_id))
    [finding] = refused.value.findings
    assert finding.element_id == element_id


def inside(task: str) -> str:
    return d.sub("inner", d.start("s") + d.user(task) + d.end("e") + d.flow(f"s > {task} > e"))


OUTER = d.bpmn(
    d.process(
        "p", d.start(), d.end(), d.call("c", "c_p"), inside("ours"),
        d.flow("start > inner > c > end"),
    )
)  # fmt: skip
CALLED = d.bpmn(
    d.process("c_p", d.start("s2"), d.end("e2"), inside("theirs"), d.flow("s2 > inner > e2"))
)


def test_finding_16_of_two_stock_sub_processes_with_one_id_the_wrong_one_runs() -> None:
    # each file read by itself, as a repository of versions does
    called, inside_called = specs_of(for_stock(CALLED), process_id="c_p")
    both: dict[str, Any] = {"c_p": called, **inside_called}
    outer, inside_outer = specs_of(for_stock(OUTER), for_stock(without_inner(CALLED)))
    engine = Stock.around(BpmnWorkflow(outer, {**inside_outer, **both}))
    assert engine.open() == [("theirs", None)]


def without_inner(file: bytes) -> bytes:
    return (
        file.replace(b'"inner"', b'"other"')
        .replace(b"inner_", b"other_")
        .replace(b"_inner", b"_other")
    )


def test_finding_16_ours_refuses_the_second_by_id_when_the_files_are_put_together() -> None:
    with pytest.raises(DiagramRefused) as refused:
        spec_set(OUTER, CALLED)
    [finding] = refused.value.findings
    assert finding.element_id == "inner"
