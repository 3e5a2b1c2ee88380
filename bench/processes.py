"""The two processes that are measured: for our engine, and the same for the others.

The drawing is identical. Ours names a form and a role at each task; the conditions are FEEL here,
Python for the stock engine, and bpmn-engine has a language of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support import diagrams as d

NOTE = "We met at home and talked about school mornings, sleep and who can help. " * 3
#: What people hand in at every task; ``again`` decides whether another review follows.
ANSWERS: dict[str, object] = {"note": NOTE, "again": True}
FORM = "work_note"
LENGTH = 20
REVIEW_TASKS = 3


@dataclass(frozen=True)
class Measured:
    """A process as each of the engines reads it."""

    process_id: str
    ours: bytes
    stock: bytes
    node: bytes


@dataclass(frozen=True)
class _Speech:
    """How an engine wants to be told things."""

    again: str
    weeks: str
    ours: bool = False


OURS = _Speech(again="=again", weeks="P84D", ours=True)
STOCK = _Speech(again="again", weeks='"P84D"')
NODE = _Speech(again="${environment.variables.again}", weeks="P84D")


def _drawn(process_id: str, draw: Callable[[_Speech], list[str]]) -> Measured:
    ours, stock, node = (
        d.bpmn(d.process(process_id, *draw(speech))) for speech in (OURS, STOCK, NODE)
    )
    return Measured(process_id, ours, stock, node)


def line() -> Measured:
    """Twenty tasks, one after the other."""
    names = [f"task_{number:02}" for number in range(1, LENGTH + 1)]
    flows = d.flow(" > ".join(["line_start", *names, "line_end"]))
    return _drawn(
        "bench_line",
        lambda speech: [
            d.start("line_start"),
            *(_task(name, speech) for name in names),
            d.end("line_end"),
            flows,
        ],
    )


def review() -> Measured:
    """Three tasks a turn, a reminder clock on the second, and round again for years."""
    return _drawn(
        "bench_review",
        lambda speech: [
            d.start("review_start"),
            d.xor("review_turn"),
            _task("prepare_review", speech),
            _task("hold_review", speech),
            d.boundary(
                "review_late", "hold_review", d.timer("duration", speech.weeks), interrupting=False
            ),
            _task("chase_review", speech),
            d.end("review_chased"),
            _task("record_review", speech),
            d.xor("review_again", default="review_again_review_end"),
            d.end("review_end"),
            d.flow("review_start > review_turn > prepare_review > hold_review"),
            d.flow("hold_review > record_review > review_again"),
            d.flow("review_again > review_turn", speech.again),
            d.flow("review_again > review_end"),
            d.flow("review_late > chase_review > review_chased"),
        ],
    )


def _task(element_id: str, speech: _Speech) -> str:
    name = element_id.replace("_", " ").capitalize()
    if not speech.ours:
        return d.user(element_id, name=name)
    return d.user(element_id, name=name, form=FORM, groups="case:lead")
