"""From a drawing to the library's process specifications, made of our element classes."""

from app.engine.catalogue import Element, ProcessInfo
from app.engine.drawing import Drawing
from app.engine.elements.calls import CallActivity, SubProcess
from app.engine.elements.events import EVENT_CLASSES, BoundaryEvent
from app.engine.elements.gateways import (
    EventGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from app.engine.elements.repeats import EACH, Instance, Repeated
from app.engine.elements.sign_off import SignOffGateway
from app.engine.elements.tasks import DecisionTask, ExpressionTask, ServiceTask, UserTask
from app.engine.spiff import (
    BpmnProcessSpec,
    MessageEventDefinition,
    NoneEventDefinition,
    ProcessSpec,
    Spec,
)

CLASSES: dict[str, Spec] = {
    **EVENT_CLASSES,
    "user": UserTask,
    "service": ServiceTask,
    "rule": DecisionTask,
    "script": ExpressionTask,
    "exclusive": ExclusiveGateway,
    "inclusive": InclusiveGateway,
    "parallel": ParallelGateway,
    "event_gateway": EventGateway,
    "call": CallActivity,
    "subprocess": SubProcess,
}
INSTANCES: dict[str, Spec] = {
    kind: type(f"One{CLASSES[kind].__name__}", (Instance, CLASSES[kind]), {})
    for kind in ("user", "service", "rule", "script", "send", "receive", "call", "subprocess")
}


def build_specs(drawing: Drawing) -> dict[str, ProcessSpec]:
    """Every process and embedded sub-process of a drawing, by id."""
    specs: dict[str, ProcessSpec] = {}
    for process in drawing.processes:
        specs[process.id] = _spec(drawing, process, process.id, None)
        for element in process.elements.values():
            if element.kind == "subprocess":
                specs[element.id] = _spec(drawing, process, element.id, element.id)
    return specs


def _spec(drawing: Drawing, process: ProcessInfo, spec_id: str, parent: str | None) -> ProcessSpec:
    spec = BpmnProcessSpec(name=spec_id, description=process.name)
    inside = [e for e in process.elements.values() if e.parent == parent]
    made = {element.id: _element_spec(drawing, spec, element) for element in inside}
    for element in inside:
        made[element.id].boundaries = [
            made[boundary.id] for boundary in drawing.boundaries.get(element.id, ())
        ]
    return spec


def _element_spec(drawing: Drawing, spec: ProcessSpec, element: Element) -> Spec:
    if element.loop is None:
        kind = SignOffGateway if element.sign_off else CLASSES[element.kind]
        made = _made(drawing, spec, kind, element, element.id)
        if element.sign_off:
            made.rule = element.sign_off
        return made
    made = _made(drawing, spec, Repeated, element, element.id)
    made.loop = element.loop
    made.instance = _made(drawing, spec, INSTANCES[element.kind], element, element.id + EACH)
    return made


def _made(drawing: Drawing, spec: ProcessSpec, kind: Spec, element: Element, name: str) -> Spec:
    made = kind(
        spec,
        name,
        bpmn_name=element.name,
        lane=element.lane,
        documentation=element.documentation,
        **_arguments(kind, element),
    )
    made.element = element
    made.ways = drawing.ways_out(element)
    made.boundaries = ()
    if isinstance(made, BoundaryEvent):
        made.reminds = _is_reminder(drawing, element)
    return made


def _arguments(kind: Spec, element: Element) -> dict[str, object]:
    """What the library's classes want to be told when they are made."""
    if kind is Repeated:
        return {"task_spec": element.id + EACH}
    if element.kind == "call":
        return {"subworkflow_spec": element.called_process}
    if element.kind == "subprocess":
        return {"subworkflow_spec": element.id}
    if element.kind not in EVENT_CLASSES and element.kind != "event_gateway":
        return {}
    named = element.event == "message"
    definition = MessageEventDefinition(element.message) if named else NoneEventDefinition()
    if element.kind == "boundary":
        return {"event_definition": definition, "cancel_activity": element.interrupting}
    return {"event_definition": definition}


def _is_reminder(drawing: Drawing, boundary: Element) -> bool:
    """A non-interrupting timer whose branch shares nothing but end events with the main flow."""
    if boundary.interrupting or boundary.event != "timer":
        return False
    branch = drawing.reach([boundary.id])
    starts = [e.id for e in drawing.elements.values() if e.kind == "start"]
    elsewhere = drawing.reach(starts, without=[boundary.id])
    return not any(drawing.elements[e].kind != "end" for e in branch & elsewhere)
