"""The first team meeting is held within some weeks of the start, as the area says."""

from datetime import timedelta

from app import clock
from app.cases.first_meeting import first_meeting
from app.cases.known import known
from app.cases.models import Case, Meeting
from app.db import reading, transaction
from app.definitions.facts import KNOWN_TO_FORMS
from app.identity.models import User
from tests.support.story import Story


def test_it_counts_from_the_start_until_a_meeting_was_held(concern: Story, worker: User) -> None:
    with transaction() as session:
        case = session.get_one(Case, concern.case_id)
        start = case.opened_at.astimezone(clock.LONDON).date()
        plan = {"meeting_purpose": "plan"}
        assert first_meeting(session, case, plan) == {"first_by": str(start + timedelta(weeks=6))}
        assert first_meeting(session, case, {"meeting_purpose": "review"}) == {"first_by": None}
        held = Meeting(
            case_id=case.id, purpose="plan", recorded_at=clock.now(), recorded_by_id=worker.id
        )
        session.add(held)
        session.flush()
        assert first_meeting(session, case, plan) == {"first_by": None}


def test_the_rules_of_forms_may_read_all_that_is_known_of_a_case(concern: Story) -> None:
    with reading() as session:
        case = session.get_one(Case, concern.case_id)
        tree = known(session, case, wanted=KNOWN_TO_FORMS, facts={})
    assert tree.keys() - {"parameters"} == KNOWN_TO_FORMS
