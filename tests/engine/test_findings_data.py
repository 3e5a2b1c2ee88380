"""What the stock engine does to facts and to a state that failed, and what ours does instead."""

import json
import zlib
from typing import Any

import pytest
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import ElementFailed
from app.engine.process import Process
from tests.support import diagrams as d
from tests.support.engine import Play
from tests.support.stock import Stock, for_stock

TWO = d.simple(d.user("a"), d.user("b"), d.flow("start > a > b > end"))


def stock(file: bytes, **facts: object) -> Stock:
    return Stock(for_stock(file), facts)


def open_data(workflow: Any) -> dict[str, Any]:
    """The facts of the one open task."""
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    found: dict[str, Any] = task.data
    return found


def as_a_database_keeps_json(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def test_finding_3_a_stock_state_loses_its_facts_when_a_database_sorts_its_keys() -> None:
    engine, keeper = stock(TWO, name="Sam"), BpmnWorkflowSerializer()
    engine.complete(("a", None), {"answer": "yes"})
    text = keeper.serialize_json(engine.workflow)
    assert open_data(keeper.deserialize_json(text)) == {"name": "Sam", "answer": "yes"}
    assert any(open_data(keeper.deserialize_json(mixed(text))) == {} for mixed in MIXED)


def backwards(value: object) -> object:
    if isinstance(value, dict):
        return {name: backwards(value[name]) for name in reversed(list(value))}
    return value


MIXED = (as_a_database_keeps_json, lambda text: json.dumps(backwards(json.loads(text))))


def test_finding_3_our_state_keeps_its_facts_whatever_the_order_of_its_keys() -> None:
    play = Play(TWO, facts={"name": "Sam"}).do("a", answer="yes")
    text = play.now.state.decode()  # as small as this one it is not packed
    for mixed in MIXED:
        loaded = Process.load(play.specs, zlib.compress(mixed(text).encode()), play.host)
        assert loaded.snapshot().open_tasks[0].facts == {"name": "Sam", "answer": "yes"}


def test_finding_4_a_stock_task_changes_what_an_earlier_one_said() -> None:
    engine = stock(TWO)
    engine.complete(("a", None), {"plan": {"aims": ["sleep"]}})
    open_data(engine.workflow)["plan"]["aims"].append("school")
    [earlier] = [t for t in engine.workflow.get_tasks() if t.task_spec.name == "a"]
    assert earlier.data == {"plan": {"aims": ["sleep", "school"]}}


def test_finding_4_what_was_said_to_us_stands_whatever_becomes_of_it() -> None:
    said = {"aims": ["sleep"]}
    play = Play(TWO).do("a", plan=said)
    said["aims"].append("school")
    earlier = play.now
    play.do("b", plan={"aims": ["work"]})
    assert (earlier.facts, play.facts) == (
        {"plan": {"aims": ["sleep"]}},
        {"plan": {"aims": ["work"]}},
    )


ACTIONS = d.simple(
    d.parallel("fork"),
    d.user("a"),
    d.user("b"),
    d.parallel("join"),
    d.user("c"),
    d.xor("g", default="g_end"),
    d.flow("start > fork > a > join > c > g > end"),
    d.flow("fork > b > join"),
    d.flow("g > end", "=count(actions) > 9", flow_id="many"),
)
VISIT, CALL = {"what": "visit", "by": "Ash"}, {"what": "call", "until": "May"}


def test_finding_5_a_stock_join_makes_one_action_of_two_because_both_come_first() -> None:
    engine = stock(ACTIONS)
    engine.complete(("a", None), {"actions": [dict(VISIT)]})
    engine.complete(("b", None), {"actions": [dict(CALL)]})
    [mixed] = open_data(engine.workflow)["actions"]
    assert mixed.keys() == {"what", "by", "until"}


def test_finding_5_the_list_that_was_given_to_us_last_is_the_list() -> None:
    play = Play(ACTIONS).do("a", actions=[VISIT]).do("b", actions=[CALL])
    assert play.facts["actions"] == [CALL]


NO_ANSWER = d.simple(
    d.user("a"),
    d.xor("g", default="g_b"),
    d.user("b"),
    d.user("c"),
    d.flow("start > a > g > b > end"),
    d.flow("g > c", "=level / share > 3"),
    d.flow("c > end"),
)


def test_finding_8_a_stock_gateway_that_failed_once_never_goes_on() -> None:
    engine = stock(NO_ANSWER, share=1)
    with pytest.raises(WorkflowTaskException):
        engine.complete(("a", None), {})
    for task in engine.workflow.get_tasks():
        task.data["level"] = 1
    engine.go_on()
    assert engine.open() == []
    assert not engine.finished


NOT_READY = d.simple(
    d.user("a"),
    d.catch("wait", d.timer("date", "=when")),
    d.user("b"),
    d.flow("start > a > wait > b > end"),
)


def test_finding_8_what_failed_with_us_leaves_the_saved_state_as_it_was_and_can_be_repeated() -> (
    None
):
    play = Play(NOT_READY)
    with pytest.raises(ElementFailed, match="wait"):
        play.do("a")
    play.do("a", when="2026-01-01T09:00:00Z")
    assert (play.later(days=1), play.open) == (1, ["b"])
