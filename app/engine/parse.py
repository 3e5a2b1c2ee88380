"""Reading a diagram: what it contains, whether it can run, and the specifications to run it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.engine.build import build_specs
from app.engine.catalogue import Element, Flow, ProcessInfo
from app.engine.consequences import without_consequences
from app.engine.drawing import Drawing, drawn
from app.engine.errors import DiagramRefused
from app.engine.reader import read_processes
from app.engine.reading import Reading
from app.engine.rules import findings
from app.engine.rules.texts import names_read
from app.engine.spiff import ProcessSpec
from app.engine.xml import read


@dataclass(frozen=True, eq=False)
class Diagram:
    """One file that can run. It never changes, so cases and threads share it."""

    processes: tuple[ProcessInfo, ...]
    flows: Mapping[str, Flow]
    names_read: frozenset[str]
    drawing: Drawing = field(repr=False)
    specs: Mapping[str, ProcessSpec] = field(repr=False)

    def process(self, process_id: str) -> ProcessInfo:
        return next(process for process in self.processes if process.id == process_id)

    @property
    def elements(self) -> Mapping[str, Element]:
        return self.drawing.elements


@lru_cache(maxsize=256)
def parse_diagram(xml: bytes) -> Diagram:
    """Read a diagram. The same file is read once only.

    Raises:
        DiagramRefused: it cannot run; all reasons at once, by element id.
    """
    reading = Reading(read(xml))
    processes = read_processes(reading)
    drawing = drawn(processes, reading.flows)
    found = [*reading.findings, *findings(drawing)]
    refused = tuple(without_consequences(found, drawing, reading))
    if refused:
        raise DiagramRefused(refused)
    return Diagram(
        processes=drawing.processes,
        flows=drawing.flows,
        names_read=names_read(drawing),
        drawing=drawing,
        specs=build_specs(drawing),
    )
