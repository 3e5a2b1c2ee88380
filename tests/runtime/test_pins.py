"""Which versions a case runs on: chosen when it starts, the area's own before the core's."""

import pytest
from sqlalchemy import select

from app.db import reading
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import ProcessNotLive
from app.runtime.models import Task
from tests.support.diagrams import bpmn, call, end, flow, process, start, user
from tests.support.factories import make_area
from tests.support.process_driver import ProcessDriver
from tests.support.published import diagram, publish

FORMS = {"ask": ("text",), "ask_two": ("text",), "ask_hull": ("text",)}
CALLER = bpmn(
    process("caller", start(), call("do_slot", "slot_ask"), end(), flow("start > do_slot > end"))
)


def slot(element_id: str) -> bytes:
    return bpmn(
        process(
            "slot_ask",
            start(),
            user(element_id, form=element_id, groups="practitioner"),
            end(),
            flow(f"start > {element_id} > end"),
        )
    )


def test_a_new_version_leaves_running_cases_on_the_old_one(driver: ProcessDriver) -> None:
    publish(CALLER, slot("ask"), forms=FORMS)
    old = driver.start("caller")
    publish(slot("ask_two"), forms=FORMS)
    new = driver.start("caller")

    assert driver.task("ask").instance_id == old
    assert driver.task("ask_two").instance_id == new
    driver.complete("ask", text="x")
    assert driver.instance(old).status == "finished"
    with reading() as session:
        numbers = session.scalars(
            select(DefinitionVersion.number).where(DefinitionVersion.key == "slot_ask")
        ).all()
        assert sorted(numbers) == [1, 2]


def test_an_area_fills_a_slot_for_its_own_cases_only(driver: ProcessDriver) -> None:
    publish(CALLER, slot("ask"), forms=FORMS)
    publish(area="hull", more=[diagram(slot("ask_hull"), pack="hull")])
    make_area("hull")
    here = driver.start("caller")
    driver.area = "hull"
    there = driver.start("caller")

    assert driver.task("ask").instance_id == here
    assert driver.task("ask_hull").instance_id == there


def test_cases_that_start_alike_share_one_choice(driver: ProcessDriver) -> None:
    publish(CALLER, slot("ask"), forms=FORMS)
    driver.start("caller")
    driver.start("caller")

    with reading() as session:
        chosen = session.scalars(select(DefinitionSet)).one()
        assert set(chosen.processes) == {"caller", "slot_ask"}


def test_what_is_not_published_cannot_be_started(driver: ProcessDriver) -> None:
    publish(slot("ask"), forms=FORMS)
    with pytest.raises(ProcessNotLive, match="caller is not published"):
        driver.start("caller")


def test_a_form_changes_only_for_tasks_that_open_later(driver: ProcessDriver) -> None:
    publish(CALLER, slot("ask"), forms=FORMS)
    driver.start("caller")
    publish(forms={"ask": ("text", "more")})
    driver.start("caller")

    with reading() as session:
        forms = session.scalars(select(Task.form_version_id).order_by(Task.id)).all()
    assert forms[0] != forms[1]
