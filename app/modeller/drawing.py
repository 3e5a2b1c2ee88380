"""A drawing as it is, good or bad: what can be told about it even if it cannot run."""

from dataclasses import dataclass, replace

from app.engine.catalogue import Element, Flow, ProcessInfo
from app.engine.drawing import Drawing, drawn
from app.engine.errors import DiagramRefused, Finding
from app.engine.reader import read_processes
from app.engine.reading import Reading
from app.engine.xml import read

DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"


@dataclass(frozen=True)
class Sketch:
    """``drawing`` holds only flows that lead from somewhere to somewhere in one process.

    ``faults`` are what stood in the way of reading; ``is_laid_out`` says whether there is anything
    for the canvas to show.
    """

    drawing: Drawing
    faults: tuple[Finding, ...]
    is_laid_out: bool

    @property
    def process(self) -> ProcessInfo | None:
        return self.drawing.processes[0] if self.drawing.processes else None

    def name_of(self, element_id: str) -> str:
        """How people know an element or a flow: its name, or where a flow leads."""
        element = self.drawing.elements.get(element_id)
        if element is not None:
            return element.name
        flow = self.drawing.flows.get(element_id)
        return self._name_of_flow(flow) if flow else ""

    def step_of(self, element_id: str) -> str:
        """The step that a finding about this element or flow belongs to; empty when there is none."""
        flow = self.drawing.flows.get(element_id)
        known = self.drawing.elements.keys() | {each.id for each in self.drawing.processes}
        step_id = flow.source if flow else element_id
        return step_id if step_id in known else ""

    def leads_to(self, flow: Flow) -> str:
        """The name of what happens next on this way, past plain gateways."""
        return self.drawing.leads_to(flow.target)

    def _name_of_flow(self, flow: Flow) -> str:
        origin = self.drawing.elements[flow.source].name
        return f"{origin}: {flow.name or self.leads_to(flow)}"


def sketch(xml: str) -> Sketch:
    """Read a drawing as far as it goes.

    Raises:
        DiagramRefused: it is not a BPMN file at all, or too large to look at.
    """
    reading = Reading(read(xml.encode()))
    processes = read_processes(reading)
    home = {key: process.id for process in processes for key in process.elements}
    flows = [
        flow
        for flow in reading.flows
        if flow.source in home and home[flow.source] == home.get(flow.target)
    ]
    whole = [_without_loose_ends(process) for process in processes]
    laid_out = next(reading.root.iter(DIAGRAM), None) is not None
    return Sketch(drawn(whole, flows), tuple(reading.findings), laid_out)


def sketch_or_none(xml: str) -> Sketch | None:
    """The same for pages that show an unreadable drawing as such."""
    try:
        return sketch(xml)
    except DiagramRefused:
        return None


def _without_loose_ends(process: ProcessInfo) -> ProcessInfo:
    def mended(element: Element) -> Element:
        if element.attached_to in process.elements:
            return element
        return replace(element, attached_to=None)

    return replace(process, elements={key: mended(e) for key, e in process.elements.items()})
