"""What the stock engine does to a case that goes round for years, and what ours does instead.

The findings are numbered. Each is shown on the library as it comes, with the same drawing.
"""

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.parse import parse_diagram
from tests.support import diagrams as d
from tests.support.engine import Play
from tests.support.stock import LONG_AGO, Stock, for_stock, specs_of

PASSED = [f"step{n}" for n in range(8)]
REVIEW = (
    d.xor("turn"),
    d.user("prepare"),
    *(d.throw(name) for name in PASSED),
    d.xor("again", default="again_end"),
    d.flow(" > ".join(["start", "turn", "prepare", *PASSED, "again", "end"])),
    d.flow("again > turn", "=more"),
)
LATE = (
    d.boundary("late", "prepare", d.timer("duration", "P84D"), interrupting=False),
    d.user("chase"),
    d.end("chased"),
    d.flow("late > chase > chased"),
)


def stock(file: bytes, **facts: object) -> Stock:
    return Stock(for_stock(file), facts)


def turns_of_stock(file: bytes, most: int) -> int:
    """How many turns the stock engine takes before it has nothing open, though all said more."""
    engine = stock(file, more=True)
    for turn in range(most):
        if not engine.open():
            assert engine.finished
            return turn
        engine.complete(("prepare", None), {"more": True})
    return most


def test_finding_1_the_stock_engine_stalls_in_a_loop_and_says_it_has_finished() -> None:
    assert 50 < turns_of_stock(d.simple(*REVIEW), 200) < 200


def test_finding_1_the_stock_engine_runs_out_of_stack_when_the_loop_has_a_timer() -> None:
    with pytest.raises(RecursionError):
        turns_of_stock(d.simple(*REVIEW, *LATE), 200)


def test_finding_1_our_loop_goes_on_until_somebody_says_that_it_ends() -> None:
    play = Play(d.simple(*REVIEW, *LATE), facts={"more": True})
    for turn in range(200):
        assert play.open == ["prepare"], turn
        play.do("prepare", more=turn < 199)
    assert play.now.finished


JOIN_IN_A_LOOP = d.simple(
    d.xor("turn"),
    d.parallel("fork"),
    d.user("a"),
    d.user("b"),
    d.parallel("join"),
    d.user("after"),
    d.xor("again", default="again_end"),
    d.flow("start > turn > fork > a > join > after > again > end"),
    d.flow("fork > b > join"),
    d.flow("again > turn", "=more"),
)


INCLUSIVE = d.node("inclusiveGateway", "join")


def test_finding_2_a_stock_join_in_a_loop_fires_before_both_have_come() -> None:
    engine = stock(JOIN_IN_A_LOOP, more=True)
    for name in ("a", "b", "after"):
        engine.complete((name, None), {"more": True})
    engine.complete(("b", None), {})
    assert engine.open() == [("a", None), ("after", None)]


def test_finding_2_our_join_waits_for_both_in_every_turn_whatever_the_order() -> None:
    play = Play(JOIN_IN_A_LOOP, facts={"more": True})
    for one, other in (("a", "b"), ("b", "a"), ("a", "b"), ("b", "a")):
        play.do(one)
        assert play.open == [other]
        play.do(other)
        assert play.open == ["after"]
        play.do("after")


def test_finding_2_an_inclusive_join_is_refused_by_its_id() -> None:
    file = JOIN_IN_A_LOOP.replace(d.parallel("join").encode(), INCLUSIVE.encode())
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(file)
    assert {finding.element_id for finding in refused.value.findings} == {"join"}


WAIT = d.simple(
    d.catch("wait", d.timer("duration", "P1D")), d.user("a"), d.flow("start > wait > a > end")
)


def test_finding_7_after_a_stock_step_a_timer_has_fired_and_nobody_is_told() -> None:
    workflow = stock(WAIT).workflow
    [timer] = workflow.get_tasks(state=TaskState.WAITING)
    timer.internal_data["event_value"] = LONG_AGO
    workflow.do_engine_steps()
    assert not workflow.get_tasks(state=TaskState.READY, manual=True)
    workflow.do_engine_steps()
    assert workflow.get_tasks(state=TaskState.READY, manual=True)


def test_finding_7_our_timer_leads_to_its_task_in_one_step() -> None:
    play = Play(WAIT)
    assert (play.later(days=1), play.open) == (1, ["a"])


NOBODY = d.simple(
    d.xor("turn"),
    d.xor("again", default="again_turn"),
    d.flow("start > turn > again > turn"),
    d.flow("again > end", "=false"),
)


def test_finding_7_a_stock_loop_without_people_burns_out_and_is_called_finished() -> None:
    ran: list[object] = []
    workflow = BpmnWorkflow(*specs_of(for_stock(NOBODY).replace(b">false<", b">False<")))
    workflow.do_engine_steps(did_complete_task=ran.append)
    assert len(ran) > 900
    assert workflow.is_completed()


def test_finding_7_our_loop_without_people_is_an_error_that_names_the_loop() -> None:
    with pytest.raises(ElementFailed, match="nobody works on: again, turn"):
        Play(NOBODY)


def test_finding_9_stock_state_and_tree_grow_with_every_turn() -> None:
    engine, keeper = stock(d.simple(*REVIEW), more=True), BpmnWorkflowSerializer()
    sizes, tasks = [], []
    for _ in range(30):
        engine.complete(("prepare", None), {"more": True})
        sizes.append(len(keeper.serialize_json(engine.workflow)))
        tasks.append(len(engine.workflow.tasks))
    assert sizes[-1] > 4 * sizes[0]
    assert tasks[-1] > 10 * tasks[0]


def test_finding_9_our_state_is_as_large_as_what_is_open() -> None:
    play = Play(d.simple(*REVIEW), facts={"more": True})
    sizes, tasks = [], []
    for _ in range(30):
        play.do("prepare", more=True)
        sizes.append(len(play.now.state))
        tasks.append(len(play.load()._workflow.tasks))
    assert max(sizes) - min(sizes) <= 4  # the ids are random, so they compress differently
    assert set(tasks) == {2}  # the root and the open task
