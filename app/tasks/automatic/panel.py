"""Stepping down, and the weekly panel: its agenda and what it decides."""

from typing import Any

from sqlalchemy import select

from app import clock
from app.audit.record import record
from app.cases.models import PanelItem
from app.errors import InvalidInput
from app.runtime.automatic import StepContext, automatic
from app.tasks.automatic.reading import case_of, document, text, who_acts

#: What a later call of the same case goes on with. A question of the panel has to be answered
#: before the item comes back: its process would not hear of a decision before that.
UNDECIDED = ("waiting", "rolled_over")


class ItemNotFound(InvalidInput):
    """This item is not on the panel's list."""


@automatic(
    "record_step_down",
    needs=(),
    takes=("outcome", "step_down_outcome"),
    gives=("step_down_outcome",),
)
def record_step_down(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """How stepping down ended; accepted, early help goes on and social care no longer leads."""
    case = case_of(context)
    outcome = str(inputs.get("step_down_outcome") or inputs.get("outcome") or "")
    if outcome == "accepted":
        case.statutory_since = None
        if case.status != "open":
            case.status, case.closed_at, case.closing_reason = "open", None, ""
    record(
        context.session,
        actor=context.actor.name,
        action="step_down.recorded",
        case_id=case.id,
        detail={"outcome": outcome},
    )
    return {"step_down_outcome": outcome}


@automatic("record_panel_item", needs=(), takes=("panel_id",), gives=("item_id",))
def record_panel_item(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Put the case on the list for the next panel; asked again, the same item comes back."""
    case = case_of(context)
    asked = document(context, "ask_the_panel")
    answered = document(context, "answer_the_panel")
    item = context.session.scalar(
        select(PanelItem).where(PanelItem.case_id == case.id, PanelItem.status.in_(UNDECIDED))
    )
    if item is None:
        item = PanelItem(case_id=case.id, area_id=case.area_id, asked_at=clock.now(), detail={})
        context.session.add(item)
    item.asked_by_id = who_acts(context)
    item.ask = text(asked, "panel_summary")
    item.status = "waiting"
    item.detail = {**item.detail, **asked, **answered}
    context.session.flush()
    return {"item_id": item.id}


@automatic("gather_panel_agenda", needs=(), takes=("panel_id", "panel_date"), gives=("agenda",))
def gather_panel_agenda(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """Everything that waits goes on this agenda, longest wait first."""
    session, instance = context.session, context.instance
    items = session.scalars(
        select(PanelItem)
        .where(PanelItem.area_id == instance.area_id, PanelItem.status == "waiting")
        .order_by(PanelItem.asked_at, PanelItem.id)
    ).all()
    for item in items:
        item.status, item.panel_instance_id = "on_agenda", instance.id
    return {"agenda": [item.id for item in items]}


@automatic(
    "record_panel_decision",
    needs=("item_id", "panel_outcome"),
    gives=("item_case_id", "panel_outcome"),
)
def record_panel_decision(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the panel decided about one item; a question has to be answered before it comes back."""
    item = _item(context, inputs.get("item_id"))
    outcome = str(inputs.get("panel_outcome") or "")
    discussed = document(context, "discuss_item")
    item.outcome = outcome
    item.decided_at = clock.now()
    item.status = "rolled_over" if outcome == "more_information" else "decided"
    item.detail = {**item.detail, "decision": discussed}
    if context.actor.user_id is not None:
        record(
            context.session,
            actor=context.actor.name,
            action="panel.decided",
            case_id=item.case_id,
            detail={"item_id": item.id, "outcome": outcome},
        )
    return {"item_case_id": item.case_id, "panel_outcome": outcome}


def _item(context: StepContext, item_id: object) -> PanelItem:
    item = context.session.get(PanelItem, item_id) if isinstance(item_id, int) else None
    if item is None or item.area_id != context.instance.area_id:
        raise ItemNotFound
    return item
