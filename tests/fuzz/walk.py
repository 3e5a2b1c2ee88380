"""One walk: people, clocks and messages move a shipped process at random, until it ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app import clock
from app.clock import LONDON
from app.definitions import facts
from app.engine.process import Process
from app.engine.results import Facts, Message, OpenTask, WaitingTimer
from tests.fuzz.walk_world import Journey, WalkHost, answered
from tests.support.scenario_files import worked_out

#: A Monday morning.
BEGIN = datetime(2026, 1, 5, 9, tzinfo=LONDON)
ANSWERS = ("approve", "approve_with_changes", "send_back", "decide_differently")


class DeadEnd(AssertionError):
    """It runs, and nothing can happen to it any more."""


class Walk:
    """Saved and loaded again before every step."""

    def __init__(self, journey: Journey, chance: Random) -> None:
        self.journey = journey
        self.chance = chance
        self._host = WalkHost(journey, chance)
        self._documents: Facts = {}
        self._leaning = chance.choice((0.0, 0.5, 0.9))  # by lot alone, few get far
        self.moment = BEGIN
        self.trace: list[str] = []
        self.done: set[str] = set()
        scenario = chance.choice(journey.scenarios)
        with clock.at(self.moment):
            given = {**worked_out(scenario.facts), "case_id": 1, "area": journey.area}
            self._keep(
                Process.start(journey.specs, journey.process_id, given, self._host), "started"
            )

    def _keep(self, process: Process, what: str) -> None:
        self.trace.append(what)
        self.now = process.snapshot()

    def _move(self, what: str, act: Callable[[Process], Any]) -> None:
        self.moment += timedelta(minutes=1)
        with clock.at(self.moment):
            process = Process.load(self.journey.specs, self.now.state, self._host)
            self.trace.append(what)
            act(process)
            self.now = process.snapshot()

    # ------------------------------------------------------------------ what can happen

    @property
    def finished(self) -> bool:
        return self.now.finished

    @property
    def timers(self) -> tuple[WaitingTimer, ...]:
        return self.now.timers

    @property
    def tasks(self) -> list[OpenTask]:
        return [task for task in self.now.open_tasks if task.kind == "user"]

    @property
    def sign_offs(self) -> list[OpenTask]:
        return [task for task in self.now.open_tasks if task.kind == "sign_off"]

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Name and key of what it waits for and somebody can send."""
        return [(w.name, w.key) for w in self.now.waiting_messages if w.name in self.journey.sent]

    def check(self) -> None:
        """A running process has an open task, a timer, or a message that somebody can send.

        Raises:
            DeadEnd: it has none.
        """
        something = self.now.open_tasks or self.now.timers or self.messages
        if not (self.now.finished or something):
            raise DeadEnd(f"it waits for {self.now.waiting_messages} after {self.trace}")

    # ------------------------------------------------------------------ what happens

    def complete(self) -> None:
        task = self.chance.choice(self.tasks)
        with clock.at(self.moment):
            as_told = self.chance.random() < self._leaning
            document = answered(self.journey, task, self._documents, self.chance, as_told=as_told)
        self._documents[task.element_id] = document
        self.done.add(task.element_id)
        kept = facts.kept(document, self.journey.pinned.names_read)
        what = f"{task.element_id} {kept}"
        self._move(what, lambda process: process.complete(task.engine_task_id, kept))

    def sign(self, answer: str = "") -> None:
        """Answer one of the gateways: as asked, where that is possible there; else approve."""
        task = self.chance.choice(self.sign_offs)
        sign_off, recommendation = task.sign_off, task.recommendation
        assert sign_off is not None
        assert recommendation is not None
        self.done.add(task.element_id)
        answer = answer or self.chance.choice(ANSWERS)
        others = [b.flow_id for b in recommendation.branches if b.flow_id != recommendation.flow_id]
        gateway, what = task.engine_task_id, f"{task.element_id} {answer}"
        if answer == "send_back" and sign_off.send_back_to:
            to = self.chance.choice(sign_off.send_back_to)
            self._move(f"{what} {to}", lambda process: process.send_back(gateway, to))
        elif others and (answer == "decide_differently" or recommendation.flow_id is None):
            way = self.chance.choice(others)
            self._move(f"{what} {way}", lambda process: process.decide_gateway(gateway, way))
        else:
            changes = self._changes(task) if answer == "approve_with_changes" else {}
            self._move(
                f"{what} {changes}", lambda process: process.decide_gateway(gateway, None, changes)
            )

    def _changes(self, task: OpenTask) -> Facts:
        """Other answers to questions that this gateway lets somebody change."""
        assert task.sign_off is not None
        found: Facts = {}
        for form in self.journey.view.forms.values():
            for field in form.layout.fields:
                if field.key in task.sign_off.fields and field.choices:
                    found[field.key] = self.chance.choice(field.choices).value
        return found

    def pass_time(self) -> None:
        """To the next moment at which a clock rings; often to a later one."""
        due = min(timer.due_at for timer in self.timers)
        late = timedelta(days=self.chance.choice((0, 0, 1, 40)))
        self.moment = max(self.moment, due + late)
        names = [timer.element_id for timer in self.timers if timer.due_at == due]
        self._move(f"timer {names}", lambda process: process.fire_due_timers())

    def tell(self) -> None:
        name, key = self.chance.choice(self.messages)
        with clock.at(self.moment):
            payload = dict(worked_out(self.chance.choice(self.journey.sent[name])))
        message = Message(name, key, payload)
        self._move(f"message {name} {payload}", lambda process: process.deliver(message))

    def cancel(self) -> None:
        self._move("cancelled", lambda process: process.cancel("The family has moved."))

    # ------------------------------------------------------------------ by lot

    def step(self) -> None:
        """Anything that can happen, work more often than clocks and messages."""
        possible = [
            *[self.complete] * 20 * bool(self.tasks),
            *[self.sign] * 20 * bool(self.sign_offs),
            *[self.pass_time] * 5 * bool(self.timers),
            *[self.tell] * bool(self.messages),
        ]
        self.chance.choice(possible)()
        self.check()

    def to_the_end(self, most: int) -> bool:
        """Go on; whether it came to its end within so many steps."""
        self.check()
        for _ in range(most):
            if self.now.finished:
                break
            self.step()
        return self.now.finished
