"""Tasks of people: what a completion writes, and what it refuses."""

import pytest
from sqlalchemy import select

from app.db import reading, transaction
from app.identity.models import User
from app.runtime.actions import CancelInstance, CompleteTask
from app.runtime.actor import Actor
from app.runtime.models import Outcome, ProcessInstance, Submission, Task
from app.runtime.records import StepHistory
from app.runtime.step import take_step
from app.runtime.tasks_open import TaskAlreadyDone, TaskNotFound, WrongKindOfAnswer
from app.runtime.turn import InstanceEnded, InstanceNotFound
from tests.support.diagrams import bpmn, end, flow, process, start, user, xor
from tests.support.factories import make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

TWO_TASKS = bpmn(
    process(
        "two_tasks",
        start(),
        user("ask", name="Ask the ${lead_practitioner}", form="ask", groups="practitioner"),
        xor("enough", default="enough_end"),
        user("ask_more", form="ask_more", groups="practitioner", due="=working days(2)"),
        end(),
        flow("start > ask > enough > end"),
        flow("enough > ask_more", '=more = "yes"'),
        flow("ask_more > end"),
    )
)
FORMS = {"ask": ("more", "story"), "ask_more": ("details",)}


class PowerCut(Exception):
    """Something after the step, before the commit, went wrong."""


def _take_and_lose(
    instance_id: int, action: CompleteTask, by: User, *, key: str | None = None
) -> None:
    with transaction() as session:
        take_step(session, instance_id, action, actor=Actor.person(by), idempotency_key=key)
        raise PowerCut


@pytest.fixture
def instance_id(driver: ProcessDriver) -> int:
    publish(TWO_TASKS, forms=FORMS)
    return driver.start("two_tasks")


def test_a_task_opens_with_the_areas_words_its_role_and_its_form(
    driver: ProcessDriver, instance_id: int
) -> None:
    task = driver.task("ask")

    assert task.name == "Ask the lead practitioner"
    assert task.role == "practitioner"
    assert task.form_version_id is not None
    assert task.due_at is None


def test_answers_that_no_expression_reads_stay_in_the_document(
    driver: ProcessDriver, instance_id: int, worker: User
) -> None:
    driver.complete("ask", more="yes", story="long and private")

    assert "story" not in driver.instance(instance_id).facts
    assert driver.instance(instance_id).facts["more"] == "yes"
    with reading() as session:
        document = session.scalars(select(Submission)).one()
    assert document.answers == {"more": "yes", "story": "long and private"}
    assert document.by_id == worker.id


def test_a_due_moment_counts_working_days(driver: ProcessDriver, instance_id: int) -> None:
    driver.complete("ask", more="yes")

    due = driver.task("ask_more").due_at
    assert due is not None
    assert due.isoformat() == "2026-01-07T17:00:00+00:00"


def test_a_process_ends_and_leaves_nothing_open(driver: ProcessDriver, instance_id: int) -> None:
    driver.complete("ask", more="no")

    instance = driver.instance(instance_id)
    assert instance.status == "finished"
    assert instance.wake_at is None
    assert driver.open_tasks() == {}


