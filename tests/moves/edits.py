"""The edits that a process owner may have made while cases were running, done to a file's XML."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from lxml import etree

from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Z = "{http://camunda.org/schema/zeebe/1.0}"
Spot: TypeAlias = tuple[str, str]
Xml: TypeAlias = Any


@dataclass(frozen=True)
class Edited:
    """``places`` is what the process owner maps by hand."""

    xml: str
    places: dict[Spot, Spot]


class Sheet:
    """One file under the pencil, and the element at which a case waits."""

    def __init__(self, xml: str, drawing: Drawing, open_id: str, done: Iterable[str]) -> None:
        self.root = etree.fromstring(xml.encode())
        self.drawing = drawing
        self.open: Element = drawing.elements[open_id]
        self.done = list(done)

    def node(self, element_id: str) -> Xml:
        return next(node for node in self.root.iter() if node.get("id") == element_id)

    def text(self) -> str:
        return str(etree.tostring(self.root, encoding="unicode"))

    def flows(self, **where: str) -> list[Xml]:
        found = self.root.iter(f"{B}sequenceFlow")
        return [f for f in found if all(f.get(name) == value for name, value in where.items())]

    def add(self, beside: Xml, tag: str, **attributes: str) -> Xml:
        made = etree.SubElement(beside.getparent(), f"{B}{tag}", attributes)
        for lane in [r for r in self.root.iter(f"{B}flowNodeRef") if r.text == beside.get("id")]:
            if tag != "sequenceFlow":
                etree.SubElement(cast(Xml, lane.getparent()), f"{B}flowNodeRef").text = attributes[
                    "id"
                ]
        return made

    def task_beside(self, beside: Xml, element_id: str) -> Xml:
        made = self.add(beside, "userTask", id=element_id, name="Put in by the owner")
        inside = etree.SubElement(made, f"{B}extensionElements")
        etree.SubElement(inside, f"{Z}assignmentDefinition", candidateGroups="practitioner")
        return made

    def setting(self, node: Xml, tag: str, **attributes: str) -> None:
        inside = node.find(f"{B}extensionElements")
        if inside is None:
            inside = etree.Element(f"{B}extensionElements")
            node.insert(0, inside)
        found = inside.find(f"{Z}{tag}")
        if found is None:
            found = etree.SubElement(inside, f"{Z}{tag}")
        found.attrib.update(attributes)

    def take_out(self, element_id: str) -> None:
        """Remove a step with one way out; what led to it leads to what followed."""
        node = self.node(element_id)
        after = self.flows(sourceRef=element_id)[0]
        for before in self.flows(targetRef=element_id):
            before.set("targetRef", after.get("targetRef"))
        for gone in (after, node):
            gone.getparent().remove(gone)
        for reference in [r for r in self.root.iter(f"{B}flowNodeRef") if r.text == element_id]:
            cast(Xml, reference.getparent()).remove(reference)


def insert_before(sheet: Sheet) -> Iterator[Edited]:
    node = sheet.node(sheet.open.id)
    for flow in sheet.flows(targetRef=sheet.open.id):
        flow.set("targetRef", "moved_before")
    sheet.task_beside(node, "moved_before")
    ends = {"sourceRef": "moved_before", "targetRef": sheet.open.id}
    sheet.add(node, "sequenceFlow", id="moved_flow", **ends)
    yield Edited(sheet.text(), {})


def insert_after(sheet: Sheet) -> Iterator[Edited]:
    node, flow = sheet.node(sheet.open.id), sheet.flows(sourceRef=sheet.open.id)[0]
    target = flow.get("targetRef")
    flow.set("targetRef", "moved_after")
    sheet.task_beside(node, "moved_after")
    sheet.add(node, "sequenceFlow", id="moved_flow", sourceRef="moved_after", targetRef=target)
    yield Edited(sheet.text(), {})


def rename(sheet: Sheet) -> Iterator[Edited]:
    sheet.node(sheet.open.id).set("name", "Called something else")
    yield Edited(sheet.text(), {})


def new_id(sheet: Sheet) -> Iterator[Edited]:
    """Drawn anew: the same name, another id. Only its structure tells that it is the same."""
    text, old = sheet.text(), sheet.open.id
    for before, after in ((f'"{old}"', '"drawn_anew"'), (f">{old}<", ">drawn_anew<")):
        text = text.replace(before, after)
    yield Edited(text, {})


def change_lane(sheet: Sheet) -> Iterator[Edited]:
    references = [r for r in sheet.root.iter(f"{B}flowNodeRef") if r.text == sheet.open.id]
    for reference in references:
        own = reference.getparent()
        for lane in cast(Xml, own).getparent():
            if lane is not own and lane.tag == f"{B}lane":
                lane.append(reference)
                yield Edited(sheet.text(), {})
                return


def change_form(sheet: Sheet) -> Iterator[Edited]:
    if sheet.open.kind != "user":
        return
    forms = {e.form_id for e in sheet.drawing.elements.values() if e.form_id}
    other = sorted(forms - {sheet.open.form_id})
    if other:
        sheet.setting(sheet.node(sheet.open.id), "formDefinition", formId=other[0])
        yield Edited(sheet.text(), {})


def change_due(sheet: Sheet) -> Iterator[Edited]:
    node = sheet.node(sheet.open.id)
    if sheet.open.kind == "user":
        sheet.setting(node, "taskSchedule", dueDate="=working days(99)")
    elif sheet.open.sign_off:
        due = [p for p in node.iter(f"{Z}property") if p.get("name") == "signOff.due"]
        for each in due:
            each.set("value", "=working days(99)")
    else:
        for each in node.iter(f"{B}timeDuration", f"{B}timeDate"):
            each.tag, each.text = f"{B}timeDuration", "P99D"
    yield Edited(sheet.text(), {})


def change_condition(sheet: Sheet) -> Iterator[Edited]:
    process_id = sheet.open.process_id
    for condition in sheet.root.iter(f"{B}conditionExpression"):
        flow: Xml = condition.getparent()
        source = sheet.drawing.elements.get(flow.get("sourceRef"))
        if source is not None and source.process_id == process_id and source.kind == "exclusive":
            condition.text = f'=moved_fact = "never" or ({(condition.text or "")[1:]})'
    yield Edited(sheet.text(), {})


def add_boundary_timer(sheet: Sheet) -> Iterator[Edited]:
    if not sheet.open.is_activity:
        return
    node = sheet.node(sheet.open.id)
    ends = {"attachedToRef": sheet.open.id, "cancelActivity": "false"}
    timer = sheet.add(node, "boundaryEvent", id="moved_timer", name="After 90 days", **ends)
    definition = etree.SubElement(timer, f"{B}timerEventDefinition")
    etree.SubElement(definition, f"{B}timeDuration").text = "P90D"
    sheet.add(node, "endEvent", id="moved_end", name="Reminded")
    ends = {"sourceRef": "moved_timer", "targetRef": "moved_end"}
    sheet.add(node, "sequenceFlow", id="moved_flow", **ends)
    yield Edited(sheet.text(), {})


def remove_finished(sheet: Sheet) -> Iterator[Edited]:
    """A step that is done; any that can be taken out without leaving the rest in pieces."""
    whole = sheet.root
    for element_id in reversed(sheet.done):
        element = sheet.drawing.elements.get(element_id)
        if element is None or element.id == sheet.open.id or not _can_go(sheet, element):
            continue
        sheet.root = deepcopy(whole)
        sheet.take_out(element_id)
        yield Edited(sheet.text(), {})


def remove_open(sheet: Sheet) -> Iterator[Edited]:
    """The open step goes; the owner says that its cases are at the next step of the kind."""
    if not sheet.open.is_activity or sheet.open.kind in {"call", "subprocess"}:
        return
    whole, process_id = sheet.root, sheet.open.process_id
    for element_id in _after(sheet):
        other = sheet.drawing.elements[element_id]
        if (other.kind, other.parent) != (sheet.open.kind, sheet.open.parent):
            continue
        sheet.root = deepcopy(whole)
        for boundary in sheet.drawing.boundaries.get(sheet.open.id, ()):
            sheet.node(boundary.id).set("attachedToRef", other.id)
        sheet.take_out(sheet.open.id)
        yield Edited(sheet.text(), {(process_id, sheet.open.id): (process_id, other.id)})


def split_out(sheet: Sheet) -> Iterator[Edited]:
    """The open step becomes a part of its own, with its clocks around the part."""
    if not sheet.open.is_activity or len(sheet.open.outgoing) != 1:
        return
    node = sheet.node(sheet.open.id)
    around = sheet.add(node, "subProcess", id="moved_part", name="A part of its own")
    for flow in sheet.flows(targetRef=sheet.open.id):
        flow.set("targetRef", "moved_part")
    for flow in sheet.flows(sourceRef=sheet.open.id):
        flow.set("sourceRef", "moved_part")
    for boundary in sheet.drawing.boundaries.get(sheet.open.id, ()):
        sheet.node(boundary.id).set("attachedToRef", "moved_part")
    around.append(node)
    for tag, element_id in (("startEvent", "moved_start"), ("endEvent", "moved_finish")):
        etree.SubElement(around, f"{B}{tag}", id=element_id, name=element_id)
    for number, (source, target) in enumerate(
        (("moved_start", sheet.open.id), (sheet.open.id, "moved_finish"))
    ):
        flow_id = f"moved_flow_{number}"
        etree.SubElement(around, f"{B}sequenceFlow", id=flow_id, sourceRef=source, targetRef=target)
    yield Edited(sheet.text(), {})


Edit: TypeAlias = Callable[[Sheet], Iterator[Edited]]
EDITS: dict[str, Edit] = {
    "insert before": insert_before,
    "insert after": insert_after,
    "rename": rename,
    "another id": new_id,
    "change lane": change_lane,
    "change form": change_form,
    "change due": change_due,
    "change condition": change_condition,
    "add a boundary timer": add_boundary_timer,
    "remove a finished step": remove_finished,
    "remove the open step": remove_open,
    "split a part out": split_out,
}


def edited(name: str, sheet: Sheet) -> Edited | None:
    """The first way to make this edit that leaves a drawing which can run; None: there is none."""
    for found in EDITS[name](sheet):
        try:
            parse_diagram(found.xml.encode())
        except DiagramRefused:
            continue
        return found
    return None


def _can_go(sheet: Sheet, element: Element) -> bool:
    return (
        element.kind in {"user", "service", "script", "rule"}
        and len(element.outgoing) == 1
        and not sheet.drawing.boundaries.get(element.id)
        and element.process_id == sheet.open.process_id
    )


def _after(sheet: Sheet) -> list[str]:
    """What can come after the open step, nearest first."""
    seen, waiting = [sheet.open.id], [sheet.open.id]
    while waiting:
        for flow in sheet.drawing.elements[waiting.pop(0)].outgoing:
            target = sheet.drawing.flows[flow].target
            if target not in seen:
                seen.append(target)
                waiting.append(target)
    return seen[1:]
