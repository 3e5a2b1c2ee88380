"""``earlyhelp support``: the table of what runs, what is refused and what the import does."""

import argparse
import re
from collections.abc import Iterator
from typing import NamedTuple

from app.config import ROOT
from app.definitions.rulebook import RULES
from app.definitions.rulebook.entry import Entry
from app.engine.read_events import EVENTS
from app.engine.reader import KINDS
from app.engine.reading import UNSUPPORTED
from app.engine.rules.settings import ALLOWED_EVENTS
from app.importing.book import LINES, TODOS
from app.importing.parts import DRAWN, LEFT_OUT, NOT_READ
from app.importing.vendor_attributes import ATTRIBUTES
from app.importing.vendor_elements import ELEMENTS

_IN_BRACKETS = re.compile(r"\([^)]*\)")
PAGE = ROOT / "docs" / "bpmn-support.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->"
SUPPORTED = {
    "sequenceFlow": "runs",
    "conditionExpression": "runs: FEEL, with a leading “=”",
    "multiInstanceLoopCharacteristics": "runs: one instance for each of a list",
    "completionCondition": "runs: FEEL",
    "message": "runs: by its name and key",
    "error": "runs: by its code",
    "process": "runs",
}
REPAIRED = {
    "transaction": "becomes a sub-process, with a to-do",
    "adHocSubProcess": "becomes a sub-process of parallel steps, with a to-do",
    "linkEventDefinition": "a pair becomes a flow; one alone is a to-do",
    "messageFlow": "left out with a line; its ends send and wait for the message by name",
    "participant": "each with a process becomes a draft; one without steps is named and left out",
    "script": "FEEL is kept; any other language becomes a to-do with its text",
    "potentialOwner": "becomes the role or person of the task",
    "humanPerformer": "becomes the person of the task",
    "performer": "becomes the person of the task",
    "eventDefinitionRef": "the trigger is written at the event",
    "loopCardinality": "a number becomes a list of that length",
    "loopDataInputRef": "becomes the list it is repeated for",
    "inputDataItem": "becomes the name of each item",
    "calledElement": "becomes the called process",
}


class Row(NamedTuple):
    element: str
    does: str
    imported: str
    rules: str


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="put it into docs/bpmn-support.md")


def run(arguments: argparse.Namespace) -> int:
    """Print the table of what is supported, refused and repaired, as docs/bpmn-support.md has it."""
    if not arguments.write:
        print(support())
        return 0
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{support()}\n{END}{after}", encoding="utf-8")
    return 0


def support() -> str:
    """The generated part of the page, as Markdown."""
    lines = [
        "| Element or attribute | In a process | In the import | Rules |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {' | '.join(row)} |" for row in rows()]
    lines += ["", "| To-do of the import | What it asks |", "| --- | --- |"]
    lines += [f"| {name} | {words} |" for name, words in sorted(TODOS.items())]
    lines += ["", "| Line of the import | What it says |", "| --- | --- |"]
    lines += [f"| {name} | {words} |" for name, words in sorted(LINES.items())]
    return "\n".join(lines)


def rows() -> list[Row]:
    found = [*_left_out(), *_elements(), *_events(), *_extensions()]
    unique = {row.element: row for row in reversed(found)}
    return sorted(unique.values(), key=lambda row: row.element.lower())


def _elements() -> Iterator[Row]:
    for tag, kind in KINDS.items():
        yield Row(
            tag,
            f"runs as “{kind}”" if kind != tag else "runs",
            REPAIRED.get(tag, "kept"),
            _rules(tag),
        )
    for tag, does in SUPPORTED.items():
        yield Row(tag, does, REPAIRED.get(tag, "kept"), _rules(tag))
    for tag, (rule, words) in UNSUPPORTED.items():
        yield Row(tag, f"refused: {words}", REPAIRED.get(tag, "a to-do at the element"), rule)
    for name in sorted(_named_in_rules() - {*KINDS, *SUPPORTED, *UNSUPPORTED, *EVENTS}):
        asks = " ".join(entry.asks for entry in RULES.values() if name in _named(entry))
        yield Row(name, asks, REPAIRED.get(name, _repairs(name) or "kept"), _rules(name))
    for tag in DRAWN:
        yield Row(tag, "drawn only", REPAIRED.get(tag, "kept"), _rules(tag))
    for tag, does in REPAIRED.items():
        yield Row(tag, "not read", does, _rules(tag))


def _events() -> Iterator[Row]:
    for tag, event in EVENTS.items():
        at = [kind for kind, events in ALLOWED_EVENTS.items() if event in events]
        yield Row(tag, f"runs at: {', '.join(at)}", REPAIRED.get(tag, "kept"), _rules(tag))


def _left_out() -> Iterator[Row]:
    for tag, what in LEFT_OUT.items():
        answers = [entry.answer for entry in RULES.values() if tag in _named(entry)]
        yield Row(
            tag,
            next(iter(answers), "no effect"),
            REPAIRED.get(tag, f"left out with a line ({what.lower()})"),
            _rules(tag),
        )


def _extensions() -> Iterator[Row]:
    for name in ATTRIBUTES:
        yield Row(
            f"camunda:{name}",
            "refused",
            "translated where it is simple, else a to-do",
            "no-foreign-extensions",
        )
    for name in ELEMENTS:
        yield Row(
            f"camunda:{name}/",
            "refused",
            "translated where it is simple, else a to-do",
            "no-foreign-extensions",
        )
    yield Row("camunda:* (any other)", "refused", "left out with a line", "no-foreign-extensions")
    for name, what in NOT_READ.items():
        yield Row(f"zeebe:{name}", f"not read ({what})", "kept with a note", "")


def _named(entry: Entry) -> list[str]:
    """The BPMN names a rule is about; what stands in brackets narrows the name before it."""
    return [part.strip().split(" ")[0] for part in _IN_BRACKETS.sub("", entry.about).split(",")]


def _named_in_rules() -> set[str]:
    return {name for entry in RULES.values() for name in _named(entry)}


def _rules(tag: str) -> str:
    return ", ".join(name for name, entry in RULES.items() if tag in _named(entry))


def _repairs(tag: str) -> str:
    return " ".join(
        dict.fromkeys(e.repair for e in RULES.values() if e.repair and tag in _named(e))
    )
