"""Rules: what a step hands back is there to be handed back.

The output mapping of a call reads nothing but the facts of the process that was called, in
whichever area fills that place.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.definitions.facts import ALWAYS_THERE
from app.definitions.findings import Finding
from app.definitions.given import views_of
from app.definitions.knowing import Names, own_names
from app.definitions.place import Place, called
from app.definitions.readings import read
from app.definitions.rules_names import known_anywhere
from app.definitions.steps import terms_of
from app.engine.catalogue import Element


def results_known(place: Place) -> Iterator[Finding]:
    """Calls are looked at in every area, for each may call a process of its own."""
    for process in place.diagram.processes:
        known = known_anywhere(place, process) | ALWAYS_THERE
        for element in process.elements.values():
            terms = terms_of(element.task_type)
            if element.kind == "call" or (element.kind == "service" and terms is None):
                continue
            there = known | own_names(element) | (terms.gives if terms else frozenset())
            yield from _unknown(place, element, there, "")
    calls = [e for e in place.elements if e.kind == "call" and e.outputs]
    told: set[tuple[str, str]] = set()
    for view in views_of(place.around.library, place.file) if calls else ():
        for call in calls:
            for finding in _handed_back(replace(place, view=view), call):
                if (finding.element_id, finding.message) not in told:
                    told.add((finding.element_id, finding.message))
                    yield finding


def _unknown(place: Place, element: Element, there: Names, where: str) -> Iterator[Finding]:
    readings = [read(text) for text in element.outputs.values()]
    names = {name for reading in readings for name in reading.names}
    for name in sorted(names - there):
        yield place.finding(
            element.id,
            "name-known",
            f"{called(element)} hands on “{name}”, which {where or 'nothing here'} never gives.",
        )


def _handed_back(place: Place, call: Element) -> Iterator[Finding]:
    diagram = place.view.diagrams.get(call.called_process or "")
    process = (
        next((p for p in diagram.processes if p.id == call.called_process), None)
        if diagram
        else None
    )
    if diagram is None or process is None:
        return  # said elsewhere
    anywhere = known_anywhere(place, process) | ALWAYS_THERE
    yield from _unknown(place, call, anywhere, f"“{process.name}”")
