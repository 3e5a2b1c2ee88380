"""Processes that answer each other for ever: an incident names them, and nothing goes on by itself."""

import pytest
from sqlalchemy import func, select

from app.db import reading
from app.runtime.actions import RetryIncident
from app.runtime.incidents import open_incidents
from app.runtime.messages import retry_early
from app.runtime.records import Incident, MessageRow
from tests.support.diagrams import bpmn, catch, end, flow, message, process, start, throw, xor
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish


def rally(name: str, *, sends: str, hears: str, begins: bool) -> str:
    """A process that sends and listens in turns, for ever."""
    steps = ["sends", "hears"] if begins else ["hears", "sends"]
    return process(
        name,
        start(f"{name}_start"),
        xor(f"{name}_turn"),
        throw(f"{name}_sends", message(sends)),
        catch(f"{name}_hears", message(hears)),
        xor(f"{name}_again", f"{name}_again_{name}_turn"),
        end(f"{name}_end"),
        flow(" > ".join(f"{name}_{each}" for each in ("start", "turn", *steps, "again", "turn"))),
        flow(f"{name}_again > {name}_end", '=day of week(today()) = "Nosuchday"'),
    )


def rallies(*processes: str) -> bytes:
    return bpmn(*processes, messages={"ping": "=case_id", "pong": "=case_id"})


TWO = {
    "other": rallies(rally("other", sends="pong", hears="ping", begins=False)),
    "one": rallies(rally("one", sends="ping", hears="pong", begins=True)),
}
ALONE = {"alone": rallies(rally("alone", sends="ping", hears="ping", begins=True))}


@pytest.mark.parametrize(
    ("drawn", "loop"), [(TWO, "one_sends, other_sends"), (ALONE, "alone_sends")]
)
def test_they_become_an_incident_that_names_them_and_can_be_tried_again(
    driver: ProcessDriver, drawn: dict[str, bytes], loop: str
) -> None:
    publish(*drawn.values())
    for name in drawn:
        driver.start(name, case_id=1)
    [incident], sent = incidents(), messages()
    assert incident.message.endswith(f"in a loop that nobody works on: {loop}")
    assert retry_early() == 0
    assert messages() == sent

    driver.act(incident.instance_id, RetryIncident(incident_id=incident.id))
    [again] = incidents()
    assert (again.element_id, again.message) == (incident.element_id, incident.message)
    assert messages() > sent


def incidents() -> list[Incident]:
    with reading() as session:
        return open_incidents(session, case_id=1)


def messages() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(MessageRow)) or 0
