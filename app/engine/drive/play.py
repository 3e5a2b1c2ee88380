"""One diagram driven: what was reached, where it got stuck, and what the engine lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from time import process_time

from app import feel
from app.calendars import WorkingCalendar
from app.engine.drive.choices import Choices
from app.engine.drive.watching import Watcher
from app.engine.errors import ElementFailed, EngineRefused
from app.engine.parse import Diagram
from app.engine.process import Process
from app.engine.results import (
    DecisionOutcome,
    ElementRef,
    Facts,
    Message,
    OpenTask,
    Snapshot,
    WaitingTimer,
)
from app.engine.specset import SpecSet
from app.engine.tokengame.values import TooManyTokens

MOST_RUNS = 40
MOST_STEPS = 120
"""In one run, or twice as many as there are elements if that is more: a long way has its end, too."""
MOST_SECONDS = 2.0
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LONG_AGO = datetime(1990, 1, 1, 12, tzinfo=UTC)
CASE = "case"


@dataclass
class Driven:
    """``ends`` counts runs that came to an end, ``waits`` names messages the others waited for.

    ``stuck`` are tokens that nothing could move, ``differs`` where the token game says otherwise,
    ``failed`` what made-up values could not satisfy, all by element. ``not_reached`` are elements
    that no run came to; that may be the fault of the values.
    """

    runs: int = 0
    steps: int = 0
    ends: int = 0
    waits: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)
    differs: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    not_reached: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.stuck or self.differs)


class MadeUp:
    """The surroundings of a process that is only driven."""

    def __init__(self, choices: Choices, random: Random) -> None:
        self._choices, self._random = choices, random
        self.now = NOON

    def environment(self) -> feel.Environment:
        return feel.Environment(now=self.now, calendar=WorkingCalendar())

    def parameters(self) -> Mapping[str, object]:
        return self._choices.parameters

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        del decision_id, facts
        return DecisionOutcome(self._choices.some(self._random))

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        del task_type, element, inputs
        return self._choices.some(self._random)


def drive(
    key: str,
    diagrams: Mapping[str, Diagram],
    process_id: str,
    given: Mapping[str, Iterable[object]] | None = None,
) -> Driven:
    """Drive a process with all that it calls.

    Args:
        key: names exactly these diagrams.
        given: values by fact that forms offer.

    Raises:
        DiagramRefused: a call leads nowhere.
    """
    specs = SpecSet.build(key, diagrams)
    choices = Choices(specs.drawings.values(), given)
    diagram = diagrams[process_id]
    driven = Driven(lost=lost(diagram, specs))
    elements = diagram.process(process_id).elements
    until = process_time() + MOST_SECONDS
    starts = [e for e in elements.values() if e.kind == "start" and not e.parent]
    messages = sorted({start.message for start in starts if start.message})
    ways_in = [None, *messages] if len(messages) < len(starts) else messages
    for number in range(MOST_RUNS):
        run = _Run(driven, specs, choices, process_id, Random(number))  # noqa: S311 - no secret
        run.play(ways_in[number % len(ways_in)])
        driven.runs += 1
        if driven.reached >= elements.keys() or process_time() > until:
            break
    driven.not_reached = sorted(elements.keys() - driven.reached)
    return driven


def lost(diagram: Diagram, specs: SpecSet) -> list[str]:
    """Elements and flows of the drawing of which the engine's own specifications know nothing."""
    known = {task for spec in specs.specs.values() for task in spec.task_specs}
    ways = {
        way.id
        for spec in specs.specs.values()
        for task in spec.task_specs.values()
        for way in getattr(task, "ways", ())
    }
    return sorted((diagram.elements.keys() - known) | (diagram.flows.keys() - ways))


class _Run:
    def __init__(
        self, driven: Driven, specs: SpecSet, choices: Choices, process_id: str, random: Random
    ) -> None:
        self._driven, self._specs, self._choices = driven, specs, choices
        self._process_id, self._random = process_id, random
        self._most_steps = max(MOST_STEPS, 2 * len(specs.drawings[process_id].elements))
        self._host = MadeUp(choices, random)

    def play(self, message: str | None) -> None:
        try:
            self._play(message)
        except ElementFailed as error:
            kind = (
                self._driven.stuck if "nothing can come" in error.message else self._driven.failed
            )
            kind.setdefault(error.element_id, error.message)
        except TooManyTokens:
            self._driven.failed.setdefault(self._process_id, "It makes more and more tokens.")

    def _play(self, message: str | None) -> None:
        facts = {**self._choices.some(self._random), "case_id": CASE, "area": "area"}
        process = Process.start(self._specs, self._process_id, facts, self._host, message=message)
        watcher = Watcher(self._specs.drawings, self._process_id, message)
        for _ in range(self._most_steps):
            now = process.snapshot()
            self._note(now)
            watcher.see(now)
            if watcher.difference:
                at = now.open_tasks[0].element_id if now.open_tasks else self._process_id
                self._driven.differs.setdefault(at, watcher.difference)
                return
            if now.finished:
                self._driven.ends += 1
                return
            if not self._step(process, now, watcher):
                return
            self._driven.steps += 1

    def _note(self, now: Snapshot) -> None:
        self._driven.reached |= {step.element_id for step in now.steps}
        self._driven.reached |= {task.element_id for task in now.open_tasks}
        self._driven.reached |= {timer.element_id for timer in now.timers}
        self._driven.reached |= {waiting.element_id for waiting in now.waiting_messages}

    def _step(self, process: Process, now: Snapshot, watcher: Watcher) -> bool:
        """Let one thing happen; False when it waits for a message, or for nothing at all."""
        possible: list[OpenTask | WaitingTimer] = [*now.open_tasks, *now.timers]
        if possible and (not now.waiting_messages or self._random.random() < 0.8):
            chosen = self._random.choice(possible)
            if isinstance(chosen, OpenTask):
                self._work(process, chosen, watcher)
            else:
                self._ring(process, chosen, watcher)
            return True
        if now.waiting_messages:
            waiting = self._random.choice(now.waiting_messages)
            self._driven.waits.add(waiting.name)
            brought = self._choices.some(self._random)
            if not process.deliver(Message(waiting.name, waiting.key, brought)):
                return False
            takers = [
                w for w in now.waiting_messages if (w.name, w.key) == (waiting.name, waiting.key)
            ]
            watcher.move("event", *(taker.element_id for taker in takers))
            return True
        words = "Nothing is open and nothing is waited for, and the process has not ended."
        self._driven.stuck.setdefault(self._process_id, words)
        return False

    def _ring(self, process: Process, timer: WaitingTimer, watcher: Watcher) -> None:
        """One clock rings, long before all others; if more do, the game cannot follow."""
        self._host.now = LONG_AGO
        process.move_timer(timer.engine_task_id, LONG_AGO)
        watcher.gave_up |= process.fire_due_timers() > 1
        self._host.now = NOON
        watcher.move("event", timer.element_id)

    def _work(self, process: Process, task: OpenTask, watcher: Watcher) -> None:
        if task.kind == "user":
            process.complete(task.engine_task_id, self._choices.some(self._random))
            watcher.move("complete", task.element_id)
            return
        branches = task.recommendation.branches if task.recommendation else ()
        flow_id = self._random.choice(branches).flow_id if branches else None
        try:
            taken = process.decide_gateway(task.engine_task_id, flow_id)
        except EngineRefused as error:
            raise ElementFailed(task.element_id, task.process_id, str(error)) from error
        watcher.move("sign", task.element_id, flow_id=taken)
