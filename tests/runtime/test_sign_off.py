"""Sign-off at a gateway: four answers, and four eyes."""

import pytest
from sqlalchemy import select

from app.db import reading, transaction
from app.identity.models import User
from app.runtime import four_eyes
from app.runtime.actor import Actor
from app.runtime.holding import hold
from app.runtime.models import DecisionRecord, Outcome, Submission, Task
from app.runtime.records import StepHistory
from app.runtime.sign_off import CannotSignOff, SignOffIncomplete
from tests.support.diagrams import bpmn, call, end, flow, process, start, sub, user, xor
from tests.support.factories import make_team, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

FORMS = {
    "assess": ("recommendation", "level", "story"),
    "check": ("checked",),
    "prepare": ("prepared",),
    "inner_work": ("worked",),
}
GATEWAY = xor(
    "agree",
    default="agree_end_none",
    name="Is a plan needed?",
    role="supervisor",
    due="=working days(2)",
    fields="recommendation",
    sendBackTo="assess",
)
WAYS = (
    end("end_plan"),
    end("end_none"),
    flow("agree > end_plan", '=recommendation = "plan"', name="Plan"),
    flow("agree > end_none", name="No plan"),
)
PLAIN = bpmn(
    process(
        "plain",
        start(),
        user("assess", form="assess", groups="practitioner", name="Assess the need"),
        user("check", form="check", groups="practitioner"),
        GATEWAY,
        *WAYS,
        flow("start > assess > check > agree"),
    )
)


@pytest.fixture
def plain(driver: ProcessDriver) -> int:
    publish(PLAIN, forms=FORMS)
    return driver.start("plain")


@pytest.fixture
def at_gateway(plain: int, driver: ProcessDriver) -> int:
    driver.complete("assess", recommendation="plan", level=3, story="…")
    driver.complete("check", checked="yes")
    return plain


def record() -> DecisionRecord:
    with reading() as session:
        latest = select(DecisionRecord).order_by(DecisionRecord.id.desc()).limit(1)
        return session.scalars(latest).one()


def reached(driver: ProcessDriver, instance_id: int) -> str:
    with reading() as session:
        rows = session.scalars(
            select(StepHistory.element_id)
            .where(StepHistory.instance_id == instance_id)
            .order_by(StepHistory.id.desc())
        )
        return rows.first() or ""


def test_the_gateway_waits_with_a_recommendation(
    driver: ProcessDriver, at_gateway: int, worker: User
) -> None:
    task = driver.task("agree")

    assert task.kind == "sign_off"
    assert task.role == "supervisor"
    assert task.recommendation is not None
    assert task.recommendation["flow_id"] == "agree_end_plan"
    assert task.recommendation["recommender_id"] == worker.id
    assert [branch["name"] for branch in task.recommendation["branches"]] == ["Plan", "No plan"]
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-01-07T17:00:00+00:00"


def test_approving_follows_the_recommendation_and_is_recorded(
    driver: ProcessDriver, at_gateway: int, worker: User, supervisor: User
) -> None:
    driver.sign_off("agree", "approve", by=supervisor)

    assert reached(driver, at_gateway) == "end_plan"
    made = record()
    assert made.question == "Is a plan needed?"
    assert (made.recommended_name, made.chosen_name) == ("Plan", "Plan")
    assert (made.recommender_id, made.decider_id) == (worker.id, supervisor.id)
    assert len(made.evidence) == 2


def test_deciding_differently_needs_a_reason_and_another_way(
    driver: ProcessDriver, at_gateway: int, supervisor: User
) -> None:
    for more in (
        {"flow_id": "agree_end_none"},
        {"flow_id": "agree_end_plan", "reason": "no"},
        {"flow_id": "nowhere", "reason": "no"},
    ):
        with pytest.raises(SignOffIncomplete):
            driver.sign_off("agree", "decide_differently", by=supervisor, **more)
    driver.sign_off(
        "agree", "decide_differently", by=supervisor, flow_id="agree_end_none", reason="Enough help"
    )

    assert reached(driver, at_gateway) == "end_none"
    assert record().reason == "Enough help"
    assert (record().recommended_name, record().chosen_name) == ("Plan", "No plan")


