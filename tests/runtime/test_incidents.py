"""An automatic step that fails: what people did stands, the rest waits for a retry."""

from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.audit.verify import verify
from app.db import reading
from app.errors import InvalidInput
from app.identity.models import User
from app.runtime import automatic
from app.runtime.actions import CancelInstance, RetryIncident
from app.runtime.automatic import StepContext
from app.runtime.incidents import IncidentNotFound, open_incidents
from app.runtime.models import Submission, Task, TaskDraft
from app.runtime.records import Incident
from tests.support.diagrams import bpmn, end, flow, parallel, process, service, start, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish


class Register:
    """Stands for another system that is down until told otherwise."""

    def __init__(self) -> None:
        self.is_down = True
        self.breaks = False
        self.calls: list[dict[str, Any]] = []

    def note(self, context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
        context.session.add(
            TaskDraft(
                task_id=context.session.scalars(select(Task.id)).first() or 0,
                user_id=context.actor.user_id or 0,
                answers={"written by": "the step before"},
                saved_at=clock.now(),
            )
        )
        return {}

    def register(self, context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(context.latest_submission("ask") or {})
        if self.breaks:
            raise ZeroDivisionError
        if self.is_down:
            raise InvalidInput("The register does not answer.")
        return {"number": 7}


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    found = Register()
    monkeypatch.setattr(automatic, "_handlers", {"note": found.note, "register": found.register})
    return found


DIAGRAM = bpmn(
    process(
        "registers",
        start(),
        user("ask", form="ask", groups="practitioner"),
        service("note_it", "note"),
        service("register_it", "register", outputs={"number": "=number"}),
        user("after", form="after", groups="practitioner"),
        end(),
        flow("start > ask > note_it > register_it > after > end"),
    )
)
FORMS = {"ask": ("story",), "after": ("fine",)}


@pytest.fixture
def instance_id(driver: ProcessDriver, register: Register) -> int:
    publish(DIAGRAM, forms=FORMS)
    return driver.start("registers")


def incident() -> Incident:
    with reading() as session:
        return session.scalars(select(Incident)).one()


def test_a_completion_stands_and_the_failure_is_visible(
    driver: ProcessDriver, instance_id: int
) -> None:
    result = driver.complete("ask", story="kept")

    assert result.incidents == (incident().id,)
    assert incident().element_id == "register_it"
    assert incident().message == "The register does not answer."
    with reading() as session:
        assert session.scalars(select(Submission)).one().answers == {"story": "kept"}
        assert session.scalars(select(Task)).one().outcome == "completed"
    assert driver.instance(instance_id).status == "running"
    assert driver.instance(instance_id).lock_version == 2


def test_what_earlier_steps_wrote_is_written_once(driver: ProcessDriver, instance_id: int) -> None:
    driver.complete("ask", story="kept")

    with reading() as session:
        assert len(session.scalars(select(TaskDraft)).all()) == 1


def test_a_step_reads_the_document_of_the_completion_that_led_to_it(
    driver: ProcessDriver, instance_id: int, register: Register
) -> None:
    driver.complete("ask", story="kept")

    assert register.calls[0] == {"story": "kept"}


def test_a_retry_goes_on_where_it_stopped(
    driver: ProcessDriver, instance_id: int, register: Register, worker: User
) -> None:
    driver.complete("ask", story="kept")
    register.is_down = False
    driver.act(instance_id, RetryIncident(incident_id=incident().id))

    assert driver.open_tasks() == {"after": "practitioner"}
    assert incident().resolved_by_id == worker.id
    with reading() as session:
        assert open_incidents(session) == []
        assert verify(session) == []
    with pytest.raises(IncidentNotFound):
        driver.act(instance_id, RetryIncident(incident_id=incident().id))


def test_a_retry_that_fails_again_counts_and_changes_nothing_else(
    driver: ProcessDriver, instance_id: int
) -> None:
    driver.complete("ask", story="kept")
    result = driver.act(instance_id, RetryIncident(incident_id=incident().id))

    assert result.incidents == (incident().id,)
    assert incident().attempts == 2
    assert incident().resolved_at is None
    assert driver.instance(instance_id).lock_version == 2


def test_a_programming_error_is_an_incident_without_its_details(
    driver: ProcessDriver, instance_id: int, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    register.breaks = True
    driver.complete("ask", story="kept")

    assert incident().message == "Something unexpected went wrong."
    assert "register" in caplog.text


def test_a_failure_on_one_branch_leaves_the_other_open(
    driver: ProcessDriver, register: Register
) -> None:
    publish(
        bpmn(
            process(
                "split",
                start(),
                user("ask", form="ask", groups="practitioner"),
                parallel("fork"),
                service("register_it", "register"),
                user("after", form="after", groups="practitioner"),
                parallel("join"),
                end(),
                flow("start > ask > fork > register_it > join > end"),
                flow("fork > after > join"),
            )
        ),
        forms=FORMS,
    )
    instance_id = driver.start("split")
    driver.complete("ask")
    assert driver.open_tasks() == {"after": "practitioner"}
    driver.complete("after")
    register.is_down = False
    driver.act(instance_id, RetryIncident(incident_id=incident().id))

    assert driver.instance(instance_id).status == "finished"


def test_a_process_whose_first_step_fails_starts_with_an_incident(
    driver: ProcessDriver, register: Register
) -> None:
    publish(
        bpmn(
            process(
                "at_once",
                start(),
                service("register_it", "register"),
                end(),
                flow("start > register_it > end"),
            )
        )
    )
    driver.start("at_once")

    assert incident().element_id == "register_it"


def test_a_cancelled_process_has_no_incident_left(driver: ProcessDriver, instance_id: int) -> None:
    driver.complete("ask", story="kept")
    driver.act(instance_id, CancelInstance(reason="mistake"))

    assert incident().resolved_at is not None
