"""One random model, walked by our engine, the token game and the stock engine side by side."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from app import clock
from app.engine.errors import ElementFailed
from app.engine.process import Process
from app.engine.results import Message
from app.engine.tokengame.values import Move
from tests.fuzz.models import Model, model
from tests.fuzz.oracle import Judge, Open
from tests.support.engine import FakeHost, spec_set
from tests.support.stock import Stock, for_stock

STEPS = 60


@dataclass
class Walked:
    """``ours`` says where the engine and the game differ; ``stock`` how the third voice left.

    ``after`` is the step after which it left. ``alike``: somebody completed one of two tasks that
    look the same from outside, and the third voice may have taken the other.
    """

    seed: int
    steps: int = 0
    finished: bool = False
    ours: str = ""
    stock: str = ""
    after: str = ""
    alike: bool = False
    kinds: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)


def walk(seed: int) -> Walked:
    """With an odd seed the stock engine walks too, and the fact ``left`` never changes.

    The stock engine gives every branch facts of its own. Where one branch changes what another
    reads, the two are right in their own ways, and there is nothing to compare.
    """
    return _Walk(model(seed)).to_the_end()


class _Walk:
    def __init__(self, drawn: Model) -> None:
        self._random = Random(-1 - drawn.seed)
        self._left = self._random.random() < 0.5
        self._with_stock = bool(drawn.seed % 2)
        file = drawn.file()
        facts = {"left": self._left, "again": False, "case_id": "c"}
        self._specs, self._host = spec_set(file), FakeHost()
        self.found = Walked(drawn.seed, kinds=drawn.kinds)
        self._judge = Judge(file, self._left)
        self._now = Process.start(self._specs, "p", facts, self._host).snapshot()
        self._stock: Stock | None = None
        if self._with_stock:
            self._third(lambda: self._begin(drawn, {**facts, "items": [1, 2]}))

    def _begin(self, drawn: Model, facts: dict[str, object]) -> None:
        self._stock = Stock(for_stock(drawn.file()), facts)

    def to_the_end(self) -> Walked:
        found = self.found
        while not self._differs() and not self._now.finished and found.steps < STEPS:
            found.steps += 1
            self._step(self._random.choice(self._judge.possible()))
        found.finished = self._now.finished
        return found

    def _differs(self) -> bool:
        seen: list[Open] = sorted(((t.element_id, t.item) for t in self._now.open_tasks), key=repr)
        if self._stock is not None:
            self._listen(self._stock, seen)
        if not self._judge.agrees(seen, self._now.finished):
            self.found.ours = f"step {self.found.steps}: the engine shows {seen}"
        return bool(self.found.ours)

    def _listen(self, stock: Stock, seen: list[Open]) -> None:
        said, finished = stock.open(), stock.finished
        if said == seen and finished == self._now.finished:
            return
        if not said and not self._now.finished:
            self._leave("stops too early" if finished else "stalls")
        elif self._now.finished:
            self._leave("never ends" if said == seen else "goes on")
        else:
            more = {name for name, _ in said} - {name for name, _ in seen}
            less = {name for name, _ in seen} - {name for name, _ in said}
            which = ("more" if more else "") + ("less" if less else "")
            self._leave(f"opens {which or 'another number of'} tasks")

    def _leave(self, why: str) -> None:
        self.found.stock, self._stock = why, None
        self.found.after = self.found.trace[-1] if self.found.trace else ""

    def _complete(self, stock: Stock, what: Open, answers: Mapping[str, object]) -> None:
        if not stock.complete(what, answers):
            self.found.alike = True

    def _third(self, act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001 - whatever it raises is what it says
            self._leave(f"raises {type(error).__name__}: {str(error).splitlines()[0][:60]}")

    # ------------------------------------------------------------------ moves

    def _step(self, move: Move) -> None:
        answers = {
            "left": self._left if self._with_stock else self._random.random() < 0.5,
            "again": self._random.random() < 0.4,
        }
        self.found.trace.append(f"{move.what} {move.element_id} {move.item} {answers}")
        try:
            self._move(move, answers)
        except (ElementFailed, IndexError) as error:
            self.found.ours = f"step {self.found.steps}: {error!r}"

    def _move(self, move: Move, answers: dict[str, bool]) -> None:
        process = Process.load(self._specs, self._now.state, self._host)
        stock, name = self._stock, move.element_id
        if move.what == "complete":
            open_now = [
                t for t in self._now.open_tasks if (t.element_id, t.item) == (name, move.item)
            ]
            process.complete(open_now[0].engine_task_id, dict(answers))
            self._judge.move(move, (answers["left"], answers["again"]))
            if stock:
                self._third(lambda: self._complete(stock, (name, move.item), answers))
        elif name in (message := {m.element_id: m.name for m in self._now.waiting_messages}):
            assert process.deliver(Message(message[name], "c", {}))
            self._judge.happen(name)
            if stock:
                self._third(lambda: stock.send(message[name]))
        else:
            timer = next(t for t in self._now.timers if t.element_id == name)
            process.move_timer(timer.engine_task_id, clock.now())
            assert process.fire_due_timers() == 1
            self._judge.happen(name)
            if stock:
                self._third(lambda: stock.time_out(name))
        self._now = process.snapshot()