def test_the_history_says_what_happened_in_which_order(
    driver: ProcessDriver, instance_id: int
) -> None:
    driver.complete("ask", more="no")

    with reading() as session:
        rows = session.execute(
            select(StepHistory.element_id, StepHistory.what).order_by(StepHistory.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("start", "completed"),
        ("ask", "entered"),
        ("ask", "completed"),
        ("enough", "completed"),
        ("enough", "branch"),
        ("end", "completed"),
    ]


def test_each_step_counts_one_version(driver: ProcessDriver, instance_id: int) -> None:
    driver.complete("ask", more="yes")
    driver.complete("ask_more", details="some")

    assert driver.instance(instance_id).lock_version == 3


def test_a_colleague_who_was_faster_is_named_with_the_time(
    driver: ProcessDriver, instance_id: int, worker: User
) -> None:
    slow = make_user("Slow Colleague")
    task = driver.task("ask")
    driver.complete("ask", by=worker, more="yes")

    with pytest.raises(TaskAlreadyDone) as refused:
        driver.act(instance_id, CompleteTask(task_id=task.id, answers={}), by=slow)

    assert "Wanda Worker was faster" in str(refused.value)
    assert "09:00 on 5 January 2026" in str(refused.value)
    assert refused.value.by_id == worker.id


def test_a_refused_action_changes_nothing(driver: ProcessDriver, instance_id: int) -> None:
    task = driver.task("ask")
    driver.complete("ask", more="yes")
    before = driver.instance(instance_id)

    with pytest.raises(TaskAlreadyDone):
        driver.act(instance_id, CompleteTask(task_id=task.id, answers={"more": "no"}))

    after = driver.instance(instance_id)
    assert (after.lock_version, after.facts) == (before.lock_version, before.facts)
    with reading() as session:
        assert len(session.scalars(select(Submission)).all()) == 1


def test_a_task_of_another_process_is_not_found(driver: ProcessDriver, instance_id: int) -> None:
    other = driver.start("two_tasks")
    task = driver.task("ask")

    with pytest.raises(TaskNotFound):
        driver.act(other, CompleteTask(task_id=task.id, answers={}))
    with pytest.raises(InstanceNotFound):
        driver.act(999_999, CompleteTask(task_id=task.id, answers={}))


def test_a_gateway_cannot_be_passed_by_completing_it(
    driver: ProcessDriver, supervisor: User
) -> None:
    gateway = xor("agree", default="agree_end", role="supervisor")
    publish(
        bpmn(
            process(
                "signed",
                start(),
                user("ask", form="ask", groups="practitioner"),
                gateway,
                end(),
                end("other"),
                flow("start > ask > agree > end"),
                flow("agree > other", '=more = "yes"'),
            )
        ),
        forms=FORMS,
    )
    instance_id = driver.start("signed")
    driver.complete("ask", more="yes")

    with pytest.raises(WrongKindOfAnswer):
        driver.complete("agree", by=supervisor, more="no")
    assert driver.instance(instance_id).lock_version == 2
    assert driver.open_tasks() == {"agree": "supervisor"}


def test_cancelling_withdraws_what_is_open(driver: ProcessDriver, instance_id: int) -> None:
    driver.act(instance_id, CancelInstance(reason="started by mistake"))

    assert driver.instance(instance_id).status == "cancelled"
    with reading() as session:
        assert session.scalars(select(Task)).one().outcome == Outcome.WITHDRAWN
    with pytest.raises(InstanceEnded):
        driver.act(instance_id, CancelInstance(reason="again"))


def test_the_same_key_twice_has_one_effect_and_one_answer(
    driver: ProcessDriver, instance_id: int, worker: User
) -> None:
    task = driver.task("ask")
    action = CompleteTask(task_id=task.id, answers={"more": "yes"})
    results = []
    for _ in range(2):
        with transaction() as session:
            results.append(
                take_step(
                    session,
                    instance_id,
                    action,
                    actor=Actor.person(worker),
                    idempotency_key="page-1",
                )
            )

    assert not results[0].replayed
    assert results[1].replayed
    assert results[1].opened == results[0].opened
    assert driver.instance(instance_id).lock_version == 2


def test_a_failed_request_leaves_its_key_unused(
    driver: ProcessDriver, instance_id: int, worker: User
) -> None:
    task = driver.task("ask")
    action = CompleteTask(task_id=task.id, answers={"more": "yes"})
    with pytest.raises(PowerCut):
        _take_and_lose(instance_id, action, worker, key="k")
    with transaction() as session:
        result = take_step(
            session, instance_id, action, actor=Actor.person(worker), idempotency_key="k"
        )

    assert not result.replayed
    assert driver.open_tasks() == {"ask_more": "practitioner"}


def test_a_rolled_back_step_leaves_nothing_in_memory(
    driver: ProcessDriver, instance_id: int, worker: User
) -> None:
    action = CompleteTask(task_id=driver.task("ask").id, answers={"more": "yes"})
    with pytest.raises(PowerCut):
        _take_and_lose(instance_id, action, worker)

    assert driver.open_tasks() == {"ask": "practitioner"}
    with transaction() as session:
        take_step(session, instance_id, action, actor=Actor.person(worker))
        assert session.get_one(ProcessInstance, instance_id).lock_version == 2
    assert driver.open_tasks() == {"ask_more": "practitioner"}
