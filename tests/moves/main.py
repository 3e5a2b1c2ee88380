"""Moves running cases at every wait state of every shipped process; prints JSON: ``make moves``."""

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import time_machine

from app import db
from app.cases.registration import register_with_runtime
from app.runtime.step import live_processes
from tests.moves.edits import EDITS
from tests.moves.prove import Figures, prove_all
from tests.moves.states import wait_states
from tests.support import shipped
from tests.support.postgres import postgres
from tests.support.scenario_doing import MONDAY
from tests.support.scenario_files import Scenario, all_scenarios
from tests.support.schema import create_tables, empty_tables
from tests.support.story_driver import StoryDriver

SQLITE, POSTGRES = "sqlite", "postgresql"
MOST_REASONS = 25


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.moves.main", description=__doc__)
    parser.add_argument("--on", choices=(SQLITE, POSTGRES), action="append")
    parser.add_argument("--scenario", default="", help="only files whose name holds this")
    parser.add_argument("--every", type=int, default=1, help="only each nth scenario")
    parser.add_argument("--edit", action="append", choices=list(EDITS))
    parser.add_argument("--seconds", type=int, default=0, help="stop after as long; 0: never")
    asked = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    scenarios = _in_turn([s for s in all_scenarios() if asked.scenario in s.file])[:: asked.every]
    found: dict[str, Any] = {}
    for name in asked.on or (SQLITE, POSTGRES):
        with _database(name) as url:
            found[name] = _run(url, scenarios, asked.edit or list(EDITS), asked.seconds)
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return int(any(each["wrong"] for each in found.values()))


def _in_turn(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The first of every process, then the second of each, so that a part of them is of all."""
    of_file: Counter[str] = Counter()
    order: list[tuple[int, int, Scenario]] = []
    for number, scenario in enumerate(scenarios):
        of_file[scenario.file] += 1
        order.append((of_file[scenario.file], number, scenario))
    return [scenario for _, _, scenario in sorted(order, key=lambda line: line[:2])]


def _run(url: str, scenarios: Sequence[Scenario], edits: list[str], seconds: int) -> dict[str, Any]:
    began, figures = time.process_time(), Figures()
    seen: set[tuple[object, ...]] = set()
    db.connect(url)
    create_tables(db.write_engine())
    shipped._kept.clear()  # of the database before
    register_with_runtime()
    until, played = time.monotonic() + seconds, 0
    for scenario in scenarios:
        if seconds and time.monotonic() > until:
            break
        with time_machine.travel(MONDAY, tick=False) as traveller:
            for instance_id in wait_states(scenario, StoryDriver(traveller), seen):
                prove_all(instance_id, scenario, figures, edits)
        played += 1
        live_processes.forget_all()
        empty_tables(db.write_engine())
        print(f"{scenario}: {figures.wait_states} so far", file=sys.stderr, flush=True)
    db.disconnect()
    total: Counter[str] = sum(figures.counts.values(), Counter())
    return {
        "scenarios": played,
        "of": len(scenarios),
        "wait_states": figures.wait_states,
        "total": total,
        "by_edit": figures.counts,
        "reasons": dict(figures.reasons.most_common(MOST_REASONS)),
        "wrong": figures.wrong,
        "processor_seconds": round(time.process_time() - began),
    }


@contextmanager
def _database(name: str) -> Iterator[str]:
    if name == POSTGRES:
        with postgres() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(prefix="earlyhelp-moves-") as folder:
            yield f"sqlite:///{folder}/moves.sqlite"


if __name__ == "__main__":
    sys.exit(main())
