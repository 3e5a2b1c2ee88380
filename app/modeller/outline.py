"""A drawing in words, for people who do not use the canvas: each step with who, what and when."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.cases.outline import in_order
from app.definitions.lanes import Part, part_of_lane, read_part
from app.definitions.packs import Pack
from app.definitions.rules_timers import would_be_due
from app.engine.catalogue import Element, Flow
from app.engine.drawing import GATEWAYS
from app.modeller.drawing import Sketch
from app.web.dates import date_and_time, local_day

KINDS = {
    "start": "Start",
    "end": "End",
    "user": "Task",
    "service": "Automatic step",
    "rule": "Decision table",
    "script": "Calculation",
    "send": "Message sent",
    "receive": "Wait for a message",
    "catch": "Wait",
    "throw": "Message sent",
    "boundary": "Meanwhile",
    "exclusive": "Choice",
    "parallel": "At the same time",
    "inclusive": "One or more ways",
    "event_gateway": "Whichever comes first",
    "call": "Process",
    "subprocess": "Group of steps",
}
CASE_PARTS = {
    "lead": "Lead practitioner",
    "initiator": "Whoever asked",
    "assessor": "Assessing practitioner",
    "worker": "Whoever works with the family",
    "action_owner": "Owner of the action",
    "recommender_manager": "Manager of whoever recommends",
}
_WORKING_DAYS = re.compile(
    r"=\s*working days\(\s*(?:(-?\d+)|parameters\.(\w+)(?:\s*([+-])\s*(\d+))?)\s*\)\s*"
)
_DAYS = re.compile(r"P(\d+)([DW])")


@dataclass(frozen=True)
class Way:
    """A way out of a choice. ``condition`` is as written; the default way has none."""

    flow_id: str
    name: str
    condition: str
    is_default: bool
    leads_to: str


@dataclass(frozen=True)
class Step:
    element: Element
    kind: str
    who: str
    due: str
    clock: str
    moment: str
    ways: tuple[Way, ...]
    inside: str
    attached_to: str

    @property
    def sign_off(self) -> str:
        """Who signs this choice off, in words; empty when nobody does."""
        rule = self.element.sign_off
        if rule is None:
            return ""
        if rule.decision:
            return f"Signed off when the table “{rule.decision}” says so"
        return (
            f"Signed off by: {_part_words(read_part(rule.role or '')) or rule.role or 'nobody yet'}"
        )


def outline(found: Sketch, pack: Pack) -> list[Step]:
    """Every step in telling order; what no start leads to comes last, joins are left out."""
    steps: list[Step] = []
    for process in found.drawing.processes:
        told = list(in_order(process, found.drawing.flows))
        seen = {element.id for element in told}
        told += [element for element in process.elements.values() if element.id not in seen]
        steps += [_step(found, pack, element) for element in told if not _is_join(element)]
    return steps


def _is_join(element: Element) -> bool:
    return element.kind in GATEWAYS and len(element.outgoing) < 2 and not element.sign_off


def _step(found: Sketch, pack: Pack, element: Element) -> Step:
    return Step(
        element=element,
        kind=KINDS[element.kind],
        who=_who(pack, element),
        due=in_words(
            element.due_date or (element.sign_off.due if element.sign_off else None),
            pack.parameters,
        ),
        clock=in_words(element.timer, pack.parameters, "after"),
        moment=_moment(pack, element),
        ways=tuple(ways_of(found, element)),
        inside=found.name_of(element.parent or ""),
        attached_to=found.name_of(element.attached_to or ""),
    )


def _moment(pack: Pack, element: Element) -> str:
    """When its clock would ring if a case came there now; empty when that depends on the case."""
    text = element.timer or element.due_date or (element.sign_off.due if element.sign_off else None)
    due_at = would_be_due(element, text, pack.parameters).due_at if text else None
    return f"{local_day(due_at):%A} {date_and_time(due_at)}" if due_at else ""


def ways_of(found: Sketch, element: Element) -> Iterator[Way]:
    """The ways out of a gateway that chooses by conditions; nothing for other elements."""
    if element.kind not in ("exclusive", "inclusive") or len(element.outgoing) < 2:
        return
    for flow in (found.drawing.flows[flow_id] for flow_id in element.outgoing):
        yield _way(found, element, flow)


def _way(found: Sketch, element: Element, flow: Flow) -> Way:
    return Way(
        flow_id=flow.id,
        name=flow.name,
        condition=flow.condition or "",
        is_default=element.default_flow == flow.id,
        leads_to=found.leads_to(flow),
    )


def _who(pack: Pack, element: Element) -> str:
    if element.kind != "user":
        return ""
    if element.assignee:
        return f"The person in {element.assignee}"
    if element.candidate_groups:
        groups = [each.strip() for each in element.candidate_groups.split(",")]
        return ", ".join(_part_words(read_part(group)) or group for group in groups)
    return _part_words(part_of_lane(pack, element.lane)) or element.lane or "Nobody yet"


def _part_words(part: Part | None) -> str:
    if part is None:
        return ""
    return CASE_PARTS[part.case_role] if part.case_role else part.role.label


def in_words(due: str | None, parameters: Mapping[str, object], first: str = "within") -> str:
    """A span as people say it, with what the area has set; other expressions stay as written."""
    if not due:
        return ""
    days = _working_days(due, parameters)
    if days is not None:
        return f"{first} {_counted(days, 'working day')}"
    if found := _DAYS.fullmatch(due):
        return f"{first} {_counted(int(found[1]), 'day' if found[2] == 'D' else 'week')}"
    return due


def _working_days(due: str, parameters: Mapping[str, object]) -> int | None:
    """How many a due date counts: said in it, or by the area with something added or taken off."""
    found = _WORKING_DAYS.fullmatch(due)
    if found is None:
        return None
    number, name, sign, more = found.groups()
    said = int(number) if number else parameters.get(name)
    if not isinstance(said, int):
        return None
    return said + (int(f"{sign}{more}") if more else 0)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
