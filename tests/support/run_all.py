"""What ``make test`` runs: the whole suite on SQLite, then all that touches a database on PostgreSQL."""

import argparse
import subprocess
import sys
from pathlib import Path

from tests.support.postgres import postgres

#: Folders whose tests never open a database: once is enough.
WITHOUT_DATABASE = {
    "architecture",
    "bench",
    "calendars",
    "decisions",
    "engine",
    "feel",
    "forms",
    "fuzz",
    "support",
}
#: Crashes and races measure a whole machine and need it to themselves: at length ``make faults``.
BY_THEMSELVES = "tests/faults"
#: Of these, what is short enough for every time.
SHORT = ("tests/faults/test_crashes.py", "tests/faults/test_races.py")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2", help="processes to spread the tests over")
    parser.add_argument("paths", nargs="*", help="only these tests")
    chosen = parser.parse_args()
    alone = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    pytest = list(alone)
    if chosen.workers != "0":
        pytest += ["-n", chosen.workers, "--dist=loadfile"]

    print("== SQLite", flush=True)
    failed = _run([*pytest, *(chosen.paths or [f"--ignore={BY_THEMSELVES}"])], {})
    if not chosen.paths:
        print("== SQLite, crashes and races", flush=True)
        failed = _run([*alone, *SHORT], {}) or failed
    print("== PostgreSQL", flush=True)
    with postgres() as url:
        there = {"TEST_DATABASE_URL": url}
        again = chosen.paths or _with_database()
        failed = _run([*pytest, "-m", "not browser", *again], there) or failed
        if not chosen.paths:
            print("== PostgreSQL, crashes and races", flush=True)
            failed = _run([*alone, *SHORT], there) or failed
    return failed


def _with_database() -> list[str]:
    folders = sorted(p for p in Path("tests").iterdir() if p.is_dir() and any(p.rglob("test_*.py")))
    once = {*WITHOUT_DATABASE, Path(BY_THEMSELVES).name}
    return [str(p) for p in folders if p.name not in once]


def _run(command: list[str], environment: dict[str, str]) -> int:
    import os

    return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
