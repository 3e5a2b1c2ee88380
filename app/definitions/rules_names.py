"""Rule: a name in an expression must come from somewhere.

Only a warning: what another process or a message hands in is not always visible from here.
"""

from collections.abc import Iterator

from app import feel
from app.definitions.facts import ALWAYS_THERE, elements_of
from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.engine.catalogue import Element, ProcessInfo


def names_known(place: Place) -> Iterator[Finding]:
    for process in place.diagram.processes:
        known = _known(place, process)
        for element in process.elements.values():
            read = {name for text in _expressions(place, element) for name in _names(text)}
            for name in sorted(read - known):
                yield place.finding(
                    element.id,
                    "name-known",
                    f"{called(element)} reads “{name}”, which no form, table or step of this "
                    "process gives.",
                    severity="warning",
                )


def _known(place: Place, process: ProcessInfo) -> frozenset[str]:
    """Names that something in the process, its callers or its messages gives.

    A process may list what its starter hands in as a property ``facts``, separated by commas.
    """
    said = process.properties.get("facts", "").split(",")
    known = {*ALWAYS_THERE, *(name.strip() for name in said)}
    for element in process.elements.values():
        known |= element.inputs.keys() | element.outputs.keys()
        if element.result_variable:
            known.add(element.result_variable)
        if element.loop:
            known |= {element.loop.input_element or "", element.loop.output_collection or ""}
        if element.form_id in place.view.forms:
            known |= set(place.view.forms[element.form_id].keys)
    return frozenset(known | _handed_in(place, process))


def _handed_in(place: Place, process: ProcessInfo) -> set[str]:
    """What callers map in, and what senders put into the messages this process catches."""
    caught = {e.message for e in process.elements.values() if e.message}
    found: set[str] = set()
    for diagram in place.view.diagrams.values():
        for element in elements_of(diagram):
            if element.called_process == process.id or element.message in caught:
                found |= element.inputs.keys()
    return found


def _expressions(place: Place, element: Element) -> Iterator[str | None]:
    yield from (element.due_date, element.timer, element.correlation_key, element.script)
    yield from (element.assignee, element.candidate_groups)
    yield from element.inputs.values()
    if element.loop:
        yield element.loop.input_collection
    if element.sign_off:
        yield from (element.sign_off.due, element.sign_off.when, element.sign_off.role)
    for flow_id in element.outgoing:
        yield place.diagram.flows[flow_id].condition


def _names(text: str | None) -> frozenset[str]:
    if not text or not text.startswith("="):
        return frozenset()
    try:
        return feel.parse(text[1:]).names
    except feel.FeelSyntaxError:
        return frozenset()  # reported where the diagram is parsed
