"""Lets a copy of a process go on to its end, as a scenario would: to compare moved and unmoved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app import clock
from app.engine.errors import ElementFailed
from app.engine.process import Process
from app.engine.results import ElementRef, Facts, Message, OpenTask, Snapshot
from app.engine.specset import SpecSet
from app.runtime.copies import CopyHost
from tests.support.scenario_files import Scenario, worked_out

MOST_STEPS = 80


class ScenarioHost(CopyHost):
    """Steps of code answer what the scenario supposes."""

    supposed: Mapping[str, Any] = {}

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        del inputs
        found = self.supposed.get(element.element_id, self.supposed.get(task_type, {}))
        return dict(worked_out(found))


@dataclass
class Walk:
    """One copy on its way. ``how`` it ended: finished, going on, held up, or why it is stuck."""

    specs: SpecSet
    state: bytes
    host: CopyHost
    scenario: Scenario
    passed: list[str] = field(default_factory=list)
    #: a step that was drawn anew → the id under which the scenario knows it
    before: Mapping[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    visits: dict[str, int] = field(default_factory=dict)

    def to_the_end(self) -> str:
        for _ in range(MOST_STEPS):
            now = Process.load(self.specs, self.state, self.host).snapshot()
            if now.finished:
                return "finished"
            if not (now.open_tasks or now.timers or now.waiting_messages):
                return "held up" if now.incidents else "stuck: nothing is open"
            stuck = self._step(now)
            if stuck is not None:
                return stuck
        return "going on"

    def _step(self, now: Snapshot) -> str | None:
        """Do the first thing that is open; saved and loaded again around it."""
        while True:
            process = Process.load(self.specs, self.state, self.host, stop_before=self.held)
            try:
                self._act(process, now)
                after = process.snapshot()
            except ElementFailed as error:
                drawing = self.specs.drawings[error.process_id]
                join = drawing.elements[error.element_id].kind == "parallel"
                if join or error.element_id in self.held or len(self.held) > 20:
                    return f"stuck: {error.element_id}: {error.message}"
                self.held.add(error.element_id)
            else:
                self.passed += [s.element_id for s in after.steps if s.what == "completed"]
                self.state = after.state
                return None

    def _act(self, process: Process, now: Snapshot) -> None:
        if now.open_tasks:
            self._do(process, min(now.open_tasks, key=lambda t: self.visits.get(t.element_id, 0)))
        elif now.waiting_messages:
            wait = now.waiting_messages[0]
            process.deliver(Message(wait.name, wait.key, self._payload(wait.name)))
        else:
            with clock.at(max(now.timers[0].due_at, clock.now())):
                process.fire_due_timers()

    def _do(self, process: Process, task: OpenTask) -> None:
        turn = self.visits[task.element_id] = self.visits.get(task.element_id, 0) + 1
        if task.recommendation is None:
            asked = self.before.get(task.element_id, task.element_id)
            said = worked_out(self.scenario.answers(asked))
            process.complete(task.engine_task_id, dict(said))
            return
        flows = [branch.flow_id for branch in task.recommendation.branches]
        first = task.recommendation.flow_id or flows[0]
        others = [flow for flow in flows if flow != first]
        process.decide_gateway(task.engine_task_id, [first, *others][(turn - 1) % len(flows)])

    def _payload(self, name: str) -> dict[str, Any]:
        sent = (s for s in self.scenario.steps if s.get("message") == name)
        return dict(worked_out(next((s.get("payload") or {} for s in sent), {})))
