"""``models``: random models, walked by three voices."""

import re
from collections import Counter

from tests.engine.blocks import blocks
from tests.fuzz.compare import Walked, walk
from tests.fuzz.models import model

#: Why the stock engine says something else. The numbers are those of docs/engine.md.
FINDING_2 = "finding 2: a parallel join in a loop fires with tokens of different turns"
FINDING_17 = "finding 17: a non-interrupting message is caught once, the second is refused"
FOREIGN_ERROR = "an error end is taken by the boundary events of other sub-processes, too"
ALIKE = "of two tasks that look alike each voice took another one: no difference"
UNEXPLAINED = "unexplained"


def explained(found: Walked) -> str:
    if "not waiting for m_news" in found.stock:
        return FINDING_17
    if found.stock.startswith("opens") and found.alike:
        return ALIKE
    if found.stock.startswith("opens") and re.match(r"complete fail\d+_q", found.after):
        return FOREIGN_ERROR
    loops = [block for block in blocks(model(found.seed).root) if block.kind == "loop"]
    forks = {block.kind for loop in loops for block in blocks(loop)} & {"par", "quit"}
    if forks and found.stock.startswith(("opens", "goes on", "stops")):
        return FINDING_2
    return f"{UNEXPLAINED}: {found.stock}"


def models(count: int, first: int = 0) -> dict[str, object]:
    """Figures; ``ours_differs`` and ``stock_unexplained`` must stay empty."""
    steps = compared = finished = 0
    kinds: Counter[str] = Counter()
    ours: list[str] = []
    stock: Counter[str] = Counter()
    odd: list[str] = []
    for seed in range(first, first + count):
        found = walk(seed)
        steps += found.steps
        finished += found.finished
        kinds.update(found.kinds.keys())
        compared += seed % 2
        if found.ours:
            ours.append(f"{seed}: {found.ours}")
        if found.stock:
            why = explained(found)
            stock[why.split(":")[0] if why.startswith(UNEXPLAINED) else why] += 1
            odd += [f"{seed}: {found.stock}"] * why.startswith(UNEXPLAINED)
    return {
        "models": count,
        "steps_each_saved_and_reloaded": steps,
        "played_to_the_end": finished,
        "models_with": dict(sorted(kinds.items())),
        "ours_differs": ours,
        "stock_compared": compared,
        "stock_differs": dict(stock),
        "stock_unexplained": odd,
        "failed": bool(ours or odd),
    }