def test_changes_become_a_document_of_the_supervisor_and_are_judged_again(
    driver: ProcessDriver, at_gateway: int, supervisor: User
) -> None:
    driver.sign_off(
        "agree", "approve_with_changes", by=supervisor, changes={"recommendation": "none"}
    )

    assert reached(driver, at_gateway) == "end_none"
    assert driver.instance(at_gateway).facts["recommendation"] == "none"
    assert record().changed_fields == ["recommendation"]
    assert record().chosen_name == "No plan"
    with reading() as session:
        documents = session.scalars(
            select(Submission).where(Submission.element_id == "assess").order_by(Submission.id)
        ).all()
    assert [d.answers["recommendation"] for d in documents] == ["plan", "none"]
    assert [d.superseded for d in documents] == [True, False]
    assert documents[1].answers["story"] == "…"
    assert documents[1].by_id == supervisor.id


def test_only_listed_fields_can_be_changed(
    driver: ProcessDriver, at_gateway: int, supervisor: User
) -> None:
    with pytest.raises(SignOffIncomplete, match="cannot be changed"):
        driver.sign_off("agree", "approve_with_changes", by=supervisor, changes={"level": 4})
    with pytest.raises(SignOffIncomplete, match="Change something"):
        driver.sign_off("agree", "approve_with_changes", by=supervisor)
    assert driver.open_tasks() == {"agree": "supervisor"}


def test_sending_back_reopens_the_task_with_the_comment_for_the_same_person(
    driver: ProcessDriver, at_gateway: int, worker: User, supervisor: User
) -> None:
    with pytest.raises(SignOffIncomplete, match="Say what"):
        driver.sign_off("agree", "send_back", by=supervisor)
    driver.sign_off("agree", "send_back", by=supervisor, comment="Ask the school")

    task = driver.task("assess")
    assert task.send_back_comment == "Ask the school"
    assert task.assignee_id == worker.id
    assert record().sent_back_to == "assess"
    driver.complete("assess", recommendation="none")
    driver.complete("check")
    with reading() as session:
        documents = session.scalars(
            select(Submission).where(Submission.element_id == "assess").order_by(Submission.id)
        ).all()
    assert [document.superseded for document in documents] == [True, False]
    driver.sign_off("agree", "approve", by=supervisor)
    assert reached(driver, at_gateway) == "end_none"


def test_who_did_the_work_before_it_was_sent_back_may_not_decide_either(
    driver: ProcessDriver, at_gateway: int, supervisor: User
) -> None:
    driver.sign_off("agree", "send_back", by=supervisor, comment="Again")
    others = make_user(), make_user()
    driver.complete("assess", by=others[0], recommendation="none")
    driver.complete("check", by=others[1])

    with reading() as session:
        refused = four_eyes.refused_deciders(session, driver.task("agree"))
    assert driver.by is not None
    assert set(refused) == {driver.by.id, *(other.id for other in others)}


def test_nobody_signs_off_their_own_recommendation_or_work(
    driver: ProcessDriver, plain: int
) -> None:
    recommends = make_user(roles=["practitioner", "supervisor"])
    checks = make_user(roles=["practitioner", "supervisor"])
    driver.complete("assess", by=recommends, recommendation="plan")
    driver.complete("check", by=checks)

    with pytest.raises(CannotSignOff, match="made this recommendation"):
        driver.sign_off("agree", by=recommends)
    with pytest.raises(CannotSignOff, match="You did “check”"):
        driver.sign_off("agree", by=checks)
    assert driver.open_tasks() == {"agree": "supervisor"}


