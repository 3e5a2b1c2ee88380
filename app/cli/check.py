"""``earlyhelp check``: can these files run? The same checks that gate publishing."""

import argparse
import json
import signal
import sys
from functools import partial
from pathlib import Path

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app.cli.check_alone import check_alone
from app.cli.check_packs import check_packs
from app.cli.found_files import find
from app.cli.verdicts import FileResult, on_one_line, shown

USAGE = 2
STOPPED = 130
MEMBERS = (
    "Not checked: whether somebody has each role. People are known to the application only, which "
    "checks it before publishing."
)
ABOUT = """
Each PATH is a file or a folder. Folders are walked: .bpmn, .bpmn2, .bpmn20.xml, .xml that is BPMN,
.dmn and .form. Files of a pack (beside a pack.toml) are checked with everything around them, as
before publishing; all others by themselves, each with at most 5 seconds and 512 MB.

A file “runs”, or is “repaired”: it opens as a draft, with what was changed (repairs) and what is
left to do (todos); or is “refused”, with the reasons (findings). Exit code 0 when all run and no
drive found anything, 1 otherwise, 2 when there is nothing to check.
"""
FIELDS = """
--json prints a list with one object for each file:
  file       the path as given, or below the folder
  status     runs, repaired or refused
  processes  [{id, name}] of the drafts
  findings   [{element, rule, words, why, mend, path}] why it is refused; element "" is the whole
             file, path the elements a case passes on its way to the fault
  repairs    [{element, rule, words, left_out}] what was changed; left_out: ids that are gone
  todos      [{element, rule, words, why, mend, path}] what is left to do before it can run
  notes      [{element, rule, words, …}] what does no harm
  drive      with --drive, one for each process that can run: {process, ok, runs, steps, ends,
             waits_for, lost, stuck, differs, not_worked_out, not_reached}; ok is false when
             elements are lost or tokens stuck, or the engine differs from the token game
"""


def describe(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = ABOUT + FIELDS
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--json", action="store_true", help="one object for each file, as below")
    parser.add_argument(
        "--drive", action="store_true", help="also play every process that can run, to its end"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check diagrams, tables, forms and packs, ours and other tools'; 0 when all can run."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        return _check(arguments)
    except KeyboardInterrupt:
        print("Stopped before the end.", file=sys.stderr)
        return STOPPED
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: object) -> None:
    """As Ctrl-C does, so that no child stays behind."""
    raise KeyboardInterrupt


def _check(arguments: argparse.Namespace) -> int:
    missing = [path for path in arguments.paths if not path.exists()]
    for path in missing:
        print(on_one_line(f"{shown(path)}: there is no such file or folder"), file=sys.stderr)
    found = find([path for path in arguments.paths if path.exists()])
    if missing or not (found.packs or found.alone):
        print("There is nothing to check.", file=sys.stderr)
        if arguments.json:
            print("[]")
        return USAGE
    results = [
        *check_packs(found.packs, drive=arguments.drive),
        *check_alone(found.alone, drive=arguments.drive),
    ]
    if found.packs:
        print(MEMBERS, file=sys.stderr)
    if arguments.json:
        print(json.dumps(results, indent=1, ensure_ascii=False))
    else:
        _tell(results)
    return 0 if all(map(_is_well, results)) else 1


def _is_well(result: FileResult) -> bool:
    return result["status"] == "runs" and all(drive["ok"] for drive in result["drive"])


def _tell(results: list[FileResult]) -> None:
    for result in results:
        _tell_one(result)
    count = dict.fromkeys(("runs", "repaired", "refused"), 0)
    errors = notes = 0
    for result in results:
        count[result["status"]] += 1
        errors += len(result["findings"]) + len(result["todos"])
        notes += len(result["notes"])
    print(
        f"{len(results)} files checked: {count['runs']} run, {count['repaired']} repaired, "
        f"{count['refused']} refused; {errors} errors, {notes} notes"
    )


def _tell_one(result: FileResult) -> None:
    line = partial(_line, result["file"])
    if result["status"] != "runs":
        print(on_one_line(f"{result['file']}: {result['status']}"))
    for kind, name in (
        ("error", "findings"),
        ("to do", "todos"),
        ("changed", "repairs"),
        ("note", "notes"),
    ):
        for each in result[name]:
            line(each["element"], kind, each)
    for drive in result["drive"]:
        for kind in ("stuck", "differs"):
            for each in drive[kind]:
                line(each["element"], f"drive: {kind}", each)
        for element in drive["lost"]:
            line(element, "drive: lost", {"words": "The engine knows nothing of it."})


def _line(file: str, element: str, kind: str, said: FileResult) -> None:
    words = " ".join(filter(None, (said["words"], said.get("why"), said.get("mend"))))
    rule = f" [{said['rule']}]" if said.get("rule") else ""
    print(on_one_line(f"{file}: {element}: {kind}: {words}{rule}"))
