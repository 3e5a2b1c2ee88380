"""By when the first team meeting is held, counted from the start of the case."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case, Meeting
from app.definitions.live import pack_of_area


def first_meeting(session: Session, case: Case, facts: Mapping[str, Any]) -> dict[str, str | None]:
    """``first_by`` is a day while the plan's first meeting is arranged, else nothing.

    Reviews and handovers have clocks of their own.
    """
    held = session.scalar(select(Meeting.id).where(Meeting.case_id == case.id).limit(1))
    weeks = pack_of_area(session, case.area_id).parameters.get("first_meeting_weeks")
    if held is not None or facts.get("meeting_purpose") != "plan" or not isinstance(weeks, int):
        return {"first_by": None}
    start = case.opened_at.astimezone(clock.LONDON).date()
    return {"first_by": str(start + timedelta(weeks=weeks))}
