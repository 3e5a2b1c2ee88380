"""What each person of a family agrees to, and what happens when they do not."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.members import holder
from app.cases.models import Case, CaseMember, Consent, Person
from app.cases.starting import HARM
from app.identity.models import Team, User
from app.runtime.automatic import StepContext, automatic
from app.runtime.holding import hold, hold_in_team
from app.runtime.models import ProcessInstance, Task
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


@automatic("record_consent", needs=("consent_outcome",), takes=("consent_gaps", "consent_override"))
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


@automatic("record_refusal", needs=(), takes=("level",))
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


@automatic("stop_sharing", needs=())
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
    outside = _other_agencies(context.session, case)
    _end_parts(context, case, outside)
    record(
        context.session,
        actor=context.actor.name,
        action="consent.withdrawn",
        case_id=case.id,
        detail={"rows": len(given), "no_longer_members": sorted(outside)},
    )
    return {}


def _other_agencies(session: Session, case: Case) -> set[int]:
    """Who works or holds a task in the case, and not for the agency that leads it."""
    lead = holder(session, case.id, "lead")
    leader = session.get(User, lead) if lead is not None else None
    team = session.get(Team, case.team_id) if leader is None and case.team_id is not None else None
    team_id = leader.team_id if leader is not None else case.team_id
    agency = leader.agency if leader is not None else (team.agency if team is not None else "")
    working = select(CaseMember.user_id).where(
        CaseMember.case_id == case.id, CaseMember.until.is_(None)
    )
    holding = select(Task.assignee_id).where(Task.case_id == case.id, Task.done_at.is_(None))
    people = session.scalars(select(User).where(or_(User.id.in_(working), User.id.in_(holding))))
    return {user.id for user in people if not _inside(user, lead, team_id, agency)}


def _inside(user: User, lead: int | None, team_id: int | None, agency: str) -> bool:
    same_team = team_id is not None and user.team_id == team_id
    return user.id == lead or same_team or (agency != "" and user.agency == agency)


def _end_parts(context: StepContext, case: Case, people: set[int]) -> None:
    """End their parts in the case; their tasks go to the lead, or to the case's own team.

    What follows a report of harm stays with whoever does it: it rests on no agreement.
    """
    session = context.session
    session.execute(
        update(CaseMember)
        .where(
            CaseMember.case_id == case.id,
            CaseMember.user_id.in_(people),
            CaseMember.until.is_(None),
        )
        .values(until=clock.now())
    )
    lead = holder(session, case.id, "lead")
    tasks = session.scalars(
        select(Task)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(Task.case_id == case.id, Task.done_at.is_(None), Task.assignee_id.in_(people))
        .where(ProcessInstance.process_id != HARM)
        .order_by(Task.id)
    ).all()
    for task in tasks:
        if lead is not None:
            hold(session, task, lead, actor=context.actor)
        else:
            hold_in_team(session, task, case.team_id, actor=context.actor)
