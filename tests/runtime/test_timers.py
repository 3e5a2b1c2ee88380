"""Timers: they fire when due, once, and can be moved."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import InvalidInput
from app.runtime.actions import MoveTimer
from app.runtime.plans import TimerNotFound
from tests.support.diagrams import bpmn, catch, end, flow, process, start, timer, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

REVIEW = bpmn(
    process(
        "review",
        start(),
        user("plan", form="plan", groups="practitioner"),
        catch("review_day", timer("date", "=date(review_on)")),
        user("hold_review", form="hold_review", groups="practitioner", due="=working days(1)"),
        end(),
        flow("start > plan > review_day > hold_review > end"),
    )
)
FORMS = {"plan": ("review_on",), "hold_review": ("rating",)}


@pytest.fixture
def instance_id(driver: ProcessDriver) -> int:
    publish(REVIEW, forms=FORMS)
    found = driver.start("review")
    driver.complete("plan", review_on="2026-02-16")
    return found


def test_the_due_moment_is_on_the_row_that_the_scheduler_reads(
    driver: ProcessDriver, instance_id: int
) -> None:
    assert driver.instance(instance_id).wake_at == datetime(2026, 2, 16, 9, tzinfo=UTC)
    assert driver.timers() == {"review_day": datetime(2026, 2, 16, 9, tzinfo=UTC)}


def test_a_timer_fires_when_due_and_once(driver: ProcessDriver, instance_id: int) -> None:
    driver.wait(days=41)
    assert driver.open_tasks() == {}
    driver.wait(days=1)
    assert driver.open_tasks() == {"hold_review": "practitioner"}
    assert driver.instance(instance_id).wake_at is None
    before = driver.instance(instance_id).lock_version
    driver.wait(days=30)
    assert driver.instance(instance_id).lock_version == before


def test_after_downtime_a_late_timer_fires_once(driver: ProcessDriver, instance_id: int) -> None:
    driver.traveller.move_to(datetime(2027, 2, 16, tzinfo=UTC), tick=False)
    driver.wait(minutes=1)

    assert driver.open_tasks() == {"hold_review": "practitioner"}


def test_a_review_can_be_brought_forward(driver: ProcessDriver, instance_id: int) -> None:
    driver.move_timer("review_day", clock.now() + timedelta(days=7))
    driver.wait(days=7)

    assert driver.open_tasks() == {"hold_review": "practitioner"}


def test_a_timer_cannot_be_moved_into_the_past_or_when_it_is_gone(
    driver: ProcessDriver, instance_id: int
) -> None:
    with pytest.raises(InvalidInput, match="not in the past"):
        driver.move_timer("review_day", clock.now() - timedelta(days=1))
    gone = MoveTimer(engine_task_id="gone", due_at=clock.now() + timedelta(days=1))
    with pytest.raises(TimerNotFound):
        driver.act(instance_id, gone)


@pytest.mark.slow
def test_it_goes_on_in_a_newly_started_program_each_time(driver: ProcessDriver) -> None:
    publish(REVIEW, forms=FORMS)
    driver.fresh_process = True
    instance_id = driver.start("review")
    driver.complete("plan", review_on="2026-02-16")
    driver.wait(days=42)
    driver.complete("hold_review", rating="better")

    assert driver.instance(instance_id).status == "finished"
