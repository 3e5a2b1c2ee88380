"""Playing a process in a test: every step is saved and loaded again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from app import clock, feel
from app.calendars import WorkingCalendar
from app.engine.parse import parse_diagram
from app.engine.process import Process
from app.engine.results import (
    DecisionOutcome,
    ElementRef,
    Facts,
    Message,
    OpenTask,
    Snapshot,
    StepEvent,
    ThrownMessage,
)
from app.engine.specset import SpecSet


@dataclass
class FakeHost:
    """Tables and automatic steps as plain functions of the facts they are given."""

    tables: Mapping[str, Callable[[Facts], object]] = field(default_factory=dict)
    steps: Mapping[str, Callable[[Facts], Facts]] = field(default_factory=dict)
    given: Mapping[str, object] = field(default_factory=dict)
    asked: list[tuple[str, Facts]] = field(default_factory=list)
    elements: list[ElementRef] = field(default_factory=list)

    def environment(self) -> feel.Environment:
        return feel.Environment(now=clock.now(), calendar=WorkingCalendar())

    def parameters(self) -> Mapping[str, object]:
        return self.given

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        self.asked.append((decision_id, facts))
        found = self.tables[decision_id](facts)
        return found if isinstance(found, DecisionOutcome) else DecisionOutcome(found)

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        self.asked.append((task_type, inputs))
        self.elements.append(element)
        return self.steps[task_type](inputs)


def spec_set(*files: bytes, names: frozenset[str] = frozenset()) -> SpecSet:
    """The processes of these files, pinned together."""
    diagrams = {p.id: d for d in map(parse_diagram, files) for p in d.processes}
    key = "/".join(str(hash(file)) for file in files) + "/".join(sorted(names))
    return SpecSet.build(key, diagrams, names)


class Play:
    """One process, saved and loaded between any two steps."""

    def __init__(
        self,
        *files: bytes,
        facts: Mapping[str, object] | None = None,
        host: FakeHost | None = None,
        process_id: str = "",
        message: str | None = None,
    ) -> None:
        self.specs = spec_set(*files)
        self.host = host or FakeHost()
        self.history: list[StepEvent] = []
        self.thrown: list[ThrownMessage] = []
        first = process_id or next(iter(self.specs.processes))
        self._keep(Process.start(self.specs, first, facts or {}, self.host, message=message))

    def _keep(self, process: Process) -> None:
        self.now: Snapshot = process.snapshot()
        self.history += self.now.steps
        self.thrown += self.now.thrown

    def load(self) -> Process:
        return Process.load(self.specs, self.now.state, self.host)

    # ------------------------------------------------------------------ looking

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.now.open_tasks)

    @property
    def facts(self) -> Facts:
        return self.now.facts

    def task(self, element_id: str) -> OpenTask:
        found = [t for t in self.now.open_tasks if t.element_id == element_id]
        assert found, f"{element_id} is not open, but {self.open}"
        return found[0]

    def lines(self, what: str) -> list[str]:
        """The history as element ids."""
        return [step.element_id for step in self.history if step.what == what]

    # ------------------------------------------------------------------ acting

    def do(self, element_id: str, **answers: object) -> "Play":
        process = self.load()
        process.complete(self.task(element_id).engine_task_id, answers)
        self._keep(process)
        return self

    def do_one(self, element_id: str, item: object, answers: Mapping[str, object]) -> "Play":
        """Complete the task that is open for this item."""
        process = self.load()
        found = [t for t in self.now.open_tasks if (t.element_id, t.item) == (element_id, item)]
        process.complete(found[0].engine_task_id, dict(answers))
        self._keep(process)
        return self

    def sign(self, element_id: str, flow_id: str, **changes: object) -> "Play":
        process = self.load()
        process.decide_gateway(self.task(element_id).engine_task_id, flow_id, changes)
        self._keep(process)
        return self

    def send_back(self, element_id: str, to: str) -> "Play":
        process = self.load()
        process.send_back(self.task(element_id).engine_task_id, to)
        self._keep(process)
        return self

    def fire(self) -> int:
        process = self.load()
        fired = process.fire_due_timers()
        self._keep(process)
        return fired

    def later(self, **delta: float) -> int:
        """Fire what is due after this much time. Time itself does not move on."""
        with clock.at(clock.now() + timedelta(**delta)):
            return self.fire()

    def deliver(self, name: str, key: str, **payload: object) -> bool:
        process = self.load()
        caught = process.deliver(Message(name, key, payload))
        self._keep(process)
        return caught
