"""The token game: the engine's judge, and what it finds out about a drawing by itself."""

from pathlib import Path

import pytest

from app.engine.parse import parse_diagram
from app.engine.tokengame.explore import Explored, explore
from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.values import Move, TooManyTokens
from tests.fuzz.engine_part import models
from tests.support import diagrams as d

CORE = sorted((Path(__file__).parents[2] / "processes" / "core").glob("*.bpmn"))


def explored(file: bytes, process_id: str = "p") -> Explored:
    return explore(TokenGame({"file": parse_diagram(file).drawing}), process_id)


@pytest.mark.parametrize("first", range(0, 150, 25))
def test_the_engine_does_what_the_game_says(first: int) -> None:
    found = models(25, first)
    assert not found["ours_differs"]
    assert not found["stock_unexplained"]


def test_a_choice_may_go_either_way() -> None:
    file = d.simple(
        d.xor("g", "g_b"),
        d.user("a"),
        d.user("b"),
        d.xor("m"),
        d.flow("start > g"),
        d.flow("g > a", "=x"),
        d.flow("g > b"),
        d.flow("a > m > end"),
        d.flow("b > m"),
    )
    game = TokenGame({"file": parse_diagram(file).drawing})
    moves = [game.moves(state) for state in game.start("p")]
    assert sorted(moves, key=repr) == [{Move("complete", "a")}, {Move("complete", "b")}]
    assert explored(file).finishes


def test_a_choice_before_a_parallel_join_gets_stuck() -> None:
    file = d.simple(
        d.xor("g", "g_b"),
        d.user("a"),
        d.user("b"),
        d.parallel("j"),
        d.flow("start > g"),
        d.flow("g > a", "=x"),
        d.flow("g > b"),
        d.flow("a > j > end"),
        d.flow("b > j"),
    )
    found = explored(file)
    assert not found.finishes
    assert {token.at for state in found.stuck for token in state.tokens} == {"j"}


def test_parallel_work_in_a_loop_without_a_join_is_noticed() -> None:
    file = d.simple(
        d.xor("m"),
        d.parallel("f"),
        d.user("a"),
        d.user("b"),
        d.xor("g", "g_end"),
        d.flow("start > m > f > a > m"),
        d.flow("f > b > g > end"),
        d.flow("g > m", "=x"),
    )
    with pytest.raises(TooManyTokens):
        explored(file)


def test_an_error_nobody_takes_is_a_problem() -> None:
    end = d.node("endEvent", "bad", "<bpmn:errorEventDefinition/>")
    file = d.bpmn(d.process("p", d.start(), d.user("a"), end, d.flow("start > a > bad")))
    assert explored(file).problems


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_a_shipped_process_can_end_and_never_gets_stuck(path: Path) -> None:
    """Called processes are taken together with the file that calls them."""
    drawings = {p.stem: parse_diagram(p.read_bytes()).drawing for p in CORE}
    game = TokenGame(drawings)
    process = parse_diagram(path.read_bytes()).processes[0]
    found = explore(game, process.id, most=1_500)
    assert not found.stuck
    assert found.finishes or not found.whole
