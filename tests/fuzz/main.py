"""``make fuzz``: random models, broken files, expressions, clocks and walks. Prints JSON figures.

``python -m tests.fuzz.main --only models --count 200`` is a small part of it. Exit code 1 when
anything is found that is not explained.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

from app import clock
from tests.fuzz.clock_part import clocks
from tests.fuzz.engine_part import models
from tests.fuzz.feel_part import compare
from tests.fuzz.files_part import files
from tests.fuzz.graph_part import graphs
from tests.fuzz.loop_part import loops, loops_anew, loops_in_states
from tests.fuzz.walk_part import walks

PARTS: dict[str, tuple[Callable[[int, int], dict[str, object]], int]] = {
    "models": (models, 10_000),
    "graphs": (graphs, 10_000),
    "files": (files, 10_000),
    "feel": (compare, 10_000),
    "clocks": (clocks, 10_000),
    "walks": (walks, 1_000),
    "loops": (loops, 2_000),
    "loops-in-states": (loops_in_states, 2_000),
    "loops-anew": (loops_anew, 2_000),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.main", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be given repeatedly")
    parser.add_argument("--count", type=int, help="instead of the full count of each part")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    asked = parser.parse_args(argv)
    found: dict[str, object] = {"at": clock.now().isoformat(timespec="seconds")}
    failed = False
    for name in asked.only or PARTS:
        run, count = PARTS[name]
        began = perf_counter()
        part = run(count if asked.count is None else asked.count, asked.first)
        failed |= bool(part["failed"])
        found[name] = {**part, "seconds": round(perf_counter() - began)}
        print(f"{name}: {'failed' if part['failed'] else 'passed'}", file=sys.stderr, flush=True)
    json.dump({**found, "failed": failed}, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
