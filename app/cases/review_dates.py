"""Bringing a review forward, or moving it: the waiting clock moves with the date."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.models import Case, Review
from app.cases.moved_reviews import MOVED, tell_the_invited
from app.cases.overview import current_plan
from app.definitions.live import pack_of_area
from app.errors import InvalidInput
from app.identity.models import User
from app.runtime.actions import MoveTimer
from app.runtime.actor import Actor
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.records import Timer
from app.runtime.step import take_step

REVIEW_DAY = "review_day"
INVITATION = "review_invite_time"
#: Clocks that go before the day: element → the parameter that says how many days.
LEADING_UP = {
    INVITATION: "review_invite_days",
    "review_nearly_due": "review_reminder_days",
}
MORNING = time(9)


class ReviewDateRefused(InvalidInput):
    """The review cannot move to that day."""


def review_timer(session: Session, case: Case) -> Timer | None:
    """The clock that waits for the next review of this case, if one is running."""
    return _timers(session, case).get(REVIEW_DAY)


def _timers(session: Session, case: Case) -> dict[str, Timer]:
    """The clocks around a review that wait now, by element: the day itself and what leads to it."""
    rows = session.scalars(
        select(Timer)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(
            ProcessInstance.case_id == case.id,
            ProcessInstance.status == InstanceStatus.RUNNING,
            Timer.element_id.in_([REVIEW_DAY, *LEADING_UP]),
        )
        .order_by(Timer.due_at.desc())
    )
    return {row.element_id: row for row in rows}


def latest_review_day(session: Session, case: Case) -> date:
    """No later than the longest interval after the plan was agreed or last reviewed (WORC-22)."""
    plan = current_plan(session, case.id)
    agreed = plan.made_at.astimezone(clock.LONDON).date() if plan else clock.today()
    reviewed = session.scalar(select(func.max(Review.held_on)).where(Review.case_id == case.id))
    return latest_after(session, case, max(agreed, reviewed) if reviewed else agreed)


def latest_after(session: Session, case: Case, held_on: date) -> date:
    """The last possible day of a review when the one before was held on this day."""
    weeks = int(pack_of_area(session, case.area_id).parameters["review_max_weeks"])
    return held_on + timedelta(weeks=weeks)


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
    was_invited = INVITATION not in _timers(session, case)
    for waiting, moment in _moved(session, case, to):
        action = MoveTimer(
            engine_task_id=waiting.engine_task_id, due_at=moment, reason=reason.strip()
        )
        take_step(session, waiting.instance_id, action, actor=Actor.person(user))
    plan = current_plan(session, case.id)
    if plan is not None:
        plan.review_on = to
    told = tell_the_invited(session, case, to) if was_invited else 0
    detail = {"to": to.isoformat(), "told": told}
    record(session, actor=user.actor, action=MOVED, case_id=case.id, detail=detail)
    return due_at


def _moved(session: Session, case: Case, to: date) -> list[tuple[Timer, datetime]]:
    """Every clock with its new moment; one whose moment would have passed strikes now."""
    parameters = pack_of_area(session, case.area_id).parameters
    now = clock.now()
    moved = []
    for element_id, timer in _timers(session, case).items():
        before = int(parameters[LEADING_UP[element_id]]) if element_id in LEADING_UP else 0
        day = to - timedelta(days=before)
        moved.append((timer, max(now, datetime.combine(day, MORNING, clock.LONDON))))
    return moved
