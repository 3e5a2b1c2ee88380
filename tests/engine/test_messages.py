"""Messages between processes reach the case they name and no other."""

import pytest

from app.engine.errors import ElementFailed
from tests.support.diagrams import (
    boundary,
    bpmn,
    catch,
    end,
    flow,
    message,
    node,
    parallel,
    process,
    simple,
    start,
    sub,
    throw,
    user,
    xor,
)
from tests.support.engine import Play

KEYS: dict[str, str | None] = {"reply": "=case_id", "told": "=case_id"}
WAITS = simple(
    catch("wait", message("reply")),
    xor("which", default="which_b"),
    user("a"),
    user("b"),
    flow("start > wait > which > b > end"),
    flow("which > a", '=outcome = "yes"'),
    flow("a > end"),
    messages=KEYS,
)


def test_a_message_with_the_right_name_and_key_is_caught() -> None:
    play = Play(WAITS, facts={"case_id": 17})
    assert [(m.element_id, m.name, m.key) for m in play.now.waiting_messages] == [
        ("wait", "reply", "17")
    ]
    assert play.deliver("reply", "17", outcome="yes")
    assert play.open == ["a"]


@pytest.mark.parametrize(("name", "key"), [("reply", "c2"), ("other", "c1"), ("reply", "")])
def test_any_other_message_is_left_alone(name: str, key: str) -> None:
    play = Play(WAITS, facts={"case_id": "c1"})
    assert not play.deliver(name, key)
    assert play.open == []
    assert not play.now.finished


