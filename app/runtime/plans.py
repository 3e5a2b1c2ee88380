"""From an action to a plan: is it allowed now, and what does it come down to?"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.db import Base
from app.definitions.facts import kept
from app.engine.results import Message
from app.errors import Conflict, InvalidInput
from app.prepared import Prepared
from app.runtime.actions import (
    CompleteTask,
    DeliverMessage,
    FireDueTimers,
    MoveTimer,
    MoveToVersion,
    RetryIncident,
    SignOff,
)
from app.runtime.drafts import discard_draft
from app.runtime.incidents import open_incident
from app.runtime.models import Outcome, Submission, Task, TaskKind
from app.runtime.moving.act import plan_move
from app.runtime.plan import Done, Movable, Plan
from app.runtime.records import MessageRow, Timer
from app.runtime.reminders import send_due
from app.runtime.same_step import handed_in_before
from app.runtime.sign_off import plan_sign_off
from app.runtime.tasks_open import open_row
from app.runtime.turn import Turn

HAND_IN = Prepared(
    insert(Base.metadata.tables[Submission.__tablename__]),
    (
        "task_id",
        "instance_id",
        "case_id",
        "element_id",
        "form_version_id",
        "answers",
        "by_id",
        "at",
        "superseded",
    ),
)


class NotWaiting(Conflict):
    """The process is not waiting for this message."""


#: A moment that was "now" when the caller worked it out, on this machine or the next.
JUST_NOW = timedelta(minutes=1)


class TimerNotFound(Conflict):
    """This date has passed, or was moved, while you were looking at it."""


def plan_completion(turn: Turn, action: CompleteTask) -> Plan:
    """Store the form document whole; only what the process reads becomes facts."""
    task = open_row(turn, action.task_id, TaskKind.USER)
    if task.send_back_comment is not None:
        _supersede(turn, task.id)
    HAND_IN.run(
        turn.session,
        {
            "task_id": task.id,
            "instance_id": turn.instance.id,
            "case_id": turn.instance.case_id,
            "element_id": task.element_id,
            "form_version_id": task.form_version_id,
            "answers": dict(action.answers),
            "by_id": turn.actor.user_id,
            "at": turn.now,
            "superseded": False,
        },
    )
    if turn.has_draft and turn.actor.user_id is not None:
        discard_draft(turn.session, task.id, turn.actor.user_id)
    facts = kept(action.answers, turn.pinned.names_read)
    return Plan(
        move=lambda process: process.complete(task.engine_task_id, facts),
        says="task.completed",
        detail={"task_id": task.id, "element_id": task.element_id},
        done=Done(task_id=task.id, outcome=Outcome.COMPLETED),
    )


def plan_timers(turn: Turn, action: FireDueTimers) -> Plan:
    send_due(turn)
    return Plan(
        move=lambda process: process.fire_due_timers(),
        says="timers.fired",
        settle=action.settle,
    )


def plan_delivery(turn: Turn, action: DeliverMessage) -> Plan:
    row = turn.session.get_one(MessageRow, action.message_id)
    message = Message(row.name, row.key, dict(row.payload))

    def move(process: Movable) -> None:
        if not process.deliver(message):
            raise NotWaiting

    return Plan(move=move, says="message.delivered", detail={"message_id": row.id})


def plan_moved_timer(turn: Turn, action: MoveTimer) -> Plan:
    if action.due_at < turn.now - JUST_NOW:
        raise InvalidInput("Choose a date that is not in the past.")
    timer = turn.session.scalar(
        select(Timer).where(
            Timer.engine_task_id == action.engine_task_id, Timer.instance_id == turn.instance.id
        )
    )
    if timer is None:
        raise TimerNotFound
    return Plan(
        move=lambda process: process.move_timer(action.engine_task_id, action.due_at),
        says="timer.moved",
        detail={
            "element_id": timer.element_id,
            "from": timer.due_at.isoformat(),
            "to": action.due_at.isoformat(),
        },
    )


def plan_retry(turn: Turn, action: RetryIncident) -> Plan:
    """Run what failed once more; for an incident without an element, all that is due."""
    incident = open_incident(turn.session, action.incident_id, turn.instance.id)
    engine_task_id = incident.engine_task_id
    detail = {"incident_id": incident.id, "element_id": incident.element_id}
    if engine_task_id is None:
        return Plan(
            move=lambda process: process.fire_due_timers(), says="incident.retried", detail=detail
        )
    return Plan(
        move=lambda process: process.retry(engine_task_id),
        says="incident.retried",
        detail=detail,
        must_run=incident.element_id,
    )


#: Every action that the engine takes part in. A cancellation does without it.
PLANS: dict[type, Callable[[Turn, Any], Plan]] = {
    CompleteTask: plan_completion,
    SignOff: plan_sign_off,
    FireDueTimers: plan_timers,
    DeliverMessage: plan_delivery,
    MoveTimer: plan_moved_timer,
    RetryIncident: plan_retry,
    MoveToVersion: plan_move,
}


def _supersede(turn: Turn, task_id: int) -> None:
    """The work was sent back: what was handed in for it before stays, marked as replaced."""
    before = handed_in_before(turn.session, turn.session.get_one(Task, task_id))
    replaced = [each.submission_id for each in before if not each.superseded]
    turn.session.execute(
        update(Submission).where(Submission.id.in_(replaced)).values(superseded=True)
    )
