"""What each person of a family agrees to, and what happens when they do not."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from app import clock
from app.audit.record import record
from app.cases.models import Case, Consent, Person
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import (
    Document,
    case_of,
    day,
    document,
    needed,
    rows,
    text,
    who_acts,
)

TAKING_PART = ""
STATUS = {"given": "given", "refused": "refused", "unclear": "refused"}
REFUSED_WORDS = {
    "taking_part": "",
    "assessment": "The assessment",
    "plan": "The plan",
    "sharing_some": "Sharing with some agencies",
    "sharing_all": "Sharing with any agency",
}


@automatic("record_consent")
def record_consent(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """One row for taking part and one for each agency, with its topics (SOTON-27, HULL-22).

    With ``consent_override`` nobody was asked: the lawful basis and the decision stand instead.
    """
    case = case_of(context)
    if inputs.get("consent_override"):
        _record_override(context, case)
        return {}
    said = needed(context, "record_agreement")
    person = _who_answered(context, said)
    outcome = str(inputs.get("consent_outcome") or "unclear")
    _add(context, case, person, said, status=STATUS.get(outcome, "refused"))
    for row in rows(said, "sharing"):
        shared = outcome == "given" and row.get("may_share") == "yes"
        topics = ", ".join(str(topic).replace("_", " ") for topic in row.get("topics") or [])
        _add(
            context,
            case,
            person,
            said,
            agency=text(row, "agency"),
            topic=topics,
            status="given" if shared else "refused",
        )
    record(
        context.session,
        actor=context.actor.name,
        action="consent.recorded",
        case_id=case.id,
        detail={"outcome": outcome, "gaps": len(inputs.get("consent_gaps") or [])},
    )
    return {}


def _record_override(context: StepContext, case: Case) -> None:
    said = document(context, "explain_sharing")
    record(
        context.session,
        actor=context.actor.name,
        action="consent.overridden",
        case_id=case.id,
        detail={"lawful_basis": said.get("lawful_basis")},
    )


def _who_answered(context: StepContext, said: Document) -> str:
    """The name of whoever agreed: chosen from the family, or written in."""
    written = text(said, "consent_by_name")
    number = text(said, "consent_by").removeprefix("person:")
    person = context.session.get(Person, int(number)) if number.isdecimal() else None
    return person.name if person is not None else written or "A parent"


def _add(
    context: StepContext,
    case: Case,
    person: str,
    said: Document,
    *,
    status: str,
    agency: str = "",
    topic: str = TAKING_PART,
) -> None:
    context.session.add(
        Consent(
            case_id=case.id,
            person_name=person,
            agency=agency,
            topic=topic,
            status=status,
            recorded_at=clock.now(),
            recorded_by_id=who_acts(context),
            method=text(said, "consent_method").replace("_", " "),
            review_on=_review_on(said),
            detail=said,
        )
    )


def _review_on(said: Document) -> date | None:
    return day(said, "consent_review_on")


@automatic("record_refusal")
def record_refusal(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Who said no to what; the reason stays in the document."""
    case = case_of(context)
    said = needed(context, "describe_refusal")
    for what in said.get("refused_what") or ["taking_part"]:
        _add(
            context,
            case,
            text(said, "refused_by") or "The family",
            said,
            status="refused",
            topic=REFUSED_WORDS.get(str(what), str(what)),
        )
    return {}


@automatic("stop_sharing")
def stop_sharing(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Consent was withdrawn: what was agreed to is withdrawn from now on, the record stays."""
    case = case_of(context)
    given = context.session.scalars(
        select(Consent.id).where(Consent.case_id == case.id, Consent.status == "given")
    ).all()
    context.session.execute(
        update(Consent)
        .where(Consent.id.in_(given))
        .values(status="withdrawn", withdrawn_at=clock.now())
    )
    record(
        context.session,
        actor=context.actor.name,
        action="consent.withdrawn",
        case_id=case.id,
        detail={"rows": len(given)},
    )
    return {}
