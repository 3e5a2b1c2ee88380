"""A foreign file from beginning to end: what becomes of it, and everything that was done to it."""

from dataclasses import dataclass

from lxml import etree

from app.engine.errors import DiagramRefused, Finding
from app.engine.parse import parse_diagram
from app.engine.reader import MOST_PARTS
from app.engine.xml import BPMN, Node, local
from app.importing.data import translate_data
from app.importing.drawing import LAID_OUT, draw, note_strays
from app.importing.flows import mend_flows
from app.importing.ids import give_ids
from app.importing.messages import name_messages
from app.importing.opening import Opened, open_file
from app.importing.parts import (
    KEPT,
    adopt_bare_parts,
    leave_out_strangers,
    mend_flags,
    mend_types,
    note_strangers,
)
from app.importing.pools import TOP, split, write_bookkeeping
from app.importing.settings import translate_settings
from app.importing.structure import draw_what_is_meant
from app.importing.vendor_elements import translate_resources
from app.importing.vendors import translate_vendors
from app.importing.work import DIAGRAM, Line, Work

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Draft:
    """One process in our dialect. ``todos`` are the reasons why it cannot run yet, by element."""

    process_id: str
    name: str
    xml: str
    todos: tuple[Finding, ...]


@dataclass(frozen=True)
class Imported:
    """``lines`` say what was changed and left out, notes included, in the order of doing."""

    drafts: tuple[Draft, ...]
    lines: tuple[Line, ...]

    @property
    def repairs(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_note)

    @property
    def notes(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_note)

    @property
    def runs(self) -> bool:
        """The file itself can run: nothing had to be done to it, and nothing is left to do."""
        return not self.repairs and not any(draft.todos for draft in self.drafts)


def import_file(content: bytes) -> Imported:
    """Translate a file.

    Raises:
        DiagramRefused: there is no draft to be had from it.
    """
    opened = open_file(content)
    work = Work(opened.root)
    work.lines += opened.lines
    _refuse_too_many(opened.root)
    diagrams = list(opened.root.iterchildren(DIAGRAM))
    adopt_bare_parts(work)
    mend_types(work)
    mend_flags(work)
    give_ids(work)
    translate_resources(work)
    translate_data(work)
    translate_vendors(work)
    translate_settings(work)
    leave_out_strangers(work)
    name_messages(work)
    mend_flows(work)
    graph = draw_what_is_meant(work)
    note_strangers(work)
    note_strays(work, diagrams)
    shells = split(work)
    if not shells:
        raise DiagramRefused((_nothing_to_do(opened.root, work),))
    for shell in shells:
        draw(work, shell, diagrams, graph.moved)
        write_bookkeeping(shell, graph)
    work.left_out(shells)
    untouched = len(shells) == 1 and all(_is_kept(line) for line in work.lines)
    drafts = tuple(_draft(shell, opened, untouched=untouched) for shell in shells)
    return Imported(drafts, tuple(dict.fromkeys(work.lines)))


def _is_kept(line: Line) -> bool:
    """Whether the file can stay letter for letter as far as this line goes."""
    return line.is_note and line.rule != LAID_OUT


def _refuse_too_many(root: Node) -> None:
    count = sum(1 for node in root.iter(*(f"{BPMN}{tag}" for tag in KEPT)) if node.get("id"))
    if count > 2 * MOST_PARTS:
        message = f"The file has more than {MOST_PARTS} elements and flows."
        raise DiagramRefused((Finding("", "too-many", message),))


def _nothing_to_do(root: Node, work: Work) -> Finding:
    del root
    kinds = {local(node) for node in work.root.iterchildren("*")}
    if "choreography" in kinds or any("Choreograph" in line.words for line in work.lines):
        return Finding(
            "", "single-process-executable", "The file draws a choreography, not a process."
        )
    if any(line.words.startswith("Nothing is drawn") for line in work.lines):
        return Finding(
            "", "single-process-executable", "Nothing is drawn in the process of this file."
        )
    return Finding("", "single-process-executable", "There is no process in the file.")


def _draft(shell: Node, opened: Opened, *, untouched: bool) -> Draft:
    process = next(shell.iterchildren(f"{BPMN}process"))
    process_id = str(process.get("id"))
    if untouched:
        xml = DECLARATION + opened.text
    else:
        keep = [prefix for prefix in opened.root.nsmap if prefix]
        etree.cleanup_namespaces(shell, top_nsmap=TOP, keep_ns_prefixes=[*keep, *TOP])
        xml = DECLARATION + etree.tostring(shell, encoding="unicode") + "\n"
    return Draft(process_id, process.get("name") or process_id, xml, _todos(xml))


def _todos(xml: str) -> tuple[Finding, ...]:
    try:
        parse_diagram(xml.encode())
    except DiagramRefused as error:
        return error.findings
    return ()
