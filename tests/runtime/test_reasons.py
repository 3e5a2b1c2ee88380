"""Why a process did what it did is kept with its steps and can be read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.db import reading
from app.runtime.reasons import rulings, unanswered
from app.runtime.records import StepHistory
from tests.decisions.conftest import decision, inputs, model, table
from tests.support import published
from tests.support.diagrams import bpmn, end, flow, process, rule, script, start, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

DIAGRAM = bpmn(
    process(
        "weighs",
        start(),
        user("ask", form="ask", groups="practitioner"),
        rule("weigh", "weight", "level"),
        script("reckon", "=date(level) + needs", "by"),
        script("look", "=nothing_of_the_kind", "seen"),
        user("after", form="after", groups="practitioner"),
        end(),
        flow("start > ask > weigh > reckon > look > after > end"),
    )
)
RULES = [["> 1", '"two"', "Two needs"], ["> 2", '"three"', ""], ["-", "1"]]
TABLE = table(["needs"], ["r"], RULES, policy="COLLECT")
MODEL = model(inputs(needs="number"), decision("weight", TABLE, needs=["needs"]))


@pytest.fixture
def weighed(driver: ProcessDriver) -> int:
    dmn = published.table(MODEL.decode(), key="weight")
    ask = published.form("ask", ("needs",), numbers={"needs"})
    publish(DIAGRAM, forms={"after": ("fine",)}, more=[dmn, ask])
    started = driver.start("weighs", needs=3)
    driver.complete("ask", needs=3)
    return started


def test_the_rows_of_a_table_are_kept_with_the_step_by_number_and_description(weighed: int) -> None:
    with reading() as session:
        row = session.scalars(select(StepHistory).where(StepHistory.element_id == "weigh")).one()
        assert [(each["number"], each["rule_id"], each["description"]) for each in row.fired] == [
            (1, "rule_1", "Two needs"),
            (2, "rule_2", ""),
            (3, "rule_3", ""),
        ]


def test_whoever_draws_the_process_reads_what_had_no_answer_without_the_answers(
    weighed: int,
) -> None:
    with reading() as session:
        found = unanswered(session, "weighs", clock.now() - timedelta(days=1))
        later = unanswered(session, "weighs", clock.now() + timedelta(days=1))
    assert later == []
    assert {each.element_id for each in found} == {"reckon"}
    assert all(each.reason.startswith("=date(level) + needs: ") for each in found)
    assert not any("two" in each.reason for each in found)


def test_what_nobody_has_given_yet_is_kept_but_not_told(weighed: int) -> None:
    with reading() as session:
        row = session.scalars(select(StepHistory).where(StepHistory.element_id == "look")).one()
    assert row.problems == ["=nothing_of_the_kind: nothing is called “nothing_of_the_kind”"]
    assert row.detail == ""


def test_a_step_without_trouble_keeps_no_problems(weighed: int) -> None:
    with reading() as session:
        row = session.scalars(select(StepHistory).where(StepHistory.element_id == "weigh")).one()
        assert row.problems is None
        assert rulings(session, 1) == []


def test_rows_of_several_tables_name_their_table(driver: ProcessDriver) -> None:
    base = table(["needs"], ["r"], [["> 1", "2", "Two needs or more"]]).replace(
        'id="table"', 'id="base_table"'
    )
    asked = (
        '<businessKnowledgeModel id="add" name="add"><variable name="add"/><encapsulatedLogic>'
        '<formalParameter name="n"/>'
        + table(["n"], ["r"], [["-", "n + 1"]]).replace('id="table"', 'id="add_table"')
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    top = table(["add(base)"], ["r"], [["3", '"high"', "It is much"]])
    xml = model(
        inputs(needs="number"),
        asked,
        decision("base", base, needs=["needs"]),
        decision("weight", top, needs=["#base"], knows=["add"]),
    )
    drawn = bpmn(
        process(
            "weighs", start(), rule("weigh", "weight", "level"), end(), flow("start > weigh > end")
        )
    )
    publish(drawn, more=[published.table(xml.decode(), key="weight")])
    driver.start("weighs", case_id=1, needs=3)
    with reading() as session:
        [ruling] = rulings(session, 1)
    assert ruling.rows == ("base: Two needs or more", "add: Row 1", "weight: It is much")
