"""Files by themselves: each is judged in a child of its own, then told what others offer."""

import errno
import os
from collections import Counter, defaultdict
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from app.cli.children import TOGETHER, in_shared_children
from app.cli.verdicts import FileResult, of_death, of_drive, of_finding, of_verdict
from app.definitions.alone import Verdict, judge
from app.definitions.findings import Finding
from app.engine.drive.play import drive as play
from app.engine.errors import DiagramRefused
from app.engine.parse import Diagram, parse_diagram
from app.engine.xml import MAX_BYTES

STAND_IN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="{process}" isExecutable="true"><startEvent id="{process}_start"/>
<sequenceFlow id="{process}_flow" sourceRef="{process}_start" targetRef="{process}_end"/>
<endEvent id="{process}_end"/></process></definitions>"""


def check_alone(files: list[Path], *, drive: bool) -> list[FileResult]:
    """In the order of ``files``. A call or a table that no file here offers is left to do."""
    found: list[dict[str, Any]] = [{} for _ in files]
    jobs = [partial(_judged, file, drive=drive) for file in files]
    for number, said, died in in_shared_children(jobs, together=1 if drive else TOGETHER):
        file = str(files[number])
        found[number] = said or {
            "result": of_death(file, died or "fault"),
            "offers": [],
            "needs": [],
            "opens": [],
        }
    offered = {name for each in found for name in each["offers"]}
    for each in found:
        for element_id, kind, name in each["needs"]:
            if name not in offered:
                _leave_to_do(each["result"], element_id, kind, name)
    _say_circles(found)
    return [each["result"] for each in found]


def _judged(file: Path, *, drive: bool) -> dict[str, Any]:
    """In the child."""
    try:
        content = _content(file)
    except OSError as error:
        words = f"This file cannot be read: {error.strerror}."
        verdict = Verdict("refused", (Finding(str(file), "", "readable", words),))
    else:
        verdict = judge(file.name, content)
    result = of_verdict(str(file), verdict)
    if drive:
        known = _with_stand_ins(verdict.diagrams)
        whole = all(_called(diagram) <= known.keys() for diagram in verdict.diagrams.values())
        result["drive"] = [
            of_drive(process_id, play(process_id, known, process_id))
            for process_id in (verdict.diagrams if whole else ())
        ]
    needs = [(need.element_id, need.kind, need.name) for need in verdict.needs]
    return {
        "result": result,
        "offers": list(verdict.offers),
        "needs": needs,
        "opens": list(verdict.opens),
    }


def _content(file: Path) -> bytes:
    """No more than is needed to see that it is too large.

    Raises:
        OSError: it cannot be read, or is no file: a pipe might never say anything.
    """
    if file.is_dir():
        os.scandir(file).close()  # a folder that is closed says so
    elif file.exists() and not file.is_file():
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _with_stand_ins(diagrams: dict[str, Diagram]) -> dict[str, Diagram]:
    """Processes of other files are replaced by some that end at once.

    A name that no process can have has none: what calls it is left to do, and the file not driven.
    """
    known = dict(diagrams)
    for called in {name for diagram in diagrams.values() for name in _called(diagram)}:
        if called not in known:
            with suppress(DiagramRefused):
                known[called] = parse_diagram(STAND_IN.format(process=escape(called)).encode())
    return known


def _called(diagram: Diagram) -> set[str]:
    return {e.called_process for e in diagram.elements.values() if e.called_process}


def _say_circles(found: list[dict[str, Any]]) -> None:
    """Processes of several files that open each other before anybody has done anything.

    Of a name that two files give to a process nothing is said: which is meant cannot be told.
    """
    offered = Counter(name for each in found for name in each["offers"])
    opened: dict[str, set[str]] = defaultdict(set)
    for each in found:
        for process, _element_id, called in each["opens"]:
            if offered[process] == offered[called] == 1:
                opened[process].add(called)
    for each in found:
        said = {(todo["element"], todo["rule"]) for todo in each["result"]["todos"]}
        for process, element_id, called in each["opens"]:
            around = called in opened[process] and process in _reached(opened, called)
            if around and (element_id, "loop-depth") not in said:
                words = (
                    f"It calls “{called}”, which opens this same process again before anybody has "
                    "done anything, and so on without end."
                )
                finding = Finding(each["result"]["file"], element_id, "loop-depth", words)
                _add_to_do(each["result"], finding)


def _reached(lines: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += lines.get(here, ())
    return found


def _leave_to_do(result: FileResult, element_id: str, kind: str, name: str) -> None:
    what = {"process": ("calls the process", "call-target-deployed")}
    does, rule = what.get(kind, ("asks the table", "decision-exists"))
    finding = Finding(result["file"], element_id, rule, f"It {does} “{name}”, which is not here.")
    _add_to_do(result, finding)


def _add_to_do(result: FileResult, finding: Finding) -> None:
    result["todos"].append(of_finding(finding))
    if result["status"] == "runs":
        result["status"] = "repaired"