def test_a_deputys_work_counts_for_the_person_who_held_the_task(
    driver: ProcessDriver, plain: int
) -> None:
    holder = make_user(roles=["practitioner", "supervisor"])
    with transaction() as session:
        task = session.get_one(Task, driver.task("assess").id)
        hold(session, task, holder.id, actor=Actor.person(holder))
    driver.complete("assess", recommendation="plan")
    driver.complete("check")

    with pytest.raises(CannotSignOff, match="was your task"):
        driver.sign_off("agree", by=holder)


CALLS = (
    bpmn(
        process(
            "outer",
            start(),
            user("prepare", form="prepare", groups="practitioner"),
            call("do_it", "inner", outputs={"recommendation": "=recommendation"}),
            xor("agree", default="agree_end_none", role="supervisor", fields="recommendation"),
            *WAYS,
            flow("start > prepare > do_it > agree"),
        )
    ),
    bpmn(
        process(
            "inner",
            start(),
            sub(
                "inside",
                start("inside_start")
                + user("assess", form="assess", groups="practitioner")
                + end("inside_end")
                + flow("inside_start > assess > inside_end"),
            ),
            user("inner_work", form="inner_work", groups="practitioner"),
            end(),
            flow("start > inside > inner_work > end"),
        )
    ),
)


def test_four_eyes_see_through_calls_and_sub_processes(driver: ProcessDriver) -> None:
    publish(*CALLS, forms=FORMS)
    driver.start("outer")
    people = [make_user(roles=["practitioner", "supervisor"]) for _ in range(3)]
    driver.complete("prepare", by=people[0])
    driver.complete("assess", by=people[1], recommendation="plan")
    driver.complete("inner_work", by=people[2])

    for person in people:
        with pytest.raises(CannotSignOff):
            driver.sign_off("agree", by=person)
    driver.sign_off("agree", by=make_user(role="supervisor"))


TWICE = bpmn(
    process(
        "twice",
        start(),
        user("assess", form="assess", groups="practitioner"),
        xor("first", default="first_end_none", role="supervisor"),
        user("check", form="check", groups="practitioner"),
        xor("second", default="second_end_none", role="supervisor"),
        end("end_plan"),
        end("end_none"),
        flow("start > assess > first"),
        flow("first > check", '=recommendation = "plan"'),
        flow("first > end_none"),
        flow("check > second"),
        flow("second > end_plan", '=checked = "yes"'),
        flow("second > end_none"),
    )
)


def test_work_before_the_previous_sign_off_was_judged_already(driver: ProcessDriver) -> None:
    publish(TWICE, forms=FORMS)
    driver.start("twice")
    assessor = make_user(roles=["practitioner", "supervisor"])
    first = make_user(role="supervisor")
    driver.complete("assess", by=assessor, recommendation="plan")
    driver.sign_off("first", by=first)
    driver.complete("check", checked="yes")

    with reading() as session:
        judged = four_eyes.judged_tasks(session, driver.task("second"))
    assert [task.element_id for task in judged] == ["check"]
    driver.sign_off("second", by=assessor)


def test_a_reminder_goes_out_once_then_the_team_hears_that_it_is_overdue(
    driver: ProcessDriver, plain: int
) -> None:
    team = make_team()
    manager = make_user(role="supervisor", team=team)
    driver.complete("assess", recommendation="plan")
    driver.complete("check")
    driver.wait(working_days=1)
    assert driver.sent() == [(manager.email, "something_to_do")]

    driver.wait(working_days=1)
    assert len(driver.sent()) == 2
    assert driver.next_due() is None
    driver.wait(days=10)
    assert len(driver.sent()) == 2


def test_outcomes_are_named_on_the_closed_rows(
    driver: ProcessDriver, at_gateway: int, supervisor: User
) -> None:
    driver.sign_off("agree", by=supervisor)
    with reading() as session:
        rows = session.execute(select(Task.element_id, Task.outcome).order_by(Task.id)).all()
    assert [tuple(row) for row in rows] == [
        ("assess", Outcome.COMPLETED),
        ("check", Outcome.COMPLETED),
        ("agree", Outcome.APPROVED),
    ]
