"""Whose inbox a task goes to."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.runtime import hooks
from app.runtime.hooks import CaseScope
from tests.support.diagrams import bpmn, end, flow, node, process, repeated, start, user, xor
from tests.support.factories import make_absence, make_locality, make_team, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

FORMS = {"ask": ("answer",)}


def one_task(*parts: str, **said: object) -> bytes:
    inside = "".join(parts)
    return bpmn(
        process(
            "one_task",
            inside,
            start(),
            user("ask", form="ask", **said),  # type: ignore[arg-type]  # keywords of extensions()
            end(),
            flow("start > ask > end"),
        )
    )


def lane(name: str) -> str:
    ref = "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef>"
    return node("laneSet", "lanes", node("lane", "lane_1", ref, name=name))


def play(people: Mapping[str, int], scope: CaseScope | None = None) -> list[dict[str, Any]]:
    """Let these people play parts in every case; returns the facts the hook was asked with."""
    asked: list[dict[str, Any]] = []

    def case_role(_s: Session, _c: int, role: str, facts: Mapping[str, Any]) -> int | None:
        asked.append({"role": role, **facts})
        return people.get(role)

    hooks.register(case_role=case_role, case_scope=lambda _s, _c: scope)
    return asked


def test_a_lane_goes_to_whoever_plays_the_part_in_the_case(driver: ProcessDriver) -> None:
    person = make_user()
    play({"initiator": person.id})
    publish(one_task(lane("Practitioner")), forms=FORMS)
    driver.by = None
    driver.start("one_task", case_id=1)

    task = driver.task("ask")
    assert (task.assignee_id, task.case_role) == (person.id, "initiator")


def test_whoever_started_the_process_is_its_initiator(driver: ProcessDriver) -> None:
    publish(one_task(lane("Practitioner")), forms=FORMS)
    driver.start("one_task")

    assert driver.by is not None
    assert driver.task("ask").assignee_id == driver.by.id


def test_a_part_that_nobody_plays_yet_goes_to_the_cases_team(driver: ProcessDriver) -> None:
    team = make_team()
    make_user(team=team)
    make_locality("starter-north")
    play({}, CaseScope("starter", "starter-north", team.id))
    publish(one_task(groups="case:lead"), forms=FORMS)
    driver.start("one_task", case_id=1)

    task = driver.task("ask")
    assert (task.assignee_id, task.role, task.case_role) == (None, "practitioner", "lead")
    assert (task.team_id, task.locality_id) == (team.id, "starter-north")


def test_a_person_can_be_named_in_the_diagram(driver: ProcessDriver) -> None:
    person = make_user(sign_in_name="dana")
    publish(one_task(assignee="Dana", groups="practitioner"), forms=FORMS)
    driver.start("one_task")

    assert driver.task("ask").assignee_id == person.id


def test_somebody_who_has_left_gets_nothing(driver: ProcessDriver) -> None:
    gone = make_user(is_active=False)
    play({"lead": gone.id})
    publish(one_task(groups="case:lead"), forms=FORMS)
    driver.start("one_task", case_id=1)

    assert driver.task("ask").assignee_id is None


def test_an_absent_persons_deputy_is_named_but_the_task_is_not_moved(
    driver: ProcessDriver,
) -> None:
    away, deputy = make_user(), make_user()
    make_absence(away, deputy=deputy)
    play({"lead": away.id})
    publish(one_task(groups="case:lead"), forms=FORMS)
    driver.start("one_task", case_id=1)

    task = driver.task("ask")
    assert (task.assignee_id, task.deputy_id) == (away.id, deputy.id)


def test_each_action_goes_to_its_own_owner(driver: ProcessDriver) -> None:
    asked = play({})
    publish(
        bpmn(
            process(
                "actions",
                start(),
                user(
                    "ask", repeated("=action_ids", "action"), form="ask", groups="case:action_owner"
                ),
                end(),
                flow("start > ask > end"),
            )
        ),
        forms=FORMS,
    )
    driver.start("actions", case_id=1, action_ids=[7, 8])

    assert [facts["item"] for facts in asked] == [7, 8]
    assert [facts["action"] for facts in asked] == [7, 8]


@pytest.mark.parametrize("managers", [1, 2])
def test_a_sign_off_goes_to_the_manager_of_whoever_recommended(
    driver: ProcessDriver, managers: int
) -> None:
    team = make_team()
    worker = make_user(team=team)
    people = [make_user(role="supervisor", team=team) for _ in range(managers)]
    publish(
        bpmn(
            process(
                "signed",
                start(),
                user("ask", form="ask", groups="practitioner"),
                xor("agree", default="agree_end", role="case:recommender_manager"),
                end(),
                end("other"),
                flow("start > ask > agree > end"),
                flow("agree > other", '=answer = "yes"'),
            )
        ),
        forms=FORMS,
    )
    driver.start("signed")
    driver.complete("ask", by=worker, answer="yes")

    task = driver.task("agree")
    assert task.team_id == team.id
    assert task.role == "supervisor"
    assert task.assignee_id == (people[0].id if managers == 1 else None)
