"""A sign-off gateway is passed by signing it, by somebody who may. There is no other way.

Every action of the runtime is tried on a gateway that waits, and on work that is done or not open
yet; the token stays where it is. The pages are tried in the module beside this one.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.config import ROOT
from app.db import reading, transaction
from app.definitions import parsed
from app.definitions.library import read_folder
from app.definitions.models import Kind
from app.errors import AppError
from app.identity.people import get_user
from app.identity.permissions import Role
from app.runtime.actions import (
    Action,
    CancelInstance,
    CompleteTask,
    DeliverMessage,
    FireDueTimers,
    MoveTimer,
    RetryIncident,
    SignOff,
    SignOffAnswer,
)
from app.runtime.actor import TIMERS, Actor
from app.runtime.messages import send_message
from app.runtime.models import Task
from app.runtime.records import MessageRow, Timer
from app.runtime.step import take_step
from app.scheduler.timers import fire_all_due
from app.tasks.sign_off import Answer, decide
from tests.support.storyteller import Story
from tests.support.waiting_gateway import (
    GATEWAY,
    ONWARD,
    Waiting,
    has_moved_in,
    may_not,
    taken_back,
)


def refused(waiting: Waiting, action: Action, actor: Actor) -> None:
    """The runtime refuses this, and nothing has changed."""
    before = waiting.state()
    with pytest.raises(AppError), transaction() as session:
        take_step(session, waiting.gateway.instance_id, action, actor=actor)
    assert waiting.state() == before


@pytest.mark.parametrize("role", list(Role))
def test_nobody_completes_a_gateway_like_a_task(waiting: Waiting, role: Role) -> None:
    answers = {"assessment_recommendation": "multi_agency", "flow_id": ONWARD}
    action = CompleteTask(task_id=waiting.gateway.id, answers=answers)
    refused(waiting, action, Actor.person(waiting.user(role)))


def test_nobody_decides_who_did_the_work_or_is_no_person(waiting: Waiting) -> None:
    approve = SignOff(task_id=waiting.gateway.id, answer=SignOffAnswer.APPROVE)
    refused(waiting, approve, Actor.person(waiting.user(Role.PRACTITIONER)))
    refused(waiting, approve, TIMERS)
    refused(waiting, approve, Actor.system("messages"))


def test_nobody_decides_whose_role_it_is_not(waiting: Waiting) -> None:
    before = waiting.state()
    for user in may_not(waiting):
        for answer in SignOffAnswer:
            said = Answer(
                answer=answer,
                reason="Because",
                comment="Again",
                flow_id="decide_help_to_register_no_need",
                send_back_to="recommend_level",
            )
            with pytest.raises(AppError):
                _decide(waiting.gateway.id, said, user.id)
    assert waiting.state() == before


def _decide(task_id: int, said: Answer, user_id: int) -> None:
    with transaction() as session:
        decide(session, session.get_one(Task, task_id), said, user=get_user(session, user_id))


def test_an_answer_that_is_not_complete_decides_nothing(waiting: Waiting) -> None:
    supervisor = Actor.person(waiting.user(Role.SUPERVISOR))
    number = waiting.gateway.id
    differently, back = SignOffAnswer.DECIDE_DIFFERENTLY, SignOffAnswer.SEND_BACK
    changed = SignOffAnswer.APPROVE_WITH_CHANGES
    for action in (
        SignOff(task_id=number, answer=differently, flow_id=ONWARD, reason=" "),
        SignOff(task_id=number, answer=differently, flow_id=ONWARD, reason="As recommended"),
        SignOff(task_id=number, answer=differently, flow_id="nowhere", reason="Because"),
        SignOff(task_id=number, answer=differently, flow_id=None, reason="Because"),
        SignOff(task_id=number, answer=back, send_back_to="recommend_level", comment=""),
        SignOff(task_id=number, answer=back, send_back_to="register_team_plan", comment="On"),
        SignOff(task_id=number, answer=back, send_back_to="record_concern", comment="Back"),
        SignOff(task_id=number, answer=changed),
        SignOff(task_id=number, answer=changed, changes={"assessment_recommendation": "x"}),
        SignOff(task_id=number, answer=changed, changes={"decide_help": "yes"}),
    ):
        refused(waiting, action, supervisor)


def test_time_reminds_but_never_decides(waiting: Waiting) -> None:
    story = waiting.story
    story.driver.traveller.move_to(clock.now() + timedelta(days=366), tick=False)
    assert fire_all_due() > 0
    assert story.open() == [GATEWAY]
    assert not waiting.has_moved()
    instance_id = waiting.gateway.instance_id
    with transaction() as session:
        take_step(session, instance_id, FireDueTimers(settle=True), actor=TIMERS)
    assert story.open() == [GATEWAY]
    assert not waiting.has_moved()


def test_moving_its_clocks_moves_only_them(waiting: Waiting) -> None:
    with reading() as session:
        clocks = list(session.scalars(select(Timer)))
    moment = clock.now() + timedelta(minutes=1)
    for engine_task_id in (waiting.gateway.engine_task_id, "nothing"):
        action = MoveTimer(engine_task_id=engine_task_id, due_at=moment)
        refused(waiting, action, Actor.person(waiting.user(Role.SUPERVISOR)))
    for each in clocks:
        with taken_back() as session:
            action = MoveTimer(engine_task_id=each.engine_task_id, due_at=clock.now())
            take_step(session, each.instance_id, action, actor=TIMERS)
            take_step(session, each.instance_id, FireDueTimers(), actor=TIMERS)
            assert not has_moved_in(session, waiting.gateway)


def _messages() -> list[str]:
    """Every message that any shipped diagram knows."""
    found: set[str] = set()
    for file in read_folder(ROOT / "processes"):
        if file.kind is Kind.BPMN:
            for process in parsed.diagram(file.content).processes:
                found |= {e.message for e in process.elements.values() if e.message}
    return sorted(found)


@pytest.mark.parametrize("name", _messages())
def test_no_message_decides(waiting: Waiting, name: str) -> None:
    """Some end or interrupt the work around the gateway; none leads out by one of its ways."""
    story = waiting.story
    payload = {
        "case_id": story.case_id,
        "assessment_outcome": "multi_agency",
        "assessment_recommendation": "multi_agency",
    }
    for key in (str(story.case_id), story.cast.area):
        with taken_back() as session:
            send_message(session, name, key, payload, actor=TIMERS, area_id=story.cast.area)
            assert not has_moved_in(session, waiting.gateway)
    with transaction() as session:
        now = clock.now()
        row = MessageRow(name=name, key="1", payload=payload, sent_at=now, expires_at=now)
        session.add(row)
        session.flush()
        number = row.id
    with taken_back() as session:
        try:
            action = DeliverMessage(message_id=number)
            take_step(session, waiting.gateway.instance_id, action, actor=TIMERS)
        except AppError:
            pass
        assert not has_moved_in(session, waiting.gateway)
    assert story.open() == [GATEWAY]


def test_an_incident_that_is_none_moves_nothing(waiting: Waiting) -> None:
    for number in (0, 1, waiting.gateway.id):
        action = RetryIncident(incident_id=number)
        refused(waiting, action, Actor.person(waiting.user(Role.SUPERVISOR)))


def test_ending_the_process_is_not_passing_the_gateway(waiting: Waiting) -> None:
    with taken_back() as session:
        action = CancelInstance(reason="The family moved away")
        take_step(session, waiting.gateway.instance_id, action, actor=TIMERS)
        assert not has_moved_in(session, waiting.gateway)
    refused(waiting, CancelInstance(reason=" "), TIMERS)


def test_work_that_is_done_or_elsewhere_is_not_open_again(waiting: Waiting) -> None:
    worker = Actor.person(waiting.user(Role.PRACTITIONER))
    answers = {"assessment_recommendation": "no_further_need"}
    approve = SignOffAnswer.APPROVE
    for action in (
        CompleteTask(task_id=waiting.done.id, answers=answers),
        SignOff(task_id=waiting.done.id, answer=approve),
        CompleteTask(task_id=10**6, answers=answers),
        SignOff(task_id=10**6, answer=approve),
    ):
        refused(waiting, action, worker)
    other = Story(waiting.story.cast, waiting.story.driver)
    other.opens()
    elsewhere = other.task("record_concern")
    refused(waiting, CompleteTask(task_id=elsewhere.id, answers={}), worker)
    refused(waiting, SignOff(task_id=elsewhere.id, answer=approve), worker)


def test_a_gateway_is_signed_once(waiting: Waiting) -> None:
    waiting.story.decides(GATEWAY)
    again = SignOff(
        task_id=waiting.gateway.id,
        answer=SignOffAnswer.DECIDE_DIFFERENTLY,
        flow_id="decide_help_to_register_no_need",
        reason="On second thoughts",
    )
    refused(waiting, again, Actor.person(waiting.user(Role.SUPERVISOR, 1)))
