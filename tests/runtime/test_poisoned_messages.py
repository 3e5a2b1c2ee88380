"""A process that cannot take its message keeps nobody else from working."""

from app.db import reading, transaction
from app.runtime.actions import CompleteTask
from app.runtime.actor import MESSAGES
from app.runtime.messages import retry_early, undelivered
from app.runtime.models import ProcessInstance
from app.runtime.post import Envelope, keep
from app.runtime.step import live_processes, take_step
from tests.support.diagrams import bpmn, catch, end, flow, message, process, start, throw, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

FORMS = {"ask": ("text",), "after": ("fine",)}
KEYS = {"answer_came": "=case_id"}
SENDS = bpmn(
    process(
        "sends",
        start(),
        user("ask", form="ask", groups="practitioner"),
        throw("give_answer", message("answer_came")),
        end(),
        flow("start > ask > give_answer > end"),
    ),
    messages=KEYS,
)
WAITS = bpmn(
    process(
        "waits",
        start("waits_start"),
        catch("for_answer", message("answer_came")),
        user("after", form="after", groups="practitioner"),
        end("waits_end"),
        flow("waits_start > for_answer > after > waits_end"),
    ),
    messages=KEYS,
)
ALSO_WAITS = bpmn(
    process(
        "also_waits",
        start("also_start"),
        catch("also_for_answer", message("answer_came")),
        end("also_end"),
        flow("also_start > also_for_answer > also_end"),
    ),
    messages=KEYS,
)


def spoil(instance_id: int) -> bytes:
    """Damage what is kept of a process; what it was."""
    with transaction() as session:
        row = session.get_one(ProcessInstance, instance_id)
        good, row.state = row.state, b"damaged"
        row.live_key = f"another-{instance_id}"  # whoever has it in memory forgets it
    return good


def mend(instance_id: int, state: bytes) -> None:
    with transaction() as session:
        session.get_one(ProcessInstance, instance_id).state = state


def test_whoever_sends_to_a_broken_process_is_done_and_the_message_stays_until_it_is_mended(
    driver: ProcessDriver,
) -> None:
    publish(SENDS, WAITS, forms=FORMS)
    broken = driver.start("waits", case_id=1)
    state = spoil(broken)
    sender = driver.start("sends", case_id=1)
    driver.complete("ask", text="x")
    assert driver.instance(sender).status == "finished"
    with reading() as session:
        assert len(undelivered(session)) == 1

    mend(broken, state)
    assert retry_early() == 1
    assert driver.open_tasks() == {"after": "practitioner"}


def test_a_message_that_cannot_be_taken_does_not_hold_up_the_one_behind_it(
    driver: ProcessDriver,
) -> None:
    publish(SENDS, WAITS, forms=FORMS)
    first, second = (driver.start("waits", case_id=case_id) for case_id in (1, 2))
    spoil(first)
    with transaction() as session:
        for case_id in (1, 2):  # as if somebody else had held the processes when these were sent
            envelope = Envelope(name="answer_came", key=str(case_id), payload={}, case_id=case_id)
            keep(session, envelope, MESSAGES)

    assert retry_early() == 1
    assert driver.task("after").instance_id == second
    with reading() as session:
        assert [row.case_id for row in undelivered(session)] == [1]


def test_what_was_moved_and_taken_back_is_not_kept_in_memory(driver: ProcessDriver) -> None:
    publish(SENDS, WAITS, ALSO_WAITS, forms=FORMS)
    whole, broken = driver.start("waits", case_id=1), driver.start("also_waits", case_id=1)
    spoil(broken)
    driver.start("sends", case_id=1)
    task = driver.task("ask")
    with transaction() as session:
        action = CompleteTask(task_id=task.id, answers={})
        take_step(session, task.instance_id, action, actor=MESSAGES)
    row = driver.instance(whole)
    found = live_processes.look_at(row.live_key, row.lock_version + 1)
    assert found is None, "a version that was never committed"
    assert driver.open_tasks() == {}
