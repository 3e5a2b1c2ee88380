"""Working a decision out, with what it needs."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from app.decisions.conforming import written_types
from app.decisions.elements import Decision, Element, InputData, Knowledge, Need, Service
from app.decisions.results import DecisionRun
from app.decisions.types import ANYTHING, Callable_, NotOfType, Type, fitted, resolved
from app.feel.environment import Environment
from app.feel.errors import Undefined
from app.feel.functions import Lent
from app.feel.scope import Scope
from app.feel.values import Caller, Function


class Evaluation:
    """One evaluation. Every decision is made at most once."""

    def __init__(
        self,
        types: Mapping[str, Type],
        env: Environment,
        run: DecisionRun | None = None,
        *,
        declared_only: bool,
    ) -> None:
        self._declared_only = declared_only
        self._types = types
        self._env = env
        if run is None:
            run = DecisionRun(env, {})
            run.types = written_types(types, run)
        self.run: DecisionRun = run
        self._facts: dict[str, object] = {}
        self._known: dict[int, object] = {}
        #: The evaluations of imported models to which facts of their own were given, by name.
        self._imported: dict[str, Evaluation] = {}

    def learn(self, facts: dict[str, object]) -> None:
        self._facts = facts

    def give(self, element: Element, value: object) -> None:
        """Set the value of an element instead of working it out."""
        self._known[id(element)] = value

    def result_of(self, element: Decision | Service | Knowledge) -> object:
        """The value of an element, what it takes being among the facts."""
        if isinstance(element, Service):
            return self.invoked(element, self._facts)
        value = self.value_of(element)
        if not isinstance(element, Knowledge) or not isinstance(value, Function):
            return value
        given = {name: self._facts.get(name) for name in value.parameters}
        return self.run.call_by_name(value, given)

    def _hand_over(self, service: Service, given: Mapping[str, object]) -> None:
        """Set what a service takes, as its own type and that of the element want it.

        A decision that it takes is never made, also where nothing was given for it.

        Raises:
            NotOfType: something given cannot be made to fit.
        """
        promised = resolved(service.type)
        types = promised.parameters if isinstance(promised, Callable_) else ()
        for element, type_ in zip_longest(service.given, types):
            if element is None:
                continue
            if element.name in given:
                value = element.type.fit(given[element.name], self.run)
                self.give(element, (type_ or ANYTHING).fit(value, self.run))
            elif isinstance(element, Decision):
                self.run.problem(f"no value was given for “{element.name}”")
                self.give(element, None)

    def value_of(self, element: Element) -> object:
        if id(element) not in self._known:
            self.run.spend(element.cost if isinstance(element, Decision) else 1)
            self._known[id(element)] = self._work_out(element)
        return self._known[id(element)]

    def _work_out(self, element: Element) -> object:
        if isinstance(element, InputData):
            return self._input(element)
        if isinstance(element, Knowledge):
            return self._function(element)
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
        names: dict[str, object] = {}
        self._gather(needs, names)
        return self._around(names)

    def _around(self, names: Mapping[str, object]) -> Scope:
        lent = {name: Lent(name, work) for name, work in self._env.functions.items()}
        undeclared = {} if self._declared_only else self._facts
        return Scope(self.run, {**lent, **undeclared}).inner(names)

    def _gather(self, needs: Sequence[Need], names: dict[str, object]) -> None:
        """Add the values of what is needed to ``names``."""
        for need in needs:
            element, there = need.element, self._within(need.imported_as)
            value = ServiceFunction(there, element) if isinstance(element, Service) else None
            found = there.value_of(element) if value is None else value
            if need.imported_as:
                below = names.setdefault(need.imported_as, {})
                if isinstance(below, dict):
                    below[element.name] = found
            else:
                names[element.name] = found

    def _within(self, imported_as: str) -> "Evaluation":
        """Where a model imported by that name is evaluated.

        Facts may be meant for it alone: ``name.fact``, or entries of a context ``name``.
        """
        if not imported_as:
            return self
        if imported_as not in self._imported:
            given = self._facts.get(imported_as)
            start = f"{imported_as}."
            own: dict[str, object] = dict(given) if isinstance(given, dict) else {}
            own |= {n.removeprefix(start): f for n, f in self._facts.items() if n.startswith(start)}
            there = self if not own else self._apart()
            if own:
                there.learn({**self._facts, **own})
            self._imported[imported_as] = there
        return self._imported[imported_as]

    def _apart(self) -> "Evaluation":
        return Evaluation(self._types, self._env, self.run, declared_only=self._declared_only)

    def _function(self, element: Knowledge) -> object:
        if element.function is None:
            self.run.problem(f"“{element.name}” has no function")
            return None
        names: dict[str, object] = {}
        function = element.function.value(self._around(names))
        # known before what it needs is looked at: functions may need each other, and themselves
        self._known[id(element)] = function
        self._gather(element.needs, names)
        names[element.name] = function
        return function

    def _service_value(self, service: Service) -> object:
        if len(service.outputs) == 1:
            value = self.value_of(service.outputs[0])
        else:
            value = {output.name: self.value_of(output) for output in service.outputs}
        promised = resolved(service.type)
        type_ = promised.result if isinstance(promised, Callable_) else promised
        return fitted(value, type_, self.run, f"Decision service “{service.name}”")

    def called_with(self, service: Service, given: Mapping[str, object]) -> object:
        """The value of a service for arguments, apart from what this evaluation knows."""
        apart = Evaluation(self._types, self._env, self.run, declared_only=True)
        return apart.invoked(service, given)

    def invoked(self, service: Service, given: Mapping[str, object]) -> object:
        """The value of a service in this evaluation; null if something given does not fit."""
        try:
            self._hand_over(service, given)
        except NotOfType as reason:
            self.run.problem(f"What is given to “{service.name}”: {reason}")
            return None
        return self._service_value(service)


class ServiceFunction(Function):
    """A decision service as an expression calls it: its input data, then its input decisions."""

    def __init__(self, evaluation: Evaluation, service: Service) -> None:
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
