"""``earlyhelp check``: can these processes run? The same checks that gate publishing."""

import argparse
import json
from pathlib import Path

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app.definitions.checks import check
from app.definitions.library import Library, read_what_can_be
from app.definitions.place import Surroundings
from app.runtime.automatic import registered

USAGE = 2


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check every diagram, table, form and pack below a folder of packs; 0 when all can run."""
    findings = []
    count = 0
    for folder in arguments.folders:
        files, unreadable = read_what_can_be(folder)
        if not files and not unreadable:
            print(f"{folder}: no folder with a pack.toml below it")
            return USAGE
        count += len({*(file.name for file in files), *(finding.file for finding in unreadable)})
        findings += unreadable
        findings += check(files, Surroundings(Library(files), registered()))
    if arguments.json:
        print(json.dumps([finding.as_json() for finding in findings], indent=1))
    else:
        for finding in findings:
            kind = "error" if finding.is_error else "note"
            words = " ".join(filter(None, (finding.message, finding.why, finding.advice)))
            print(f"{finding.file}: {finding.element_id}: {kind}: {words} [{finding.rule}]")
    errors = sum(finding.is_error for finding in findings)
    if not arguments.json:
        print(f"{count} files checked, {errors} errors, {len(findings) - errors} notes")
    return 1 if errors else 0
