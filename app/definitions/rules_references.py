"""Rules: whatever a diagram names must be there."""

import re
from collections.abc import Iterator

from app.definitions.crossing import crossing_of
from app.definitions.findings import Finding
from app.definitions.packs import words_used
from app.definitions.place import Place, called

SOURCE = re.compile(r"[A-Z][A-Z0-9]*-\d{2,3}")


def one_process(place: Place) -> Iterator[Finding]:
    if len(place.diagram.processes) != 1:
        yield place.finding(
            "",
            "single-process-executable",
            f"The file draws {len(place.diagram.processes)} processes. Keep one in each file.",
        )


def forms_exist(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        if element.kind != "user":
            continue
        if element.form_id is None:
            yield place.finding(
                element.id,
                "form-exists",
                f"{called(element)} has no form, so people can only say that it is done.",
                severity="note",
            )
        elif element.form_id not in place.view.forms:
            yield place.finding(
                element.id,
                "form-exists",
                f"{called(element)} uses the form “{element.form_id}”, which does not exist.",
                mend="Choose another form, or add this one first.",
            )


def extensions_read(place: Place) -> Iterator[Finding]:
    settings = [(each.id, each.name, each.not_read) for each in place.diagram.processes]
    settings += [(each.id, each.name, each.not_read) for each in place.elements]
    for owner_id, owner, names in settings:
        for name in names:
            yield place.finding(
                owner_id,
                "extension-read",
                f"“{owner}” has “{name}”, which does nothing here.",
                severity="note",
            )


def decisions_exist(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        asked = {element.decision_id, element.sign_off and element.sign_off.decision} - {None}
        for decision_id in asked:
            if decision_id not in place.view.models:
                yield place.finding(
                    element.id,
                    "decision-exists",
                    f"{called(element)} asks the table “{decision_id}”, which does not exist.",
                )
        if element.kind == "rule" and not element.decision_id:
            yield place.finding(
                element.id,
                "decision-exists",
                f"{called(element)} does not say which table it asks.",
            )


def calls_exist(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        if element.kind == "call" and element.called_process not in place.view.diagrams:
            yield place.finding(
                element.id,
                "call-target-deployed",
                f"{called(element)} calls the process “{element.called_process}”, "
                "which does not exist.",
            )


def automatic_steps_exist(place: Place) -> Iterator[Finding]:
    known = place.around.task_types
    for element in place.elements:
        if element.kind != "service":
            continue
        if not element.task_type:
            yield place.finding(
                element.id,
                "service-task-has-connector",
                f"{called(element)} does not say which automatic step it is.",
            )
        elif known is not None and element.task_type not in known:
            yield place.finding(
                element.id,
                "service-task-has-connector",
                f"{called(element)} is the automatic step “{element.task_type}”, "
                "which the system does not offer.",
                mend="Choose one of: " + ", ".join(sorted(known)) + ".",
            )


def words_exist(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        unknown = (
            words_used(f"{element.name} {element.documentation}") - place.view.pack.sayable.keys()
        )
        for word in sorted(unknown):
            yield place.finding(
                element.id,
                "word-exists",
                f"${{{word}}} is not among the words and numbers of {place.view.pack.name}.",
                severity="note",
            )


def sources_well_formed(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        for source in element.sources:
            if not SOURCE.fullmatch(source):
                yield place.finding(
                    element.id,
                    "source-well-formed",
                    f"“{source}” is not the id of a guide rule such as HULL-36.",
                    mend="Separate several with commas.",
                )


def ids_unique(place: Place) -> Iterator[Finding]:
    """Forms, answers and sub-processes go by element id, across all diagrams an area uses."""
    owners = crossing_of(place.view).owners
    own = {process.id for process in place.diagram.processes}
    for element in place.elements:
        if not (element.is_activity or element.sign_off):
            continue
        other = next((owner for owner in owners.get(element.id, ()) if owner not in own), None)
        if other is not None:
            yield place.finding(
                element.id,
                "id-unique",
                f"{called(element)} has the id “{element.id}”, which the process “{other}” uses "
                "already.",
                mend="Give it another id.",
            )


def changed_fields_exist(place: Place) -> Iterator[Finding]:
    for gateway in place.elements:
        if gateway.sign_off is None:
            continue
        offered = {
            key
            for element in place.work_before(gateway)
            if element.form_id in place.view.forms
            for key in place.view.forms[element.form_id].keys
        }
        for name in gateway.sign_off.fields:
            if name not in offered:
                yield place.finding(
                    gateway.id,
                    "sign-off-field",
                    f"{called(gateway)} lets the answer “{name}” be changed, but no form before "
                    "it asks for that.",
                )
