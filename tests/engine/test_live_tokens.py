"""What is in memory and in the state is what is open, however much has been done."""

import pytest

from tests.support import diagrams as d
from tests.support.engine import Play

ITEMS = list(range(20))
OUTCOME = ("answers", "=answer")
SUB = d.start("s") + d.user("deep") + d.end("e") + d.flow("s > deep > e")


def tokens(play: Play) -> int:
    """Live tokens in all scopes, without the roots the library wants."""
    workflow = play.load()._workflow
    assert all(len(scope.tasks) == len(scope.live()) + 1 for scope in workflow.scopes())
    return sum(len(scope.live()) for scope in workflow.scopes())


def line(activity: str) -> bytes:
    return d.simple(activity, d.flow("start > x > end"))


@pytest.mark.parametrize("into", [None, OUTCOME], ids=["into nothing", "into a list"])
def test_instances_that_are_done_are_gone(into: tuple[str, str] | None) -> None:
    play = Play(line(d.user("x", d.repeated("=items", "n", into=into))), facts={"items": ITEMS})
    for done, item in enumerate(ITEMS):
        assert tokens(play) == 1 + len(ITEMS) - done
        play.do_one("x", item, {"answer": done})
    assert play.now.finished


def test_of_instances_one_after_the_other_there_is_one() -> None:
    mark = d.repeated("=items", "n", sequential=True)
    play = Play(line(d.user("x", mark)), facts={"items": ITEMS})
    for item in ITEMS:
        assert tokens(play) == 2
        play.do_one("x", item, {})
    assert play.now.finished


def test_sub_processes_that_are_done_are_gone_with_all_that_was_in_them() -> None:
    play = Play(line(d.sub("x", SUB, said=d.repeated("=items", "n"))), facts={"items": ITEMS})
    for done, item in enumerate(ITEMS):
        left = len(ITEMS) - done
        assert (tokens(play), len(play.load()._workflow.subprocesses)) == (1 + 2 * left, left)
        play.do_one("deep", item, {})
    assert play.now.finished


def test_calls_in_a_loop_leave_nothing_behind() -> None:
    file = d.bpmn(
        d.process(
            "p", d.start(), d.end(), d.xor("turn"), d.call("x", "q"), d.user("again"),
            d.xor("more", default="more_end"), d.flow("start > turn > x > again > more > end"),
            d.flow("more > turn", "=go_on"),
        ),
        d.process("q", SUB),
    )  # fmt: skip
    play = Play(file, facts={"go_on": True})
    for _ in range(50):
        assert tokens(play) == 2
        play.do("deep")
        assert (tokens(play), play.load()._workflow.subprocesses) == (1, {})
        play.do("again", go_on=True)


def test_a_reminder_that_comes_a_hundred_times_leaves_one_open_task_for_each_that_is_open() -> None:
    file = d.simple(
        d.user("x"),
        d.boundary("b", "x", d.timer("cycle", "R/P1D"), interrupting=False),
        d.user("chase"),
        d.end("z"),
        d.flow("start > x > end"),
        d.flow("b > chase > z"),
    )
    play = Play(file)
    for day in range(1, 101):
        assert play.later(days=day) >= 1
        play.do("chase")
        assert tokens(play) == 2


def test_the_state_after_a_thousand_steps_is_no_larger_than_after_ten() -> None:
    mark = d.repeated("=[1, 2, 3]", "n")
    file = d.simple(
        d.xor("turn"),
        d.user("each", mark),
        d.user("again"),
        d.xor("more", default="more_end"),
        d.flow("start > turn > each > again > more > end"),
        d.flow("more > turn", "=go_on"),
    )
    play, sizes = Play(file, facts={"go_on": True}), []
    for _ in range(250):
        for item in (3, 1, 2):
            play.do_one("each", item, {})
        sizes.append(len(play.now.state))
        play.do("again", go_on=True)
    assert max(sizes) - min(sizes) <= 8  # ids are random and pack a little differently
