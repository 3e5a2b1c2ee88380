"""A decision reaches somebody who may take it, also where only one person has the role."""

from collections.abc import Iterable

from app.db import reading
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime import deciders
from app.runtime.models import Task
from tests.support.diagrams import bpmn, end, flow, process, start, user, xor
from tests.support.factories import make_locality, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

LEAD = Role.SAFEGUARDING_LEAD
DIAGRAM = bpmn(
    process(
        "p",
        start(),
        user("work", form="work", groups="safeguarding_lead"),
        xor("agree", default="agree_no", name="Is it right?", role="safeguarding_lead"),
        end("yes"),
        end("no"),
        flow("start > work > agree"),
        flow("agree > yes", '=answer = "yes"'),
        flow("agree > no"),
    )
)


def handed_in(driver: ProcessDriver, by: User, locality: str | None = None) -> Task:
    """The only lead did the work; its sign-off is open."""
    publish(DIAGRAM, forms={"work": ("answer",)})
    driver.start("p", by=by, locality_id=locality)
    driver.complete("work", by=by, answer="yes")
    return driver.task("agree")


def nobody_may(task: Task) -> bool:
    with reading() as session:
        return deciders.nobody_may(session, session.get_one(Task, task.id))


def warned(driver: ProcessDriver, by: User) -> str | None:
    with reading() as session:
        task = session.get_one(Task, driver.task("work").id)
        return deciders.warning(session, task, by.id)


def leads(number: int, localities: Iterable[str] = ()) -> list[User]:
    return [make_user(role=LEAD, localities=localities) for _ in range(number)]


def test_with_two_of_a_role_the_other_one_decides(driver: ProcessDriver) -> None:
    first, second = leads(2)
    task = handed_in(driver, by=first)
    assert (task.role, nobody_may(task)) == (LEAD, False)
    driver.sign_off("agree", by=second)


def test_where_only_one_has_the_role_and_did_the_work_the_supervisors_decide(
    driver: ProcessDriver,
) -> None:
    supervisor = make_user(role=Role.SUPERVISOR)
    (only,) = leads(1)
    task = handed_in(driver, by=only)
    assert (task.role, (task.sign_off or {})["instead_of"]) == (Role.SUPERVISOR, LEAD)
    assert not nobody_may(task)
    driver.sign_off("agree", by=supervisor)


def test_before_another_role_is_asked_the_whole_area_is(driver: ProcessDriver) -> None:
    make_user(role=Role.SUPERVISOR)
    make_locality("starter-north")
    (here,) = leads(1, ["starter-north"])
    leads(1, ["starter-south"])
    task = handed_in(driver, by=here, locality="starter-north")
    assert (task.role, task.locality_id) == (LEAD, None)
    assert "instead_of" not in (task.sign_off or {})


def test_where_nobody_is_left_that_is_known_until_somebody_gets_the_role(
    driver: ProcessDriver,
) -> None:
    (only,) = leads(1)
    task = handed_in(driver, by=only)
    assert task.role == LEAD
    assert nobody_may(task)
    leads(1)
    assert not nobody_may(task)


def test_whoever_is_about_to_hand_in_such_work_is_told_before(driver: ProcessDriver) -> None:
    publish(DIAGRAM, forms={"work": ("answer",)})
    (only,) = leads(1)
    driver.start("p", by=only)
    said = warned(driver, only)
    assert said is not None
    assert "no safeguarding lead is left who may decide “Is it right?”" in said
    assert "Ask a colleague" in said
    make_user(role=Role.SUPERVISOR)
    assert "The decision would go to a supervisor." in (warned(driver, only) or "")
    leads(1)
    assert warned(driver, only) is None
