"""What all elements share: a token arrives, the element works, the token leaves."""

from collections.abc import Sequence
from uuid import UUID

from app.engine.catalogue import Element, Flow
from app.engine.spiff import Spec, Task, TaskState

# Marks a token carries in ``internal_data``. All are JSON, for they are part of the saved state.
#   via      the flow it came by (parallel joins)
#   side     ids of the activities whose reminders it belongs to
#   host     of a boundary event: the id of the activity it is attached to
#   race     of an event behind an event-based gateway: what its rivals carry too
#   each     of one instance of a repeated activity: the id of the wrapper; with index and item
#   incident the element was held back before it could fail
#   entered  "entered" is in the history
_INHERITED = ("side",)


class Node:
    """Mixed in before a class of the library, whose hooks it replaces.

    ``_update_hook`` is the library's "a token is here", ``_run_hook`` its "do the work" and
    ``_on_complete_hook`` its "the work is done". Prediction is switched off: the next token is
    made when an element is left, never before.
    """

    is_call = False
    element: Element
    ways: tuple[Flow, ...]
    boundaries: Sequence[Spec]
    _wf_spec: Spec

    # ------------------------------------------------------------------ for the elements

    def arrive(self, task: Task) -> bool:
        """Prepare; True when the work can be done at once."""
        del task
        return True

    def waits_for_person(self, task: Task) -> bool:
        """Whether a task that is ready is left for a person to complete."""
        del task
        return False

    def work(self, task: Task) -> None:
        """Do what the element is there for."""

    def chosen_ways(self, task: Task) -> Sequence[Flow]:
        """The flows that get a token when the element is left."""
        del task
        return self.ways

    # ------------------------------------------------------------------ the library's hooks

    def test(self) -> None:
        """Nothing to test at run time: ``rules`` judged the drawing when it was read."""

    def _predict(self, *_: object, **__: object) -> None:
        pass

    def _update_hook(self, my_task: Task) -> bool:
        if self.element.id in my_task.workflow.run.stop_before:
            my_task.internal_data["incident"] = True
            my_task._set_state(TaskState.WAITING)
            return False
        return self.enter(my_task)

    def enter(self, task: Task) -> bool:
        """Arrive for good: the events at the border start to watch."""
        for boundary in self.boundaries:
            place(task, boundary, host=str(task.id))
        return self.arrive(task)

    def _on_ready_hook(self, my_task: Task) -> None:
        if self.waits_for_person(my_task):
            my_task.workflow.run.record(my_task, "entered")
        else:
            my_task.workflow.run.agenda.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        self.work(my_task)
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        stop_watching(my_task)
        wrapper = wrapper_of(my_task)
        if wrapper is None:
            self.leave(my_task)
        else:
            my_task.workflow.run.record(my_task, "completed")
            wrapper.task_spec.one_finished(wrapper, my_task)

    def leave(self, task: Task) -> None:
        """Record what happened and put a token on every chosen flow."""
        run = task.workflow.run
        chosen = self.chosen_ways(task)
        run.record(task, "completed", chosen[0].id if len(chosen) == 1 else None)
        for flow in chosen:
            if len(self.ways) > 1:
                run.record(task, "branch", flow.id)
            place(task, self.neighbour(flow.target), via=flow.id)

    def neighbour(self, element_id: str) -> Spec:
        return self._wf_spec.task_specs[element_id]


# ---------------------------------------------------------------------- tokens


def place(task: Task, spec: Spec, **marks: object) -> Task:
    """Put a new token in front of an element of the same scope as ``task``."""
    inherited = {n: task.internal_data[n] for n in _INHERITED if n in task.internal_data}
    return task.workflow.token(spec, {**inherited, **marks})


def wrapper_of(task: Task) -> Task | None:
    """The repeated activity this task is one instance of."""
    return _same_scope(task, task.internal_data.get("each"))


def host_of(task: Task) -> Task | None:
    """The activity this boundary event is attached to."""
    return _same_scope(task, task.internal_data.get("host"))


def _same_scope(task: Task, task_id: str | None) -> Task | None:
    found = None if task_id is None else task.workflow.tasks.get(UUID(task_id))
    return None if found is None or found.has_state(TaskState.FINISHED_MASK) else found


def drop(task: Task, reason: str = "") -> None:
    """Take a token away, with everything that hangs on it. Open work becomes history."""
    if task.has_state(TaskState.FINISHED_MASK):
        return
    workflow, task_id = task.workflow, str(task.id)
    scope = workflow.top_workflow.subprocesses.pop(task.id, None)
    if scope is not None:
        scope.completed = True
        for inner in scope.live():
            drop(inner, reason)
    for other in workflow.live():
        if other.internal_data.get("each") == task_id:
            drop(other, reason)
    stop_watching(task)
    if task.internal_data.get("entered"):
        workflow.run.note(task, [reason] if reason else [])
        workflow.run.record(task, "cancelled")
    task._set_state(TaskState.CANCELLED)
    workflow.forget(task)


def stop_watching(task: Task) -> None:
    """An activity is over: its boundary events go, and the reminders they started close."""
    if not task.task_spec.boundaries:
        return
    task_id = str(task.id)
    for other in task.workflow.live():
        if other.internal_data.get("host") == task_id:
            drop(other)
        elif task_id in other.internal_data.get("side", ()):
            drop(other, f"“{task.task_spec.element.name}” is over")
