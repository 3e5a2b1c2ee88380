"""Sign-off at a gateway: the diagram recommends, a person decides, work can go back."""

import pytest
import time_machine

from app.engine.errors import ElementFailed, EngineRefused
from app.engine.results import DecisionOutcome, Facts, FiredRule
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    end,
    flow,
    parallel,
    process,
    rule,
    script,
    simple,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play

SIGNED = simple(
    user("assess", name="Assess the need"),
    xor(
        "agree",
        default="agree_help",
        name="What should happen?",
        role="supervisor",
        due="=working days(2)",
        reminder="P1D",
        fields="level, reason",
        sendBackTo="assess",
    ),
    user("help", name="Offer help"),
    user("protect", name="Tell the front door"),
    flow("start > assess > agree > help > end"),
    flow("agree > protect", "=level >= 4 and not(low_risk)", name="Step up"),
    flow("protect > end"),
)


def test_the_token_stops_and_the_gateway_is_an_open_task(clock: time_machine.Traveller) -> None:
    task = Play(SIGNED).do("assess", level=2, low_risk=True).task("agree")
    assert task.kind == "sign_off"
    assert task.name == "What should happen?"
    assert task.roles == ("supervisor",)
    assert task.sign_off is not None
    assert task.sign_off.fields == ("level", "reason")
    assert task.sign_off.send_back_to == ("assess",)
    assert str(task.due_at) == "2026-01-07 17:00:00+00:00"
    assert str(task.sign_off.remind_at) == "2026-01-06 09:00:00+00:00"


def test_the_conditions_recommend_a_branch_and_say_what_they_read() -> None:
    found = Play(SIGNED).do("assess", level=4, low_risk=False).task("agree").recommendation
    assert found is not None
    assert found.flow_id == "agree_protect"
    assert found.reads == ("level", "low_risk")
    assert [(b.flow_id, b.name, b.leads_to) for b in found.branches] == [
        ("agree_help", "", "Offer help"),
        ("agree_protect", "Step up", "Tell the front door"),
    ]


def test_a_condition_that_gives_nothing_recommends_the_default_and_says_why() -> None:
    found = Play(SIGNED).do("assess").task("agree").recommendation
    assert found is not None
    assert found.flow_id == "agree_help"
    assert found.problems


@pytest.mark.parametrize("way", ["help", "protect"])
def test_the_person_decides_whatever_is_recommended(way: str) -> None:
    play = Play(SIGNED).do("assess", level=1, low_risk=True).sign("agree", f"agree_{way}")
    assert play.open == [way]
    assert [s.flow_id for s in play.history if s.what == "branch"] == [f"agree_{way}"]


def test_approving_with_changes_changes_the_facts() -> None:
    play = Play(SIGNED).do("assess", level=1).sign("agree", "agree_help", level=2)
    assert play.facts["level"] == 2


def test_a_flow_that_does_not_leave_the_gateway_is_refused() -> None:
    play = Play(SIGNED).do("assess")
    with pytest.raises(EngineRefused):
        play.sign("agree", "start_assess")


def test_a_gateway_is_not_passed_by_completing_it_like_a_task() -> None:
    play = Play(SIGNED).do("assess")
    with pytest.raises(EngineRefused):
        play.do("agree")
    assert play.later(days=1000) == 0
    assert play.open == ["agree"]


def test_a_task_is_not_passed_by_signing_it() -> None:
    play = Play(SIGNED)
    with pytest.raises(EngineRefused):
        play.sign("assess", "assess_agree")


def test_work_sent_back_opens_again_with_the_facts_as_they_are() -> None:
    play = Play(SIGNED).do("assess", level=4, low_risk=False).send_back("agree", "assess")
    assert play.open == ["assess"]
    assert play.task("assess").facts == {"level": 4, "low_risk": False}
    play.do("assess", level=1)
    assert play.open == ["agree"]
    assert play.sign("agree", "agree_help").open == ["help"]


def test_work_is_sent_back_only_where_the_diagram_says() -> None:
    play = Play(SIGNED).do("assess")
    with pytest.raises(EngineRefused):
        play.send_back("agree", "help")


