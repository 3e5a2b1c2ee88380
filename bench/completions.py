"""Completions persisted through ``take_step`` beside the same process in the stock engine."""

from collections.abc import Sequence
from functools import partial

from bench.council import Council, LiveCase
from bench.floor import Floor
from bench.plain import PlainCase, PlainProcess
from bench.processes import LENGTH, REVIEW_TASKS, Measured
from bench.sizes import Sizes
from bench.timing import Block, Figures, Rounds, Took, milliseconds, ratio, say, side_by_side

MEMORY = "in_memory_stock"


def measure(councils: Sequence[Council], line: Measured, review: Measured, sizes: Sizes) -> Figures:
    """Whole lines, and first turns of reviews. Starting is not in the figures."""
    return {
        "line_of_20": _compared(councils, line, sizes.line_cases, LENGTH, sizes),
        "review_turn_1": _compared(councils, review, sizes.review_cases, REVIEW_TASKS, sizes),
    }


def _compared(
    councils: Sequence[Council], process: Measured, cases: int, length: int, sizes: Sizes
) -> Figures:
    say(f"completions: {process.process_id}")
    plain = PlainProcess(process)
    # in memory one block takes a few milliseconds, so it plays more cases
    blocks: dict[str, Block] = {MEMORY: partial(_memory, plain, cases * 5, length)}
    floors: list[Floor] = []
    for council in councils:
        floors.append(Floor(council.database))
        blocks[council.database.name] = partial(_persisted, council, process, cases, length)
        blocks[f"{council.database.name}_floor"] = floors[-1]
    rounds = side_by_side(blocks, sizes.rounds)
    for floor in floors:
        floor.close()
    figures: Figures = {name: _figures(found) for name, found in rounds.items()}
    for council in councils:
        name = council.database.name
        figures[f"{name}_over_memory"] = ratio(rounds[name], rounds[MEMORY])
        figures[f"{name}_floor_over_memory"] = ratio(rounds[f"{name}_floor"], rounds[MEMORY])
        figures[f"{name}_over_floor"] = ratio(rounds[name], rounds[f"{name}_floor"])
    return figures


def _figures(rounds: Rounds) -> Figures:
    took = [each for block in rounds for each in block]
    per_second = len(took) / sum(each.seconds for each in took)
    return {**milliseconds(took), "per_second": round(per_second)}


def _memory(process: PlainProcess, cases: int, length: int) -> list[Took]:
    return _played([process.start() for _ in range(cases)], length)


def _persisted(council: Council, process: Measured, cases: int, length: int) -> list[Took]:
    council.database.use()
    return _played([council.start(process) for _ in range(cases)], length)


def _played(cases: Sequence[PlainCase | LiveCase], length: int) -> list[Took]:
    return [case.complete() for case in cases for _ in range(length)]
