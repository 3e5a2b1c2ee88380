"""The engine and a second reading of the same drawing agree after every step."""

from random import Random

import pytest

from tests.engine.blocks import Drawer, Game, model
from tests.support.engine import Play

STEPS = 60


def walk(seed: int) -> int:
    """Play one random model both ways; the number of steps."""
    root, random = model(seed), Random(-seed)
    facts = {"left": random.random() < 0.5, "again": False}
    game = Game(root, dict(facts))
    play = Play(Drawer().file(root), facts={**facts, "case_id": "c"}, process_id="p")
    trace: list[object] = []
    for step in range(STEPS):
        mine = sorted(((t.element_id, t.item) for t in play.now.open_tasks), key=str)
        assert (mine, play.now.finished) == (game.open, game.finished), (seed, step, trace)
        if game.finished:
            return step
        waiting = game.waiting()
        if waiting and random.random() < 0.2:
            name = random.choice(waiting)
            trace.append(name)
            game.tell(name)
            assert play.deliver(f"m_{name}", "c")
            continue
        what = random.choice(game.open)
        answers: dict[str, bool] = {"left": random.random() < 0.5, "again": random.random() < 0.4}
        trace.append((what, answers))
        game.do(what, answers)
        play.do_one(*what, answers)
    return STEPS


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_two_hundred_random_models_agree(start: int) -> None:
    assert sum(walk(seed) for seed in range(start, start + 20)) > 20
