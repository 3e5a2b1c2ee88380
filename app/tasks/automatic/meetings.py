"""Meetings and reviews: from notes to rows, and the day of the next review."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.cases.models import Case, Meeting, Review
from app.cases.overview import current_plan
from app.cases.review_dates import latest_after
from app.runtime.automatic import StepContext, automatic
from app.runtime.models import Submission
from app.tasks.automatic.reading import case_of, day, document, text, who_acts

#: Where people write on which day they looked at the plan: the task and its answer.
HELD = {"note_review_conversation": "held_on", "record_meeting_notes": "meeting_held_on"}


@automatic("record_meeting", needs=("purpose",))
def record_meeting(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Keep a meeting: why it was held (plan, review or handover), when, and what was said."""
    case = case_of(context)
    notes = document(context, "record_meeting_notes")
    purpose = str(inputs.get("purpose") or "plan")
    context.session.add(
        Meeting(
            case_id=case.id,
            purpose=purpose,
            held_on=day(notes, "meeting_held_on"),
            recorded_at=clock.now(),
            recorded_by_id=who_acts(context),
            detail=notes,
        )
    )
    return {}


@automatic(
    "record_review", needs=("outcome",), takes=("suggested_weeks",), gives=("rating", "review_on")
)
def record_review(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Store what the review found, and the day of the next one where there is a next one."""
    case = case_of(context)
    scores = document(context, "score_progress")
    asked = document(context, "recommend_next_step")
    plan = current_plan(context.session, case.id)
    held = _held_on(context, case)
    review_on = _next_review(context, case, asked, inputs, held)
    context.session.add(
        Review(
            case_id=case.id,
            plan_id=plan.id if plan else None,
            held_on=held,
            recorded_at=clock.now(),
            recorded_by_id=who_acts(context),
            rating=text(scores, "rating"),
            recommended=text(asked, "recommended_outcome"),
            next_review_on=review_on,
            detail={**scores, **asked, "outcome": inputs.get("outcome")},
        )
    )
    if plan is not None:
        plan.review_on = review_on
    return {"rating": text(scores, "rating"), "review_on": review_on.isoformat()}


def _held_on(context: StepContext, case: Case) -> date:
    """The day written since the review before, whichever way this one was held; else today.

    Notes of the meeting in which the plan was made say nothing about its first review.
    """
    before = context.session.scalar(
        select(func.max(Review.recorded_at)).where(Review.case_id == case.id)
    )
    plan = current_plan(context.session, case.id)
    query = select(Submission.element_id, Submission.answers).where(
        Submission.case_id == case.id, Submission.element_id.in_(HELD)
    )
    if before is not None:
        query = query.where(Submission.at > before)
    if plan is not None:
        query = query.where(Submission.at >= plan.made_at)
    latest = context.session.execute(query.order_by(Submission.id.desc()).limit(1)).first()
    held = day(latest.answers, HELD[latest.element_id]) if latest is not None else None
    return min(held or clock.today(), clock.today())


def _next_review(
    context: StepContext, case: Case, asked: dict[str, Any], inputs: dict[str, Any], held: date
) -> date:
    """The day asked for where the plan goes on as it is, else after the suggested weeks.

    Always to come, and never later than the longest interval after this review was held (WORC-22):
    should the ending not be agreed, the plan goes on and the review loop with it.
    """
    latest = max(latest_after(context.session, case, held), clock.today() + timedelta(days=1))
    wanted = day(asked, "next_review_on") if inputs.get("outcome") == "continue" else None
    if wanted is not None and wanted > clock.today():
        return min(wanted, latest)
    suggested = inputs.get("suggested_weeks")
    if isinstance(suggested, int | float) and suggested >= 1:
        return min(clock.today() + timedelta(weeks=int(suggested)), latest)
    return latest
