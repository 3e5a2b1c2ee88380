"""What can reach the columns of a table: over every step and sign-off that asks it, in every area."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app import decisions
from app.decisions.coverage import possible_outputs
from app.decisions.elements import Decision, InputData
from app.decisions.table import Input, Table
from app.definitions.domains import ANYTHING, Domain
from app.definitions.domains_of import of_node, of_text, of_values
from app.definitions.facts import elements_of
from app.definitions.given import given_in, views_of
from app.definitions.library import Library, SourceFile, View
from app.definitions.sign_off_names import KIND
from app.engine.catalogue import Element, ProcessInfo

Known = Mapping[str, Domain]
_ONE_ANSWER = frozenset(("UNIQUE", "FIRST", "ANY", "PRIORITY"))


@dataclass(frozen=True)
class Feeding:
    """``known`` are the facts at each place that asks for the table, one after the other."""

    known: Sequence[Known]
    table: Table

    @cached_property
    def columns(self) -> tuple[Domain, ...]:
        return tuple(map(self._of, self.table.inputs))

    def _of(self, column: Input) -> Domain:
        """Anything where no place is known that asks for the table."""
        found: Domain | None = None
        for known in self.known:
            given = of_node(column.expression, known)
            found = given if found is None else found.or_else(given)
        return ANYTHING if found is None else found


def feeding(
    library: Library, file: SourceFile, model: decisions.Model, decision: Decision, table: Table
) -> Feeding:
    """``table`` is how ``decision`` is made, one of ``model``, which ``file`` holds."""
    asked = {each for each in model.decision_ids if decision.id in _needed(model, each)}
    required = _required(model, decision)
    return Feeding(
        [
            {**_at(view, process, element), **required}
            for view in views_of(library, file)
            for process, element in _asking(view, asked)
        ],
        table,
    )


def _asking(view: View, asked: set[str]) -> Iterator[tuple[ProcessInfo, Element]]:
    for diagram in dict.fromkeys(view.diagrams.values()):
        processes = {process.id: process for process in diagram.processes}
        for element in elements_of(diagram):
            said = element.sign_off.decision if element.sign_off else element.decision_id
            if said in asked:
                yield processes[element.process_id], element


def _at(view: View, process: ProcessInfo, element: Element) -> Known:
    known = given_in(view).of(process)
    own = {name: of_text(text, known) for name, text in element.inputs.items()}
    kind = element.properties.get("signOff.decisionType")
    if element.sign_off and kind:
        own[KIND] = of_values(frozenset((kind,)), "the kind of sign-off (signOff.decisionType)")
    return {**known, **own}


def _needed(model: decisions.Model, decision_id: str) -> set[str]:
    """The decisions that are made for one, itself included."""
    found: set[str] = set()
    waiting = [model.elements[decision_id]]
    while waiting:
        element = waiting.pop()
        if isinstance(element, Decision) and element.id not in found:
            found.add(element.id)
            waiting += [need.element for need in element.needs]
        elif not isinstance(element, Decision | InputData):
            # a service or a function may make any of them
            found |= set(model.decision_ids)
    return found


def _required(model: decisions.Model, decision: Decision) -> Known:
    """What other decisions give, which hides facts of the same name."""
    found: dict[str, Domain] = {}
    for need in decision.needs:
        element, domain = need.element, ANYTHING
        if isinstance(element, Decision) and isinstance(element.body, Table):
            outputs = possible_outputs(model, element.body)
            if len(outputs) == 1 and element.body.policy in _ONE_ANSWER:
                domain = of_values(next(iter(outputs.values())), f"the table “{element.name}”")
        if isinstance(element, Decision):
            found[need.imported_as or element.name] = domain
    return found
