"""Repeated activities: one instance for each item, at once or one after the other."""

import tracemalloc

import pytest

from app.engine.errors import ElementFailed
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    end,
    flow,
    process,
    repeated,
    service,
    simple,
    start,
    sub,
    timer,
    user,
)
from tests.support.engine import FakeHost, Play

AGENCIES = ["police", "health", "school"]


def asked(*, sequential: bool = False, until: str = "") -> bytes:
    marker = repeated(
        "=agencies", "agency", sequential=sequential, into=("replies", "=reply"), until=until
    )
    return simple(user("ask", marker), user("read"), flow("start > ask > read > end"))


def answer(play: Play, item: object, **said: object) -> None:
    process_ = play.load()
    task = next(t for t in play.now.open_tasks if t.item == item)
    process_.complete(task.engine_task_id, said)
    play._keep(process_)


def test_a_parallel_task_is_open_once_for_each_item_and_knows_it() -> None:
    play = Play(asked(), facts={"agencies": AGENCIES})
    assert [t.item for t in play.now.open_tasks] == AGENCIES
    assert [t.facts["agency"] for t in play.now.open_tasks] == AGENCIES
    assert [t.facts["loopCounter"] for t in play.now.open_tasks] == [1, 2, 3]


def test_results_are_collected_in_the_order_of_the_items_not_of_the_answers() -> None:
    play = Play(asked(), facts={"agencies": AGENCIES})
    for agency in ("school", "police", "health"):
        answer(play, agency, reply=agency.upper(), other="stays inside")
    assert play.open == ["read"]
    assert play.facts == {"agencies": AGENCIES, "replies": ["POLICE", "HEALTH", "SCHOOL"]}


def test_a_sequential_task_is_open_for_one_item_after_the_other() -> None:
    play = Play(asked(sequential=True), facts={"agencies": AGENCIES})
    for agency in AGENCIES:
        assert [t.item for t in play.now.open_tasks] == [agency]
        play.do("ask", reply=len(agency))
    assert play.facts["replies"] == [6, 6, 6]
    assert play.open == ["read"]


@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_collection_is_passed_at_once(sequential: bool) -> None:
    play = Play(asked(sequential=sequential), facts={"agencies": []})
    assert play.open == ["read"]
    assert play.facts["replies"] == []


def test_what_is_no_list_is_an_error_of_the_task() -> None:
    with pytest.raises(ElementFailed) as failed:
        Play(asked(), facts={"agencies": "police"})
    assert failed.value.element_id == "ask"


def test_a_completion_condition_closes_the_rest() -> None:
    drawn = asked(until="=numberOfCompletedInstances >= 2")
    play = Play(drawn, facts={"agencies": AGENCIES})
    answer(play, "school", reply=1)
    answer(play, "police", reply=2)
    assert play.open == ["read"]
    assert play.facts["replies"] == [2, None, 1]
    assert play.lines("cancelled") == ["ask"]


def test_a_completion_condition_can_read_the_latest_answer() -> None:
    play = Play(asked(until="=reply = false"), facts={"agencies": AGENCIES})
    answer(play, "police", reply=True)
    assert len(play.now.open_tasks) == 2
    answer(play, "health", reply=False)
    assert play.open == ["read"]


def test_without_an_output_collection_answers_become_facts() -> None:
    drawn = simple(user("ask", repeated("=agencies", "agency")), flow("start > ask > end"))
    play = Play(drawn, facts={"agencies": ["police"]}).do("ask", reply="yes")
    assert play.now.finished
    assert play.facts == {"agencies": ["police"], "reply": "yes"}


def test_a_service_task_is_repeated_too() -> None:
    drawn = simple(
        service(
            "tell",
            "tell",
            repeated("=agencies", "agency", into=("told", "=at")),
            inputs={"who": "=agency"},
        ),
        user("read"),
        flow("start > tell > read > end"),
    )
    host = FakeHost(steps={"tell": lambda inputs: {"at": f"{inputs['who']} told"}})
    play = Play(drawn, facts={"agencies": AGENCIES}, host=host)
    assert play.facts["told"] == ["police told", "health told", "school told"]
    assert [e.item for e in host.elements] == AGENCIES


