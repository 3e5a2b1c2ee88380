"""Everything the checks say about a draft, told by the names that stand in the drawing."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.definitions import parsed
from app.definitions.findings import Finding
from app.definitions.library import SourceFile
from app.definitions.models import Kind
from app.definitions.rules_drawing import without_default
from app.definitions.versions import review
from app.engine.errors import DiagramRefused
from app.modeller.drawing import Sketch, sketch_or_none
from app.modeller.models import Draft
from app.modeller.running import open_work
from app.runtime.automatic import registered
from app.runtime.models import TaskKind


@dataclass(frozen=True)
class Said:
    """A finding for a page. ``element_id`` is empty when it is not about a part of this drawing.

    ``step_id`` is the step to open in the outline: for a line, the choice it leads out of.
    ``elsewhere`` names another file in which publishing would cause the problem.
    """

    element_id: str
    step_id: str
    name: str
    rule: str
    message: str
    severity: str
    mend: str
    why: str
    path: tuple[str, ...]
    elsewhere: str

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def source_file_of(draft: Draft) -> SourceFile:
    """The draft as the file it would be published as."""
    name = f"{draft.pack}/{draft.process_id}.bpmn"
    return SourceFile(Kind.BPMN, draft.pack, draft.process_id, draft.xml, name)


def look_over(session: Session, draft: Draft) -> list[Said]:
    """All findings about publishing this draft now, errors first."""
    file = source_file_of(draft)
    found = review(session, [file], task_types=registered())
    if not _can_be_read(file):
        # others seem to call a process that is not there; that ends when this one can be read
        found = [finding for finding in found if finding.file == file.name]
    return in_words([*_about_the_draft(file), *_left_behind(session, draft, file), *found], file)


def _left_behind(session: Session, draft: Draft, file: SourceFile) -> Iterator[Finding]:
    """Steps that have open tasks on the version before, and are no such steps in the draft."""
    drawing = sketch_or_none(file.content)
    if drawing is None or draft.based_on_id is None:
        return
    for work in open_work(session, draft.process_id, draft.based_on_id):
        element = drawing.drawing.elements.get(work.element_id)
        signed = element is not None and element.sign_off is not None
        kind = TaskKind.SIGN_OFF if signed else TaskKind.USER
        if element is not None and kind == work.kind and (signed or element.kind == "user"):
            continue
        tasks = "task is" if work.tasks == 1 else "tasks are"
        yield Finding(
            file.name,
            work.element_id if element is not None else "",
            "id-stable",
            f"{work.tasks} open {tasks} at “{work.name}” ({work.element_id}), which is no such step "
            "any more. Those cases stay on the version before until somebody says where they go.",
            severity="note",
        )


def must_not_change(file: SourceFile) -> list[Finding]:
    """What the drawing itself may not do, whatever else is right about it."""
    return [finding for finding in _about_the_draft(file) if finding.is_error]


def in_words(found: Iterable[Finding], file: SourceFile) -> list[Said]:
    """Findings by the names of a drawing, errors first."""
    drawing = sketch_or_none(file.content)
    told = [_said(finding, file.name, drawing) for finding in dict.fromkeys(found)]
    return sorted(told, key=lambda said: (not said.is_error, bool(said.elsewhere)))


def _can_be_read(file: SourceFile) -> bool:
    try:
        parsed.diagram(file.content)
    except DiagramRefused:
        return False
    return True


def _said(finding: Finding, file: str, drawing: Sketch | None) -> Said:
    here = finding.file == file
    element_id = finding.element_id if here else ""
    return Said(
        element_id=element_id,
        step_id=drawing.step_of(element_id) if drawing else "",
        name=drawing.name_of(element_id) if drawing and element_id else "",
        rule=finding.rule,
        message=finding.message,
        severity=finding.severity,
        mend=finding.advice,
        why=finding.why,
        path=finding.path if here else (),
        elsewhere="" if here else finding.file,
    )


def _about_the_draft(file: SourceFile) -> Iterator[Finding]:
    drawing = sketch_or_none(file.content)
    if drawing is None:
        return
    if not _can_be_read(file):  # else the checks say it, and know which answers there are
        yield from without_default(file.name, drawing.drawing)
    process = drawing.process
    if process is not None and process.id != file.key:
        yield Finding(
            file.name,
            process.id,
            "id-stable",
            f"The process has the id “{process.id}” now; running cases and other processes know "
            f"it as “{file.key}”.",
            mend=f"Change its id back to “{file.key}”.",
        )
    if not drawing.is_laid_out:
        yield Finding(
            file.name,
            "",
            "no-layout",
            "The file says what happens but not where to draw it, so the canvas stays empty.",
            severity="note",
            mend="Change it in the outline, or save it once in a tool that lays it out.",
        )
