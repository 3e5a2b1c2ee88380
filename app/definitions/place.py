"""What a rule is given: one diagram, and everything it may refer to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from app.definitions.facts import elements_of
from app.definitions.findings import Finding, Severity
from app.definitions.library import Library, SourceFile, View
from app.definitions.ways import Ways
from app.engine.catalogue import Element
from app.engine.parse import Diagram


@dataclass(frozen=True)
class Surroundings:
    """Everything outside the files themselves that a check needs to know.

    ``task_types`` are the automatic steps that code offers; None leaves them unchecked.
    ``members`` counts active people by role; None where nobody is known yet.
    """

    library: Library
    task_types: frozenset[str] | None = None
    members: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Place:
    file: SourceFile
    diagram: Diagram
    view: View
    around: Surroundings

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        return tuple(elements_of(self.diagram))

    @cached_property
    def ways(self) -> Ways:
        return Ways(self.diagram)

    def work_before(self, element: Element) -> list[Element]:
        """Everything that can be done before this element, also in sub-processes and calls."""
        found: dict[str, Element] = {}
        wanted = self.ways.upstream(element.id)
        while wanted:
            here = wanted.pop()
            if here.id in found:
                continue
            found[here.id] = here
            if here.kind == "subprocess":
                wanted += [e for e in self.elements if e.parent == here.id]
            elif here.called_process in self.view.diagrams:
                wanted += elements_of(self.view.diagrams[here.called_process])
        return list(found.values())

    def finding(
        self,
        element_id: str,
        rule: str,
        message: str,
        *,
        severity: Severity = "error",
        mend: str = "",
        path: tuple[str, ...] = (),
    ) -> Finding:
        return Finding(self.file.name, element_id, rule, message, severity, mend, path)


Rule: TypeAlias = Callable[[Place], Iterator[Finding]]


def called(element: Element) -> str:
    """How a message names an element: what is written in it, or its id."""
    return f"“{element.name or element.id}”"
