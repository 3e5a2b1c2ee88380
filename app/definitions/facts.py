"""Which answers a process keeps as facts, and where a fact comes from.

Only names that some expression or table reads become process variables; everything else stays
in the stored form document.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app import decisions, feel
from app.engine.catalogue import Element
from app.engine.parse import Diagram

#: Given to every process by the runtime, or by the engine itself.
ALWAYS_THERE = frozenset({"case_id", "area", "parameters", "loopCounter"})
#: What rules of forms may read besides answers: see ``app.cases.known``.
KNOWN_TO_FORMS = frozenset(
    [
        "facts",
        "form",
        "family",
        "case",
        "concern",
        "assessment",
        "plan",
        "action",
        "match",
        "contact",
        "step_down",
        "panel",
        "meeting",
        "usual",
    ]
)


def elements_of(diagram: Diagram) -> Iterator[Element]:
    """All flow nodes of all processes of a diagram, embedded sub-processes included."""
    for process in diagram.processes:
        yield from process.elements.values()


def called_processes(diagram: Diagram, process_id: str) -> list[str]:
    return [
        element.called_process
        for element in elements_of(diagram)
        if element.process_id == process_id and element.called_process
    ]


def used_decisions(diagram: Diagram, process_id: str) -> set[str]:
    """Decisions that business rule tasks or sign-off gateways of the process ask."""
    found: set[str] = set()
    for element in elements_of(diagram):
        if element.process_id != process_id:
            continue
        if element.decision_id:
            found.add(element.decision_id)
        if element.sign_off and element.sign_off.decision:
            found.add(element.sign_off.decision)
    return found


def names_read(
    diagrams: Iterable[Diagram], models: Mapping[str, decisions.Model]
) -> frozenset[str]:
    """Every name that an expression of these diagrams or one of these decisions reads."""
    found: set[str] = set()
    for diagram in diagrams:
        found |= diagram.names_read
    for decision_id, model in models.items():
        found |= model.names(decision_id)
    return frozenset(found)


def kept(answers: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The answers that become facts."""
    return {name: value for name, value in answers.items() if name in names}


class Origins:
    """Follows a fact back through scripts, tables and mappings to the names it was made from.

    By name and over all diagrams of the set at once, so it may name too much, never too little.
    """

    def __init__(self, diagrams: Iterable[Diagram], models: Mapping[str, decisions.Model]) -> None:
        self._made_from: dict[str, set[str]] = defaultdict(set)
        for diagram in diagrams:
            for element in elements_of(diagram):
                self._add(element, models)

    def of(self, names: Iterable[str]) -> frozenset[str]:
        """``names`` and everything they depend on."""
        found: set[str] = set()
        wanted = list(names)
        while wanted:
            name = wanted.pop()
            if name not in found:
                found.add(name)
                wanted += self._made_from.get(name, ())
        return frozenset(found)

    def _add(self, element: Element, models: Mapping[str, decisions.Model]) -> None:
        for target, source in {**element.inputs, **element.outputs}.items():
            self._made_from[target] |= _read(source)
        if element.result_variable:
            made = self._made_from[element.result_variable]
            made |= _read(element.script or "")
            if element.decision_id and element.decision_id in models:
                made |= models[element.decision_id].names(element.decision_id)
                made |= set(element.inputs)


def _read(text: str) -> frozenset[str]:
    """Names an expression reads; a literal reads none. The diagram was checked: it parses."""
    return feel.parse(text[1:]).names if text.startswith("=") else frozenset()
