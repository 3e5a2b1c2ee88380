"""One instance of an activity per item of a collection, at once or one after the other."""

from collections import ChainMap

from app.engine import facts
from app.engine.catalogue import Loop
from app.engine.elements.base import Node, drop, place
from app.engine.results import Facts
from app.engine.spiff import Spec, Task, TaskState, defaults

EACH = " [each]"
"""Appended to an element's id for the specification of one instance."""
MOST_ITEMS = 1_000
"""More instances than this nobody means; each is a row in somebody's inbox, or a scope in memory."""


class Repeated(Node, defaults.ParallelMultiInstanceTask):
    """The activity as a whole. Its bookkeeping is in its token, so finished instances can go."""

    loop: Loop
    instance: Spec

    def arrive(self, task: Task) -> bool:
        run = task.workflow.run
        items = run.value(task, self.loop.input_collection)
        if not isinstance(items, list):
            raise run.failed(
                task, f"The collection it is repeated for is no list: {self.loop.input_collection}"
            )
        if len(items) > MOST_ITEMS:
            raise run.failed(
                task,
                f"It would be repeated {len(items)} times. At most {MOST_ITEMS} times is possible.",
            )
        task.internal_data.update(items=items, begun=0, done=0, results=[None] * len(items))
        if not items:
            return True
        task._set_state(TaskState.STARTED)
        run.record(task, "entered")
        for _ in items[:1] if self.loop.sequential else items:
            self._begin_next(task)
        return False

    def work(self, task: Task) -> None:
        """Only reached with nothing to repeat."""
        self._collect(task)

    def _begin_next(self, task: Task) -> None:
        state = task.internal_data
        index = state["begun"]
        if index >= len(state["items"]) or task.has_state(TaskState.FINISHED_MASK):
            return
        state["begun"] = index + 1
        if not self.loop.sequential:  # they are all made before the first of them runs
            task.workflow.run.spend(self.element)
        marks: Facts = {"each": str(task.id), "index": index, "item": state["items"][index]}
        if self.loop.output_collection:
            marks["keeps"] = True
        place(task, self.instance, **marks)

    def one_finished(self, task: Task, instance: Task) -> None:
        """One instance is done: collect its result, then go on, or end."""
        state, run = task.internal_data, task.workflow.run
        known = facts.visible(instance)
        if self.loop.output_element:
            results = list(state["results"])
            results[instance.internal_data["index"]] = run.value(
                task, self.loop.output_element, known
            )
            state["results"] = results
        state["done"] += 1
        if state["done"] == len(state["items"]) or self._is_enough(task, known):
            self._end(task, instance)
        elif self.loop.sequential:
            self._begin_next(task)

    def _is_enough(self, task: Task, known: ChainMap[str, object]) -> bool:
        condition = self.loop.completion_condition
        if condition is None:
            return False
        state = task.internal_data
        counts: Facts = {
            "numberOfInstances": len(state["items"]),
            "numberOfCompletedInstances": state["done"],
            "numberOfActiveInstances": state["begun"] - state["done"],
            "numberOfTerminatedInstances": 0,
        }
        counted = ChainMap(counts, self._results(task), *known.maps)
        return task.workflow.run.evaluate(task, condition, counted).value is True

    def _end(self, task: Task, last: Task) -> None:
        for other in task.workflow.live():
            if other is not last and other.internal_data.get("each") == str(task.id):
                drop(other, "enough of them are done")
        self._collect(task)
        task.complete()

    def _results(self, task: Task) -> Facts:
        name = self.loop.output_collection
        return {name: task.internal_data["results"]} if name else {}

    def _collect(self, task: Task) -> None:
        facts.store(task, self._results(task))


class Instance(Node):
    """Mixed in before the class of the activity itself: its variables for this item."""

    def enter(self, task: Task) -> bool:
        index = task.internal_data["index"]
        name = self.element.loop.input_element if self.element.loop else None
        task.data = {**task.data, "loopCounter": index + 1}
        if name:
            task.data[name] = task.internal_data["item"]
        return super().enter(task)
