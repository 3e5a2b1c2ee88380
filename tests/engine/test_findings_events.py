"""What the stock engine does with instances, messages and work that is done again, and ours does."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.exceptions import WorkflowException

from app import clock
from app.config import ROOT
from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.support import diagrams as d
from tests.support.engine import Play
from tests.support.stock import Stock, for_stock, specs_of


def stock(file: bytes, **facts: object) -> Stock:
    return Stock(for_stock(file), facts)


def in_a_new_program(module: str, asked: dict[str, Any]) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


FOR_EACH = d.simple(
    d.user("ask", d.repeated("=items", "agency")), d.user("z"), d.flow("start > ask > z > end")
)


def test_finding_13_stock_instances_of_a_task_never_merge_in_a_new_program() -> None:
    engine = stock(FOR_EACH, items=[1, 2])
    state = BpmnWorkflowSerializer().serialize_json(engine.workflow)
    found = in_a_new_program(
        "tests.engine.stock_elsewhere", {"file": for_stock(FOR_EACH).decode(), "state": state}
    )
    assert found == {"open": [], "finished": False}


def test_finding_13_the_same_stock_workflow_goes_on_where_it_was_begun() -> None:
    engine = stock(FOR_EACH, items=[1, 2])
    for item in (1, 2):
        engine.complete(("ask", item), {})
    assert engine.open() == [("z", None)]


def test_finding_13_ours_goes_on_in_a_new_program_after_each_of_them() -> None:
    play = Play(FOR_EACH, facts={"items": [1, 2]})
    state = b64encode(play.now.state).decode()
    open_now = [[t.element_id, t.engine_task_id] for t in play.now.open_tasks]
    for left in (["ask", "z"], ["z"]):
        found = in_a_new_program(
            "tests.engine.elsewhere",
            {
                "files": [b64encode(FOR_EACH).decode()],
                "state": state,
                "now": clock.now().isoformat(),
                "action": ["do", open_now[0][1], {}],
            },
        )
        state, open_now = found["state"], found["open"]
        assert [name for name, _ in open_now] == left[:1]
    assert b64decode(state)


EVENT_SUB_PROCESS = d.bpmn(
    d.process(
        "p",
        d.start(),
        d.end(),
        d.user("a"),
        d.flow("start > a > end"),
        d.node(
            "subProcess",
            "news",
            d.start("s", d.message("m")) + d.user("read") + d.end("e") + d.flow("s > read > e"),
            triggeredByEvent="true",
        ),
    ),
    messages={"m": None},
).replace(b'<bpmn:startEvent id="s">', b'<bpmn:startEvent id="s" isInterrupting="false">')


def test_finding_14_after_one_stock_case_got_the_message_no_later_one_ever_ends() -> None:
    shared = specs_of(for_stock(EVENT_SUB_PROCESS))
    before, told, later = (Stock.around(BpmnWorkflow(*shared)) for _ in range(3))
    before.complete(("a", None), {})
    assert before.finished
    told.send("m")
    told.complete(("read", None), {})
    told.complete(("a", None), {})
    assert told.finished
    later = Stock.around(BpmnWorkflow(*shared))
    later.complete(("a", None), {})
    assert later.open() == []
    assert not later.finished


def test_finding_14_and_after_a_restart_the_stock_case_itself_raises() -> None:
    engine, keeper = stock(EVENT_SUB_PROCESS), BpmnWorkflowSerializer()
    engine.send("m")
    workflow = keeper.deserialize_json(keeper.serialize_json(engine.workflow))
    spec, inner = specs_of(for_stock(EVENT_SUB_PROCESS))
    workflow.spec, workflow.subprocess_specs = spec, inner
    for task in workflow.tasks.values():
        task.task_spec = spec.task_specs[task.task_spec.name]
    again = Stock.around(workflow)
    with pytest.raises(WorkflowException):
        again.complete(("read", None), {})


def test_finding_14_ours_refuses_an_event_sub_process_by_its_id() -> None:
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(EVENT_SUB_PROCESS)
    assert "news" in {finding.element_id for finding in refused.value.findings}


WATCHED = d.simple(
    d.user("early"),
    d.user("a"),
    d.boundary("late", "a", d.timer("duration", "P5D"), interrupting=False),
    d.user("chase"),
    d.end("chased"),
    d.user("also"),
    d.parallel("fork"),
    d.end("done"),
    d.xor("g", default="g_end", role="supervisor", sendBackTo="early"),
    d.flow("start > fork > early > a > g > end"),
    d.flow("fork > also > done"),
    d.flow("late > chase > chased"),
    d.flow("g > a", "=never"),
)
SUB = d.sub("inner", d.start("s") + d.user("deep") + d.end("e") + d.flow("s > deep > e"))
BEFORE = d.simple(SUB, d.user("b"), d.flow("start > inner > b > end"))


def stock_task(engine: Stock, name: str) -> Any:
    return next(t for t in engine.workflow.get_tasks() if t.task_spec.name == name)


def test_finding_15_a_stock_case_that_was_sent_back_over_a_timer_raises_at_its_next_step() -> None:
    engine = stock(WATCHED, never=False)
    engine.complete(("early", None), {})
    engine.workflow.reset_from_task_id(stock_task(engine, "early").id)
    with pytest.raises(AttributeError):
        engine.go_on()


def test_finding_15_and_work_reopened_in_a_stock_sub_process_belongs_to_one_that_is_over() -> None:
    engine = stock(BEFORE)
    engine.complete(("deep", None), {})
    engine.workflow.reset_from_task_id(stock_task(engine, "deep").id)
    engine.go_on()
    assert engine.open() == [("deep", None)]
    assert engine.workflow.get_active_subprocesses() == []


def test_finding_15_ours_moves_the_token_and_leaves_everything_beside_it_alone() -> None:
    play = Play(WATCHED, facts={"never": False}).do("early", answer=1).do("a")
    assert play.open == ["also", "g"]
    play.send_back("g", to="early")
    assert (play.open, play.now.timers) == (["also", "early"], ())
    play.do("early").do("a").sign("g", "g_end").do("also")
    assert play.now.finished


NEWS = d.simple(
    d.user("a"),
    d.boundary("heard", "a", d.message("m"), interrupting=False),
    d.user("read"),
    d.end("known"),
    d.flow("start > a > end"),
    d.flow("heard > read > known"),
    messages={"m": "=case_id"},
)


def test_finding_17_a_stock_boundary_event_takes_one_message_and_refuses_the_second() -> None:
    engine = stock(NEWS, case_id="c")
    engine.send("m")
    with pytest.raises(WorkflowException, match="not waiting for m"):
        engine.send("m")


def test_finding_17_ours_takes_every_one() -> None:
    play = Play(NEWS, facts={"case_id": "c"})
    assert [play.deliver("m", "c") for _ in range(3)] == [True, True, True]
    assert play.open == ["a", "read", "read", "read"]
