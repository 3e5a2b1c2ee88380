"""Due timers: each fires, and a broken process never holds up the others."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db import reading
from app.errors import InvalidInput
from app.runtime import automatic
from app.runtime.actions import RetryIncident
from app.runtime.automatic import StepContext
from app.runtime.incidents import open_incidents
from app.runtime.records import StepHistory
from app.scheduler.timers import fire_all_due, fire_next_due
from tests.support.diagrams import bpmn, catch, end, flow, process, service, start, timer
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

LATER = bpmn(
    process(
        "later",
        start(),
        catch("an_hour", timer("duration", "PT1H")),
        service("call_out", "call_out"),
        end(),
        flow("start > an_hour > call_out > end"),
    )
)
HOUR = 3600


class Line:
    """Stands for another system."""

    def __init__(self) -> None:
        self.broken_for: set[int] = set()
        self.calls: list[int] = []

    def call(self, context: StepContext, _: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(context.instance.id)
        if context.instance.id in self.broken_for:
            raise InvalidInput("No answer.")
        return {}


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    found = Line()
    monkeypatch.setattr(automatic, "_handlers", {"call_out": found.call})
    return found


def test_nothing_is_due_before_its_time(driver: ProcessDriver, line: Line) -> None:
    publish(LATER)
    driver.start("later")
    driver.traveller.shift(HOUR - 1)

    assert not fire_next_due()
    driver.traveller.shift(1)
    assert fire_next_due()
    assert not fire_next_due()


def test_the_longest_due_comes_first(driver: ProcessDriver, line: Line) -> None:
    publish(LATER)
    instances = []
    for _ in range(3):
        instances.append(driver.start("later"))
        driver.traveller.shift(60)
    driver.traveller.shift(HOUR)

    assert fire_all_due() == 3
    assert line.calls == instances


def test_a_broken_process_waits_longer_each_time_and_the_others_go_on(
    driver: ProcessDriver, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    publish(LATER)
    broken, sound = driver.start("later"), driver.start("later")
    line.broken_for = {broken}
    driver.traveller.shift(HOUR)
    fire_all_due()
    assert driver.instance(sound).status == "finished"

    for minutes in (1, 5, 30):
        assert driver.instance(broken).status == "running"
        before = len(line.calls)
        driver.traveller.shift(minutes * 60 - 1)
        assert not fire_next_due()
        with reading() as session:
            assert open_incidents(session) == []
        driver.traveller.shift(1)
        assert fire_next_due()
        assert len(line.calls) == before + 1
    with reading() as session:
        found = open_incidents(session)
        assert [(row.element_id, row.message) for row in found] == [("call_out", "No answer.")]
    assert driver.next_due() is None

    line.broken_for = set()
    driver.act(broken, RetryIncident(incident_id=found[0].id))
    assert driver.instance(broken).status == "finished"
    with reading() as session:
        fired = session.scalars(
            select(StepHistory.instance_id).where(StepHistory.element_id == "an_hour")
        ).all()
    assert sorted(set(fired)) == [broken, sound]
    assert "No answer" in caplog.text


def test_a_state_that_cannot_be_read_becomes_a_visible_incident(
    driver: ProcessDriver, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(LATER)
    broken = driver.start("later")

    def unreadable(*_: object, **__: object) -> None:
        raise RuntimeError("the state does not fit")

    with monkeypatch.context() as broken_engine:
        broken_engine.setattr("app.runtime.step.Process.load", unreadable)
        broken_engine.setattr("app.runtime.step._opened", unreadable)
        driver.traveller.shift(HOUR)
        for minutes in (1, 5, 30, 30):
            assert fire_next_due()
            driver.traveller.shift(minutes * 60)
    with reading() as session:
        found = open_incidents(session)
    assert [row.message for row in found] == ["Something unexpected went wrong."]

    driver.act(broken, RetryIncident(incident_id=found[0].id))
    assert driver.instance(broken).status == "finished"
    with reading() as session:
        assert open_incidents(session) == []
