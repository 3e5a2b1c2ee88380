"""Measures, side by side, and prints one JSON document: ``python -m bench.main``."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from app import clock
from bench import checks, completions, inbox, site, turns
from bench.council import Council
from bench.databases import POSTGRES, SQLITE, Database, databases
from bench.processes import line, review
from bench.sizes import BY_NAME, Sizes
from bench.timing import Figures

PARTS = ("completions", "turns", "http", "inbox", "checks")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; progress goes to the standard error."""
    parser = argparse.ArgumentParser(prog="python -m bench.main", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same as --size quick")
    parser.add_argument("--size", choices=BY_NAME, default="real")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be given repeatedly")
    parser.add_argument("--on", choices=(SQLITE, POSTGRES), action="append", help="which database")
    parser.add_argument(
        "--tasks", type=int, help="open tasks behind the lists, such as 1000000 (takes minutes)"
    )
    asked = parser.parse_args(argv)
    size = "quick" if asked.quick else asked.size
    with databases(asked.on or (SQLITE, POSTGRES)) as opened:
        sizes = BY_NAME[size]
        if asked.tasks is not None:
            sizes = replace(sizes, open_tasks=asked.tasks)
        found = _measured(opened, asked.only or PARTS, sizes)
        about = {"at": clock.now().isoformat(timespec="seconds"), "size": size, **machine(opened)}
    json.dump({"about": about, **found}, sys.stdout, indent=2)
    print()
    return 0


def _measured(opened: Sequence[Database], wanted: Sequence[str], sizes: Sizes) -> Figures:
    straight, loop = line(), review()
    councils = [Council.found(database, straight, loop) for database in opened]
    parts: dict[str, Callable[[], Figures]] = {
        "completions": lambda: completions.measure(councils, straight, loop, sizes),
        "turns": lambda: turns.measure(councils, loop, sizes),
        "http": lambda: site.measure(councils, straight, sizes),
        "inbox": lambda: inbox.measure(councils, sizes),
        "checks": lambda: checks.measure(sizes),
    }
    return {name: measure() for name, measure in parts.items() if name in wanted}


def machine(opened: Sequence[Database]) -> Figures:
    """Enough to judge the figures by; ratios travel, milliseconds do not."""
    return {
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "databases": {database.name: database.version() for database in opened},
    }


if __name__ == "__main__":
    sys.exit(main())