def test_history_says_that_work_was_sent_back() -> None:
    play = Play(SIGNED).do("assess").send_back("agree", "assess")
    left = next(s for s in play.history if s.element_id == "agree" and s.what == "completed")
    assert left.detail == "sent back to “Assess the need”"
    assert left.flow_id is None


def test_sending_back_in_one_branch_leaves_the_other_alone() -> None:
    drawn = simple(
        parallel("fork"),
        user("u"),
        user("v"),
        xor("g", default="g_k", role="supervisor", sendBackTo="u"),
        user("b"),
        xor("k"),
        parallel("join"),
        user("after"),
        flow("start > fork > u > g > k > join > after > end"),
        flow("g > b", "=level = 3"),
        flow("b > k"),
        flow("fork > v > join"),
    )
    play = Play(drawn).do("u").do("v").send_back("g", "u")
    assert play.open == ["u"]
    play.do("u", level=3).sign("g", "g_b").do("b")
    assert play.open == ["after"]


def test_a_reminder_already_open_closes_and_a_new_one_is_set_when_work_comes_back() -> None:
    drawn = simple(
        user("u"),
        boundary("late", "u", timer("duration", "P5D"), interrupting=False),
        user("chase"),
        end("e2"),
        xor("g", default="g_a", role="supervisor", sendBackTo="u"),
        user("a"),
        user("b"),
        flow("start > u > g > a > end"),
        flow("late > chase > e2"),
        flow("g > b", "=level = 3"),
        flow("b > end"),
    )
    play = Play(drawn)
    play.later(days=6)
    assert play.open == ["chase", "u"]
    play.do("u")
    assert play.open == ["g"]
    play.send_back("g", "u")
    assert play.open == ["u"]
    assert [t.element_id for t in play.now.timers] == ["late"]
    play.do("u").sign("g", "g_a").do("a")
    assert play.now.finished


@pytest.mark.parametrize("place", ["sub-process", "called process"])
def test_sign_off_works_inside_a(place: str) -> None:
    parts = (
        user("u"),
        xor("g", default="g_a", role="supervisor", sendBackTo="u"),
        user("a"),
        user("b"),
        flow("u > g > a > e"),
        flow("g > b", "=level = 3"),
        flow("b > e"),
    )
    inner = (start("s"), end("e"), flow("s > u"), *parts)
    if place == "sub-process":
        files = [simple(sub("inner", *inner), user("z"), flow("start > inner > z > end"))]
    else:
        outer = simple(call("inner", "q"), user("z"), flow("start > inner > z > end"))
        files = [outer, bpmn(process("q", *inner))]
    play = Play(*files).do("u", note="first").send_back("g", "u").do("u", note="second")
    assert play.task("g").call_path == (("inner",) if place == "called process" else ())
    play.sign("g", "g_b").do("b")
    assert play.open == ["z"]
    assert play.do("z").now.finished


def gateway(**rule_: str) -> bytes:
    return simple(
        user("u"),
        xor("g", default="g_a", **rule_),
        user("a"),
        user("b"),
        flow("start > u > g > a > end"),
        flow("g > b", "=level = 3"),
        flow("b > end"),
    )


def test_sign_off_asked_for_only_under_a_condition_is_passed_when_it_is_false() -> None:
    drawn = gateway(role="supervisor", when="=level >= 3")
    assert Play(drawn).do("u", level=2).open == ["a"]
    assert Play(drawn).do("u", level=3).open == ["g"]


def test_when_it_cannot_be_told_whether_sign_off_is_needed_it_is() -> None:
    play = Play(gateway(role="supervisor", when="=level >= 3")).do("u", level="high")
    assert play.open == ["g"]
    assert "level" in str(next(s for s in play.history if s.element_id == "g").problems)


FIRED = (FiredRule("D08", "r2", "Level 3 needs a manager"),)


def policy(facts: Facts) -> DecisionOutcome:
    needed = facts["level"] == 3
    return DecisionOutcome({"required": needed, "role": "front_door_manager", "sla_wd": 1}, FIRED)


