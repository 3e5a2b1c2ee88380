"""What is said about each file, as ``earlyhelp check --json`` writes it."""

from collections.abc import Iterable
from typing import Any

from app.cli.children import MEMORY, SECONDS, Died
from app.definitions.alone import Verdict
from app.definitions.findings import Finding
from app.engine.drive.play import Driven
from app.importing.work import Line

#: One object for each file; the fields are those of docs/bpmn-support.md.
FileResult = dict[str, Any]
_DIED: dict[Died, tuple[str, str]] = {
    "time": ("check-in-time", f"Looking at it took more than {SECONDS} seconds."),
    "memory": (
        "check-in-memory",
        f"Looking at it took more than {MEMORY // 1024**2} MB of memory.",
    ),
    "fault": ("check-works", "Looking at it failed. This is a fault of ours: please report it."),
}


def shown(path: object) -> str:
    """A path in letters that every terminal and every reader of JSON takes."""
    return str(path).encode(errors="backslashreplace").decode()


def on_one_line(text: str) -> str:
    """What a file is called or says may hold signs that move the cursor or colour a terminal."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def empty(file: str, status: str) -> FileResult:
    return {
        "file": shown(file),
        "status": status,
        "processes": [],
        "findings": [],
        "repairs": [],
        "todos": [],
        "notes": [],
        "drive": [],
    }


def of_verdict(file: str, verdict: Verdict) -> FileResult:
    return empty(file, verdict.status) | {
        "processes": [{"id": key, "name": name} for key, name in verdict.processes],
        "findings": [of_finding(finding) for finding in verdict.findings],
        "repairs": [of_line(line) for line in verdict.repairs],
        "todos": [of_finding(todo) for todo in verdict.todos],
        "notes": [of_line(note) for note in verdict.notes],
    }


def of_death(file: str, died: Died) -> FileResult:
    rule, words = _DIED[died]
    return empty(file, "refused") | {"findings": [of_finding(Finding(file, "", rule, words))]}


def of_pack(file: str, findings: Iterable[Finding]) -> FileResult:
    """A file that was checked with its pack: it runs, or is refused for its errors."""
    found = list(findings)
    wrong = [finding for finding in found if finding.is_error]
    return empty(file, "refused" if wrong else "runs") | {
        "findings": [of_finding(finding) for finding in wrong],
        "notes": [of_finding(finding) for finding in found if not finding.is_error],
    }


def of_finding(finding: Finding) -> dict[str, Any]:
    return {
        "element": finding.element_id,
        "rule": finding.rule,
        "words": finding.message,
        "why": finding.why,
        "mend": finding.advice,
        "path": list(finding.path),
    }


def of_line(line: Line) -> dict[str, Any]:
    return {
        "element": line.element_id,
        "rule": line.rule,
        "words": line.words,
        "left_out": list(line.left_out),
    }


def of_drive(process_id: str, driven: Driven) -> dict[str, Any]:
    def told(found: dict[str, str]) -> list[dict[str, str]]:
        return [{"element": element, "words": words} for element, words in sorted(found.items())]

    return {
        "process": process_id,
        "ok": driven.is_sound,
        "runs": driven.runs,
        "steps": driven.steps,
        "ends": driven.ends,
        "waits_for": sorted(driven.waits),
        "lost": driven.lost,
        "stuck": told(driven.stuck),
        "differs": told(driven.differs),
        "not_worked_out": told(driven.failed),
        "not_reached": driven.not_reached,
    }
