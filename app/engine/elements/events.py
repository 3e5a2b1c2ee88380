"""Events: beginnings and ends, timers and messages, and what interrupts a task."""

from collections import ChainMap
from datetime import datetime

from app.engine import facts
from app.engine.elements import waits
from app.engine.elements.base import Node, drop, host_of, place, wrapper_of
from app.engine.elements.tasks import due_text
from app.engine.results import Facts, ThrownMessage
from app.engine.spiff import Spec, Task, TaskState, defaults


class StartEvent(Node, defaults.StartEvent):
    """Lets the token through. Whoever starts the process has already waited for its trigger."""

    def work(self, task: Task) -> None:
        if self.element.outputs:
            facts.store(task, task.workflow.run.mapped(task, self.element.outputs))


class Throwing(Node):
    """Hands a message out. The runtime delivers it, to this process too."""

    def work(self, task: Task) -> None:
        element, run = self.element, task.workflow.run
        if element.event != "message" or not element.message:
            return
        known = facts.visible(task)
        payload = run.mapped(task, element.inputs)
        for name in ("case_id", "area"):
            if name in known:
                payload.setdefault(name, known[name])
        key = waits.key_of(task) if element.correlation_key else ""
        until = element.message_expires and due_text(task, element.message_expires, "No expiry")
        run.thrown.append(
            ThrownMessage(
                element.message,
                key,
                payload,
                element.id,
                datetime.fromisoformat(until) if until else None,
            )
        )


class ThrowEvent(Throwing, defaults.IntermediateThrowEvent):
    pass


class SendTask(Throwing, defaults.SendTask):
    pass


class EndEvent(Throwing, defaults.EndEvent):
    def work(self, task: Task) -> None:
        super().work(task)
        if self.element.event == "terminate":
            task.internal_data.pop("side", None)  # or it would go with the work it reminds of
            for other in task.workflow.live():
                if other is not task:
                    drop(other, f"ended by “{self.element.name}”")
        elif self.element.event == "error":
            self._raise_error(task)

    def _raise_error(self, task: Task) -> None:
        catcher = _catcher(task, self.element.error_code)
        if catcher is None:
            raise task.workflow.run.failed(task, "No boundary event around here takes this error.")
        catcher.task_spec.fire(catcher)


def _catcher(task: Task, code: str | None) -> Task | None:
    """The error event at the border of the innermost scope around ``task`` that takes this error."""
    parent = task.workflow.parent_task
    while parent is not None:
        host = wrapper_of(parent) or parent
        for other in parent.workflow.live():
            element = other.task_spec.element
            watches = other.internal_data.get("host") == str(host.id) and element.event == "error"
            if watches and element.error_code in {None, code}:
                return other
        parent = parent.workflow.parent_task
    return None


class Catching(Node):
    """Waits for a timer or a message. Moment and key are frozen when the token arrives."""

    def arrive(self, task: Task) -> bool:
        self.begin_waiting(task)
        task.workflow.run.record(task, "entered")
        return False

    def begin_waiting(self, task: Task) -> None:
        task._set_state(TaskState.WAITING)
        if self.element.event == "timer":
            waits.set_timer(task)
        elif self.element.event == "message":
            task.internal_data["key"] = waits.key_of(task)
            task.internal_data["line"] = waits.place_in_line(task)

    def fire(self, task: Task, payload: Facts | None = None) -> None:
        """What was waited for has happened."""
        race = task.internal_data.get("race")
        for rival in task.workflow.live() if race else ():
            if rival is not task and rival.internal_data.get("race") == race:
                drop(rival, f"“{self.element.name}” came first")
        take_payload(task, payload)
        task._ready()


class CatchEvent(Catching, defaults.IntermediateCatchEvent):
    pass


class ReceiveTask(Catching, defaults.ReceiveTask):
    pass


def take_payload(task: Task, payload: Facts | None) -> None:
    """What a message brings: what the output mapping takes, else what the process reads anyway."""
    if payload is None:
        return
    run, element = task.workflow.run, task.task_spec.element
    payload = {name: run.fact(task, value) for name, value in payload.items()}
    if element.outputs:
        known = ChainMap(payload, *facts.visible(task).maps)
        facts.store(task, run.mapped(task, element.outputs, known))
    else:
        read = run.names_read.get(element.process_id, frozenset())
        facts.store(task, {name: value for name, value in payload.items() if name in read})


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """Watches an activity.

    ``reminds`` is set for a non-interrupting timer whose branch leads nowhere but to its own end:
    the tokens it starts belong to the activity and close with it.
    """

    reminds = False

    def arrive(self, task: Task) -> bool:
        self.begin_waiting(task)
        return False

    def fire(self, task: Task, payload: Facts | None = None) -> None:
        take_payload(task, payload)
        if self.element.interrupting:
            self._interrupt(task)
        else:
            self._branch_off(task)

    def _interrupt(self, task: Task) -> None:
        host = host_of(task)
        task.internal_data.pop("host", None)  # or it would go with its host
        if host is not None:
            drop(host, f"interrupted by “{self.element.name}”")
        task._ready()

    def _branch_off(self, task: Task) -> None:
        run, host_id = task.workflow.run, task.internal_data["host"]
        run.record(task, "completed", self.ways[0].id)
        marks: dict[str, object] = {"via": self.ways[0].id}
        if self.reminds:
            marks["side"] = [*task.internal_data.get("side", ()), host_id]
        again = waits.set_next(task) if self.element.event == "timer" else True
        place(task, self.neighbour(self.ways[0].target), **marks)
        if not again:
            drop(task)


EVENT_CLASSES: dict[str, Spec] = {
    "start": StartEvent,
    "end": EndEvent,
    "catch": CatchEvent,
    "throw": ThrowEvent,
    "boundary": BoundaryEvent,
    "send": SendTask,
    "receive": ReceiveTask,
}