def test_a_table_says_whether_who_and_until_when(clock: time_machine.Traveller) -> None:
    drawn = gateway(decision="D08")
    assert Play(drawn, host=FakeHost({"D08": policy})).do("u", level=1).open == ["a"]
    task = Play(drawn, host=FakeHost({"D08": policy})).do("u", level=3).task("g")
    assert task.roles == ("front_door_manager",)
    assert str(task.due_at) == "2026-01-06 17:00:00+00:00"
    assert task.recommendation is not None
    assert task.recommendation.fired == FIRED


def test_a_table_that_says_nothing_stops_the_token_with_the_drawn_role() -> None:
    play = Play(gateway(decision="D08", role="supervisor"), host=FakeHost({"D08": lambda _: None}))
    assert play.do("u").task("g").roles == ("supervisor",)


def test_a_table_that_names_nobody_is_an_error_of_the_gateway() -> None:
    play = Play(gateway(decision="D08"), host=FakeHost({"D08": lambda _: {"required": True}}))
    with pytest.raises(ElementFailed) as failed:
        play.do("u")
    assert failed.value.element_id == "g"


def test_a_table_that_gives_more_days_than_can_be_counted_stops_nobody_and_is_noted() -> None:
    table = {"required": True, "role": "supervisor", "sla_wd": 20_000}
    play = Play(gateway(decision="D08"), host=FakeHost({"D08": lambda _: table})).do("u")
    assert play.task("g").due_at is None
    problems = [text for step in play.history for text in step.problems]
    assert any("No due date" in text for text in problems)


def test_one_table_serves_many_gateways_by_the_kind_of_decision() -> None:
    host = FakeHost({"D08": lambda facts: {"required": facts["decision_type"] == "step up"}})
    for kind, expected in (("step up", ["g"]), ("close", ["a"])):
        drawn = gateway(decision="D08", role="supervisor", decisionType=kind)
        assert Play(drawn, host=host).do("u").open == expected


def test_a_table_is_not_asked_when_the_gateway_itself_needs_no_sign_off() -> None:
    host = FakeHost({"D08": lambda _: {"required": True}})
    drawn = gateway(decision="D08", role="supervisor", when="=level = 3")
    assert Play(drawn, host=host).do("u", level=1).open == ["a"]
    assert Play(drawn, host=host).do("u", level=3).open == ["g"]


def test_after_a_correction_the_way_can_be_left_to_the_conditions() -> None:
    play = Play(gateway(role="supervisor")).do("u", level=1)
    process_ = play.load()
    taken = process_.decide_gateway(play.task("g").engine_task_id, None, {"level": 3})
    assert taken == "g_b"
    assert [t.element_id for t in process_.snapshot().open_tasks] == ["b"]


def test_a_recommendation_can_come_from_a_table_before_the_gateway() -> None:
    drawn = simple(
        rule("suggest", "D06", "suggested"),
        xor("g", default="g_a", role="supervisor"),
        user("a"),
        user("b"),
        flow("start > suggest > g > a > end"),
        flow("g > b", '=suggested.way = "b"'),
        flow("b > end"),
    )
    play = Play(drawn, host=FakeHost({"D06": lambda _: {"way": "b"}}))
    found = play.task("g").recommendation
    assert found is not None
    assert found.flow_id == "g_b"


def test_sent_back_in_a_long_loop_the_facts_are_those_of_now() -> None:
    drawn = simple(
        user("u"),
        script("count", "=n + 1", "n"),
        xor("g", default="g_z", role="supervisor", sendBackTo="u"),
        user("z"),
        flow("start > u > count > g > z > end"),
        flow("g > u", "=true"),
    )
    play = Play(drawn, facts={"n": 0})
    for turn in range(5):
        play.do("u", last=turn).sign("g", "g_u")
    play.do("u", last="latest").send_back("g", "u")
    assert play.task("u").facts == {"n": 6, "last": "latest"}
    assert play.do("u").facts["n"] == 7
