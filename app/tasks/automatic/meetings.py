"""Meetings and reviews: from notes to rows, and the day of the next review."""

from datetime import date, timedelta
from typing import Any

from app import clock
from app.cases.models import Case, Meeting, Review
from app.cases.overview import current_plan
from app.definitions.live import pack_of_area
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import case_of, day, document, text, who_acts


@automatic("record_meeting")
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


@automatic("record_review")
def record_review(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Store what the review found, and the day of the next one where there is a next one."""
    case = case_of(context)
    scores = document(context, "score_progress")
    asked = document(context, "recommend_next_step")
    plan = current_plan(context.session, case.id)
    review_on = _next_review(context, case, asked, inputs)
    held = day(document(context, "note_review_conversation"), "held_on")
    context.session.add(
        Review(
            case_id=case.id,
            plan_id=plan.id if plan else None,
            held_on=held or clock.today(),
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


def _next_review(
    context: StepContext, case: Case, asked: dict[str, Any], inputs: dict[str, Any]
) -> date:
    """The day asked for where the plan goes on as it is, else after the suggested weeks.

    Always to come, and never later than the longest interval (WORC-22): should the ending not be
    agreed, the plan goes on and the review loop with it.
    """
    longest = int(pack_of_area(context.session, case.area_id).parameters["review_max_weeks"])
    suggested = inputs.get("suggested_weeks")
    weeks = int(suggested) if isinstance(suggested, int | float) and suggested >= 1 else longest
    after = clock.today() + timedelta(weeks=min(weeks, longest))
    wanted = day(asked, "next_review_on") if inputs.get("outcome") == "continue" else None
    if wanted is None or wanted <= clock.today():
        return after
    return min(wanted, clock.today() + timedelta(weeks=longest))
