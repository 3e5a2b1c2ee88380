"""A decision model: its decisions, what they need, and how they are evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.decisions.results import DecisionResult, DecisionRun
from app.decisions.types import ANYTHING, Type, fitted, test_of
from app.errors import NotFound
from app.feel.environment import Environment
from app.feel.errors import LimitReached, Undefined
from app.feel.functions import BUILT_INS, Lent
from app.feel.scope import Scope
from app.feel.syntax.node import Node
from app.feel.values import Caller, Function
from app.feel.wire import from_json


@dataclass(eq=False)
class Element:
    """A node of the requirements diagram. ``prefix`` is the import's name it is known by."""

    id: str
    name: str
    type: Type = ANYTHING


@dataclass(eq=False)
class InputData(Element):
    """A value from outside."""


@dataclass(frozen=True)
class Need:
    """A requirement: the element, under the name of the import it comes from if it does."""

    element: Element
    imported_as: str = ""


@dataclass(eq=False)
class Decision(Element):
    """A decision; ``body`` is None when the model does not say how to decide."""

    body: Node | None = None
    needs: list[Need] = field(default_factory=list)
    line: int | None = None


@dataclass(eq=False)
class Knowledge(Element):
    """A business knowledge model: a function by name."""

    function: Node | None = None
    needs: list[Need] = field(default_factory=list)


@dataclass(eq=False)
class Service(Element):
    """A decision service: some decisions as one function."""

    outputs: list[Decision] = field(default_factory=list)
    given: list[Element] = field(default_factory=list)


@dataclass(eq=False)
class Model:
    """Everything one file defines."""

    name: str
    namespace: str
    elements: dict[str, Element]
    types: dict[str, Type]

    @property
    def decision_ids(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.elements.values() if isinstance(e, Decision))

    def find(self, reference: str) -> Decision | Service:
        """A decision or decision service by id, else by name.

        Raises:
            NotFound: the model has none.
        """
        found = self.elements.get(reference)
        if not isinstance(found, (Decision, Service)):
            callables = (e for e in self.elements.values() if isinstance(e, (Decision, Service)))
            found = next((e for e in callables if e.name == reference), None)
        if not isinstance(found, (Decision, Service)):
            raise NotFound(f"The decision model “{self.name}” has no decision “{reference}”.")
        return found

    def names(self, decision_id: str) -> frozenset[str]:
        """The names a decision reads from outside, whether declared as input data or not."""
        found = self.find(decision_id)
        if isinstance(found, Service):
            return frozenset().union(*(_names_of(decision) for decision in found.outputs))
        return _names_of(found)

    def evaluate(
        self,
        decision_id: str,
        facts: Mapping[str, object],
        env: Environment,
        *,
        declared_only: bool = False,
    ) -> DecisionResult:
        """Decide. What is undefined becomes null with its reason; never raises for the model.

        Args:
            decision_id: id or name of a decision or decision service.
            facts: what the input data, and names that nothing declares, stand for.
            env: now, the calendar and the limits.
            declared_only: let a decision see nothing but what it requires, as the standard
                has it; many tables are drawn without their input data.

        Raises:
            NotFound: the model has no such decision.
        """
        element = self.find(decision_id)
        evaluation = _Evaluation(self, env, declared_only=declared_only)
        run = evaluation.run
        try:
            evaluation.learn({name: from_json(value) for name, value in facts.items()})
            if isinstance(element, Service):
                evaluation.give_decisions(element)
            value = evaluation.value_of(element)
        except (LimitReached, RecursionError) as reason:
            what = str(reason) if isinstance(reason, LimitReached) else "nested too deeply"
            return DecisionResult(None, tuple(run.fired), (*run.problems, f"Stopped: {what}"))
        except ArithmeticError:
            problems = (*run.problems, "a number is out of range")
            return DecisionResult(None, tuple(run.fired), problems)
        except (TypeError, ValueError) as reason:
            return DecisionResult(None, tuple(run.fired), (*run.problems, str(reason)))
        return DecisionResult(value, tuple(run.fired), tuple(run.problems))


def _names_of(decision: Decision) -> frozenset[str]:
    found: set[str] = set()
    waiting: list[Decision | Knowledge] = [decision]
    seen: set[int] = set()
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        needed = {need.imported_as or need.element.name for need in element.needs}
        found |= {n.element.name for n in element.needs if isinstance(n.element, InputData)}
        waiting += [
            n.element for n in element.needs if isinstance(n.element, (Decision, Knowledge))
        ]
        waiting += [
            output
            for n in element.needs
            if isinstance(n.element, Service)
            for output in n.element.outputs
        ]
        body = element.body if isinstance(element, Decision) else element.function
        own = {element.name} if isinstance(element, Knowledge) else set()
        if body is not None:
            found |= body.free_names(frozenset(needed | own)) - BUILT_INS.keys()
    return frozenset(found)


