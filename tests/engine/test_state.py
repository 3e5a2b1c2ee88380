"""Saved state: small, complete, readable by another Python, and never in need of the XML twice."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app import clock
from app.engine import parse
from app.engine.errors import StateUnreadable
from app.engine.process import Process
from app.engine.specset import SpecSet
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    message,
    parallel,
    process,
    race,
    repeated,
    service,
    simple,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play, spec_set

ROOT = Path(__file__).parents[2]
MEET = bpmn(process("q", start("qs"), user("hold"), end("qe"), flow("qs > hold > qe")))
AGENCIES = ["police", "health", "school"]
MARK = repeated("=agencies", "agency", into=("replies", "=agency + answer"))
IN_TURN = repeated("=agencies", "agency", sequential=True, into=("replies", "=answer"))

WAITS: dict[str, tuple[list[bytes], list[list[Any]]]] = {
    "a task": ([simple(user("c"), user("z"), flow("start > c > z > end"))], [["do", "c"]]),
    "a sub-process": (
        [
            simple(
                sub("sp", start("s"), user("in1"), end("e"), flow("s > in1 > e")),
                user("z"),
                flow("start > sp > z > end"),
            )
        ],
        [["do", "in1"]],
    ),
    "a call": (
        [simple(call("ca", "q"), user("z"), flow("start > ca > z > end")), MEET],
        [["do", "hold"]],
    ),
    "a task for each": (
        [simple(user("c", MARK), user("z"), flow("start > c > z > end"))],
        [["do", "c"]] * 3,
    ),
    "a task for each in turn": (
        [simple(user("c", IN_TURN), user("z"), flow("start > c > z > end"))],
        [["do", "c"]] * 3,
    ),
    "a call for each": (
        [simple(call("c", "q", MARK), user("z"), flow("start > c > z > end")), MEET],
        [["do", "hold"]] * 3,
    ),
    "a reminder": (
        [
            simple(
                user("a"),
                boundary("b", "a", timer("duration", "P5D"), interrupting=False),
                user("chase"),
                user("z"),
                end("e2"),
                flow("start > a > z > end"),
                flow("b > chase > e2"),
            )
        ],
        [["fire"], ["do", "a"]],
    ),
    "either of two events": (
        [
            simple(
                race("eg"),
                catch("t", timer("duration", "P5D")),
                catch("m", message("reply")),
                user("z"),
                flow("start > eg > t > z > end"),
                flow("eg > m > z"),
                messages={"reply": "=case_id"},
            )
        ],
        [["deliver", "reply", "c1"]],
    ),
    "a join": (
        [
            simple(
                parallel("f"),
                user("a"),
                user("b"),
                parallel("j"),
                user("z"),
                flow("start > f > a > j > z > end"),
                flow("f > b > j"),
            )
        ],
        [["do", "b"], ["do", "a"]],
    ),
    "a sign-off": (
        [
            simple(
                user("a"),
                xor("g", default="g_z", role="supervisor", due="P2D"),
                user("y"),
                user("z"),
                flow("start > a > g > z > end"),
                flow("g > y", "=true"),
                flow("y > end"),
            )
        ],
        [["do", "a"], ["sign", "g", "g_z"]],
    ),
}


def in_new_process(files: list[bytes], state: bytes, action: list[Any], later: int) -> Any:
    asked = {
        "files": [b64encode(file).decode() for file in files],
        "state": b64encode(state).decode(),
        "action": action,
        "now": (clock.now() + timedelta(days=later)).isoformat(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.elsewhere"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", WAITS)
def test_a_process_goes_on_in_a_new_python_at_every_wait_of(name: str) -> None:
    files, actions = WAITS[name]
    first = Play(*files, facts={"agencies": AGENCIES, "case_id": "c1"})
    state = first.now.state
    opened = [[t.element_id, t.engine_task_id] for t in first.now.open_tasks]
    now: Any = {}
    for n, action in enumerate([*actions, ["do", "z"]]):
        if action[0] in {"do", "sign"}:
            task_id = next(task_id for element_id, task_id in opened if element_id == action[1])
            answers: list[Any] = [{"answer": str(n)}] if action[0] == "do" else action[2:]
            action = [action[0], task_id, *answers]  # noqa: PLW2901 - ids for names
        now = in_new_process(files, state, action, later=n * 10 + 10)
        state, opened = b64decode(now["state"]), now["open"]
    assert now["finished"], (now, name)
    if name == "a task for each":
        assert now["facts"]["replies"] == ["police0", "health1", "school2"]


REVIEWS = simple(
    xor("again"),
    user("meet", repeated("=agencies", "agency", into=("views", "=view"))),
    sub(
        "prepare",
        start("s"),
        parallel("fork"),
        user("write"),
        service("gather", "echo", inputs={"n": "=turn"}),
        parallel("join"),
        end("e"),
        flow("s > fork > write > join > e"),
        flow("fork > gather > join"),
    ),
    boundary("late", "prepare", timer("duration", "P5D"), interrupting=False),
    user("chase"),
    end("e2"),
    call("team", "q"),
    user("review"),
    xor("go_on", default="go_on_end"),
    flow("start > again > meet > prepare > team > review > go_on > end"),
    flow("late > chase > e2"),
    flow("go_on > again", "=go_on"),
)


def turn(play: Play, n: int, *, go_on: bool = True) -> None:
    play.do("meet", view=n).do("meet", view=n)
    play.later(days=6)
    play.do("write").do("hold").do("review", go_on=go_on, turn=n)


def test_three_hundred_turns_leave_the_state_as_small_as_the_first() -> None:
    host = FakeHost(steps={"echo": lambda inputs: {"echoed": inputs}})
    play = Play(REVIEWS, MEET, facts={"agencies": ["police", "school"], "case_id": "c1"}, host=host)
    sizes = []
    for n in range(300):
        turn(play, n)
        sizes.append(len(play.now.state))
        play.history.clear()
    assert max(sizes[1:]) <= max(sizes[:3]) + 16, "only the number of the turn may grow"
    assert max(sizes) < 1000
    turn(play, 300, go_on=False)
    assert play.now.finished


def test_the_order_of_facts_survives() -> None:
    drawn = simple(user("a"), flow("start > a > end"))
    facts = {"zebra": 1, "apple": {"z": 1, "a": 2}, "mango": [3, 1, 2]}
    play = Play(drawn, facts=facts)
    assert json.dumps(play.load().snapshot().facts) == json.dumps(facts)


def test_a_fact_may_carry_names_the_library_uses_for_itself() -> None:
    drawn = simple(user("a"), user("b"), flow("start > a > b > end"))
    play = Play(drawn).do("a", typename="Task", data_objects={"typename": "x"}, tasks=[])
    assert play.task("b").facts["data_objects"] == {"typename": "x"}


def test_two_processes_share_specifications_and_nothing_else() -> None:
    drawn = simple(user("a"), user("b"), flow("start > a > b > end"))
    one, two = Play(drawn, facts={"n": [1]}), Play(drawn, facts={"n": [2]})
    one.do("a", n=[3])
    assert (two.facts, two.open) == ({"n": [2]}, ["a"])


def test_loading_a_state_reads_no_xml_once_the_set_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = simple(user("once_only"), flow("start > once_only > end"))
    specs = spec_set(drawn)
    state = Process.start(specs, "p", {}, FakeHost()).snapshot().state

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the XML was read again")

    monkeypatch.setattr(etree, "fromstring", forbidden)
    monkeypatch.setattr(parse, "read", forbidden)
    known = SpecSet.known(specs.key)
    assert known is specs
    assert Process.load(known, state, FakeHost()).snapshot().open_tasks
    assert parse.parse_diagram(drawn) is not None, "the same file is parsed once"
    assert SpecSet.build(specs.key, {}) is specs


@pytest.mark.parametrize("damage", [b"", b"x", b"\x78\x9c"])
def test_a_damaged_state_is_refused(damage: bytes) -> None:
    specs = spec_set(simple(user("a"), flow("start > a > end")))
    with pytest.raises(StateUnreadable):
        Process.load(specs, damage, FakeHost())


def test_a_state_the_diagram_has_no_place_for_is_refused() -> None:
    drawn = simple(user("a"), flow("start > a > end"))
    other = simple(user("b"), flow("start > b > end"))
    state = Play(drawn).now.state
    with pytest.raises(StateUnreadable):
        Process.load(spec_set(other), state, FakeHost())
    with pytest.raises(StateUnreadable):
        Process.load(spec_set(MEET), state, FakeHost())


def test_a_snapshot_of_a_loaded_process_is_the_same_state() -> None:
    play = Play(REVIEWS, MEET, facts={"agencies": ["a", "b"]}, host=FakeHost())
    assert play.load().snapshot().state == play.now.state