def test_a_message_is_caught_once() -> None:
    play = Play(WAITS, facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert not play.deliver("reply", "c1")


def test_a_message_brings_only_what_the_process_reads() -> None:
    play = Play(WAITS, facts={"case_id": "c1"})
    play.deliver("reply", "c1", outcome="no", story="something personal")
    assert play.facts == {"case_id": "c1", "outcome": "no"}


def test_an_output_mapping_takes_what_it_names() -> None:
    drawn = simple(
        catch("wait", message("reply"), outputs={"seen": "=outcome + case_id"}),
        user("a"),
        flow("start > wait > a > end"),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"})
    play.deliver("reply", "c1", outcome="no ")
    assert play.facts == {"case_id": "c1", "seen": "no c1"}


def test_the_key_is_frozen_when_the_token_arrives() -> None:
    drawn = simple(
        parallel("fork"),
        catch("wait", message("reply")),
        user("a"),
        user("change"),
        end("e2"),
        flow("start > fork > wait > a > end"),
        flow("fork > change > e2"),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"}).do("change", case_id="c2")
    assert not play.deliver("reply", "c2")
    assert play.deliver("reply", "c1")


@pytest.mark.parametrize("value", ["k" * 201, "a\0b"])
def test_a_key_that_no_row_can_hold_is_an_error_of_whoever_waits_for_it(value: str) -> None:
    with pytest.raises(ElementFailed, match="more than 200 letters, or one that is none") as failed:
        Play(WAITS, facts={"case_id": value})
    assert failed.value.element_id == "wait"
    assert Play(WAITS, facts={"case_id": "k" * 200}).now.waiting_messages[0].key == "k" * 200


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_key_is_an_error_because_it_would_fit_anyone(value: object) -> None:
    with pytest.raises(ElementFailed) as failed:
        Play(WAITS, facts={"case_id": value})
    assert failed.value.element_id == "wait"


@pytest.mark.parametrize(
    ("tag", "element"),
    [
        ("throw", throw("tell", message("told"), inputs={"event": '="agreed"'})),
        (
            "send task",
            node(
                "sendTask",
                "tell",
                "<bpmn:extensionElements><zeebe:ioMapping>"
                '<zeebe:input source="=&quot;agreed&quot;" target="event"/>'
                "</zeebe:ioMapping></bpmn:extensionElements>",
                messageRef="told",
            ),
        ),
    ],
)
def test_a_message_thrown_carries_what_is_mapped_and_the_case(tag: str, element: str) -> None:
    drawn = simple(element, user("a"), flow("start > tell > a > end"), messages=KEYS)
    play = Play(drawn, facts={"case_id": "c1", "area": "hull", "secret": "x"})
    (thrown,) = play.thrown
    assert (thrown.name, thrown.key, thrown.element_id) == ("told", "c1", "tell")
    assert thrown.payload == {"event": "agreed", "case_id": "c1", "area": "hull"}, tag


def test_an_end_event_throws_too() -> None:
    drawn = bpmn(
        process("p", start(), end("end", message("told")), user("a"), flow("start > a > end")),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"}).do("a")
    assert [(m.name, m.element_id) for m in play.thrown] == [("told", "end")]
    assert play.now.finished


def test_a_receive_task_waits_for_its_message() -> None:
    drawn = simple(
        node("receiveTask", "wait", messageRef="reply"),
        user("a"),
        flow("start > wait > a > end"),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert play.open == ["a"]


def bordered(*, interrupting: bool) -> bytes:
    return simple(
        user("work"),
        boundary("news", "work", message("reply"), interrupting=interrupting),
        user("read"),
        end("e2"),
        flow("start > work > end"),
        flow("news > read > e2"),
        messages=KEYS,
    )


def test_a_message_can_interrupt_a_task() -> None:
    play = Play(bordered(interrupting=True), facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert play.open == ["read"]
    assert not play.deliver("reply", "c1")


def test_a_message_that_does_not_interrupt_is_caught_each_time_and_its_work_stays() -> None:
    play = Play(bordered(interrupting=False), facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert play.deliver("reply", "c1")
    assert play.open == ["read", "read", "work"]
    play.do("work")
    assert play.open == ["read", "read"], "what a message started is work, not a reminder"
    assert not play.deliver("reply", "c1")
    assert play.do("read").do("read").now.finished


def test_of_two_tokens_the_one_that_waited_longest_catches() -> None:
    drawn = simple(
        parallel("fork"),
        catch("one", message("reply")),
        catch("two", message("reply")),
        user("a"),
        user("b"),
        end("e2"),
        flow("start > fork > one > a > end"),
        flow("fork > two > b > e2"),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"})
    play.deliver("reply", "c1")
    assert play.open == ["a"]
    play.deliver("reply", "c1")
    assert play.open == ["a", "b"]


def test_one_that_waited_longest_inside_of_a_sub_process_catches_too() -> None:
    inside = sub(
        "inner", start("s"), catch("deep", message("reply")), end("e"), flow("s > deep > e")
    )
    drawn = simple(
        parallel("fork"),
        inside,
        user("first"),
        catch("late", message("reply")),
        user("a"),
        user("b"),
        end("e2"),
        flow("start > fork > inner > a > end"),
        flow("fork > first > late > b > e2"),
        messages=KEYS,
    )
    play = Play(drawn, facts={"case_id": "c1"}).do("first")
    play.deliver("reply", "c1")
    assert play.open == ["a"]
    play.deliver("reply", "c1")
    assert play.open == ["a", "b"]


def test_a_process_started_by_a_message_passes_its_start_event_with_the_facts_given() -> None:
    drawn = bpmn(
        process("p", start("start", message("reply")), user("a"), end(), flow("start > a > end")),
        messages={"reply": None},
    )
    play = Play(drawn, facts={"case_id": "c1", "action_ids": [1]})
    assert play.task("a").facts == {"case_id": "c1", "action_ids": [1]}
    assert play.specs.processes["p"].start_message == "reply"


def test_a_process_may_begin_plainly_or_by_a_message() -> None:
    drawn = bpmn(
        process(
            "p",
            start("plain"),
            start("told_to", message("reply")),
            user("a"),
            user("b"),
            end(),
            flow("plain > a > end"),
            flow("told_to > b > end"),
        ),
        messages={"reply": None},
    )
    assert Play(drawn).open == ["a"]
    assert Play(drawn, message="reply").open == ["b"]