@pytest.mark.parametrize("sequential", [True, False])
def test_a_sub_process_is_repeated_and_its_tasks_know_the_item(sequential: bool) -> None:
    inside = sub(
        "each",
        start("s"),
        user("do_it"),
        user("check"),
        end("e"),
        flow("s > do_it > check > e"),
        said=repeated(
            "=action_ids", "action_id", sequential=sequential, into=("done", "=action_id + result")
        ),
    )
    drawn = simple(inside, user("after"), flow("start > each > after > end"))
    play = Play(drawn, facts={"action_ids": [10, 20]})
    while play.open != ["after"]:
        task = play.now.open_tasks[0]
        assert task.facts["action_id"] == task.item
        answer(play, task.item, result=task.item)
    assert play.facts == {"action_ids": [10, 20], "done": [20, 40]}


@pytest.mark.parametrize("sequential", [True, False])
def test_a_called_process_is_repeated_and_its_tasks_know_the_item(sequential: bool) -> None:
    outer = simple(
        call(
            "each",
            "meet",
            repeated("=agencies", "agency", sequential=sequential, into=("results", "=result")),
            inputs={"with_whom": "=agency"},
            outputs={"result": "=outcome"},
        ),
        user("after"),
        flow("start > each > after > end"),
    )
    inner = bpmn(process("meet", start("s"), user("hold"), end("e"), flow("s > hold > e")))
    play = Play(outer, inner, facts={"agencies": AGENCIES, "case_id": "c1"})
    while play.open != ["after"]:
        task = play.now.open_tasks[-1]
        assert task.facts == {"case_id": "c1", "with_whom": task.item}
        answer(play, task.item, outcome=f"met {task.item}")
    assert play.facts["results"] == ["met police", "met health", "met school"]


def test_a_timer_that_interrupts_closes_every_instance() -> None:
    drawn = simple(
        user("ask", repeated("=agencies", "agency")),
        boundary("enough", "ask", timer("duration", "P5D")),
        user("read"),
        flow("start > ask > read > end"),
        flow("enough > read"),
    )
    play = Play(drawn, facts={"agencies": AGENCIES})
    answer(play, "health")
    assert [t.element_id for t in play.now.timers] == ["enough"]
    play.later(days=6)
    assert play.open == ["read"]
    assert sorted(play.lines("cancelled")) == ["ask", "ask", "ask"]


def test_repeated_activities_can_be_nested() -> None:
    inside = sub(
        "family",
        start("s"),
        user("child_seen", repeated("=children", "child", into=("seen", "=child"))),
        end("e"),
        flow("s > child_seen > e"),
        said=repeated("=families", "children", into=("all_seen", "=seen")),
    )
    play = Play(
        simple(inside, flow("start > family > end")), facts={"families": [["a", "b"], ["c"]]}
    )
    assert [t.item for t in play.now.open_tasks] == ["a", "b", "c"]
    for child in ("c", "a", "b"):
        answer(play, child)
    assert play.now.finished
    assert play.facts["all_seen"] == [["a", "b"], ["c"]]


def test_more_items_than_anybody_means_are_an_error_that_says_how_many() -> None:
    drawn = simple(user("ask", repeated("=items", "agency")), flow("start > ask > end"))
    assert len(Play(drawn, facts={"items": list(range(1_000))}).open) == 1_000
    with pytest.raises(ElementFailed, match=r"repeated 1001 times\. At most 1000") as failed:
        Play(drawn, facts={"items": list(range(1_001))})
    assert failed.value.element_id == "ask"


def test_a_process_that_calls_itself_for_each_of_many_items_is_stopped_before_memory_is_full() -> (
    None
):
    marker = repeated("=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "n")
    drawn = simple(call("again", "p", marker), flow("start > again > end"))
    tracemalloc.start()
    with pytest.raises(ElementFailed, match="nobody works on: again"):
        Play(drawn)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40_000_000
