"""``earlyhelp tck``: what passes of a folder of the DMN Technology Compatibility Kit."""

import argparse
import json
from pathlib import Path

from app.decisions.tck import TckReport, run_tck

USAGE = 2


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="every case and result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run a folder of the DMN compatibility kit; 0 when every case passes."""
    try:
        report = run_tck(arguments.folder)
    except NotADirectoryError:
        print(f"{arguments.folder}: no such folder")
        return USAGE
    if arguments.json:
        print(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    else:
        _print_words(report)
    return 0 if all(report.cases.values()) else 1


def _print_words(report: TckReport) -> None:
    for result in report.results:
        if not result.passed:
            print(f"{result.folder}/{result.file}#{result.case} {result.node}:")
            print(f"  expected {result.expected}")
            print(f"  got      {result.actual} {'; '.join(result.problems)}")
    passed = sum(report.cases.values())
    print(f"{passed} of {len(report.cases)} cases pass")
