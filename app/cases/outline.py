"""A diagram read in words: its elements in the order a person would tell them, with the choices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.catalogue import Element, Flow, ProcessInfo

#: Kinds of elements a reader of the outline wants to see; joins and scripts say nothing to them.
TOLD = frozenset(
    {
        "start",
        "end",
        "user",
        "call",
        "subprocess",
        "catch",
        "receive",
        "event_gateway",
        "exclusive",
        "service",
        "rule",
        "boundary",
        "throw",
        "send",
    }
)
CHOOSING = frozenset({"exclusive", "event_gateway"})


@dataclass(frozen=True)
class Choice:
    """A way on from a gateway: what it is called and what it leads to."""

    flow_id: str
    name: str
    leads_to: str


def ordered(
    info: ProcessInfo, flows: Mapping[str, Flow]
) -> Iterator[tuple[Element, tuple[Choice, ...]]]:
    """Elements from the start events on, first ways first, each once.

    Those of a sub-process follow it, branches of boundary events the activity they watch.
    """
    for element in in_order(info, flows):
        if element.kind in TOLD and is_named(element):
            yield element, choices_of(info, flows, element)


def in_order(info: ProcessInfo, flows: Mapping[str, Flow]) -> Iterator[Element]:
    """Every element a start event leads to, joins and calculations included, each once."""
    seen: set[str] = set()
    starts = [e for e in info.elements.values() if e.kind == "start" and e.parent is None]
    for start in starts:
        yield from _walk(info, flows, start.id, seen)


def choices_of(
    info: ProcessInfo, flows: Mapping[str, Flow], element: Element
) -> tuple[Choice, ...]:
    """The named ways out of a gateway that chooses; nothing for other elements."""
    if element.kind not in CHOOSING or len(element.outgoing) < 2:
        return ()
    return tuple(
        Choice(flow_id, flows[flow_id].name, next_named(info, flows, flows[flow_id].target))
        for flow_id in element.outgoing
    )


def is_named(element: Element) -> bool:
    """Whether somebody gave it a name; an element without one goes by its id."""
    return bool(element.name) and element.name != element.id


def next_named(info: ProcessInfo, flows: Mapping[str, Flow], element_id: str) -> str:
    """The name of this element or, where it has none (a join), of the next one that has."""
    seen: set[str] = set()
    while element_id not in seen:
        seen.add(element_id)
        element = info.elements[element_id]
        if is_named(element) or not element.outgoing:
            return element.name if is_named(element) else ""
        element_id = flows[element.outgoing[0]].target
    return ""


def _walk(
    info: ProcessInfo, flows: Mapping[str, Flow], first: str, seen: set[str]
) -> Iterator[Element]:
    stack = [first]
    while stack:
        element_id = stack.pop()
        if element_id in seen:
            continue
        seen.add(element_id)
        element = info.elements[element_id]
        yield element
        inner = [
            e.id for e in info.elements.values() if e.parent == element_id and e.kind == "start"
        ]
        for start in inner:
            yield from _walk(info, flows, start, seen)
        watching = [e.id for e in info.elements.values() if e.attached_to == element_id]
        onward = [flows[flow_id].target for flow_id in element.outgoing]
        stack.extend(reversed([*watching, *onward]))
