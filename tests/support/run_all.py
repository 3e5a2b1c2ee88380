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
#: Crashes and races measure a whole machine and need it to themselves: ``make faults``.
BY_THEMSELVES = "tests/faults"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2", help="processes to spread the tests over")
    parser.add_argument("paths", nargs="*", help="only these tests")
    chosen = parser.parse_args()
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    if chosen.workers != "0":
        pytest += ["-n", chosen.workers, "--dist=loadfile"]

    print("== SQLite", flush=True)
    sqlite = _run([*pytest, *(chosen.paths or [f"--ignore={BY_THEMSELVES}"])], {})
    print("== PostgreSQL", flush=True)
    with postgres() as url:
        again = chosen.paths or _with_database()
        postgresql = _run([*pytest, "-m", "not browser", *again], {"TEST_DATABASE_URL": url})
    return sqlite or postgresql


def _with_database() -> list[str]:
    folders = sorted(p for p in Path("tests").iterdir() if p.is_dir() and any(p.rglob("test_*.py")))
    once = {*WITHOUT_DATABASE, Path(BY_THEMSELVES).name}
    return [str(p) for p in folders if p.name not in once]


def _run(command: list[str], environment: dict[str, str]) -> int:
    import os

    return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
