"""Processes that begin by the calendar: in each area that has them, once each."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.db import reading
from app.runtime.models import ProcessInstance
from app.runtime.records import TimerStart
from app.scheduler.starts import start_all_due
from tests.runtime.test_together import at_once
from tests.support.diagrams import bpmn, end, flow, process, start, timer, user
from tests.support.factories import make_area
from tests.support.process_driver import ProcessDriver
from tests.support.published import diagram, publish

FORMS = {"meet": ("minutes",)}


def weekly(text: str = "R/2026-01-07T14:00:00/P7D", process_id: str = "panel") -> bytes:
    return bpmn(
        process(
            process_id,
            start(inside=timer("cycle", text)),
            user("meet", form="meet", groups="panel_chair"),
            end(),
            flow("start > meet > end"),
        )
    )


def started() -> list[tuple[str, datetime]]:
    with reading() as session:
        rows = session.execute(
            select(ProcessInstance.area_id, ProcessInstance.facts).order_by(ProcessInstance.id)
        )
        return [(area, datetime.fromisoformat(facts["started_for"])) for area, facts in rows]


def test_a_weekly_process_starts_each_week_in_its_area(driver: ProcessDriver) -> None:
    make_area("hull")
    publish(forms=FORMS)
    publish(area="hull", more=[diagram(weekly(), pack="hull")])
    driver.wait(minutes=1)
    assert started() == []
    driver.wait(days=3)
    driver.wait(days=7)

    first = datetime(2026, 1, 7, 14, tzinfo=UTC)
    assert started() == [("hull", first), ("hull", first + timedelta(days=7))]


def test_missed_ones_follow_each_other_in_order(driver: ProcessDriver) -> None:
    publish(weekly(), forms=FORMS)
    start_all_due()
    driver.traveller.shift(timedelta(days=24))
    start_all_due()

    moments = [moment for _, moment in started()]
    assert len(moments) == 4
    assert moments == sorted(moments)
    assert start_all_due() == 0


def test_workers_start_each_once(driver: ProcessDriver) -> None:
    publish(weekly(), forms=FORMS)
    start_all_due()
    driver.traveller.shift(timedelta(days=3))
    answers = at_once(4, lambda _: start_all_due())

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert len(started()) == 1


def test_a_changed_rhythm_counts_from_now(driver: ProcessDriver) -> None:
    publish(weekly(), forms=FORMS)
    start_all_due()
    publish(weekly("R/2026-01-09T10:00:00/P7D"))
    start_all_due()

    with reading() as session:
        row = session.scalars(select(TimerStart)).one()
    assert row.next_at == datetime(2026, 1, 9, 10, tzinfo=UTC)


def test_a_rhythm_may_come_from_the_parameters(driver: ProcessDriver) -> None:
    core = 'id = "core"\nname = "Core"\n[parameters]\npanel = "R/2026-01-06T09:00:00/P7D"\n'
    publish(weekly("=parameters.panel"), forms=FORMS, core=core)
    driver.wait(minutes=1)
    driver.wait(days=1)

    assert [moment for _, moment in started()] == [datetime(2026, 1, 6, 9, tzinfo=UTC)]


def test_a_start_that_fails_is_tried_again_later(driver: ProcessDriver) -> None:
    publish(weekly(), forms=FORMS)
    start_all_due()
    with reading() as session:
        assert session.scalars(select(TimerStart.problem)).one() == ""
    driver.traveller.shift(timedelta(days=3))

    with pytest.MonkeyPatch.context() as broken:

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError

        broken.setattr("app.runtime.timer_starts.start_process", fail)
        start_all_due()
    with reading() as session:
        assert session.scalars(select(TimerStart.problem)).one() != ""
    assert start_all_due() == 0
    driver.traveller.shift(timedelta(minutes=1))
    start_all_due()
    assert len(started()) == 1
