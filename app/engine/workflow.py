"""The library's workflows, holding only live tokens.

Every live task hangs directly below the root of its scope: what a token passed is forgotten by the
engine at once (history is rows of our own), so the state and the cost of a step depend on the
work that is open, not on how long the case has been running.
"""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from app.engine.errors import EngineRefused
from app.engine.run import Run
from app.engine.script_engine import FeelEngine
from app.engine.spiff import (
    BpmnSubWorkflow,
    BpmnWorkflow,
    LibraryTask,
    ProcessSpec,
    Spec,
    Task,
    TaskState,
)


class Token(LibraryTask):
    """The library's task, but a change of state is not told to its log: history is our own rows.

    It puts together what it would log whether or not anybody listens, at every change.
    """

    def _set_state(self, value: int) -> None:
        self._state = value


class Scope:
    """What the process itself and the sub-processes and calls inside it have in common."""

    run: Run
    spec: Any
    tasks: dict[UUID, Task]
    task_tree: Task
    completed: bool
    parent_task: Task

    def plant_root(self) -> None:
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED)

    def live(self) -> list[Task]:
        """The live tasks of this scope, oldest first."""
        return [
            task
            for task in self.tasks.values()
            if task is not self.task_tree and not task.has_state(TaskState.FINISHED_MASK)
        ]

    def token(self, spec: Spec, marks: Mapping[str, object]) -> Task:
        """A new token in front of an element. The element decides what happens next."""
        task = Token(self, spec, parent=self.task_tree, state=TaskState.FUTURE)
        task.internal_data.update(marks)
        spec._update(task)
        return task

    def forget(self, task: Task) -> None:
        if task.id in self.tasks:
            cast("Any", self)._remove_task(task.id)

    def _task_completed_notify(self, task: Task) -> None:
        if task.id not in self.tasks:
            return  # the element cancelled the scope it is in: an error end event
        self.forget(task)
        self.settle()

    def settle(self) -> None:
        """Finish when no token is left."""
        if not self.completed and not self.live():
            self.completed = True
            if self.parent_task is not None:
                self.parent_task.task_spec.scope_finished(self.parent_task, self)


class ProcessWorkflow(Scope, BpmnWorkflow):
    """A process instance."""

    def __init__(self, process_id: str, specs: Mapping[str, ProcessSpec], run: Run) -> None:
        self.run = run
        self.parent_task = None
        super().__init__(
            specs[process_id], specs, script_engine=FeelEngine(run), deserializing=True
        )
        self.plant_root()

    def open_scope(self, parent_task: Task, spec_id: str) -> "SubWorkflow":
        scope = SubWorkflow(self.subprocess_specs[spec_id], parent_task, self)
        self.subprocesses[parent_task.id] = scope
        return scope

    def scopes(self) -> list[Scope]:
        """This process and every sub-process and call that is open in it, outermost first."""
        return [self, *self.subprocesses.values()]

    def find(self, task_id: str) -> Task:
        """The live task with this id.

        Raises:
            EngineRefused: there is none, or no longer.
        """
        for scope in self.scopes():
            for task in scope.live():
                if str(task.id) == task_id:
                    return task
        raise EngineRefused


class SubWorkflow(Scope, BpmnSubWorkflow):
    """An embedded sub-process or a called process."""

    def __init__(self, spec: ProcessSpec, parent_task: Task, top: ProcessWorkflow) -> None:
        self.run = top.run
        self.parent_task = parent_task
        super().__init__(spec, parent_task.id, top, deserializing=True)
        self.plant_root()

    @property
    def parent_workflow(self) -> Scope:
        return cast("Scope", self.parent_task.workflow)

    def _calculate_depth(self) -> int:
        return int(self.parent_task.workflow.depth) + 1
