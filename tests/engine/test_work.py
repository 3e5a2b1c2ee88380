"""Automatic steps, tables and expressions; what happens when one of them fails."""

from decimal import Decimal

import pytest

from app.engine.errors import AutomaticStepFailed, ElementFailed, EngineRefused
from app.engine.process import Process
from app.engine.results import DecisionOutcome, Facts, FiredRule
from tests.support.diagrams import (
    catch,
    end,
    extensions,
    flow,
    node,
    parallel,
    rule,
    script,
    service,
    simple,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play


def test_an_automatic_step_gets_its_inputs_and_its_results_become_facts() -> None:
    drawn = simple(
        service("tell", "notify", inputs={"event": '="agreed"', "to": "=lead", "how": "email"}),
        user("a"),
        flow("start > tell > a > end"),
    )
    host = FakeHost(steps={"notify": lambda _: {"sent": True}})
    play = Play(drawn, facts={"lead": "sam"}, host=host)
    assert host.asked == [("notify", {"event": "agreed", "to": "sam", "how": "email"})]
    assert play.facts == {"lead": "sam", "sent": True}
    (element,) = host.elements
    assert (element.element_id, element.process_id) == ("tell", "p")


def test_an_output_mapping_takes_only_what_it_names() -> None:
    drawn = simple(
        service("match", "match_family", outputs={"known": '=match != "none"'}),
        user("a"),
        flow("start > match > a > end"),
    )
    host = FakeHost(steps={"match_family": lambda _: {"match": "family", "id": 7}})
    assert Play(drawn, host=host).facts == {"known": True}


def test_a_table_is_asked_with_the_facts_and_says_which_rows_it_used() -> None:
    fired = (FiredRule("D06", "r1", "Two or more needs"),)
    drawn = simple(rule("suggest", "D06", "level"), user("a"), flow("start > suggest > a > end"))
    host = FakeHost({"D06": lambda facts: DecisionOutcome(facts["needs"], fired)})
    play = Play(drawn, facts={"needs": 2}, host=host)
    assert play.facts == {"needs": 2, "level": 2}
    assert next(s for s in play.history if s.element_id == "suggest").fired == fired


def test_an_expression_puts_one_value_into_one_fact() -> None:
    drawn = simple(
        script("work", '={total: a + b, by: date("2026-03-02")}', "sum"), flow("start > work > end")
    )
    assert Play(drawn, facts={"a": 1, "b": 0.5}).facts["sum"] == {"total": 1.5, "by": "2026-03-02"}


def test_parameters_of_the_area_can_be_read_but_are_no_facts() -> None:
    drawn = simple(script("work", "=parameters.weeks * 7", "days"), flow("start > work > end"))
    assert Play(drawn, host=FakeHost(given={"weeks": 6})).facts == {"days": 42}


def test_a_person_completes_through_the_output_mapping() -> None:
    drawn = simple(
        user("a", outputs={"serious": "=level >= 3"}), user("b"), flow("start > a > b > end")
    )
    assert Play(drawn).do("a", level=3).facts == {"serious": True}


def test_inputs_of_a_task_are_visible_to_it_alone() -> None:
    drawn = simple(
        user("a", inputs={"question": '="Why?"'}), user("b"), flow("start > a > b > end")
    )
    play = Play(drawn)
    assert play.task("a").facts == {"question": "Why?"}
    assert play.do("a").task("b").facts == {}


def test_a_task_says_who_and_until_when_as_the_diagram_does() -> None:
    drawn = simple(
        user(
            "a",
            groups='=if level > 2 then ["supervisor", "panel_chair"] else "practitioner"',
            assignee="=lead",
            due="P5D",
            form="assess",
        ),
        user("b", groups="practitioner, partner"),
        flow("start > a > b > end"),
    )
    play = Play(drawn, facts={"level": 3, "lead": "sam"})
    task = play.task("a")
    assert (task.roles, task.assignee, task.form_id) == (
        ("supervisor", "panel_chair"),
        "sam",
        "assess",
    )
    assert task.due_at is not None
    assert play.do("a").task("b").roles == ("practitioner", "partner")


def test_a_due_date_that_cannot_be_worked_out_holds_nothing_up() -> None:
    drawn = simple(user("a", due="=working days(missing)"), flow("start > a > end"))
    play = Play(drawn)
    assert play.task("a").due_at is None
    assert "missing" in str(next(s for s in play.history if s.element_id == "a").problems)


def test_a_plain_or_manual_task_is_a_task_of_a_person() -> None:
    drawn = simple(node("task", "a"), node("manualTask", "b"), flow("start > a > b > end"))
    assert Play(drawn).do("a").open == ["b"]


@pytest.mark.parametrize("kept", [Decimal("1.5"), object(), float("nan"), lambda: 1])
def test_a_result_that_cannot_be_kept_is_an_error_of_the_step(kept: object) -> None:
    drawn = simple(service("s", "x"), flow("start > s > end"))
    host = FakeHost(steps={"x": lambda _: {"n": kept}})
    if isinstance(kept, Decimal):
        assert Play(drawn, host=host).facts == {"n": 1.5}
        return
    with pytest.raises(ElementFailed) as failed:
        Play(drawn, host=host)
    assert failed.value.element_id == "s"


class Broken(FakeHost):
    """A host whose step fails until it is mended."""

    mended = False

    def run_automatic(self, task_type: str, element: object, inputs: Facts) -> Facts:
        if not self.mended:
            raise AutomaticStepFailed("The outbox is full.")
        return {"sent": True}


STEPS = simple(user("a"), service("tell", "notify"), user("b"), flow("start > a > tell > b > end"))


def test_a_step_that_fails_names_its_element() -> None:
    play = Play(STEPS, host=Broken())
    with pytest.raises(ElementFailed, match="The outbox is full") as failed:
        play.do("a", said="yes")
    assert (failed.value.element_id, failed.value.process_id) == ("tell", "p")


def held(play: Play, element_id: str) -> Process:
    process = play.load()
    process.stop_before = {element_id}
    process.complete(play.task("a").engine_task_id, {"said": "yes"})
    return process


def test_played_again_the_completion_stands_and_the_token_waits_in_front_of_the_step() -> None:
    play = Play(STEPS, host=Broken())
    play._keep(held(play, "tell"))
    assert play.open == []
    assert play.facts == {"said": "yes"}
    assert not play.now.finished
    (incident,) = play.now.incidents
    assert (incident.element_id, incident.name) == ("tell", "tell")
    assert play.lines("completed")[-1] == "a"


def test_an_incident_can_be_retried_until_it_works() -> None:
    host = Broken()
    play = Play(STEPS, host=host)
    play._keep(held(play, "tell"))
    incident = play.now.incidents[0].engine_task_id
    with pytest.raises(ElementFailed):
        play.load().retry(incident)
    host.mended = True
    process = play.load()
    process.retry(incident)
    play._keep(process)
    assert play.open == ["b"]
    assert play.facts["sent"] is True
    with pytest.raises(EngineRefused):
        play.load().retry(incident)


def test_only_an_incident_can_be_retried() -> None:
    play = Play(STEPS)
    with pytest.raises(EngineRefused):
        play.load().retry(play.task("a").engine_task_id)


@pytest.mark.parametrize(
    "failing",
    [
        xor("g"),
        catch("g", timer("date", "=nothing")),
        user(
            "g",
            "<bpmn:multiInstanceLoopCharacteristics>"
            + extensions(loop={"inputCollection": "=nothing"})
            + "</bpmn:multiInstanceLoopCharacteristics>",
        ),
    ],
    ids=["gateway", "timer", "repeated task"],
)
def test_whatever_fails_can_be_held_and_retried_when_the_facts_are_there(failing: str) -> None:
    drawn = simple(
        parallel("fork"),
        user("a"),
        failing,
        user("put_right"),
        user("b"),
        end("e2"),
        flow("start > fork > a > g"),
        flow("g > b", "=nothing != null") if "exclusive" in failing else flow("g > b"),
        flow("b > end"),
        flow("fork > put_right > e2"),
    )
    play = Play(drawn)
    with pytest.raises(ElementFailed) as failed:
        play.do("a")
    assert failed.value.element_id == "g"
    play._keep(held(play, "g"))
    assert play.open == ["put_right"]
    assert [i.element_id for i in play.now.incidents] == ["g"]
    play.do("put_right", nothing=["2026-01-01"] if "multi" in failing else "2026-01-01")
    process = play.load()
    process.retry(play.now.incidents[0].engine_task_id)
    play._keep(process)
    assert play.now.incidents == ()
    play.later(days=1000)
    assert play.open in (["b"], ["g"])


def test_other_branches_go_on_while_one_is_held() -> None:
    drawn = simple(
        parallel("fork"),
        user("a"),
        service("tell", "notify"),
        user("b"),
        end("e2"),
        flow("start > fork > a > tell > end"),
        flow("fork > b > e2"),
    )
    play = Play(drawn, host=Broken())
    play._keep(held(play, "tell"))
    play.do("b")
    assert not play.now.finished
    assert len(play.now.incidents) == 1
