"""A loop that nobody works on: what somebody did stands, and an incident names the loop."""

import pytest
from sqlalchemy import func, select

from app.db import reading
from app.errors import InvalidInput
from app.runtime import automatic
from app.runtime.actions import RetryIncident
from app.runtime.incidents import open_incidents
from app.runtime.records import Incident
from tests.decisions.conftest import decision, literal, model
from tests.support.diagrams import (
    bpmn,
    catch,
    end,
    flow,
    process,
    rule,
    script,
    service,
    start,
    timer,
    user,
    xor,
)
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish, table

ROUND_AND_ROUND = bpmn(
    process(
        "spins",
        start(),
        user("ask", form="ask", groups="practitioner"),
        xor("turn"),
        script("count_up", "=n + 1", "n"),
        xor("again", "again_turn"),
        end(),
        flow("start > ask > turn > count_up > again > turn"),
        flow("again > end", "=n < 0"),
    )
)


def test_the_answer_is_kept_and_the_incident_names_every_element_of_the_loop(
    driver: ProcessDriver,
) -> None:
    publish(ROUND_AND_ROUND, forms={"ask": ("n",)})
    instance_id = driver.start("spins", case_id=1)
    driver.complete("ask", n=0)
    with reading() as session:
        [incident] = open_incidents(session, case_id=1)
    assert "in a loop that nobody works on: again, count_up, turn" in incident.message
    assert driver.instance(instance_id).facts["n"] >= 0
    assert driver.open_tasks() == {}

    driver.act(instance_id, RetryIncident(incident_id=incident.id))
    with reading() as session:
        [again] = open_incidents(session, case_id=1)
    assert "in a loop that nobody works on" in again.message
    assert (again.id, again.attempts) == (incident.id, 2)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1


NO_TIME_PASSES = bpmn(
    process(
        "waits",
        start(),
        xor("turn"),
        catch("wait", timer("duration", "PT0S")),
        script("look", "=false", "done"),
        xor("again", "again_turn"),
        end(),
        flow("start > turn > wait > look > again > turn"),
        flow("again > end", "=done"),
    )
)


def test_a_loop_whose_timer_never_waits_becomes_an_incident(driver: ProcessDriver) -> None:
    publish(NO_TIME_PASSES)
    driver.start("waits", case_id=1)
    driver.wait(days=7)
    with reading() as session:
        [incident] = open_incidents(session, case_id=1)
    assert "in a loop that nobody works on: again, look, turn, wait" in incident.message
    assert driver.next_due() is None


BEHIND = bpmn(
    process(
        "tells",
        start(),
        service("tell", "pass_on", outputs={"n": "=0"}),
        xor("turn"),
        script("count_up", "=n + 1", "n"),
        xor("again", "again_turn"),
        end(),
        flow("start > tell > turn > count_up > again > turn"),
        flow("again > end", "=n < 0"),
    )
)


def test_what_works_when_tried_again_stays_done_though_an_endless_loop_follows(
    driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []

    def tell(context: object, given: object) -> dict[str, object]:
        said.append(given)
        if len(said) <= 2:
            raise InvalidInput("Nobody is there.")
        return {}

    monkeypatch.setattr(automatic, "_handlers", {"pass_on": tell})
    publish(BEHIND)
    instance_id = driver.start("tells", case_id=1)
    for attempts in (1, 2):
        with reading() as session:
            [incident] = open_incidents(session, case_id=1)
        assert (incident.element_id, incident.attempts) == ("tell", attempts)
        driver.act(instance_id, RetryIncident(incident_id=incident.id))
    with reading() as session:
        [other] = open_incidents(session, case_id=1)
    assert other.element_id in ("turn", "count_up", "again")
    assert "in a loop that nobody works on: again, count_up, turn" in other.message


def test_tables_that_a_step_asks_are_paid_for_together(driver: ProcessDriver) -> None:
    heavy = literal("count(for i in 1..90000 return i)")
    dmn = table(model(decision("weight", heavy)).decode(), key="weight")
    steps = [f"weigh_{number}" for number in range(30)]
    drawn = bpmn(
        process(
            "weighs",
            start(),
            *(rule(step, "weight", "level") for step in steps),
            end(),
            flow(" > ".join(["start", *steps, "end"])),
        )
    )
    publish(drawn, more=[dmn])
    driver.start("weighs", case_id=1)
    with reading() as session:
        [incident] = open_incidents(session, case_id=1)
    assert "too much to work out at once" in incident.message
    assert incident.element_id in steps[20:]