class _Evaluation:
    """One evaluation. Every decision is made at most once."""

    def __init__(
        self,
        model: Model,
        env: Environment,
        run: DecisionRun | None = None,
        *,
        declared_only: bool,
    ) -> None:
        self._declared_only = declared_only
        self._model = model
        self._env = env
        if run is None:
            types = {name: test_of(type_, lambda: self.run) for name, type_ in model.types.items()}
            run = DecisionRun(env, types)
        self.run: DecisionRun = run
        self._facts: dict[str, object] = {}
        self._known: dict[int, object] = {}

    def learn(self, facts: dict[str, object]) -> None:
        self._facts = facts

    def give(self, element: Element, value: object) -> None:
        """Set the value of an element instead of working it out."""
        self._known[id(element)] = value

    def give_decisions(self, service: Service) -> None:
        """Take the decisions a service is given from the facts."""
        for element in service.given:
            if isinstance(element, Decision):
                value = self._facts.get(element.name)
                self.give(element, fitted(value, element.type, self.run, f"“{element.name}”"))

    def value_of(self, element: Element) -> object:
        if id(element) not in self._known:
            self.run.spend()
            self._known[id(element)] = self._work_out(element)
        return self._known[id(element)]

    def _work_out(self, element: Element) -> object:
        if isinstance(element, InputData):
            return self._input(element)
        if isinstance(element, Knowledge):
            return self._function(element)
        if isinstance(element, Service):
            return self.service_value(element)
        if isinstance(element, Decision) and element.body is not None:
            value = element.body.value(self._scope(element.needs))
            return fitted(value, element.type, self.run, f"Decision “{element.name}”")
        self.run.problem(f"“{element.name}” does not say how to decide")
        return None

    def _input(self, element: InputData) -> object:
        if element.name not in self._facts:
            self.run.problem(f"no value was given for “{element.name}”")
            return None
        value = self._facts[element.name]
        return fitted(value, element.type, self.run, f"Input “{element.name}”")

    def _scope(self, needs: Sequence[Need]) -> Scope:
        lent = {name: Lent(name, work) for name, work in self._env.functions.items()}
        names: dict[str, object] = {}
        for need in needs:
            element = need.element
            value = ServiceFunction(self, element) if isinstance(element, Service) else None
            found = self.value_of(element) if value is None else value
            if need.imported_as:
                below = names.setdefault(need.imported_as, {})
                if isinstance(below, dict):
                    below[element.name] = found
            else:
                names[element.name] = found
        undeclared = {} if self._declared_only else self._facts
        return Scope(self.run, {**lent, **undeclared}).inner(names)

    def _function(self, element: Knowledge) -> object:
        if element.function is None:
            self.run.problem(f"“{element.name}” has no function")
            return None
        own: dict[str, object] = {}
        function = element.function.value(self._scope(element.needs).inner(own))
        own[element.name] = function
        return function

    def service_value(self, service: Service) -> object:
        if len(service.outputs) == 1:
            value = self.value_of(service.outputs[0])
        else:
            value = {output.name: self.value_of(output) for output in service.outputs}
        return fitted(value, service.type, self.run, f"Decision service “{service.name}”")

    def called_with(self, service: Service, given: Mapping[str, object]) -> object:
        """The value of a service for arguments, apart from what this evaluation knows."""
        apart = _Evaluation(self._model, self._env, self.run, declared_only=True)
        for element in service.given:
            value = given[element.name]
            what = f"“{element.name}” of “{service.name}”"
            apart.give(element, fitted(value, element.type, self.run, what))
        return apart.service_value(service)


class ServiceFunction(Function):
    """A decision service as an expression calls it: its input data, then its input decisions."""

    def __init__(self, evaluation: _Evaluation, service: Service) -> None:
        self.name = service.name
        self.parameters = tuple(element.name for element in service.given)
        self._evaluation = evaluation
        self._service = service

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        if len(arguments) != len(self.parameters):
            raise Undefined(f"“{self.name}” takes {len(self.parameters)} arguments")
        return self.call_by_name(run, dict(zip(self.parameters, arguments, strict=True)))

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        if set(arguments) != set(self.parameters):
            raise Undefined(f"“{self.name}” takes {', '.join(self.parameters)}")
        return self._evaluation.called_with(self._service, arguments)
