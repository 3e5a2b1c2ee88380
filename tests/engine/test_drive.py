"""Driving a diagram: every way is tried, and what goes wrong is named."""

import pytest

from app.engine.drive.play import Driven, drive
from app.engine.parse import parse_diagram
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
    repeated,
    rule,
    simple,
    start,
    sub,
    timer,
    user,
    xor,
)


def driven(*files: bytes) -> Driven:
    diagrams = {p.id: d for d in map(parse_diagram, files) for p in d.processes}
    return drive(repr(hash(files)), diagrams, next(iter(diagrams)))


CHOICE = simple(
    user("ask"),
    xor("which", "which_end"),
    *(user(name) for name in ("many", "yes")),
    flow("start > ask > which > end"),
    flow("which > many", "=count > 120"),
    flow("which > yes", '=answer = "yes please"'),
    flow("many > end"),
    flow("yes > end"),
)


def test_answers_are_chosen_so_that_every_way_is_taken() -> None:
    found = driven(CHOICE)
    assert found.is_sound
    assert found.not_reached == []
    assert found.ends > 0


WHOLE = {
    "clocks ring": simple(
        user("ask"),
        boundary("late", "ask", timer("duration", "P3D")),
        user("chase"),
        flow("start > ask > end"),
        flow("late > chase > end"),
    ),
    "messages come": simple(
        catch("wait", message("news")), flow("start > wait > end"), messages={"news": "=case_id"}
    ),
    "two wait for one message": simple(
        parallel("split"),
        *(catch(name, message("news")) for name in ("one", "two")),
        *(user(name) for name in ("a", "b")),
        parallel("join"),
        flow("start > split > one > a > join > end"),
        flow("split > two > b > join"),
        messages={"news": "=case_id"},
    ),
    "lists have two items": simple(
        user("each", repeated("=people", "person")), flow("start > each > end")
    ),
    "tables decide": simple(
        rule("look", "table", "found"),
        xor("which", "which_end"),
        user("more"),
        flow("start > look > which > end"),
        flow("which > more", '=found.level = "4"'),
        flow("more > end"),
    ),
    "sign-offs are given": simple(
        xor("sign", "sign_end", role="supervisor"),
        user("more"),
        flow("start > sign > end"),
        flow("sign > more", "=x"),
        flow("more > end"),
    ),
    "branches join": simple(
        parallel("split"),
        *(user(name) for name in ("a", "b")),
        parallel("join"),
        flow("start > split > a > join > end"),
        flow("split > b > join"),
    ),
    "sub-processes are entered": simple(
        sub("inner", start("s"), user("deep"), end("e"), flow("s > deep > e")),
        flow("start > inner > end"),
    ),
}


@pytest.mark.parametrize("file", WHOLE.values(), ids=WHOLE)
def test_everything_drawn_is_reached_and_agrees_with_the_token_game(file: bytes) -> None:
    found = driven(file)
    assert found.differs == {}
    assert found.stuck == {}
    assert found.lost == []
    assert set(found.not_reached) <= {"more"}
    assert found.ends > 0


def test_what_is_called_is_driven_too() -> None:
    inner = bpmn(process("q", start(), user("deep"), end(), flow("start > deep > end")))
    found = driven(simple(call("go", "q"), flow("start > go > end")), inner)
    assert found.is_sound
    assert "deep" in found.reached


def test_a_token_that_waits_for_ever_is_named() -> None:
    found = driven(
        simple(
            xor("split", "split_b"),
            *(user(name) for name in ("a", "b")),
            parallel("join"),
            flow("start > split > a", "=x"),
            flow("split > b > join > end"),
            flow("a > join"),
        ).replace(
            b'id="start_split" name="" sourceRef="start" targetRef="split"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=x</bpmn:conditionExpression>',
            b'id="start_split" name="" sourceRef="start" targetRef="split">',
        )
    )
    assert "join" in found.stuck
    assert not found.is_sound


def test_a_choice_without_a_true_way_is_told_apart_from_a_fault() -> None:
    found = driven(
        simple(
            user("ask"),
            xor("which"),
            user("more"),
            flow("start > ask > which"),
            flow("which > end", "=a = 1"),
            flow("which > more", "=a = 2"),
            flow("more > end"),
        )
    )
    assert found.is_sound
    assert "which" in found.failed


def test_a_long_way_is_gone_to_its_end() -> None:
    names = [f"t{number}" for number in range(150)]
    found = driven(simple(*map(user, names), flow(" > ".join(["start", *names, "end"]))))
    assert (found.ends, found.not_reached) == (1, [])
