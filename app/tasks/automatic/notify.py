"""Telling people: by e-mail that names the step and the reference, never the family."""

from collections.abc import Iterable
from typing import Any

from app import clock
from app.cases.members import current_members, holder
from app.cases.models import Case, FrontDoorContact
from app.definitions.lanes import CASE, CASE_ROLES
from app.definitions.live import pack_of_area
from app.errors import InvalidInput
from app.identity.models import User
from app.identity.people import with_role
from app.identity.permissions import Role
from app.outbox.queue import queue_email
from app.runtime.automatic import StepContext, automatic

#: What an event is called in a letter. Words of the area go in where there are braces.
EVENTS = {
    "answer_late": "An answer to somebody who raised a concern is late.",
    "assessment_copy": "The assessment is ready for the family to have a copy.",
    "assessment_due_soon": "An assessment is due soon.",
    "consent_waiting": "A family has not said yet whether they agree.",
    "contact_decision_late": "A decision about a contact is late.",
    "contact_feedback_late": "Somebody who made contact has not been told the outcome.",
    "contact_outcome": "There is an outcome to your contact.",
    "contact_pick_up_late": "A contact that needs targeted help has not been picked up.",
    "contact_received": "We have received your contact.",
    "early_help_outcome": "There is an outcome to the concern you raised.",
    "handover_late": "A handover from social care is late.",
    "harm_outcome": "There is an outcome to a worry about harm.",
    "lead_appointed": "A {lead_practitioner} has been named.",
    "lead_request_unanswered": "Somebody asked to be {lead_practitioner} has not answered.",
    "meeting_invitation": "You are invited to a {team_meeting}.",
    "meeting_notes": "The notes of a {team_meeting} are ready.",
    "meeting_notes_late": "The notes of a {team_meeting} have not been written.",
    "need_identified": "A need for early help has been identified.",
    "panel_item_received": "A case has been put on the agenda of the {panel}.",
    "panel_minutes_late": "The minutes of the {panel} have not been written.",
    "plan_closed": "A plan has ended.",
    "plan_copy": "There is a new version of a plan.",
    "joint_visit_late": "A joint visit is late.",
    "review_invitation": "A review is coming up.",
    "review_latest_day": "A review has reached its latest day.",
    "review_outcome": "A review has been held.",
    "review_overdue": "A review is overdue.",
    "review_reminder": "A review is due in a few days.",
    "step_down_plan_late": "A plan for stepping down is late.",
    "urgent_contact": "An urgent contact has come in.",
    "written_follow_up_due": "The written follow-up of a contact is due.",
    "written_follow_up_overdue": "The written follow-up of a contact is overdue.",
}
#: Who can be told, besides roles and the parts that people have in a case.
OTHERS = ("team", "family", "contact_maker")
PEOPLE = (*Role, *(CASE + name for name in CASE_ROLES), *OTHERS)
#: More than these are told through the inbox, not by e-mail.
MOST_PEOPLE = 20


class NobodyToTell(InvalidInput):
    """There is nobody to tell."""


@automatic(
    "notify",
    needs=("event", "to"),
    takes=("contact_id", "channel", "template"),
    gives=("sent",),
    texts={"event": EVENTS, "to": PEOPLE},
)
def notify(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Queue an e-mail to everybody an event concerns.

    ``to`` is a role, a part in the case (``case:lead``), ``team``, ``contact_maker`` or
    ``family``. Families have no sign-in: their copy is printed by the lead, who is told.
    Returns whether anybody was told.
    """
    event, to = str(inputs.get("event")), str(inputs.get("to"))
    people = [user for user in _people(context, to, inputs) if user.is_active][:MOST_PEOPLE]
    for user in people:
        _queue(context, user, event, to)
    if people and event == "contact_outcome":
        _mark_fed_back(context, inputs.get("contact_id"))
    return {"sent": bool(people)}


def _people(context: StepContext, to: str, inputs: dict[str, Any]) -> Iterable[User]:
    session, case_id = context.session, context.case_id
    if to == "contact_maker":
        return _users(context, [_contact_maker(context, inputs.get("contact_id"))])
    if case_id is not None and to == "family":
        return _users(context, [_lead_or_initiator(context, case_id)])
    if case_id is not None and to == "team":
        return _users(context, [member.user_id for member in current_members(session, case_id)])
    if case_id is not None and to.startswith("case:"):
        found = holder(session, case_id, to.removeprefix("case:"))
        return _users(context, [found or _lead_or_initiator(context, case_id)])
    if to in set(Role):
        instance = context.instance
        return session.scalars(
            with_role(Role(to), area_id=instance.area_id, locality_id=instance.locality_id)
        )
    return []


def _users(context: StepContext, ids: Iterable[int | None]) -> list[User]:
    wanted = dict.fromkeys(number for number in ids if number is not None)
    found = (context.session.get(User, number) for number in wanted)
    return [user for user in found if user is not None]


def _lead_or_initiator(context: StepContext, case_id: int) -> int | None:
    session = context.session
    return holder(session, case_id, "lead") or holder(session, case_id, "initiator")


def _contact_maker(context: StepContext, contact_id: object) -> int | None:
    contact = context.session.get(FrontDoorContact, contact_id) if contact_id else None
    if contact is not None:
        return contact.made_by_id
    if context.instance.started_by_id is not None:
        return context.instance.started_by_id
    return holder(context.session, context.case_id, "initiator") if context.case_id else None


def _mark_fed_back(context: StepContext, contact_id: object) -> None:
    contact = context.session.get(FrontDoorContact, contact_id) if contact_id else None
    if contact is not None and contact.fed_back_at is None:
        contact.fed_back_at = clock.now()


def _queue(context: StepContext, user: User, event: str, to: str) -> None:
    case = context.session.get(Case, context.case_id) if context.case_id is not None else None
    words = pack_of_area(context.session, context.instance.area_id).words
    ours = EVENTS.get(event)  # what a diagram says instead is no pattern to be filled in
    what = ours.format_map(words) if ours else event.replace("_", " ").capitalize() + "."
    if to == "family":
        what = f"{what} Please print it for the family or go through it with them."
    queue_email(
        context.session,
        to=user.email,
        template="something_to_do",
        payload={
            "reference": case.reference if case is not None else context.instance.area_id,
            "what": what,
            "link": f"/cases/{case.id}" if case is not None else "/tasks",
        },
        key=f"{event}:{context.instance.id}:{context.element_id}:{user.id}:{clock.now():%F %T}",
        case_id=context.case_id,
    )
