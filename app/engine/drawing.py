"""A diagram as a graph: who leads where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.engine.catalogue import Element, Flow, ProcessInfo

GATEWAYS = frozenset(("exclusive", "parallel", "inclusive", "event_gateway"))


@dataclass(frozen=True)
class Drawing:
    """All elements and flows of one file, across its processes."""

    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    processes: tuple[ProcessInfo, ...]
    boundaries: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)

    def ways_out(self, element: Element) -> tuple[Flow, ...]:
        return tuple(self.flows[flow_id] for flow_id in element.outgoing)

    def followers(self, element_id: str) -> set[str]:
        """Where a token at this element may go next, by a flow or by a boundary event."""
        element = self.elements[element_id]
        found = {flow.target for flow in self.ways_out(element)}
        return found | {boundary.id for boundary in self.boundaries.get(element_id, ())}

    def reach(self, starts: Iterable[str], *, without: Collection[str] = ()) -> set[str]:
        """Every element a token can come to from ``starts``, these included.

        A token does not pass through the elements named in ``without``.
        """
        seen: set[str] = set()
        waiting = [start for start in starts if start not in without]
        while waiting:
            element_id = waiting.pop()
            if element_id in seen or element_id not in self.elements:
                continue
            seen.add(element_id)
            waiting += [f for f in self.followers(element_id) if f not in without]
        return seen

    def leads_to(self, target: str) -> str:
        """The name of the next thing that happens at or after ``target``, past plain gateways."""
        element = self.elements[target]
        seen = {target}
        while element.kind in GATEWAYS and not element.sign_off and len(element.outgoing) == 1:
            element = self.elements[self.flows[element.outgoing[0]].target]
            if element.id in seen:
                break
            seen.add(element.id)
        return element.name


def drawn(processes: Iterable[ProcessInfo], flows: Iterable[Flow]) -> Drawing:
    """Put elements and flows together. Flows that lead nowhere are left to the rules."""
    by_id = {flow.id: flow for flow in flows}
    arriving: dict[str, list[str]] = defaultdict(list)
    leaving: dict[str, list[str]] = defaultdict(list)
    for flow in by_id.values():
        arriving[flow.target].append(flow.id)
        leaving[flow.source].append(flow.id)
    connected = tuple(
        replace(
            process,
            elements={
                e.id: replace(e, incoming=tuple(arriving[e.id]), outgoing=tuple(leaving[e.id]))
                for e in process.elements.values()
            },
        )
        for process in processes
    )
    elements = {e.id: e for process in connected for e in process.elements.values()}
    boundaries: dict[str, tuple[Element, ...]] = {}
    for element in elements.values():
        if element.kind == "boundary" and element.attached_to:
            host = element.attached_to
            boundaries[host] = (*boundaries.get(host, ()), element)
    return Drawing(elements, by_id, connected, boundaries)
