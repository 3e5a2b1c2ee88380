"""Rule: a name in an expression must come from somewhere.

An error where it decides the way of a case, a timer or a sign-off, elsewhere only a warning: what another
process or a message hands in is not always visible from here; ``facts`` can say it.
"""

from collections.abc import Iterator

from app.definitions.crossing import crossing_of
from app.definitions.facts import ALWAYS_THERE, KNOWN_TO_FORMS
from app.definitions.findings import Finding, Severity
from app.definitions.place import Place, called
from app.definitions.readings import PARAMETERS, Reading, read
from app.definitions.sign_off_names import names_for_kind
from app.definitions.steps import terms_of
from app.engine.catalogue import Element, ProcessInfo


def names_known(place: Place) -> Iterator[Finding]:
    for process in place.diagram.processes:
        known = known_anywhere(place, process)
        for element in process.elements.values():
            decisive = [read(text) for text in decisive_texts(place, element)]
            functions = {name for found in decisive for name in found.functions}
            for name in sorted(functions):
                yield place.finding(
                    element.id,
                    "name-known",
                    f"{called(element)} calls the function “{name}”, which does not exist.",
                    mend="Correct its name, or write it another way.",
                )
            sure = {name for found in decisive for name in found.names} - known
            for name in sorted(sure):
                yield _unknown(place, element, name, "error")
            others = [*decisive, *(read(text) for text in other_texts(element))]
            unsure = {name for found in others for name in _all_names(found)}
            unsure |= _read_behind(place, element) - element.inputs.keys()
            for name in sorted(unsure - known - sure - functions):
                yield _unknown(place, element, name, "note")


def parameters_exist(place: Place) -> Iterator[Finding]:
    pack = place.view.pack
    for element in place.elements:
        texts = (*decisive_texts(place, element), *other_texts(element), *_given_out(element))
        wanted = {name for text in texts for name in read(text).parameters}
        for name in sorted(wanted - pack.parameters.keys()):
            yield place.finding(
                element.id,
                "parameter-exists",
                f"{called(element)} reads “{PARAMETERS}.{name}”, which is not among the "
                f"parameters of {pack.name}.",
                mend="Correct its name, or add it to [parameters] of the pack.",
            )


def _read_behind(place: Place, element: Element) -> set[str]:
    """What the form and the table of a step read, or the table that says who signs off."""
    found: set[str] = set()
    form = place.view.forms.get(element.form_id or "")
    if form is not None and element.kind == "user":
        found |= form.names_read - KNOWN_TO_FORMS
    model = place.view.models.get(element.decision_id or "")
    if model is not None and element.decision_id:
        found |= model.names(element.decision_id)
    asked = element.sign_off.decision if element.sign_off else None
    if asked and asked in place.view.models:
        kind = element.properties.get("signOff.decisionType", "")
        found |= names_for_kind(place.view.models[asked], asked, kind)
    return found


def _unknown(place: Place, element: Element, name: str, severity: Severity) -> Finding:
    return place.finding(
        element.id,
        "name-known",
        f"{called(element)} reads “{name}”, which no form, table or step of this process gives.",
        severity=severity,
    )


def _all_names(found: Reading) -> frozenset[str]:
    return found.names | found.perhaps | found.functions


def known_anywhere(place: Place, process: ProcessInfo) -> frozenset[str]:
    """Names that something in the process, its callers or its messages gives.

    A process may list what its starter hands in as a property ``facts``, separated by commas.
    """
    said = process.properties.get("facts", "").split(",")
    known = {*ALWAYS_THERE, *(name.strip() for name in said)}
    for element in process.elements.values():
        known |= element.inputs.keys() | element.outputs.keys()
        if element.result_variable:
            known.add(element.result_variable)
        terms = terms_of(element.task_type) if not element.outputs else None
        known |= terms.gives if terms else frozenset()
        if element.loop:
            known |= {element.loop.input_element or "", element.loop.output_collection or ""}
        if element.form_id in place.view.forms:
            known |= set(place.view.forms[element.form_id].keys)
    return frozenset(known | handed_in(place, process))


def handed_in(place: Place, process: ProcessInfo) -> set[str]:
    """What callers map in, and what senders put into the messages this process catches."""
    crossing = crossing_of(place.view)
    givers = list(crossing.callers.get(process.id, ()))
    for caught in {e.message for e in process.elements.values() if e.message}:
        givers += crossing.senders.get(caught, ())
        givers += crossing.receivers.get(caught, ())
    return {name for giver in givers for name in giver.inputs}


def decisive_texts(place: Place, element: Element) -> Iterator[str | None]:
    """What decides where a case goes, when, and who signs off: it must not read nothing by mistake.

    A timer that reads nothing comes to no moment, and the case stops there with a problem.
    """
    rule = element.sign_off
    if rule:
        yield from (rule.role, rule.due, rule.remind, rule.when)
    yield element.timer
    for flow_id in element.outgoing:
        yield place.diagram.flows[flow_id].condition


def other_texts(element: Element) -> Iterator[str | None]:
    yield from (element.due_date, element.correlation_key, element.script)
    yield from (element.assignee, element.candidate_groups)
    yield from element.inputs.values()
    if element.loop:
        yield element.loop.input_collection


def _given_out(element: Element) -> Iterator[str | None]:
    """What reads the results of the step itself, so that its names say nothing here."""
    yield from element.outputs.values()
    if element.loop:
        yield from (element.loop.output_element, element.loop.completion_condition)
