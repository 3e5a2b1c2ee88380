"""The engine beside others, in one run: ``python -m bench.engine`` prints one JSON document.

In turns, on the same two processes: the stock engine in memory, the stock engine with its own
serializer (naive), ours on both databases, and npm bpmn-engine. What an aim says is checked at the
end, from the figures of this run.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from app import clock
from bench import old_age
from bench.bare import BareCase
from bench.bpmn_engine import FRONTEND, BpmnEngine, bpmn_engine
from bench.council import Council
from bench.databases import POSTGRES, SQLITE, databases
from bench.floor import Floor
from bench.main import machine
from bench.naive import Blobs, blobs
from bench.plain import PlainProcess
from bench.processes import LENGTH, REVIEW_TASKS, Measured, line, review
from bench.sizes import BY_NAME, Sizes
from bench.timing import Block, Figures, Rounds, Took, milliseconds, ratio, say, side_by_side
from bench.turns import Played

MEMORY, NAIVE, NODE = "in_memory_stock", "naive_blob", "bpmn_engine"
#: Our engine without inbox, history and audit: what bpmn-engine does.
BARE = "engine_and_state_only"
#: In memory one block takes a few milliseconds, so it plays more cases.
MORE_IN_MEMORY = 5


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--size", choices=BY_NAME, default="real")
    parser.add_argument("--on", choices=(SQLITE, POSTGRES), action="append", help="which database")
    parser.add_argument("--turns", type=int, help="the last turn that is timed, instead of 2,000")
    parser.add_argument(
        "--frontend", type=Path, default=FRONTEND, help="the folder with node_modules"
    )
    asked = parser.parse_args(argv)
    sizes = for_the_engine(BY_NAME[asked.size], asked.turns)
    straight, loop = line(), review()
    with ExitStack() as stack:
        opened = stack.enter_context(databases(asked.on or (SQLITE, POSTGRES)))
        node = stack.enter_context(bpmn_engine(straight, loop, folder=asked.frontend))
        kept = stack.enter_context(blobs())
        councils = [Council.found(database, straight, loop) for database in opened]
        found = measured(councils, node, kept, sizes)
        about = {
            "at": clock.now().isoformat(timespec="seconds"),
            "size": asked.size,
            **machine(opened),
            "node": node.node,
        }
    json.dump({"about": about, **found}, sys.stdout, indent=2)
    print()
    return 0


def for_the_engine(sizes: Sizes, last: int | None) -> Sizes:
    """The same counts, but more turns: the real size goes on to turn 2,000."""
    real = len(sizes.turns) > 3
    turns = (*sizes.turns, 2_000) if real and last is None else sizes.turns
    if last is not None:
        turns = (*(turn for turn in turns if turn < last), last)
    return replace(sizes, turns=turns, turn_cases=2, window=8 if real else sizes.window)


def measured(councils: Sequence[Council], node: BpmnEngine, kept: Blobs, sizes: Sizes) -> Figures:
    straight, loop = line(), review()
    completions = {
        "line_of_20": _compared(councils, node, kept, straight, sizes.line_cases, LENGTH, sizes),
        "review_turn_1": _compared(
            councils, node, kept, loop, sizes.review_cases, REVIEW_TASKS, sizes
        ),
    }
    ours = {council.database.name: Played.begun(council, loop, sizes) for council in councils}
    others = {
        MEMORY: old_age.in_memory(loop),
        NAIVE: old_age.naive(kept, loop),
        NODE: old_age.node(node, loop),
    }
    turns, compared = old_age.measure(ours, others, sizes)
    found: dict[str, Any] = {"completions": completions, "turns": turns, "compared": compared}
    return {**found, "aims": aims(found, sizes)}


def _compared(
    councils: Sequence[Council],
    node: BpmnEngine,
    kept: Blobs,
    process: Measured,
    cases: int,
    length: int,
    sizes: Sizes,
) -> Figures:
    """Whole lines, or first turns of reviews. Starting is not in the figures."""
    say(f"completions: {process.process_id}")
    node.warm_up(process, cases * sizes.rounds, length)
    plain = PlainProcess(process)
    blocks: dict[str, Block] = {
        MEMORY: lambda: _played(plain.start, cases * MORE_IN_MEMORY, length),
        NAIVE: lambda: _played(partial(kept.start, plain), cases, length),
        NODE: lambda: _played(partial(node.start, process), cases, length),
        f"{NODE}_loaded": lambda: _played(partial(node.start, process), cases, length, cold=True),
        f"{BARE}_loaded": lambda: _played(partial(BareCase.start, kept, process), cases, length),
    }
    floors = []
    for council in councils:
        name = council.database.name
        floors.append(Floor(council.database))
        blocks[f"{name}_floor"] = floors[-1]
        blocks[name] = partial(_ours, council, process, cases, length, cold=False)
        blocks[f"{name}_loaded"] = partial(_ours, council, process, cases, length, cold=True)
    rounds = side_by_side(blocks, sizes.rounds)
    for floor in floors:
        floor.close()
    figures: Figures = {name: _figures(took) for name, took in rounds.items()}
    figures[f"{NODE}_over_{BARE}_loaded"] = ratio(
        rounds[f"{NODE}_loaded"], rounds[f"{BARE}_loaded"]
    )
    for council in councils:
        name = council.database.name
        figures[f"{name}_over_memory"] = ratio(rounds[name], rounds[MEMORY])
        figures[f"{name}_floor_over_memory"] = ratio(rounds[f"{name}_floor"], rounds[MEMORY])
        figures[f"naive_over_{name}_loaded"] = ratio(rounds[NAIVE], rounds[f"{name}_loaded"])
        figures[f"{NODE}_over_{name}_loaded"] = ratio(
            rounds[f"{NODE}_loaded"], rounds[f"{name}_loaded"]
        )
    return figures


def _figures(rounds: Rounds) -> Figures:
    took = [each for block in rounds for each in block]
    return {
        **milliseconds(took),
        "per_second": round(len(took) / sum(each.seconds for each in took)),
    }


def _ours(
    council: Council, process: Measured, cases: int, length: int, *, cold: bool
) -> list[Took]:
    council.database.use()
    return _played(partial(council.start, process), cases, length, cold=cold)


def _played(start: Callable[[], Any], cases: int, length: int, *, cold: bool = False) -> list[Took]:
    """``cold``: each completion loads the process first."""
    begun = [start() for _ in range(cases)]
    said = {"cold": True} if cold else {}
    return [case.complete(**said) for case in begun for _ in range(length)]


def aims(found: dict[str, Any], sizes: Sizes) -> list[Figures]:
    """What was aimed at and what was found, by the clock and by processor time, for SQLite."""
    if SQLITE not in found["turns"]:
        return []
    ours, compared, last = found["turns"][SQLITE], found["compared"], max(sizes.turns)
    rows: list[tuple[str, float, Any]] = [
        (f"{name}: at most 8 times in memory", 8, figures[f"{SQLITE}_over_memory"])
        for name, figures in found["completions"].items()
    ]
    rows.append((f"turn {last} at most 1.3 times turn 1", 1.3, ours["warm_last_over_first"]))
    said = [_aim(name, most, value, at_most=True) for name, most, value in rows]
    seen = [ours[f"turn_{at}"] for at in sizes.turns]
    statements = max(each["warm_statements"]["most"] for each in seen)
    said.append(_aim("at most 12 statements from memory", 12, statements, at_most=True))
    commits = max(each["commits"] for each in seen)
    said.append(_aim("one commit", 1, commits, at_most=True))
    bytes_kept = max(each["state_bytes"] for each in seen)
    said.append(_aim("state of at most 4,096 bytes", 4096, bytes_kept, at_most=True))
    for other, least_at in ((NAIVE, 100), (NODE, min(sizes.turns))):
        value = compared.get(f"{other}_over_{SQLITE}_loaded_turn_{least_at}")
        if value is not None:
            name = f"{other}, loaded and saved, turn {least_at}: at least 5 times ours"
            said.append(_aim(name, 5, value, at_most=False))
    for process, figures in found["completions"].items():
        value = figures[f"{NODE}_over_{BARE}_loaded"]
        name = f"{NODE}, loaded and saved, {process}: at least 5 times our engine and state alone"
        said.append(_aim(name, 5, value, at_most=False))
    return said


def _aim(name: str, aim: float, value: Any, *, at_most: bool) -> Figures:
    by_clock = value["wall"] if isinstance(value, dict) else value
    return {"aim": name, "found": value, "met": by_clock <= aim if at_most else by_clock >= aim}


if __name__ == "__main__":
    sys.exit(main())
