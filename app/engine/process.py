"""One running process. State in, an action, state out.

Every action either succeeds as a whole or raises; after an exception the object must be thrown
away, because the library may have moved half-way.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from app.engine import facts, state, view
from app.engine.elements import waits
from app.engine.elements.base import drop
from app.engine.elements.calls import starting_point
from app.engine.elements.gateways import is_waiting_at
from app.engine.elements.sign_off import SignOffGateway
from app.engine.elements.tasks import UserTask
from app.engine.errors import CannotMove, ElementFailed, EngineRefused, Finding
from app.engine.host import Host
from app.engine.moving.matching import Spot
from app.engine.moving.reseat import Moved, reseat
from app.engine.moving.settle import settle
from app.engine.results import Facts, Message, Snapshot
from app.engine.run import Run
from app.engine.specset import SpecSet
from app.engine.spiff import Task, TaskState
from app.engine.workflow import ProcessWorkflow

MOST_TIMERS_AT_ONCE = 100
"""A cycle that was asleep for years catches up over several calls."""


class Process:
    """Use ``start`` or ``load``. ``stop_before`` holds ids of elements to stop in front of."""

    def __init__(self, specs: SpecSet, workflow: ProcessWorkflow) -> None:
        self._specs = specs
        self._workflow = workflow
        self._run = workflow.run

    @classmethod
    def start(
        cls,
        specs: SpecSet,
        process_id: str,
        given: Mapping[str, object],
        host: Host,
        *,
        message: str | None = None,
        stop_before: Iterable[str] = (),
    ) -> "Process":
        """Start a process and let it run to where it first waits.

        With ``message`` the token begins at that message's start event. A process whose only start
        event waits for a timer or message begins there at once, with the facts given.

        Raises:
            EngineRefused: no such process.
            ElementFailed: an element could not run.
        """
        if process_id not in specs.processes:
            raise EngineRefused(f"There is no process “{process_id}”.")
        run = Run(host, specs.names_read)
        run.stop_before = set(stop_before)
        workflow = ProcessWorkflow(process_id, specs.specs, run)
        workflow.data = {name: facts.as_json(value) for name, value in given.items()}
        workflow.token(starting_point(workflow.spec, message), {})
        process = cls(specs, workflow)
        process._go_on()
        return process

    @classmethod
    def load(
        cls, specs: SpecSet, saved: bytes, host: Host, *, stop_before: Iterable[str] = ()
    ) -> "Process":
        """The process as ``snapshot().state`` kept it. Nothing runs.

        Raises:
            StateUnreadable: the bytes do not fit the diagrams.
        """
        run = Run(host, specs.names_read)
        run.stop_before = set(stop_before)
        return cls(specs, state.load(specs, saved, run))

    @property
    def stop_before(self) -> set[str]:
        return self._run.stop_before

    @stop_before.setter
    def stop_before(self, element_ids: Iterable[str]) -> None:
        self._run.stop_before = set(element_ids)

    # ------------------------------------------------------------------ actions

    def complete(self, task_id: str, answers: Facts) -> None:
        """A person has done a task. ``answers`` hold only names that the process reads.

        Raises:
            EngineRefused: the task is not open.
            ElementFailed: something that follows could not run.
        """
        task = self._waiting_for_person(task_id)
        if not isinstance(task.task_spec, UserTask):
            raise EngineRefused("This is a sign-off, not a task to complete.")
        self._run.begin()
        task.task_spec.answer(task, answers)
        task.run()
        self._go_on()

    def decide_gateway(
        self, task_id: str, flow_id: str | None, changes: Facts | None = None
    ) -> str:
        """A sign-off: leave the gateway by this flow, whose id is returned.

        ``changes`` are facts the person corrected. Without ``flow_id`` it is the way that the
        conditions choose after the changes.

        Raises:
            EngineRefused: the gateway is not waiting, or has no such flow.
            ElementFailed: something that follows could not run.
        """
        task = self._sign_off(task_id)
        self._run.begin()
        self._change(task, changes)
        gateway = task.task_spec
        flow = (
            gateway.recommended(task)
            if flow_id is None
            else next((way for way in gateway.ways if way.id == flow_id), None)
        )
        if flow is None:
            raise EngineRefused("There is no such way out of this gateway.")
        gateway.decide(task, flow)
        task.run()
        self._go_on()
        return str(flow.id)

    def send_back(self, task_id: str, to_element_id: str, changes: Facts | None = None) -> None:
        """A sign-off: the token moves back to an earlier task, which opens again.

        Raises:
            EngineRefused: the gateway is not waiting, or does not name that task as a target.
            ElementFailed: something that follows could not run.
        """
        task = self._sign_off(task_id)
        if to_element_id not in task.task_spec.rule.send_back_to:
            raise EngineRefused("Work cannot be sent back to that step.")
        self._run.begin()
        self._change(task, changes)
        task.task_spec.send_back(task, to_element_id)
        task.run()
        self._go_on()

    def fire_due_timers(self) -> int:
        """Fire what is due by now, earliest first; how many. Call again while some are left."""
        self._run.begin()
        fired = 0
        while fired < MOST_TIMERS_AT_ONCE:
            task = waits.earliest_due(self._live(TaskState.WAITING), self._run.now)
            if task is None or self._run.has_done_enough(task):
                break
            self._run.timer_fires(task)
            task.task_spec.fire(task)
            self._go_on()
            fired += 1
        return fired

    def deliver(self, message: Message) -> bool:
        """Hand a message to the token that has waited for it longest; whether there was one."""
        self._run.begin()
        task = waits.first_in_line(self._live(TaskState.WAITING), message.name, message.key)
        if task is None:
            return False
        task.task_spec.fire(task, message.payload)
        self._go_on()
        return True

    def move_timer(self, engine_task_id: str, due_at: datetime) -> None:
        """Set a waiting timer to another moment. It fires with the next ``fire_due_timers``.

        Raises:
            EngineRefused: no timer waits under this id.
            ValueError: ``due_at`` has no time zone.
        """
        task = self._workflow.find(engine_task_id)
        if task.state != TaskState.WAITING or waits.due_at(task) is None:
            raise EngineRefused("No timer is waiting here.")
        if due_at.tzinfo is None:
            raise ValueError(f"naive moment {due_at!r}: give it a time zone")
        self._run.begin()
        waits.move(task, due_at)

    def retry(self, engine_task_id: str) -> None:
        """Run an element that was held back as an incident.

        Raises:
            EngineRefused: no incident under this id.
            ElementFailed: it, or something that follows, could not run again.
        """
        task = self._workflow.find(engine_task_id)
        if not task.internal_data.pop("incident", None):
            raise EngineRefused("Nothing failed here.")
        self._run.begin()
        if task.task_spec.enter(task):
            task._ready()
        self._go_on()

    def move_to(
        self,
        specs: SpecSet,
        places: Mapping[Spot, Spot],
        known: Mapping[tuple[str, ...], Facts] | None = None,
        newer: Collection[str] = (),
    ) -> Moved:
        """Go on by other drawings. Every token keeps its id and what was worked out for it.

        Args:
            places: where an element is in the new drawings, if not under its own id.
            known: facts to add, by the calls around them; what is known already stays.
            newer: names of those that are later than what the process has under this name.

        Raises:
            CannotMove: a token has no place; all reasons at once.
            ElementFailed: something new beside an open step cannot be worked out.
        """
        document = state.as_document(self._workflow)
        moved = reseat(document, self._specs.drawings, specs.drawings, places)
        if moved.reasons:
            raise CannotMove(tuple(Finding(r.element_id, "move", r.message) for r in moved.reasons))
        run = Run(self._run.host, specs.names_read)
        run.stop_before = self._run.stop_before
        self._specs, self._run = specs, run
        self._workflow = state.from_document(specs, moved.document, run)
        settle(self._workflow, moved, known or {}, newer)
        self._go_on()
        return moved

    def cancel(self, reason: str = "") -> None:
        """End the process; everything open in it closes."""
        self._run.begin()
        for task in self._workflow.live():
            drop(task, reason)
        self._workflow.completed = True

    def snapshot(self) -> Snapshot:
        return view.snapshot(self._workflow, self._specs)

    def forget_history(self) -> None:
        """Start the lists of steps and thrown messages afresh: what was in them is written."""
        self._run.steps.clear()
        self._run.thrown.clear()

    # ------------------------------------------------------------------ inside

    def _go_on(self) -> None:
        self._run.work_off()
        for scope in self._workflow.scopes():
            live = scope.live()
            if live and all(is_waiting_at(t, t.task_spec.element.id) and _is_join(t) for t in live):
                self._stuck(live)

    def _stuck(self, joins: list[Task]) -> None:
        """Only joins are left: none of them will ever get the flow it waits for."""
        element = joins[0].task_spec.element
        if element.id not in self.stop_before:
            raise ElementFailed(
                element.id,
                element.process_id,
                "It waits for a flow on which nothing can come any more.",
            )
        for task in joins:
            task.internal_data["incident"] = True

    def _live(self, status: int) -> list[Task]:
        return [t for s in self._workflow.scopes() for t in s.live() if t.state == status]

    def _waiting_for_person(self, task_id: str) -> Task:
        task = self._workflow.find(task_id)
        if task.state != TaskState.READY or not task.task_spec.waits_for_person(task):
            raise EngineRefused
        return task

    def _sign_off(self, task_id: str) -> Task:
        task = self._waiting_for_person(task_id)
        if not isinstance(task.task_spec, SignOffGateway):
            raise EngineRefused("This is a task to complete, not a sign-off.")
        return task

    def _change(self, task: Task, changes: Facts | None) -> None:
        values = (changes or {}).items()
        facts.store(task, {name: self._run.fact(task, value) for name, value in values})


def _is_join(task: Task) -> bool:
    return bool(task.task_spec.element.kind == "parallel")
