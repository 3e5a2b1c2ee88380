"""``graphs``: random drawings without structure, walked by the engine and the token game."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from app import clock
from app.engine.errors import ElementFailed
from app.engine.process import Process
from app.engine.results import Message, Snapshot
from app.engine.tokengame.values import Move, Pool, TooManyTokens
from tests.fuzz.graphs import Graph, graph
from tests.fuzz.oracle import Judge, Open
from tests.support.engine import FakeHost, spec_set

STEPS = 40
MOST_OPEN = 25
STUCK, UNCAUGHT = "can come any more", "No boundary event"
ENDLESS = "nobody works on"


class Differs(Exception):
    """Engine and game do not say the same."""


class _Walk:
    """``outcome`` says how it came to an end: finished, stuck, uncaught, endless, crowded, long."""

    def __init__(self, drawn: Graph) -> None:
        self._random = Random(-1 - drawn.seed)
        self._left = self._random.random() < 0.5
        self._specs, self._host = spec_set(drawn.file), FakeHost()
        self.steps = 0
        self.trace: list[str] = []
        self._file = drawn.file

    def outcome(self) -> str:
        facts = {"left": self._left, "again": False, "case_id": "c"}
        try:
            self._judge = Judge(self._file, self._left, any_order=True)
            process = Process.start(self._specs, "p", facts, self._host)
            return self._go_on(process.snapshot())
        except TooManyTokens:
            return "crowded"
        except ElementFailed as error:
            return self._failed(error)

    def _go_on(self, now: Snapshot) -> str:
        while True:
            seen: list[Open] = sorted(((t.element_id, t.item) for t in now.open_tasks), key=repr)
            self.trace.append(f"open: {seen}")
            self._judge.states = {s for s in self._judge.states if s.problem is None}
            waiting = [t.element_id for t in now.timers]
            waiting += [m.element_id for m in now.waiting_messages]
            if not self._judge.agrees(seen, now.finished, waiting):
                raise Differs(f"the engine shows {seen} and {waiting}, finished: {now.finished}")
            if now.finished:
                return "finished"
            if len(seen) > MOST_OPEN or self.steps == STEPS:
                return "long"
            possible = self._judge.possible()
            if not possible:
                raise Differs("the engine waits although nothing can happen any more")
            self.steps += 1
            now = self._step(now, self._random.choice(possible))

    def _step(self, now: Snapshot, move: Move) -> Snapshot:
        """The game first: the engine may fail, and then the game has to say why."""
        process, name = Process.load(self._specs, now.state, self._host), move.element_id
        answers = {"left": self._random.random() < 0.5, "again": self._random.random() < 0.4}
        self.trace.append(f"{move.what} {name} {move.item} {answers}")
        if move.what == "complete":
            self._judge.move(move, (answers["left"], answers["again"]))
            task = next(t for t in now.open_tasks if (t.element_id, t.item) == (name, move.item))
            process.complete(task.engine_task_id, dict(answers))
            return process.snapshot()
        self._judge.happen(name)
        names = {m.element_id: m.name for m in now.waiting_messages}
        if name in names:
            if not process.deliver(Message(names[name], "c", {})):
                raise Differs(f"nobody takes {names[name]}")
        else:
            timer = next((t for t in now.timers if t.element_id == name), None)
            if timer is None:
                raise Differs(f"{name} does not wait")
            process.move_timer(timer.engine_task_id, clock.now())
            if process.fire_due_timers() != 1:
                raise Differs(f"{name} does not fire")
        return process.snapshot()

    def _failed(self, error: ElementFailed) -> str:
        """The engine says that it cannot go on: whether the game could."""
        states = self._judge.states
        if ENDLESS in error.message and not states:
            return "endless"
        if UNCAUGHT in error.message and any(state.problem for state in states):
            return "uncaught"
        if STUCK in error.message and any(map(_is_stuck, (s.tokens for s in states))):
            return "stuck"
        raise Differs(f"{error}, but the game goes on: {sorted(map(str, states))[:3]}")


def _is_stuck(pool: Pool) -> bool:
    """Whether in some sub-process or call there is nothing but tokens in front of joins."""
    return any(tokens and all(map(_joins, tokens)) for tokens in _scopes(pool))


def _scopes(pool: Pool) -> Iterator[Pool]:
    yield pool
    for token in pool:
        for inner in (token.inside, *(each.inside for each in token.each)):
            if inner:
                yield from _scopes(inner)


def _joins(token: object) -> bool:
    return bool(getattr(token, "via", ""))


def graphs(count: int, first: int = 0) -> dict[str, object]:
    """Figures; ``differs`` must stay empty."""
    kinds: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    differs: list[str] = []
    steps = 0
    for seed in range(first, first + count):
        drawn = graph(seed)
        kinds.update(drawn.kinds.keys())
        walk = _Walk(drawn)
        try:
            outcomes[walk.outcome()] += 1
        except Differs as error:
            differs.append(f"{seed}: {error} after {walk.trace[-3:]}")
        steps += walk.steps
    return {
        "graphs": count,
        "steps_each_saved_and_reloaded": steps,
        "outcomes": dict(outcomes),
        "graphs_with": dict(sorted(kinds.items())),
        "differs": differs,
        "failed": bool(differs),
    }
