"""A concern becomes a case: matched with what is known, or the first of a new family."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.matching import ChildSeen, Match, find_match
from app.cases.members import join
from app.cases.models import Case, Concern, Family, Person
from app.cases.names import name_key
from app.errors import InvalidInput
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import (
    Document,
    case_of,
    day,
    needed,
    rows,
    text,
    who_acts,
)

#: Where a family is named: in a concern, or by the social worker who steps it down.
FORMS = ("record_concern", "name_stepping_family")
SHORT = 200


class OpenCaseGone(InvalidInput):
    """The open case this concern was to be added to has ended meanwhile."""


@automatic("match_family", needs=(), gives=("match", "matched_case_id"))
def match_family(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Look for the family by its children, exactly, before anything new is made (HULL-36)."""
    case = case_of(context)
    found = _match(context.session, case, needed(context, *FORMS))
    open_case = found.open_case
    return {"match": found.kind, "matched_case_id": open_case.id if open_case else None}


def _match(session: Session, case: Case, said: Document) -> Match:
    children = [
        ChildSeen(text(child, "name"), day(child, "date_of_birth"))
        for child in rows(said, "children")
    ]
    return find_match(
        session,
        area_id=case.area_id,
        family_name=text(said, "family_name"),
        children=children,
        except_case_id=case.id,
    )


@automatic("join_case", needs=("matched_case_id",), gives=("identify_outcome",))
def join_case(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Add the concern to the open case of the same family; this case ends in it."""
    case = case_of(context)
    number = inputs.get("matched_case_id")
    target = context.session.get(Case, number) if isinstance(number, int) else None
    if target is None or target.status != "open":
        raise OpenCaseGone
    said = needed(context, *FORMS)
    _add_concern(context, target, said)
    join(context.session, target, who_acts(context), "member")
    case.status = "joined"
    case.joined_to_id = target.id
    case.family_id = target.family_id
    record(
        context.session,
        actor=context.actor.name,
        action="concern.joined",
        case_id=target.id,
        detail={"from_case_id": case.id},
    )
    return {"identify_outcome": "joined"}


@automatic("record_concern", needs=(), takes=("match", "same_family"))
def record_concern(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Open the family's record, or use the one a person confirmed to be the same family."""
    case = case_of(context)
    said = needed(context, *FORMS)
    known = None
    if inputs.get("match") in ("family", "open_case") and inputs.get("same_family") == "yes":
        known = _match(context.session, case, said).family
    family = known or _new_family(context.session, case, said)
    _add_people(context.session, family, said)
    case.family_id = family.id
    _add_concern(context, case, said)
    context.session.flush()
    context.session.refresh(case, ["family"])
    return {}


def _new_family(session: Session, case: Case, said: Document) -> Family:
    name = text(said, "family_name") or "Name not known"
    family = Family(
        name=name,
        name_key=name_key(name),
        area_id=case.area_id,
        locality_id=case.locality_id,
        address=text(said, "home_address"),
        phone=text(said, "parent_contact"),
    )
    session.add(family)
    session.flush()
    return family


def _add_people(session: Session, family: Family, said: Document) -> None:
    """Children and the parent named in the concern who are not in the family's record yet."""
    known = {(person.name_key, person.role) for person in family.people}
    for child in rows(said, "children"):
        name = text(child, "name") or ("Baby" if child.get("unborn") else "")
        if name and (name_key(name), "child") not in known:
            session.add(
                Person(
                    family_id=family.id,
                    name=name,
                    name_key=name_key(name),
                    role="child",
                    date_of_birth=day(child, "date_of_birth"),
                    expected_on=day(child, "expected_date"),
                    setting=text(child, "setting"),
                )
            )
    parent = text(said, "parent_name")
    if parent and (name_key(parent), "parent") not in known:
        session.add(
            Person(family_id=family.id, name=parent, name_key=name_key(parent), role="parent")
        )
    session.flush()
    session.expire(family, ["people"])


def _add_concern(context: StepContext, case: Case, said: Document) -> None:
    context.session.add(
        Concern(
            case_id=case.id,
            raised_by_id=who_acts(context),
            raised_at=clock.now(),
            summary=text(said, "what")[:SHORT],
            detail=said,
        )
    )
