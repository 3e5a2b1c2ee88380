"""A decision model: its decisions, and how they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from app.decisions.elements import Decision, Element, InputData, Knowledge, Service
from app.decisions.evaluation import Evaluation
from app.decisions.results import DecisionResult
from app.decisions.types import Type
from app.errors import NotFound
from app.feel.environment import Environment
from app.feel.errors import LimitReached
from app.feel.expression import check_size
from app.feel.functions import BUILT_INS
from app.feel.wire import from_json


@dataclass(eq=False)
class Model:
    """Everything one file defines."""

    name: str
    namespace: str
    elements: dict[str, Element]
    types: dict[str, Type]
    #: What it was read from, its own first, and the models it imports by name: for a model that
    #: imports this one without a name, and so takes all of it in.
    roots: Sequence[etree._Element] = ()
    named: Mapping[str, "Model"] = field(default_factory=dict)

    @property
    def decision_ids(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.elements.values() if isinstance(e, Decision))

    def find(self, reference: str) -> Decision | Service:
        """A decision or decision service by id, else by its name, else by its variable's.

        Raises:
            NotFound: the model has none.
        """
        found = self.elements.get(reference)
        if not isinstance(found, (Decision, Service)):
            callables = [e for e in self.elements.values() if isinstance(e, (Decision, Service))]
            by_name = {e.name: e for e in reversed(callables)}
            found = {**by_name, **{e.called: e for e in reversed(callables)}}.get(reference)
        if not isinstance(found, (Decision, Service)):
            raise NotFound(f"The decision model “{self.name}” has no decision “{reference}”.")
        return found

    def invocable(self, reference: str) -> Decision | Service | Knowledge:
        """The same, or a business knowledge model.

        Raises:
            NotFound: the model has none.
        """
        knowledge = (e for e in self.elements.values() if isinstance(e, Knowledge))
        try:
            return self.find(reference)
        except NotFound:
            found = next((e for e in knowledge if reference in (e.id, e.called, e.name)), None)
            if found is None:
                raise
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
            decision_id: id or name of a decision, decision service or business knowledge
                model.
            facts: what the input data, and names that nothing declares, stand for.
            env: now, the calendar and the limits.
            declared_only: let a decision see nothing but what it requires, as the standard
                has it; many tables are drawn without their input data.

        Raises:
            NotFound: the model has no such decision.
        """
        element = self.invocable(decision_id)
        evaluation = Evaluation(self.types, env, declared_only=declared_only)
        run = evaluation.run
        value: object = None
        try:
            evaluation.learn({name: from_json(value) for name, value in facts.items()})
            found = evaluation.result_of(element)
            check_size(found, run)
            value = found
        except LimitReached as reason:
            run.problems.append(f"Stopped: {reason}")
        except RecursionError:
            run.problems.append("Stopped: nested too deeply")
        except ArithmeticError:
            run.problems.append("a number is out of range")
        except (TypeError, ValueError) as reason:
            run.problems.append(str(reason))
        return DecisionResult(value, tuple(run.fired), tuple(run.problems), run.spent)


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
