"""Following the lines of a diagram: what can come before and after an element."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from app.definitions.facts import elements_of
from app.engine.catalogue import Element
from app.engine.parse import Diagram


class Ways:
    """The lines of one diagram. A boundary event comes after the activity it is attached to."""

    def __init__(self, diagram: Diagram) -> None:
        self.elements: Mapping[str, Element] = {e.id: e for e in elements_of(diagram)}
        self.after: dict[str, set[str]] = defaultdict(set)
        self.before: dict[str, set[str]] = defaultdict(set)
        for flow in diagram.flows.values():
            self._join(flow.source, flow.target)
        for element in self.elements.values():
            if element.attached_to:
                self._join(element.attached_to, element.id)

    def upstream(self, element_id: str) -> list[Element]:
        """Everything from which a way leads to this element, on the same level of the diagram."""
        found = _reach(self.before, element_id)
        return [element for key, element in self.elements.items() if key in found]

    def _join(self, source: str, target: str) -> None:
        self.after[source].add(target)
        self.before[target].add(source)


def _reach(lines: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found: set[str] = set()
    wanted = [start]
    while wanted:
        new = set(lines.get(wanted.pop(), ())) - found
        found |= new
        wanted += new
    return found
