"""Contacts with the front door: what was asked, and what became of it."""

from typing import Any

from sqlalchemy import select

from app import clock
from app.audit.record import record
from app.cases.models import FrontDoorContact
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import case_of, document, text, who_acts

#: The form a contact is made on, by area.
FORMS = ("make_front_door_contact", "make_ehash_contact")
#: Contacts by which the pathway itself waits for the front door; others happen beside it.
ON_THE_WAY = ("pathway", "consent_refused")


@automatic(
    "record_contact",
    needs=("contact_reason", "contact_origin"),
    takes=("contact_by",),
    gives=("contact_id",),
)
def record_contact(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Store a contact as it was made; who made it is told the outcome (HULL-109)."""
    case = case_of(context)
    written = document(context, *FORMS)
    contact = FrontDoorContact(
        case_id=case.id,
        instance_id=context.instance.id,
        made_by_id=context.instance.started_by_id or who_acts(context),
        made_at=clock.now(),
        judgement=text(written, "practitioner_judgement")
        or str(inputs.get("contact_reason") or ""),
        channel=str(inputs.get("contact_by") or text(written, "contact_by")),
        detail={**written, "origin": inputs.get("contact_origin")},
    )
    if inputs.get("contact_origin") in ON_THE_WAY:
        case.stage = "front_door"
    context.session.add(contact)
    context.session.flush()
    record(
        context.session,
        actor=context.actor.name,
        action="front_door.contacted",
        case_id=case.id,
        detail={"contact_id": contact.id, "judgement": contact.judgement},
    )
    return {"contact_id": contact.id}


@automatic(
    "record_front_door_outcome",
    needs=("front_door_outcome",),
    takes=("contact_id", "statutory_route"),
    gives=("front_door_outcome",),
)
def record_front_door_outcome(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """What was decided about a contact; a referral keeps its number (HULL-101)."""
    case = case_of(context)
    outcome = str(inputs.get("front_door_outcome") or "")
    contact = _contact(context, inputs.get("contact_id"), case.id)
    if contact is not None:
        contact.outcome = outcome
        contact.decided_at = clock.now()
        if outcome == "statutory":
            contact.referral_reference = f"R-{contact.id:05d}"
    if outcome == "statutory":
        case.statutory_since = clock.now()
    record(
        context.session,
        actor=context.actor.name,
        action="front_door.decided",
        case_id=case.id,
        detail={"outcome": outcome, "route": inputs.get("statutory_route")},
    )
    return {"front_door_outcome": outcome}


def _contact(context: StepContext, contact_id: object, case_id: int) -> FrontDoorContact | None:
    if isinstance(contact_id, int):
        return context.session.get(FrontDoorContact, contact_id)
    return context.session.scalar(
        select(FrontDoorContact)
        .where(FrontDoorContact.case_id == case_id)
        .order_by(FrontDoorContact.id.desc())
        .limit(1)
    )
