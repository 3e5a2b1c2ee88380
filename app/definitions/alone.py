"""One file by itself, whoever drew it: it runs, or opens as a draft with to-dos, or is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal, TypeAlias

from app import decisions, forms
from app.definitions import rules_errors, rules_loops, rules_people, rules_soundness
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.packs import CORE
from app.definitions.place import Place, Rule, Surroundings, called
from app.definitions.rules_drawing import without_default
from app.engine.errors import DiagramRefused
from app.engine.parse import Diagram, parse_diagram
from app.importing.imported import Draft, import_file
from app.importing.work import Line

Status: TypeAlias = Literal["runs", "repaired", "refused"]
RULES: tuple[Rule, ...] = (
    rules_loops.loops_wait,
    rules_loops.calls_wait,
    rules_errors.errors_taken,
    rules_soundness.sound,
)
"""What can be told of a diagram without knowing what is around it."""


@dataclass(frozen=True)
class Need:
    """Something of another file that an element refers to."""

    element_id: str
    kind: Literal["process", "decision"]
    name: str


@dataclass(frozen=True)
class Verdict:
    """``findings`` are the reasons of a refusal, ``todos`` what keeps the drafts from running.

    ``offers`` names the processes and tables in the file, ``needs`` those of others. ``opens`` are
    the calls made in the moment a process begins: process, element, called process.
    """

    status: Status
    findings: tuple[Finding, ...] = ()
    todos: tuple[Finding, ...] = ()
    repairs: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    processes: tuple[tuple[str, str], ...] = ()
    offers: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    opens: tuple[tuple[str, str, str], ...] = ()
    diagrams: dict[str, Diagram] = field(default_factory=dict, repr=False)


def judge(name: str, content: bytes) -> Verdict:
    """Look at a file by itself. ``name`` says what kind it is, by its ending."""
    ending = PurePath(name).suffix.lower()
    if ending == ".dmn":
        return _table(name, content)
    if ending == ".form":
        return _form(name, content)
    try:
        imported = import_file(content)
    except DiagramRefused as error:
        return Verdict("refused", tuple(Finding.of_engine(name, r) for r in error.findings))
    todos = [Finding.of_engine(name, todo) for d in imported.drafts for todo in d.todos]
    whole = [draft for draft in imported.drafts if not draft.todos]
    diagrams = {draft.process_id: parse_diagram(draft.xml.encode()) for draft in whole}
    files = [_source(name, draft) for draft in whole]
    around = Surroundings(Library(files))
    notes = list(imported.notes)
    for file in files:
        found = list(_looked_at(Place(file, diagrams[file.key], around.library.view(CORE), around)))
        todos += [finding for finding in found if finding.is_error]
        notes += [_note(finding) for finding in found if not finding.is_error]
    runs = not imported.repairs and not todos
    return Verdict(
        "runs" if runs else "repaired",
        todos=tuple(dict.fromkeys(todos)),
        repairs=imported.repairs,
        notes=tuple(notes),
        processes=tuple((draft.process_id, draft.name) for draft in imported.drafts),
        offers=tuple(draft.process_id for draft in imported.drafts),
        needs=tuple(need for diagram in diagrams.values() for need in _needs(diagram)),
        opens=tuple(_opens(diagrams)),
        diagrams=diagrams,
    )


def _source(name: str, draft: Draft) -> SourceFile:
    return SourceFile(Kind.BPMN, CORE, draft.process_id, draft.xml, name)


def _looked_at(place: Place) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(place)
    yield from without_default(place.file.name, place.diagram.drawing)
    for element in place.elements:
        if element.kind == "user" and not (
            element.lane or element.candidate_groups or element.assignee
        ):
            yield place.finding(
                element.id,
                "user-task-has-assignee-rule",
                f"{called(element)} lies in no lane, so nobody would get it.",
                mend="Draw it in a lane, or choose who does it.",
            )
    # Roles are of the place where it will run, and can be given there: nothing is wrong with it.
    for finding in rules_people.groups_are_roles(place):
        yield replace(finding, severity="note")


def _note(finding: Finding) -> Line:
    return Line(finding.element_id, finding.rule, finding.message, is_note=True)


def _needs(diagram: Diagram) -> Iterator[Need]:
    for element in diagram.elements.values():
        if element.called_process:
            yield Need(element.id, "process", element.called_process)
        if element.decision_id:
            yield Need(element.id, "decision", element.decision_id)


def _opens(diagrams: dict[str, Diagram]) -> Iterator[tuple[str, str, str]]:
    for process_id in diagrams:
        for call in rules_loops.calls_at_once(diagrams, process_id):
            yield process_id, call.id, call.called_process or ""


def _table(name: str, content: bytes) -> Verdict:
    try:
        model = decisions.parse(content)
    except decisions.DmnRefused as error:
        return Verdict("refused", (Finding(name, "", "dmn", str(error)),))
    if open_ := [
        Finding(name, each.element_id, "dmn-unclear", f"{each.message}.")
        for each in decisions.unclear(content)
    ]:
        return Verdict("refused", tuple(open_))
    return Verdict("runs", offers=tuple(model.decision_ids))


def _form(name: str, content: bytes) -> Verdict:
    try:
        forms.load(content.decode())
    except UnicodeDecodeError:
        return Verdict("refused", (Finding(name, "", "readable", "Save the file as UTF-8."),))
    except forms.FormRefused as error:
        return Verdict(
            "refused",
            tuple(
                Finding(name, r.component, "form", f"{r.name}: {r.message}") for r in error.reasons
            ),
        )
    return Verdict("runs")
