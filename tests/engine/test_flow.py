"""Gateways, joins and ends: the token goes where the drawing says."""

import pytest

from app.engine.errors import ElementFailed, EngineRefused
from app.engine.results import DecisionOutcome
from tests.support.diagrams import (
    bpmn,
    catch,
    end,
    extensions,
    flow,
    message,
    node,
    parallel,
    process,
    race,
    repeated,
    script,
    simple,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play

CHOICE = simple(
    user("ask"),
    xor("level", default="level_low"),
    user("low"),
    user("high"),
    flow("start > ask > level > low > end"),
    flow("level > high", "=level = 3"),
    flow("high > end"),
)


def test_an_exclusive_gateway_takes_the_flow_whose_condition_is_true() -> None:
    assert Play(CHOICE).do("ask", level=3).open == ["high"]


def test_an_exclusive_gateway_takes_the_default_flow_if_no_condition_is_true() -> None:
    assert Play(CHOICE).do("ask", level=1).open == ["low"]


def test_a_condition_about_a_fact_nobody_gave_is_not_true_and_says_why() -> None:
    play = Play(CHOICE).do("ask")
    assert play.open == ["low"]
    gateway = next(s for s in play.history if s.element_id == "level" and s.what == "completed")
    assert "level" in str(gateway.problems)


def test_without_a_true_flow_and_without_a_default_the_gateway_is_named() -> None:
    drawn = simple(
        user("ask"),
        xor("level"),
        user("a"),
        user("b"),
        flow("start > ask > level"),
        flow("level > a", "=level = 1"),
        flow("level > b", "=level = 2"),
        flow("a > end"),
        flow("b > end"),
    )
    with pytest.raises(ElementFailed) as failed:
        Play(drawn).do("ask", level=9)
    assert failed.value.element_id == "level"
    assert failed.value.process_id == "p"


def test_history_says_which_flow_was_taken() -> None:
    play = Play(CHOICE).do("ask", level=3)
    branch = [s for s in play.history if s.what == "branch"]
    assert [(s.element_id, s.flow_id) for s in branch] == [("level", "level_high")]


FORK = simple(
    parallel("fork"),
    user("a"),
    user("b"),
    parallel("join"),
    user("after"),
    flow("start > fork > a > join > after > end"),
    flow("fork > b > join"),
)


@pytest.mark.parametrize("order", [["a", "b"], ["b", "a"]])
def test_a_parallel_join_waits_for_both_and_keeps_what_both_said(order: list[str]) -> None:
    play = Play(FORK)
    assert play.open == ["a", "b"]
    play.do(order[0], **{order[0]: "said"})
    assert play.open == [order[1]]
    play.do(order[1], **{order[1]: "said"})
    assert play.open == ["after"]
    assert play.facts == {"a": "said", "b": "said"}
    assert play.do("after").now.finished


def test_a_join_in_a_loop_waits_for_both_in_every_turn_whatever_the_order() -> None:
    drawn = simple(
        xor("again"),
        parallel("fork"),
        user("a"),
        user("b"),
        parallel("join"),
        user("check"),
        xor("more", default="more_end"),
        flow("start > again > fork > a > join > check > more > end"),
        flow("fork > b > join"),
        flow("more > again", "=more"),
    )
    play = Play(drawn)
    for turn in range(12):
        first, second = ("a", "b") if turn % 2 else ("b", "a")
        assert play.open == ["a", "b"]
        play.do(first)
        assert play.open == [second], f"the join fired early in turn {turn}"
        play.do(second)
        assert play.open == ["check"]
        play.do("check", more=True)
    play.do("a").do("b").do("check", more=False)
    assert play.now.finished


def test_two_tokens_on_one_flow_do_not_count_for_the_other() -> None:
    """Both branches of a choice-less merge lead into the same flow of the join."""
    drawn = simple(
        parallel("fork"),
        user("a"),
        user("b"),
        user("c"),
        xor("merge"),
        parallel("join"),
        user("after"),
        flow("start > fork > a > merge > join > after > end"),
        flow("fork > b > merge"),
        flow("fork > c > join"),
    )
    play = Play(drawn).do("a").do("b")
    assert play.open == ["c"]
    with pytest.raises(ElementFailed, match="nothing can come"):
        play.do("c").do("after")


def test_a_join_no_token_can_reach_is_named_instead_of_waiting_for_ever() -> None:
    drawn = simple(
        user("ask"),
        xor("choose", default="choose_a"),
        user("a"),
        user("b"),
        parallel("join"),
        flow("start > ask > choose > a > join > end"),
        flow("choose > b", "=b"),
        flow("b > join"),
    )
    play = Play(drawn).do("ask")
    with pytest.raises(ElementFailed) as failed:
        play.do("a")
    assert failed.value.element_id == "join"
    process_ = play.load()
    process_.stop_before = {"join"}
    process_.complete(play.task("a").engine_task_id, {})
    assert [i.element_id for i in process_.snapshot().incidents] == ["join"]


def test_a_token_already_waiting_at_a_join_becomes_an_incident_when_its_partner_is_gone() -> None:
    drawn = simple(
        parallel("fork"),
        user("a"),
        user("b"),
        xor("which", default="which_join"),
        parallel("join"),
        flow("start > fork > a > join > end"),
        flow("fork > b > which > join"),
        flow("which > end", "=away"),
    )
    play = Play(drawn).do("a")
    with pytest.raises(ElementFailed, match="nothing can come"):
        play.do("b", away=True)
    process_ = play.load()
    process_.stop_before = {"join"}
    process_.complete(play.task("b").engine_task_id, {"away": True})
    now = process_.snapshot()
    assert [i.element_id for i in now.incidents] == ["join"]
    assert not now.finished


def test_an_inclusive_gateway_takes_every_true_flow() -> None:
    drawn = simple(
        user("ask"),
        node("inclusiveGateway", "who", default="who_nobody"),
        user("nobody"),
        user("school"),
        user("health"),
        end("e1"),
        end("e2"),
        flow("start > ask > who > nobody > end"),
        flow("who > school", "=school"),
        flow("who > health", "=health"),
        flow("school > e1"),
        flow("health > e2"),
    )
    assert Play(drawn).do("ask", school=True, health=True).open == ["health", "school"]
    assert Play(drawn).do("ask", school=False, health=False).open == ["nobody"]


def test_a_process_ends_when_its_last_token_does() -> None:
    drawn = simple(
        parallel("fork"),
        user("a"),
        user("b"),
        end("e2"),
        flow("start > fork > a > end"),
        flow("fork > b > e2"),
    )
    play = Play(drawn).do("a")
    assert not play.now.finished
    assert play.do("b").now.finished


def test_a_terminate_end_closes_everything_that_is_open_beside_it() -> None:
    drawn = simple(
        parallel("fork"),
        user("a"),
        user("b"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        flow("start > fork > a > stop"),
        flow("fork > b > end"),
    )
    play = Play(drawn).do("a")
    assert play.now.finished
    assert play.lines("cancelled") == ["b"]


def test_a_terminate_end_in_a_sub_process_ends_only_that() -> None:
    inside = sub(
        "inner",
        start("s"),
        parallel("fork"),
        user("a"),
        user("b"),
        end("e"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        flow("s > fork > a > stop"),
        flow("fork > b > e"),
    )
    play = Play(simple(inside, user("after"), flow("start > inner > after > end"))).do("a")
    assert play.open == ["after"]


RACE = simple(
    race("either"),
    catch("reply", message("reply")),
    catch("late", timer("duration", "P5D")),
    user("read"),
    user("chase"),
    flow("start > either > reply > read > end"),
    flow("either > late > chase > end"),
    messages={"reply": "=case_id"},
)


def test_an_event_based_gateway_follows_the_message_and_gives_the_timer_up() -> None:
    play = Play(RACE, facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert play.open == ["read"]
    assert play.now.timers == ()
    assert play.lines("cancelled") == ["late"]


def test_an_event_based_gateway_follows_the_timer_and_gives_the_message_up() -> None:
    play = Play(RACE, facts={"case_id": "c1"})
    assert play.later(days=6) == 1
    assert play.open == ["chase"]
    assert not play.deliver("reply", "c1")


def test_a_loop_nobody_works_on_is_stopped_and_named() -> None:
    drawn = simple(
        xor("again"),
        script("count", "=1", "n"),
        xor("more", default="more_again"),
        flow("start > again > count > more > again"),
        flow("more > end", "=n > 1"),
    )
    with pytest.raises(ElementFailed, match="loop that nobody works on: again, count, more"):
        Play(drawn)


@pytest.mark.parametrize("waits", [timer("duration", "PT0S"), timer("date", "2020-01-31T09:00")])
def test_a_loop_in_which_no_time_passes_is_stopped_and_named(waits: str) -> None:
    drawn = simple(
        xor("again"),
        catch("wait", waits),
        script("count", "=n + 1", "n"),
        xor("more", default="more_again"),
        flow("start > again > wait > count > more > again"),
        flow("more > end", "=n > limit"),
    )
    assert Play(drawn, facts={"n": 0, "limit": 40}).fire() == 41
    play = Play(drawn, facts={"n": 0, "limit": 1000})
    with pytest.raises(ElementFailed, match="that nobody works on: again, count, more, wait"):
        play.fire()


@pytest.mark.parametrize("sequential", [True, False])
def test_a_day_that_is_over_may_be_waited_for_by_many_items(sequential: bool) -> None:
    drawn = simple(
        sub(
            "each",
            start("s1"),
            catch("wait", timer("date", "2020-01-31T09:00")),
            end("s2"),
            flow("s1 > wait > s2"),
            said=repeated("=items", "item", sequential=sequential),
        ),
        flow("start > each > end"),
    )
    play = Play(drawn, facts={"items": list(range(90))})
    assert play.fire() == 90
    assert play.now.finished


def test_much_to_work_out_in_one_action_is_stopped_at_its_element() -> None:
    each = extensions(script=("=count(for i in 1..90000 return i)", "n"))
    drawn = simple(
        node("scriptTask", "work", each + repeated("=items", "item")),
        flow("start > work > end"),
    )
    assert Play(drawn, facts={"items": [1, 2]}).now.finished
    with pytest.raises(ElementFailed, match="too much to work out at once") as failed:
        Play(drawn, facts={"items": list(range(1000))})
    assert failed.value.element_id == "work"


def test_tables_count_in_what_one_action_may_work_out() -> None:
    drawn = simple(
        node(
            "businessRuleTask",
            "weigh",
            extensions(decision=("weight", "level")) + repeated("=items", "item"),
        ),
        flow("start > weigh > end"),
    )
    host = FakeHost(tables={"weight": lambda known: DecisionOutcome(1, steps=150_000)})
    assert Play(drawn, facts={"items": list(range(13))}, host=host).now.finished
    with pytest.raises(ElementFailed, match="too much to work out at once") as failed:
        Play(drawn, facts={"items": list(range(14))}, host=host)
    assert failed.value.element_id == "weigh"


def test_a_chain_of_a_thousand_automatic_elements_runs_to_its_end() -> None:
    ids = [f"s{n}" for n in range(1000)]
    drawn = simple(*(script(i, "=1", "n") for i in ids), flow(" > ".join(["start", *ids, "end"])))
    assert Play(drawn).now.finished


def test_a_finished_or_unknown_task_cannot_be_completed() -> None:
    play = Play(CHOICE)
    done = play.task("ask").engine_task_id
    play.do("ask", level=1)
    with pytest.raises(EngineRefused):
        play.load().complete(done, {})
    with pytest.raises(EngineRefused):
        play.load().complete("no such task", {})


def test_a_process_that_is_cancelled_has_nothing_open() -> None:
    play = Play(FORK)
    process_ = play.load()
    process_.cancel("moved away")
    now = process_.snapshot()
    assert now.finished
    assert not now.open_tasks
    assert {(s.element_id, s.what, s.detail) for s in now.steps} == {
        ("a", "cancelled", "moved away"),
        ("b", "cancelled", "moved away"),
    }


def test_a_file_can_hold_two_processes() -> None:
    file = bpmn(
        process("one", start("s1"), user("a"), end("e1"), flow("s1 > a > e1")),
        process("two", start("s2"), user("b"), end("e2"), flow("s2 > b > e2")),
    )
    assert Play(file, process_id="two").open == ["b"]
