"""A loop that nobody works on: what somebody did stands, and an incident names the loop."""

from app.db import reading
from app.runtime.actions import RetryIncident
from app.runtime.incidents import open_incidents
from tests.support.diagrams import bpmn, catch, end, flow, process, script, start, timer, user, xor
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

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
