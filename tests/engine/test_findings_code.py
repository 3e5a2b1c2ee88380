"""The stock engine runs what an author writes, and reads what a file points to; ours does not."""

import re
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import AutomaticStepFailed, DiagramRefused, ElementFailed
from app.engine.parse import parse_diagram
from app.engine.results import Facts
from tests.support import diagrams as d
from tests.support.engine import FakeHost, Play
from tests.support.stock import Stock, for_stock, specs_of

IMPORT = "__import__('os').system('touch {path}')"
WALK = (
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
    ".__init__.__globals__['system']('touch {path}')"
)
FORMAT = "len('{{0.__class__.__mro__}}'.format(1)) > 0 and open('{path}', 'w').close() is None"
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'


def gateway(text: str) -> bytes:
    return d.simple(
        d.xor("x", default="x_a"),
        d.user("a"),
        d.user("b"),
        d.flow("start > x > a > end"),
        d.flow("x > b", f"={text} = 0" if text.startswith("=") else f"={text}"),
        d.flow("b > end"),
    )


def script(text: str) -> bytes:
    said = f"<bpmn:script>{escape(text)}</bpmn:script>"
    return d.simple(d.node("scriptTask", "x", said), d.flow("start > x > end"))


def before_a_task(text: str) -> bytes:
    said = f"<spiffworkflow:preScript {SPIFF}>{escape(text)}</spiffworkflow:preScript>"
    return d.simple(
        d.user("x", f"<bpmn:extensionElements>{said}</bpmn:extensionElements>"),
        d.flow("start > x > end"),
    )


def timer(text: str) -> bytes:
    return d.simple(
        d.user("x"),
        d.boundary("b", "x", d.timer("duration", text)),
        d.end("e"),
        d.flow("start > x > end"),
        d.flow("b > e"),
    )


EXPLOITS = {
    "import in a condition": (gateway, IMPORT),
    "walk from a literal in a condition": (gateway, WALK),
    "format and open in a condition": (gateway, FORMAT),
    "import in a script": (script, "import os; os.system('touch {path}')"),
    "import in a script before a task": (before_a_task, IMPORT),
    "import in a timer": (timer, IMPORT),
}


def run_by_the_stock_engine(file: bytes) -> None:
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(for_stock(file))
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    with suppress(Exception):  # it complains after the harm is done
        workflow.do_engine_steps()
        workflow.get_next_task(state=TaskState.READY).run()


@pytest.mark.parametrize("name", EXPLOITS)
def test_finding_10_the_stock_engine_runs(name: str, tmp_path: Path) -> None:
    draw, text = EXPLOITS[name]
    trace = tmp_path / "trace"
    run_by_the_stock_engine(draw(text.format(path=trace)))
    assert trace.exists()


@pytest.mark.parametrize("prefix", ["", "="])
@pytest.mark.parametrize("name", EXPLOITS)
def test_finding_10_ours_refuses_or_only_reads(name: str, prefix: str, tmp_path: Path) -> None:
    draw, text = EXPLOITS[name]
    trace = tmp_path / "trace"
    with pytest.raises((DiagramRefused, ElementFailed)) as refused:
        Play(draw(prefix + text.format(path=trace)))
    assert re.match(r"(x|x_b|b)\b", str(refused.value))  # the element, then the reason
    assert not trace.exists()


PLAIN = d.simple(d.user("a", name="ENTITY"), d.flow("start > a > end"))
WITH_ENTITY = b'<!DOCTYPE x [<!ENTITY who "anyone">]>' + PLAIN.replace(b"ENTITY", b"&who;")


def test_finding_11_the_stock_parser_takes_a_doctype_and_fills_its_entities_in() -> None:
    spec, _ = specs_of(WITH_ENTITY)
    assert spec.task_specs["a"].bpmn_name == "anyone"


def test_finding_11_ours_refuses_a_doctype() -> None:
    with pytest.raises(DiagramRefused, match="DOCTYPE"):
        parse_diagram(WITH_ENTITY)


class Register(TaskDataEnvironment):
    def call_service(self, *_: object, **__: object) -> object:
        raise ValueError("The register does not answer.")


def test_finding_12_a_stock_service_that_fails_is_hidden_by_a_mistake_in_the_error_path() -> None:
    task = Stock(PLAIN, {}).workflow.get_next_task(state=TaskState.READY, manual=True)
    with pytest.raises(NameError, match="script"):
        PythonScriptEngine(Register()).call_service(task, operation_name="look up")


def test_finding_12_a_stock_mistake_without_a_line_breaks_its_own_report() -> None:
    with pytest.raises(TypeError):
        PythonScriptEngine().create_task_exec_exception(None, "x", SyntaxError("no line"))


def test_finding_12_a_step_of_ours_that_fails_names_the_element_and_says_why() -> None:
    def look_up(_: Facts) -> Facts:
        raise AutomaticStepFailed("The register does not answer.")

    file = d.simple(d.service("ask", "look_up"), d.flow("start > ask > end"))
    with pytest.raises(ElementFailed, match="register does not answer") as failed:
        Play(file, host=FakeHost(steps={"look_up": look_up}))
    assert failed.value.element_id == "ask"
