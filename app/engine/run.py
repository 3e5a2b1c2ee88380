"""One action on one process: its moment, its surroundings, what happened."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Literal

from app import clock, feel
from app.engine import facts
from app.engine.catalogue import Element
from app.engine.errors import ElementFailed, NeverRests
from app.engine.host import Host
from app.engine.results import (
    DecisionOutcome,
    ElementRef,
    Facts,
    FiredRule,
    StepEvent,
    ThrownMessage,
)
from app.engine.spiff import Task, TaskState
from app.errors import AppError

STEP_BUDGET = 5_000
"""Elements one action may run. Only a loop that nobody has to work on comes near."""
MOST_REASONING = 2_000_000
"""Steps that all expressions and tables of one action may take together, ten times what one may."""
MOST_TURNS_WITHOUT_WAITING = 50
"""How often a timer may be set and fire in one action. More is a loop in which no time passes."""


class Run:
    """What the elements of a process share while it moves."""

    def __init__(self, host: Host, names_read: Mapping[str, frozenset[str]]) -> None:
        self.host = host
        self.names_read = names_read
        self.stop_before: set[str] = set()
        self.agenda: deque[Task] = deque()
        self.steps: list[StepEvent] = []
        self.thrown: list[ThrownMessage] = []
        self._notes: dict[str, list[str]] = {}
        self._doubts: dict[str, list[str]] = {}
        self._fired: dict[str, tuple[FiredRule, ...]] = {}
        self.begin()

    def begin(self) -> None:
        """An action begins: its moment is now, and expressions see the world as it is now."""
        self.now = clock.now()
        self.environment = self.host.environment()
        self._parameters: object = None
        self._ran: Counter[str] = Counter()
        self._reasoning = 0
        self._set_now: set[str] = set()
        self._fired_at_once: Counter[tuple[object, ...]] = Counter()
        self._notes.clear()
        self._doubts.clear()
        self._fired.clear()

    # ------------------------------------------------------------------ moving

    def work_off(self) -> None:
        """Run elements until only people, timers, messages and joins are waited for.

        Raises:
            ElementFailed: an element could not run.
            NeverRests: elements run each other for ever.
        """
        while self.agenda:
            task = self.agenda.popleft()
            if task.state != TaskState.READY or task.id not in task.workflow.tasks:
                continue
            self.spend(task.task_spec.element)
            task.run()

    def timer_set(self, task: Task) -> None:
        """A token has come to a timer in this action."""
        self._set_now.add(str(task.id))

    def has_done_enough(self, timer: Task) -> bool:
        """Whether a timer that has waited is better fired by another action, with new allowances.

        One that was set in this action belongs to it: perhaps no time passes in its loop.
        """
        busy = self._ran.total() > STEP_BUDGET // 2 or self._reasoning > MOST_REASONING // 2
        return busy and str(timer.id) not in self._set_now

    def timer_fires(self, task: Task) -> None:
        """A timer is due.

        Raises:
            NeverRests: it was set in this action, again and again: no time passes in its loop.
        """
        if str(task.id) in self._set_now:
            spot = (task.task_spec.element.id, path_of(task), repr(item_of(task)))
            self._fired_at_once[spot] += 1
            if self._fired_at_once[spot] > MOST_TURNS_WITHOUT_WAITING:
                raise self._endless(task.task_spec.element)

    def spend(self, element: Element) -> None:
        """An element runs, or one more instance of it is made.

        Raises:
            ElementFailed: that was too much for one action.
        """
        self._ran[element.id] += 1
        if self._ran.total() > STEP_BUDGET:
            raise self._endless(element)

    def _endless(self, element: Element) -> NeverRests:
        most = self._ran.most_common(1)[0][1]
        loop = [name for name, count in self._ran.items() if count > most // 2]
        return NeverRests(element.id, element.process_id, loop)

    def failed(self, task: Task, message: str) -> ElementFailed:
        element = task.task_spec.element
        return ElementFailed(element.id, element.process_id, message)

    # ------------------------------------------------------------------ history

    def note(self, task: Task, texts: Iterable[str]) -> None:
        """Keep reasons for the line of history that ``task`` will write."""
        self._notes.setdefault(str(task.id), []).extend(texts)

    def doubt(self, task: Task, texts: Iterable[str]) -> None:
        """Keep why something could not be worked out at ``task``, for its line of history."""
        self._doubts.setdefault(str(task.id), []).extend(texts)

    def forget_doubts(self, task: Task) -> list[str]:
        """Take back what could not be worked out at ``task``: somebody else shows it."""
        return list(dict.fromkeys(self._doubts.pop(str(task.id), ())))

    def record(
        self,
        task: Task,
        what: Literal["entered", "completed", "cancelled", "branch"],
        flow_id: str | None = None,
    ) -> None:
        element, task_id = task.task_spec.element, str(task.id)
        if what == "entered":
            task.internal_data["entered"] = True
        self.steps.append(
            StepEvent(
                engine_task_id=task_id,
                process_id=element.process_id,
                element_id=element.id,
                name=element.name,
                kind=element.kind,
                what=what,
                flow_id=flow_id,
                at=self.now,
                path=path_of(task),
                detail="; ".join(dict.fromkeys(self._notes.pop(task_id, ()))),
                fired=self._fired.pop(task_id, ()) if what == "completed" else (),
                problems=tuple(self.forget_doubts(task)),
            )
        )

    # ------------------------------------------------------------------ expressions

    def evaluate(
        self, task: Task, text: str, known: Mapping[str, object] | None = None
    ) -> feel.Outcome:
        """The value of a text at ``task``: with a leading ``=`` FEEL, otherwise the text itself.

        ``known`` replaces the facts visible at the task. Nothing but FEEL is ever evaluated.

        Raises:
            ElementFailed: the expressions of this action take too long together.
        """
        if not text.startswith("="):
            return feel.Outcome(text)
        expression = feel.parse(text[1:])
        known = facts.visible(task) if known is None else known
        context = {name: feel.from_json(known[name]) for name in expression.names if name in known}
        if "parameters" in expression.names:
            context["parameters"] = self._parameter_values()
        outcome = expression.evaluate(context, self.environment)
        self._count(task, outcome.steps)
        self.doubt(task, (f"{text}: {problem}" for problem in outcome.problems))
        return outcome

    def _count(self, task: Task, steps: int) -> None:
        """Take what working something out used from what this action has.

        Raises:
            ElementFailed: it is used up.
        """
        self._reasoning += steps
        if self._reasoning > MOST_REASONING:
            raise self.failed(task, "It and what ran before it have too much to work out at once.")

    def _parameter_values(self) -> object:
        if self._parameters is None:
            self._parameters = feel.from_json(dict(self.host.parameters()))
        return self._parameters

    def value(self, task: Task, text: str, known: Mapping[str, object] | None = None) -> object:
        """As ``evaluate``, as a fact."""
        return self.fact(task, self.evaluate(task, text, known).value)

    def mapped(
        self, task: Task, mapping: Mapping[str, str], known: Mapping[str, object] | None = None
    ) -> Facts:
        """The results of an input or output mapping."""
        return {name: self.value(task, source, known) for name, source in mapping.items()}

    def fact(self, task: Task, value: object) -> object:
        try:
            return facts.as_json(value)
        except (TypeError, ValueError) as error:
            raise self.failed(task, f"Its result cannot be kept as a fact: {error}") from error

    # ------------------------------------------------------------------ the host

    def decide(self, task: Task, decision_id: str, known: Mapping[str, object]) -> DecisionOutcome:
        try:
            outcome = self.host.decide(decision_id, dict(known))
        except AppError as error:
            raise self.failed(task, str(error)) from error
        self._count(task, outcome.steps)
        self._fired[str(task.id)] = outcome.fired
        self.doubt(task, (f"{decision_id}: {problem}" for problem in outcome.problems))
        return DecisionOutcome(self.fact(task, outcome.value), outcome.fired)

    def automatic(self, task: Task, task_type: str, inputs: Facts) -> Facts:
        element = task.task_spec.element
        reference = ElementRef(
            element_id=element.id,
            process_id=element.process_id,
            engine_task_id=str(task.id),
            name=element.name,
            properties=element.properties,
            path=path_of(task),
            item=item_of(task),
        )
        try:
            result = self.host.run_automatic(task_type, reference, inputs)
        except AppError as error:
            raise self.failed(task, str(error)) from error
        return {name: self.fact(task, value) for name, value in result.items()}


def path_of(task: Task) -> tuple[str, ...]:
    """The ids of the call activities around a task, outermost first."""
    found = []
    parent = task.workflow.parent_task
    while parent is not None:
        if parent.task_spec.is_call:
            found.append(parent.task_spec.element.id)
        parent = parent.workflow.parent_task
    return tuple(reversed(found))


def item_of(task: Task) -> object | None:
    """The item of the nearest repeated activity at or around a task."""
    while task is not None:
        if "item" in task.internal_data:
            item: object = task.internal_data["item"]
            return item
        task = task.workflow.parent_task
    return None
