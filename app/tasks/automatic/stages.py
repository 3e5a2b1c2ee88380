"""Stages, ending a case, and looking back later."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from app import clock, feel
from app.audit.record import record
from app.cases.families import children_of
from app.cases.models import Case, Plan, PlanAction
from app.cases.stages import ASIDE, STAGES
from app.cases.usual_days import months_later
from app.definitions.live import pack_of_area
from app.errors import InvalidInput
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import MEET_NEEDS, case_of, document, runs, text

#: What a case page says about why it ended.
ENDINGS = {
    "joined": "The concern was added to another open case.",
    "own_offer": "Support from one service meets the need.",
    "signposted": "The family was shown where to find help.",
    "front_door": "Passed to the front door.",
    "no_further_need": "The assessment found no further need.",
    "single_agency": "One agency carries on with the family.",
    "needs_met": "The needs are met.",
    "one_agency": "One agency carries on with the family.",
    "universal_only": "Universal services are enough now.",
    "statutory": "Children’s social care leads now.",
    "close": "The family did not want early help; they have advice and a contact.",
}
STEP_DOWNS = ("slot_step_down", "begin_step_down")
PATHWAY = "early_help_pathway"
NO_ANSWER = "Early help has ended."


class UnknownStage(InvalidInput):
    """The diagram names a stage that does not exist."""


@automatic("set_stage", needs=("stage",), texts={"stage": (*STAGES, *ASIDE)})
def set_stage(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Where the case is now. What step-down borrows from the pathway is still step-down."""
    stage = str(inputs.get("stage"))
    if stage not in STAGES and stage not in ASIDE:
        raise UnknownStage(f"There is no stage called {stage!r}.")
    if context.instance.process_id in STEP_DOWNS:
        stage = "step_down"
    case = case_of(context)
    if case.status == "closed" and context.instance.process_id == PATHWAY:
        _reopen(context, case)
    case.stage = stage
    return {}


def _reopen(context: StepContext, case: Case) -> None:
    """The pathway began again after the case had closed: somebody wants early help after all."""
    case.status, case.closed_at, case.closing_reason = "open", None, ""
    case.keep_until = None
    record(context.session, actor=context.actor.name, action="case.reopened", case_id=case.id)


@automatic(
    "close_case",
    needs=("outcome",),
    takes=("retention",),
    gives=("closed", "plan_running"),
    texts={"outcome": ENDINGS},
)
def close_case(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """End the case, its plan and whatever of it is still open; set how long it is kept (D13).

    Returns whether people are still at work on actions of the plan, so that they are told.
    """
    case = case_of(context)
    outcome = str(inputs.get("outcome") or "")
    _stop_plan(context, case)
    if case.status == "open":
        case.status = "closed"
    case.closed_at = clock.now()
    summary = text(document(context, "write_closing_summary"), "closing_summary")
    case.closing_reason = ENDINGS.get(outcome, summary or NO_ANSWER)
    case.keep_until = keep_until(context, case, inputs.get("retention"))
    if outcome == "statutory":
        case.statutory_since = clock.now()
    record(
        context.session,
        actor=context.actor.name,
        action="case.closed",
        case_id=case.id,
        detail={"outcome": outcome},
    )
    return {"closed": True, "plan_running": runs(context, MEET_NEEDS)}


def _stop_plan(context: StepContext, case: Case) -> None:
    """The plan ends, and its open actions with it."""
    plan = context.session.scalar(
        select(Plan).where(Plan.case_id == case.id, Plan.status == "current")
    )
    if plan is None:
        return
    plan.status = "ended"
    context.session.execute(
        update(PlanAction)
        .where(PlanAction.plan_id == plan.id, PlanAction.status == "open")
        .values(status="stopped", finished_at=clock.now())
    )
    context.session.expire(plan, ["actions"])


def keep_until(context: StepContext, case: Case, rule: object) -> date:
    """Years from the birth of the youngest child, as the retention table or the area says.

    ``rule`` is what the table gave: ``{"base_date": …, "years": n}``.
    """
    parameters = pack_of_area(context.session, case.area_id).parameters
    said = rule if isinstance(rule, dict) else {}
    years = int(said.get("years") or parameters["retention_years_from_birth"])
    births = [
        born for p in children_of(case) if (born := p.date_of_birth or p.expected_on) is not None
    ]
    base = clock.today() if said.get("base_date") == "closing" or not births else max(births)
    return months_later(base, years * 12)


@automatic("schedule_outcome_check", needs=(), takes=("months",))
def schedule_outcome_check(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """When to ask whether the change lasted."""
    case = case_of(context)
    months = feel.from_json(inputs.get("months"))
    case.outcome_check_on = months_later(clock.today(), int(str(months or 6)))
    return {}
