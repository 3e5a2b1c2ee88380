"""Sub-processes and called processes."""

from collections import ChainMap

from app.engine import facts
from app.engine.catalogue import DEEPEST
from app.engine.elements.base import Node
from app.engine.results import Facts
from app.engine.run import Run
from app.engine.spiff import Task, TaskState, Workflow, defaults

ALWAYS_PASSED = ("case_id", "area")


class Enclosing(Node):
    """Opens a scope of its own and is done when no token is left in there."""

    spec: str
    """Under this name the scope's process is found among the pinned ones."""

    def arrive(self, task: Task) -> bool:
        run = task.workflow.run
        if task.workflow.depth >= DEEPEST:
            raise run.failed(task, f"Processes call each other {DEEPEST} deep: is it a loop?")
        known = self.facts_in(task)
        scope = task.workflow.top_workflow.open_scope(task, self.spec)
        scope.data.update(known)
        task._set_state(TaskState.STARTED)
        run.record(task, "entered")
        scope.token(starting_point(scope.spec), {})
        return False

    def facts_in(self, task: Task) -> Facts:
        run: Run = task.workflow.run
        return run.mapped(task, self.element.inputs)

    def known_after(self, task: Task, scope: Workflow) -> ChainMap[str, object]:
        """What the output mapping can read."""
        raise NotImplementedError

    def scope_finished(self, task: Task, scope: Workflow) -> None:
        task.workflow.top_workflow.subprocesses.pop(task.id, None)
        outputs = self.element.outputs
        known = self.known_after(task, scope)
        facts.store(task, task.workflow.run.mapped(task, outputs, known))
        task.complete()


class SubProcess(Enclosing, defaults.SubWorkflowTask):
    """Part of the same process: it reads and writes the facts around it."""

    def known_after(self, task: Task, scope: Workflow) -> ChainMap[str, object]:
        return ChainMap(scope.data, *facts.visible(task).maps)


class CallActivity(Enclosing, defaults.CallActivity):
    """Another process, perhaps an area's own: only mapped facts go in and out."""

    is_call = True

    def facts_in(self, task: Task) -> Facts:
        known = facts.visible(task)
        passed = {name: known[name] for name in ALWAYS_PASSED if name in known}
        return {**passed, **super().facts_in(task)}

    def known_after(self, task: Task, scope: Workflow) -> ChainMap[str, object]:
        del task
        return ChainMap(scope.data)


def starting_point(spec: Workflow, message: str | None = None) -> Workflow:
    """The start event a token begins at: the one for this message, else the plain one."""
    starts = spec.bpmn_start_events
    if message is not None:
        for start in starts:
            if start.element.message == message:
                return start
    return next((start for start in starts if start.element.event == "none"), starts[0])
