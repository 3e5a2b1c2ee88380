"""A running process goes on by another drawing: every token keeps its place, or it is said why not."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.engine.errors import CannotMove
from app.engine.moving.dead_ends import dead_end, marking, new_dead_end
from app.engine.moving.matching import Match, propose
from app.engine.process import Process
from app.engine.state import read
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    parallel,
    process,
    race,
    repeated,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.engine import Play, spec_set


def line(*steps: str, more: str = "", boundaries: str = "", ids: str = "") -> bytes:
    """One step after the other."""
    chain = " > ".join(["start", *(ids.split() or []), "end"])
    return bpmn(process("p", start(), end(), *steps, boundaries, flow(chain), more))


ABC = line(user("a"), user("b"), user("c"), ids="a b c")


def move(
    play: Play, *files: bytes, places: Mapping[tuple[str, str], tuple[str, str]] | None = None
) -> Play:
    """Move, save, and go on by the new drawing."""
    specs = spec_set(*files)
    loaded = play.load()
    found = {spot: m.to for spot, m in propose(play.specs.drawings, specs.drawings).items() if m.to}
    loaded.move_to(specs, {**found, **(places or {})})
    play.specs = specs
    play._keep(loaded)
    return play


def refusal(play: Play, *files: bytes) -> str:
    with pytest.raises(CannotMove) as caught:
        move(play, *files)
    return str(caught.value)


pytestmark = pytest.mark.usefixtures("clock")


def test_a_step_put_in_before_the_open_one_is_not_done_and_one_after_it_is() -> None:
    play = Play(ABC).do("a")
    before = play.task("b").engine_task_id
    move(play, line(*map(user, "axbyc"), ids="a x b y c"))
    assert play.open == ["b"]
    assert play.task("b").engine_task_id == before
    assert play.do("b").open == ["y"]


def test_a_removed_step_that_is_done_is_no_hindrance_and_an_open_one_is() -> None:
    play = Play(ABC).do("a")
    assert move(play, line(user("b"), user("c"), ids="b c")).do("b").open == ["c"]
    play = Play(ABC).do("a")
    assert "does not have this step" in refusal(play, line(user("a"), user("c"), ids="a c"))
    moved = move(play, line(user("a"), user("c"), ids="a c"), places={("p", "b"): ("p", "c")})
    assert moved.open == ["c"]
    assert moved.do("c").now.finished


def test_a_step_with_another_id_is_found_by_its_name_or_by_what_is_around_it() -> None:
    old = spec_set(line(user("a"), user("b", name="Visit"), user("c"), ids="a b c")).drawings
    by_name = spec_set(line(user("a"), user("v", name="visit"), user("c"), ids="a v c")).drawings
    around = spec_set(line(user("a"), user("v", name="Call"), user("c"), ids="a v c")).drawings
    assert propose(old, by_name)["p", "b"] == Match(("p", "v"), "structure")
    assert propose(old, around)["p", "b"] == Match(("p", "v"), "structure")
    gone = spec_set(line(user("a"), user("c"), ids="a c")).drawings
    assert propose(old, gone)["p", "b"] == Match(None, "none")


def test_a_clock_beside_the_step_keeps_its_moment_and_a_new_one_begins_now(
    clock: time_machine.Traveller,
) -> None:
    def with_timer(span: str, second: str = "") -> bytes:
        beside = boundary("t", "b", timer("duration", span)) + user("late") + flow("t > late > end")
        if second:
            beside += (
                boundary("u", "b", timer("duration", second))
                + user("later")
                + flow("u > later > end")
            )
        return line(*map(user, "abc"), ids="a b c", more=beside)

    play = Play(with_timer("P10D")).do("a")
    first = {timer.element_id: timer for timer in play.now.timers}
    clock.shift(timedelta(days=3))
    move(play, with_timer("P20D", "P5D"))
    after = {timer.element_id: timer for timer in play.now.timers}
    assert after["t"] == first["t"]
    assert after["u"].due_at - first["t"].due_at == timedelta(days=-2)
    move(play, ABC)
    assert (play.now.timers, play.open) == ((), ["b"])


def test_a_reminder_that_has_been_sent_is_not_armed_again() -> None:
    beside = (
        boundary("t", "b", timer("duration", "P1D"), interrupting=False)
        + user("late")
        + flow("t > late > end")
    )
    play = Play(line(*map(user, "abc"), ids="a b c", more=beside)).do("a")
    assert play.later(days=2) == 1
    assert move(play, line(*map(user, "abxc"), ids="a b x c", more=beside)).now.timers == ()
    assert play.open == ["b", "late"]
    assert play.do("b").open == ["x"]


def test_an_open_step_comes_to_be_inside_a_sub_process_and_out_again() -> None:
    inside = line(
        user("a"),
        sub("s", start("s1"), user("b"), user("c"), end("s2"), flow("s1 > b > c > s2")),
        ids="a s",
    )
    play = Play(ABC).do("a")
    assert move(play, inside).open == ["b"]
    assert move(play, ABC).open == ["b"]
    assert move(play, inside).do("b").do("c").now.finished


def test_the_clock_of_a_step_is_that_of_the_part_it_is_put_into() -> None:
    def clocked(host: str) -> str:
        late = boundary("t", host, timer("duration", "P10D"), interrupting=False)
        return late + user("late") + flow("t > late > end")

    inside = sub("s", start("s1"), user("b"), user("c"), end("s2"), flow("s1 > b > c > s2"))
    play = Play(line(*map(user, "abc"), ids="a b c", more=clocked("b"))).do("a")
    before = play.now.timers[0]
    move(play, line(user("a"), inside, ids="a s", more=clocked("s")))
    assert [(t.due_at, t.host_element_id) for t in play.now.timers] == [(before.due_at, "s")]
    assert play.do("b").later(days=11) == 1
    assert play.open == ["c", "late"]
    assert play.do("c").now.finished


def test_an_open_step_comes_to_be_in_a_called_process() -> None:
    caller = line(user("a"), call("visit", "q", inputs={"kept": "=kept"}), ids="a visit")
    called = bpmn(
        process("q", start("q1"), user("b"), user("c"), end("q2"), flow("q1 > b > c > q2"))
    )
    play = Play(ABC, facts={"kept": 7}).do("a")
    move(play, caller, called)
    task = play.task("b")
    assert (task.process_id, task.call_path, task.facts["kept"]) == ("q", ("visit",), 7)
    assert play.do("b").do("c").now.finished


def test_a_way_that_is_done_waits_on_at_the_meeting_of_ways() -> None:
    def two(first: str, more: str = "") -> bytes:
        parts = [parallel("f"), parallel("j"), user(first), user("b"), user("c")]
        flows = flow(f"start > f > {first} > j > c > end") + flow("f > b > j")
        return bpmn(process("p", start(), end(), *parts, flows, more))

    play = Play(two("a")).do("a")
    assert move(play, two("z")).do("b").open == ["c"]
    play = Play(two("a")).do("a")
    said = refusal(play, line(*map(user, "abc"), ids="a b c"))
    assert "does not have this step" in said


def test_what_waits_for_a_signature_is_not_moved_to_a_plain_gateway() -> None:
    def decision(sign: bool) -> bytes:
        gateway = xor("g", "no", **({"role": "supervisor"} if sign else {}))
        flows = flow("start > a > g") + flow("g > c", "=yes", flow_id="yes")
        flows += flow("g > end", flow_id="no") + flow("c > end")
        return bpmn(process("p", start(), end(), user("a"), gateway, user("c"), flows))

    play = Play(decision(sign=True)).do("a", yes=True)
    asked = play.task("g")
    assert "nobody signs off here" in refusal(play, decision(sign=False))
    assert move(play, decision(sign=True)).task("g") == asked
    assert play.sign("g", "yes").open == ["c"]


def test_the_moved_process_is_the_same_for_a_newly_loaded_one() -> None:
    play = move(Play(ABC).do("a"), line(*map(user, "abyc"), ids="a b y c"))
    again = Process.load(play.specs, play.now.state, play.host).snapshot()
    assert (again.state, again.open_tasks) == (play.now.state, play.now.open_tasks)
    assert clock.now() is not None


def test_a_case_put_past_a_meeting_of_ways_would_make_the_other_way_wait_for_ever() -> None:
    parts = (parallel("f"), parallel("j"), *map(user, "abcd"))
    flows = flow("start > f > a > j > c > d > end") + flow("f > b > j")
    two = bpmn(process("p", start(), end(), *parts, flows))
    play = Play(two)
    specs = play.specs.drawings
    before = marking(read(play.now.state), specs)
    assert dead_end(before, specs) is None
    move(play, two, places={("p", "a"): ("p", "d")})
    after = marking(read(play.now.state), play.specs.drawings)
    found = new_dead_end(before, specs, after, play.specs.drawings)
    assert found is not None
    assert found.id == "j"


def test_loops_races_clocks_and_parts_can_go_on_from_every_wait() -> None:
    each = user("each", repeated("=ids", "one", sequential=True))
    inside = sub("s", start("s1"), each, end("s2"), flow("s1 > each > s2"))
    late = boundary("t", "s", timer("duration", "P1D"), interrupting=False)
    waits = catch("one", timer("duration", "P1D")) + catch("two", timer("duration", "P2D"))
    flows = flow("start > s > r > one > end") + flow("r > two > end") + flow("t > late > end")
    xml = bpmn(process("p", start(), end(), inside, late, user("late"), race("r"), waits, flows))
    play = Play(xml, facts={"ids": [1, 2]})
    specs = play.specs.drawings
    for act in (lambda: play.later(days=2), lambda: play.do("each"), lambda: play.do("each")):
        assert dead_end(marking(read(play.now.state), specs), specs) is None
        act()
    assert (play.open, len(play.now.timers)) == ([], 2)
    assert dead_end(marking(read(play.now.state), specs), specs) is None
