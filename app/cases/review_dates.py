"""Bringing a review forward, or moving it: the waiting clock moves with the date."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.models import Case
from app.cases.overview import current_plan
from app.definitions.live import pack_of_area
from app.errors import InvalidInput
from app.identity.models import User
from app.runtime.actions import MoveTimer
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.records import Timer
from app.runtime.step import take_step

REVIEW_PROCESS = "review_progress"
MORNING = time(9)


class ReviewDateRefused(InvalidInput):
    """The review cannot move to that day."""


def review_timer(session: Session, case: Case) -> Timer | None:
    """The clock that waits for the next review of this case, if one is running."""
    return session.scalar(
        select(Timer)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(
            ProcessInstance.case_id == case.id,
            ProcessInstance.status == "running",
            Timer.process_id == REVIEW_PROCESS,
            Timer.host_element_id.is_(None),
        )
        .order_by(Timer.due_at)
        .limit(1)
    )


def latest_review_day(session: Session, case: Case) -> date:
    """No later than the longest interval after the plan was agreed or last reviewed (WORC-22)."""
    plan = current_plan(session, case.id)
    since = plan.made_at.astimezone(clock.LONDON).date() if plan else clock.today()
    weeks = int(pack_of_area(session, case.area_id).parameters["review_max_weeks"])
    return since + timedelta(weeks=weeks)


def move_review(
    session: Session, case: Case, user: User, *, to: date | None, reason: str
) -> datetime:
    """Move the next review of a case; returns the moment the process wakes up for it.

    Raises:
        ReviewDateRefused: no review waits, the day is not possible, or no reason was given.
    """
    timer = review_timer(session, case)
    if timer is None:
        raise ReviewDateRefused("No review is waiting for its date in this case.")
    if to is None or to <= clock.today():
        raise ReviewDateRefused("Enter a day after today.")
    latest = latest_review_day(session, case)
    if to > latest:
        said = latest.strftime("%-d %B %Y")
        raise ReviewDateRefused(f"The review must be on {said} at the latest.")
    if not reason.strip():
        raise ReviewDateRefused("Enter why the review moves.")
    due_at = datetime.combine(to, MORNING, clock.LONDON)
    action = MoveTimer(engine_task_id=timer.engine_task_id, due_at=due_at, reason=reason.strip())
    take_step(session, timer.instance_id, action, actor=Actor.person(user))
    plan = current_plan(session, case.id)
    if plan is not None:
        plan.review_on = to
    detail = {"to": to.isoformat()}
    record(session, actor=user.actor, action="review.moved", case_id=case.id, detail=detail)
    return due_at
