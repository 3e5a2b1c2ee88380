"""Gateways that nobody signs off."""

from collections.abc import Sequence

from app.engine.catalogue import Flow
from app.engine.elements.base import Node, place
from app.engine.errors import ElementFailed
from app.engine.run import Run
from app.engine.spiff import Task, TaskState, defaults


def flow_holds(task: Task, flow: Flow) -> bool:
    """Whether a flow's condition is true here. Null and everything else that is not true is not."""
    if flow.condition is None:
        return True
    return task.workflow.run.evaluate(task, flow.condition).value is True


class Choice(Node):
    """Conditions in the order the flows are drawn; the default flow if none holds."""

    def holding(self, task: Task) -> list[Flow]:
        default = self.element.default_flow
        return [way for way in self.ways if way.id != default and flow_holds(task, way)]

    def default_way(self) -> list[Flow]:
        return [way for way in self.ways if way.id == self.element.default_flow]

    def nothing_holds(self, task: Task) -> ElementFailed:
        run: Run = task.workflow.run
        return run.failed(
            task, "No way out of this gateway is true, and none is drawn as the default."
        )


class ExclusiveGateway(Choice, defaults.ExclusiveGateway):
    def chosen_ways(self, task: Task) -> Sequence[Flow]:
        chosen = self.recommended(task)
        if chosen is None:
            raise self.nothing_holds(task)
        return (chosen,)

    def recommended(self, task: Task) -> Flow | None:
        """The way the conditions choose."""
        default = self.element.default_flow
        for way in self.ways:
            if way.id != default and flow_holds(task, way):
                return way
        return next(iter(self.default_way()), None)


class InclusiveGateway(Choice, defaults.InclusiveGateway):
    """A split only: joins are refused when a diagram is read."""

    def chosen_ways(self, task: Task) -> Sequence[Flow]:
        chosen = self.holding(task) or self.default_way()
        if not chosen:
            raise self.nothing_holds(task)
        return chosen


class ParallelGateway(Node, defaults.ParallelGateway):
    """Waits for one token on every flow that leads here, then puts one on every flow out.

    Tokens are counted per flow, so that a join in a loop takes exactly one of each turn: a second
    token on the same flow waits for the next time.
    """

    def arrive(self, task: Task) -> bool:
        if len(self.element.incoming) == 1:
            return True
        waiting = [t for t in task.workflow.live() if is_waiting_at(t, self.element.id)]
        taken = [
            next((t for t in [*waiting, task] if t.internal_data.get("via") == flow_id), None)
            for flow_id in self.element.incoming
        ]
        if None in taken:
            task._set_state(TaskState.WAITING)
            return False
        for other in taken:
            if other is not task:
                _merge(task, other)
        return True


def is_waiting_at(task: Task, join_id: str) -> bool:
    """Whether a token stands in front of this join and waits for the other flows."""
    return (
        task.task_spec.element.id == join_id
        and task.has_state(TaskState.WAITING)
        and not task.internal_data.get("incident")
    )


def _merge(task: Task, other: Task) -> None:
    """``other`` goes up in ``task``. A token is a reminder's only if all it came from were."""
    both = set(task.internal_data.get("side", ())) & set(other.internal_data.get("side", ()))
    task.internal_data["side"] = sorted(both)
    other._set_state(TaskState.CANCELLED)
    other.workflow.forget(other)


class EventGateway(Node, defaults.EventBasedGateway):
    """Whichever of the events behind it comes first takes the token; the others give up."""

    def leave(self, task: Task) -> None:
        task.workflow.run.record(task, "completed")
        for flow in self.ways:
            place(task, self.neighbour(flow.target), via=flow.id, race=str(task.id))
