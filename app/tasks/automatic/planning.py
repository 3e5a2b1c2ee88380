"""Assessment, lead, plan and its actions: from documents to rows."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.audit.record import record
from app.cases.members import holder, join, leave
from app.cases.models import Case, Plan, PlanAction
from app.definitions.live import pack_of_area
from app.errors import InvalidInput
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import (
    MEET_NEEDS,
    Document,
    author,
    case_of,
    day,
    document,
    existing_user,
    needed,
    rows,
    runs,
    text,
    user_id,
    who_acts,
)

#: What an action owner can say.
ANSWERS = ("done", "partly", "not_done")


class NoAction(InvalidInput):
    """A plan needs at least one action."""


@automatic("record_assessment", needs=("outcome",), gives=("level",))
def record_assessment(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Register the outcome of the assessment and the level a person decided on."""
    case = case_of(context)
    recommended = document(context, "recommend_level")
    level = text(recommended, "level_recommended")
    if level.isdecimal():
        case.level = int(level)
    assessor = author(context, "weigh_up_needs", "hear_the_family", "recommend_level")
    join(context.session, case, assessor, "assessor")
    record(
        context.session,
        actor=context.actor.name,
        action="assessment.registered",
        case_id=case.id,
        detail={"outcome": inputs.get("outcome"), "level": case.level},
    )
    return {"level": case.level}


@automatic("record_lead", needs=(), gives=("lead_agreed",))
def record_lead(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Name the lead once the person, the child and the family agree (HULL-60, WORC-17)."""
    case = case_of(context)
    proposal = document(context, "propose_lead")
    proposed = existing_user(context, user_id(proposal, "proposed_lead"))
    if proposed is None:
        return {"lead_agreed": False}
    join(context.session, case, proposed.id, "lead")
    leave(context.session, case, proposed.id, "member")
    if proposed.team_id is not None:
        case.team_id = proposed.team_id
    record(
        context.session,
        actor=context.actor.name,
        action="lead.appointed",
        case_id=case.id,
        detail={"lead_id": proposed.id},
    )
    return {"lead_agreed": True}


@automatic(
    "record_plan", needs=(), gives=("action_ids", "action_dates", "review_on", "plan_running")
)
def record_plan(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Make the next version of the plan; actions that go on keep their id and their history.

    Returns the ids of the actions nobody has answered for yet, a day for each of them, the
    review day, and whether people are at work on an earlier version of the plan.
    """
    case = case_of(context)
    written = needed(context, "write_plan")
    agreed = document(context, "agree_plan")
    before = context.session.scalar(
        select(Plan).where(Plan.case_id == case.id, Plan.status == "current")
    )
    review_on = _review_day(context, case, day(written, "planned_review_on"))
    plan = _next_plan(context, case, before, {**written, **agreed}, review_on)
    actions = _actions(context, case, plan, before, rows(written, "actions"))
    if not actions:
        raise NoAction
    _join_owners(context, case, actions)
    unanswered = [action for action in actions if action.status == "open"]
    return {
        "action_ids": [action.id for action in unanswered],
        "action_dates": {
            str(action.id): (action.due_on or review_on).isoformat() for action in unanswered
        },
        "review_on": review_on.isoformat(),
        "plan_running": runs(context, MEET_NEEDS),
    }


def _review_day(context: StepContext, case: Case, asked: date | None) -> date:
    """Never later than the longest interval the area allows (WORC-22)."""
    parameters = pack_of_area(context.session, case.area_id).parameters
    latest = clock.today() + timedelta(weeks=int(parameters["review_max_weeks"]))
    return min(asked or latest, latest)


def _next_plan(
    context: StepContext, case: Case, before: Plan | None, detail: Document, review_on: date
) -> Plan:
    if before is not None:
        before.status = "replaced"
    number = 1 + len(context.session.scalars(select(Plan.id).where(Plan.case_id == case.id)).all())
    plan = Plan(
        case_id=case.id,
        number=number,
        made_at=clock.now(),
        made_by_id=who_acts(context),
        review_on=review_on,
        contingency=text(detail, "contingency_plan"),
        detail=detail,
    )
    context.session.add(plan)
    context.session.flush()
    return plan


def _actions(
    context: StepContext, case: Case, plan: Plan, before: Plan | None, asked: list[Document]
) -> list[PlanAction]:
    """An action with the same words as one of the plan before is that one, moved to the new plan.

    What was answered for stays answered, unless it was not (quite) done and gets a new day.
    """
    going_on = {
        (action.action, action.change): action
        for action in (before.actions if before else [])
        if action.status != "stopped"
    }
    kept = []
    for said in asked:
        key = (text(said, "action"), text(said, "outcome_statement"))
        action = going_on.pop(key, None) or PlanAction(
            case_id=case.id, action=key[0], status="open"
        )
        _try_again(action, day(said, "due_on"))
        action.plan_id = plan.id
        action.change = key[1]
        action.need = text(said, "need_code")
        action.measure = text(said, "measure")
        action.owner_id = getattr(existing_user(context, user_id(said, "owner_user")), "id", None)
        action.who = text(said, "owner_name") or text(said, "owner_agency")
        action.due_on = day(said, "due_on")
        context.session.add(action)
        kept.append(action)
    for dropped in going_on.values():
        if dropped.status == "open":
            dropped.status, dropped.finished_at = "stopped", clock.now()
    context.session.flush()
    context.session.expire(plan, ["actions"])
    if before is not None:
        context.session.expire(before, ["actions"])
    return kept


def _try_again(action: PlanAction, due_on: date | None) -> None:
    if action.status in ("partly", "not_done") and due_on is not None and due_on != action.due_on:
        action.status, action.finished_at = "open", None


def _join_owners(context: StepContext, case: Case, actions: list[PlanAction]) -> None:
    """Whoever does something for the family works with it; the lead does so already."""
    owners = {action.owner_id for action in actions if action.owner_id is not None}
    for owner in sorted(owners - {holder(context.session, case.id, "lead")}):
        join(context.session, case, owner, "member")


@automatic("record_action_done", needs=("action_id", "action_status"))
def record_action_done(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """What became of one action of the plan: done, partly done, or not done and why."""
    number = inputs.get("action_id")
    action = context.session.get(PlanAction, number) if isinstance(number, int) else None
    if action is None or action.case_id != context.case_id:
        raise InvalidInput("This action is not in the plan any more.")
    written = document(context, "do_action")
    said = inputs.get("action_status")
    action.status = str(said) if said in ANSWERS else "not_done"
    action.finished_at = clock.now()
    notes = (text(written, "evidence"), text(written, "not_done_because"))
    action.note = "\n".join(note for note in notes if note)
    return {}
