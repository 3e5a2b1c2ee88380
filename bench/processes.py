"""The two processes that are measured: for our engine, and the same for the stock one.

The drawing is identical. Ours names a form and a role at each task; the conditions are FEEL here
and Python there.
"""

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
    """A process as both engines read it."""

    process_id: str
    ours: bytes
    stock: bytes


def line() -> Measured:
    """Twenty tasks, one after the other."""
    names = [f"task_{number:02}" for number in range(1, LENGTH + 1)]
    flows = d.flow(" > ".join(["line_start", *names, "line_end"]))

    def drawn(*, ours: bool) -> bytes:
        tasks = (_task(name, ours=ours) for name in names)
        parts = (d.start("line_start"), *tasks, d.end("line_end"), flows)
        return d.bpmn(d.process("bench_line", *parts))

    return Measured("bench_line", drawn(ours=True), drawn(ours=False))


def review() -> Measured:
    """Three tasks a turn, a reminder clock on the second, and round again for years."""

    def drawn(*, ours: bool) -> bytes:
        condition, weeks = ("=again", "P84D") if ours else ("again", '"P84D"')
        return d.bpmn(
            d.process(
                "bench_review",
                d.start("review_start"),
                d.xor("review_turn"),
                _task("prepare_review", ours=ours),
                _task("hold_review", ours=ours),
                d.boundary(
                    "review_late", "hold_review", d.timer("duration", weeks), interrupting=False
                ),
                _task("chase_review", ours=ours),
                d.end("review_chased"),
                _task("record_review", ours=ours),
                d.xor("review_again", default="review_again_review_end"),
                d.end("review_end"),
                d.flow("review_start > review_turn > prepare_review > hold_review"),
                d.flow("hold_review > record_review > review_again"),
                d.flow("review_again > review_turn", condition),
                d.flow("review_again > review_end"),
                d.flow("review_late > chase_review > review_chased"),
            )
        )

    return Measured("bench_review", drawn(ours=True), drawn(ours=False))


def _task(element_id: str, *, ours: bool) -> str:
    name = element_id.replace("_", " ").capitalize()
    if not ours:
        return d.user(element_id, name=name)
    return d.user(element_id, name=name, form=FORM, groups="case:lead")
