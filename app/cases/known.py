"""What is known about a case already, so that nobody types a fact twice.

Forms name what they start with by a path into this tree (``family.name``, ``plan.actions``).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.cases.families import age_in_years, children_of, family_name
from app.cases.first_meeting import first_meeting
from app.cases.matching import ChildSeen, find_match
from app.cases.members import current_members, holder
from app.cases.models import (
    Case,
    Concern,
    FrontDoorContact,
    PanelItem,
    Plan,
    PlanAction,
    Review,
)
from app.cases.usual_days import usual_days
from app.definitions.live import pack_of_area
from app.identity.models import User
from app.runtime.models import Submission

YOUNG = 5
#: The task whose document first tells of a family.
#: Where a family is named that may be known already: a concern, or a step-down.
NAMED_IN = ("record_concern", "name_stepping_family")
Tree = dict[str, Any]


def known(
    session: Session,
    case: Case | None,
    *,
    wanted: Collection[str],
    facts: Mapping[str, Any],
    item: object = None,
) -> Tree:
    """What a form starts from, and what its rules may read.

    That is: facts, parameters (of the area), form (the latest document of each task), family,
    case, concern, assessment, plan, action, match, contact, step_down, panel, meeting, usual (days).

    Args:
        wanted: those the form uses (``Form.wanted``); the others are not looked up.
        facts: what the process carries at the task.
        item: of a task that is one of several; for a plan's action, its id.
    """
    tree: Tree = {"facts": dict(facts), "parameters": {}}
    case = case or case_of_item(session, item)
    if case is None:
        return tree
    branches: dict[str, Callable[[], Mapping[str, Any]]] = {
        "parameters": lambda: dict(pack_of_area(session, case.area_id).parameters),
        "meeting": lambda: first_meeting(session, case, facts),
        "usual": lambda: usual_days(pack_of_area(session, case.area_id).parameters),
        "family": lambda: _family(session, case),
        "case": lambda: _case(session, case),
        "concern": lambda: _concern(session, case),
        "assessment": lambda: _assessment(session, case),
        "plan": lambda: _plan(session, case),
        "action": lambda: _action(session, item),
        "match": lambda: _match(session, case),
        "contact": lambda: _contact(session, case),
        "step_down": lambda: _step_down(session, case),
        "panel": lambda: _panel(session, case),
        "form": lambda: _Documents(session, case.id),
    }
    return tree | {name: look() for name, look in branches.items() if name in wanted}


class _Documents(Mapping[str, Any]):
    """The latest document of each task of the case, looked up only when a form asks for it."""

    def __init__(self, session: Session, case_id: int) -> None:
        self._session, self._case_id = session, case_id

    def __getitem__(self, element_id: str) -> Any:
        return latest_document(self._session, self._case_id, element_id)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def latest_document(session: Session, case_id: int, element_id: str) -> Tree:
    """What was last handed in at a task of this case; empty before that."""
    found = session.scalar(
        select(Submission.answers)
        .where(Submission.case_id == case_id, Submission.element_id == element_id)
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return dict(found or {})


def _family(session: Session, case: Case) -> Tree:
    family = case.family
    children = children_of(case)
    workers = session.scalars(
        select(User)
        .where(User.id.in_([m.user_id for m in current_members(session, case.id)]))
        .order_by(User.name, User.id)
    )
    agencies = {
        user.agency or (user.team.agency if user.team else ""): user.name for user in workers
    }
    return {
        "name": family_name(case) if family else "",
        "address": family.address if family else "",
        "phone": family.phone if family else "",
        "communication": family.communication if family else "",
        "children": [{"child": f"person:{p.id}", "name": p.name} for p in children],
        "child_under_five": _yes_no(any(_is_young(p.date_of_birth) for p in children)),
        "agencies": [
            {"agency": agency, "worker": worker} for agency, worker in agencies.items() if agency
        ],
        "locality": case.locality_id or "",
    }


def _is_young(born: date | None) -> bool:
    """Unborn children count as under five (D07)."""
    return born is None or age_in_years(born, clock.today()) < YOUNG


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _case(session: Session, case: Case) -> Tree:
    lead_id = holder(session, case.id, "lead")
    lead = session.get(User, lead_id) if lead_id is not None else None
    return {
        "reference": case.reference,
        "level": case.level,
        "stage": case.stage,
        "lead_name": lead.name if lead else "",
        "lead": str(lead.id) if lead else "",
        "has_lead": _yes_no(lead is not None),
    }


def _concern(session: Session, case: Case) -> Tree:
    row = session.scalar(
        select(Concern).where(Concern.case_id == case.id).order_by(Concern.id.desc()).limit(1)
    )
    return {**row.detail, "summary": row.summary} if row else {}


def _assessment(session: Session, case: Case) -> Tree:
    weighed = latest_document(session, case.id, "weigh_up_needs")
    needs = weighed.get("needs") or []
    lines = [str(need.get("need_description") or "") for need in needs]
    return {**weighed, "needs_summary": "\n".join(line for line in lines if line)}


def _plan(session: Session, case: Case) -> Tree:
    plan = session.scalar(
        select(Plan).where(Plan.case_id == case.id).order_by(Plan.number.desc()).limit(1)
    )
    if plan is None:
        return {}
    return {**plan.detail, "number": plan.number, "outcomes": _outcomes(session, case, plan)}


def _outcomes(session: Session, case: Case, plan: Plan) -> list[Tree]:
    """One row an outcome of the plan, with its score at the latest review."""
    review = session.scalar(
        select(Review).where(Review.case_id == case.id).order_by(Review.id.desc()).limit(1)
    )
    scores = {
        row.get("outcome_statement"): row.get("current_score")
        for row in (review.detail.get("outcome_scores") or [] if review else [])
    }
    rows: dict[str, Tree] = {}
    for action in plan.detail.get("actions") or []:
        outcome = str(action.get("outcome_statement") or "")
        if outcome and outcome not in rows:
            rows[outcome] = {
                "outcome_statement": outcome,
                "baseline": action.get("baseline"),
                "score_last_time": scores.get(outcome),
            }
    return list(rows.values())


def case_of_item(session: Session, item: object) -> Case | None:
    """A panel runs without a case of its own; each item it discusses has one."""
    found = session.get(PanelItem, item) if isinstance(item, int) else None
    return session.get(Case, found.case_id) if found is not None else None


def _step_down(session: Session, case: Case) -> Tree:
    proposed = latest_document(session, case.id, "propose_step_down")
    return proposed | latest_document(session, case.id, "hold_step_down_discussion")


def _contact(session: Session, case: Case) -> Tree:
    """What was said and decided at the latest contact with the front door."""
    row = session.scalar(
        select(FrontDoorContact)
        .where(FrontDoorContact.case_id == case.id)
        .order_by(FrontDoorContact.id.desc())
        .limit(1)
    )
    if row is None:
        return {}
    decided = {
        "judgement": row.judgement,
        "outcome": row.outcome,
        "reference": row.referral_reference,
    }
    return {**row.detail, **decided}


def _panel(session: Session, case: Case) -> Tree:
    """What a panel was asked about this case, and what it answered or asks back."""
    row = session.scalar(
        select(PanelItem).where(PanelItem.case_id == case.id).order_by(PanelItem.id.desc()).limit(1)
    )
    if row is None:
        return {}
    decision = row.detail.get("decision") or {}
    return {
        **row.detail,
        "ask": row.ask,
        "outcome": row.outcome,
        "question": decision.get("question_back"),
        "reason": decision.get("panel_reason"),
    }


def _match(session: Session, case: Case) -> Tree:
    """The family on record that a new concern may be about: enough to tell, and whom to ask.

    Whoever raised the concern named this child; of the family they hear no more than its name.
    """
    said = _named(session, case) if case.family_id is None else {}
    for child in said.get("children") or ():
        seen = ChildSeen(str(child.get("name") or ""), _day(child.get("date_of_birth")))
        found = find_match(
            session,
            area_id=case.area_id,
            family_name=str(said.get("family_name") or ""),
            children=[seen],
            except_case_id=case.id,
        )
        if found.family is not None:
            born = f", born {seen.date_of_birth:%-d %B %Y}" if seen.date_of_birth else ""
            return {
                "family": found.family.name,
                "child": f"{seen.name}{born}",
                "worker": _worker(session, found.open_case),
            }
    return {}


def _named(session: Session, case: Case) -> Tree:
    """What was written where this family was named first."""
    documents = (latest_document(session, case.id, element_id) for element_id in NAMED_IN)
    return next((said for said in documents if said), {})


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None


def _worker(session: Session, case: Case | None) -> str:
    """Whom to ask about a family: who leads, else who raised the first concern."""
    if case is None:
        return "Nobody now: the last plan has ended"
    user_id = holder(session, case.id, "lead") or holder(session, case.id, "initiator")
    user = session.get(User, user_id) if user_id is not None else None
    return ", ".join(part for part in (user.name, user.job_title) if part) if user else ""


def _action(session: Session, item: object) -> Tree:
    action = session.get(PlanAction, item) if isinstance(item, int) else None
    if action is None:
        return {}
    return {
        "action": action.action,
        "outcome_statement": action.change,
        "measure": action.measure,
        "who": action.who,
        "due_on": action.due_on.isoformat() if action.due_on else None,
    }
