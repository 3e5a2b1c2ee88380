"""Crashes, races and lost connections, at length; prints one JSON document: ``make faults``.

Each test runs in an empty database, on SQLite and on PostgreSQL with durable settings.
"""

import argparse
import json
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from app import clock
from tests.faults import (
    crash_sweep,
    failing_mail,
    killed_server,
    late_timers,
    mutants,
    races,
    stopped_database,
)
from tests.faults.figures import Figures
from tests.faults.world import World, new_world
from tests.support.postgres import postgres

Test: TypeAlias = Callable[[World, Path], Figures]
SQLITE, POSTGRES = "sqlite", "postgresql"


def tests(scale: float) -> Mapping[str, Test]:
    """Every test by its name in the design, at a scale: 1 takes about a quarter of an hour."""

    def some(count: int) -> int:
        return max(1, round(count * scale))

    return {
        "F1 server killed": lambda world, folder: killed_server.kills(
            world, folder, whole=some(20), workers=some(20), clients=4
        ),
        "F2 crash points, people": lambda world, _: crash_sweep.completions(world, times=some(30)),
        "F2 crash points, timers": lambda world, _: crash_sweep.timers(world, times=some(30)),
        "F3 timer workers killed": lambda world, _: late_timers.killed_workers(
            world, timers=some(1000), kills=some(12)
        ),
        "F4 database stopped": lambda world, _: stopped_database.immediate_stops(
            world, stops=some(8), clients=4, pause=2
        ),
        "F6 one task, 16 programs": lambda world, _: races.one_task_by_many(
            world, programs=16, rounds=some(200)
        ),
        "F7 one key, 2 to 5 times": lambda world, _: races.one_key_many_times(
            world, rounds=some(500)
        ),
        "F8 timer or person": lambda world, _: races.timer_or_person(world, pairs=some(1000)),
        "F9 deadlock hunt": lambda world, _: races.everything_at_once(
            world, programs=8, seconds=60 * scale
        ),
        "F12 clock jumps": lambda world, _: late_timers.jumping_clock(
            world, timers=some(200), jumps=max(20, some(100))
        ),
        "F14 a week off": lambda world, _: late_timers.long_sleep(world, timers=some(1000)),
        "F15 poisoned process": lambda world, _: late_timers.poisoned(world, others=some(200)),
        "F22 mail server": lambda world, _: failing_mail.bad_days(
            world, letters=some(300), patience=2
        ),
        "F22 mail worker dies": lambda world, _: failing_mail.dying_worker(world, times=some(50)),
        "control: no lock, no version": _control(
            partial(races.one_task_by_many, programs=8, rounds=max(5, some(30))),
            mutants.without_lock_and_version,
        ),
        "control: no key": _control(
            partial(races.one_key_many_times, rounds=max(3, some(20))), mutants.without_key
        ),
    }


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.main", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the full length")
    parser.add_argument("--only", action="append", help="names that begin so, e.g. F9 or control")
    parser.add_argument("--on", choices=(SQLITE, POSTGRES), action="append")
    asked = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)  # what fails here fails on purpose
    found: dict[str, dict[str, Figures]] = {}
    chosen = {
        name: test
        for name, test in tests(asked.scale).items()
        if not asked.only or name.startswith(tuple(asked.only))
    }
    for database in asked.on or (SQLITE, POSTGRES):
        with tempfile.TemporaryDirectory(prefix="earlyhelp-faults-") as name:
            folder = Path(name)
            with _database(database, folder) as url:
                for test, run in chosen.items():
                    if test.startswith("F4") and database == SQLITE:
                        continue  # there is no server to stop
                    found.setdefault(test, {})[database] = _run(test, url, folder, run)
    json.dump({"about": _about(asked.scale), "tests": found}, sys.stdout, indent=2)
    print()
    return int(any(each["broken"] for test in found.values() for each in test.values()))


def _run(name: str, url: str, folder: Path, test: Test) -> Figures:
    began = time.monotonic()
    with new_world(url) as world:
        figures = test(world, folder)
    took = round(time.monotonic() - began, 1)
    state = "BROKEN" if figures["broken"] else "held"
    print(f"{name} on {url.partition(':')[0]}: {state}, {took} s", file=sys.stderr, flush=True)
    return {**figures, "took_s": took}


@contextmanager
def _database(name: str, folder: Path) -> Iterator[str]:
    if name == SQLITE:
        yield f"sqlite:///{folder / 'faults.sqlite'}"
    else:
        with postgres(durable=True) as url:
            yield url


def _control(test: Callable[..., Figures], mutant: Callable[[], None]) -> Test:
    """With a guard taken out the test must fail; if it does not, that is what is broken."""

    def run(world: World, _folder: Path) -> Figures:
        figures = test(world, prepare=mutant)
        noticed = len(figures["broken"])
        return {
            **figures,
            "violations_noticed": noticed,
            "broken": [] if noticed else ["the missing guard was not noticed"],
        }

    return run


def _about(scale: float) -> Figures:
    """Enough to judge the figures by."""
    return {
        "at": clock.now().isoformat(timespec="seconds"),
        "scale": scale,
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main())
