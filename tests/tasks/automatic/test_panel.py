from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.cases.models import Case, PanelItem
from app.db import reading, transaction
from app.tasks.automatic.panel import ItemNotFound
from tests.support.one_step import OneStep


def ask(one: OneStep) -> int:
    one.said("ask_the_panel", panel_summary="Parenting and housing")
    return int(one.run("record_panel_item", by=one.worker)["item_id"])


def agenda(one: OneStep) -> list[int]:
    """What a new panel of the area finds."""
    one.instance_id = one.begin("soton_resource_panel", None)
    found = one.run("gather_panel_agenda")["agenda"]
    assert isinstance(found, list)
    return found


def status(number: int) -> str:
    with reading() as session:
        return session.scalars(select(PanelItem.status).where(PanelItem.id == number)).one()


def test_an_item_waits_for_the_next_panel_and_for_one_only(one: OneStep) -> None:
    number = ask(one)
    assert status(number) == "waiting"
    assert agenda(one) == [number]
    assert status(number) == "on_agenda"
    assert agenda(one) == []


def test_who_has_waited_longest_comes_first(one: OneStep, clock: time_machine.Traveller) -> None:
    second = OneStep(one.cast)
    later = ask(second)
    clock.shift(-timedelta(days=1))
    earlier = ask(one)
    assert agenda(one) == [earlier, later]


def test_a_panel_sees_only_its_own_area(one: OneStep) -> None:
    ask(one)
    with transaction() as session:
        for item in session.scalars(select(PanelItem)):
            item.area_id = "hull"
    assert agenda(one) == []


def test_a_question_is_answered_before_the_same_item_comes_back(one: OneStep) -> None:
    asked_in = one.instance_id
    number = ask(one)
    agenda(one)
    one.run("record_panel_decision", item_id=number, panel_outcome="more_information")
    assert status(number) == "rolled_over"
    assert agenda(one) == []
    one.instance_id = asked_in
    one.said("answer_the_panel", panel_answer="The landlord has agreed")
    assert one.run("record_panel_item", by=one.worker) == {"item_id": number}
    assert agenda(one) == [number]


@pytest.mark.parametrize("outcome", ["lead_agreed", "service_allocated", "not_suitable"])
def test_a_decision_goes_back_to_the_case_it_is_about(one: OneStep, outcome: str) -> None:
    number = ask(one)
    agenda(one)
    found = one.run("record_panel_decision", item_id=number, panel_outcome=outcome)
    assert found == {"item_case_id": one.case_id, "panel_outcome": outcome}
    assert status(number) == "decided"


@pytest.mark.parametrize("number", [None, 10**6])
def test_what_is_not_on_the_list_is_not_decided(one: OneStep, number: int | None) -> None:
    with pytest.raises(ItemNotFound):
        one.run("record_panel_decision", item_id=number, panel_outcome="lead_agreed")


def test_an_accepted_step_down_opens_the_case_and_social_care_leaves(
    one: OneStep, clock: time_machine.Traveller
) -> None:
    one.run("close_case", outcome="statutory")
    one.run("record_step_down", step_down_outcome="accepted")
    case = one.case()
    assert (case.status, case.closing_reason, case.statutory_since) == ("open", "", None)


@pytest.mark.parametrize("outcome", ["no_plan", "not_suitable"])
def test_any_other_ending_leaves_the_case_with_social_care(one: OneStep, outcome: str) -> None:
    with transaction() as session:
        session.get_one(Case, one.case_id).status = "closed"
    one.run("record_step_down", outcome=outcome)
    assert one.case().status == "closed"
