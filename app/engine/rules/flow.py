"""How the flows are drawn."""

from collections import defaultdict
from collections.abc import Iterator

from app.engine.catalogue import Element, Flow
from app.engine.drawing import GATEWAYS, Drawing
from app.engine.errors import Finding


def flow_findings(drawing: Drawing) -> Iterator[Finding]:
    for flow in drawing.flows.values():
        yield from _ends(drawing, flow)
    for element in drawing.elements.values():
        yield from _degree(element)
        if element.kind in {"exclusive", "inclusive"}:
            yield from _choice(drawing, element)
        elif element.kind == "event_gateway":
            yield from _race(drawing, element)
        else:
            yield from _unconditional(drawing, element)
    for process in drawing.processes:
        yield from _starts(process.id, [e for e in process.elements.values() if not e.parent])
    inside: dict[str, list[Element]] = defaultdict(list)
    for element in drawing.elements.values():
        inside[element.parent or ""].append(element)
    for element in drawing.elements.values():
        if element.kind == "subprocess":
            yield from _starts(element.id, inside[element.id], embedded=True)


def _ends(drawing: Drawing, flow: Flow) -> Iterator[Finding]:
    source, target = drawing.elements.get(flow.source), drawing.elements.get(flow.target)
    if source is None or target is None:
        yield Finding(flow.id, "flow-connects", "This flow does not connect two elements.")
        return
    if (source.process_id, source.parent) != (target.process_id, target.parent):
        yield Finding(
            flow.id,
            "flow-within-process",
            "A flow cannot cross the border of a process or sub-process.",
        )
    if target.kind in {"start", "boundary"}:
        yield Finding(
            flow.id, "flow-into-start", "A flow cannot lead into a start or boundary event."
        )


def _degree(element: Element) -> Iterator[Finding]:
    """Reached at all, left at all, and not left twice by accident."""
    if element.kind not in {"start", "boundary"} and not element.incoming:
        yield Finding(element.id, "unreachable", "No flow leads here.")
    if element.kind == "end":
        if element.outgoing:
            yield Finding(element.id, "flow-after-end", "A flow leaves this end event.")
    elif not element.outgoing:
        yield Finding(element.id, "no-implicit-end", "Nothing follows. Add an end event.")
    elif len(element.outgoing) > 1 and element.kind not in GATEWAYS:
        yield Finding(
            element.id,
            "no-split-off-task",
            "Several flows leave here. Put a gateway in between that says which of them are taken.",
        )
    if element.kind == "inclusive" and len(element.incoming) > 1:
        yield Finding(
            element.id,
            "no-inclusive-join",
            "An inclusive gateway cannot bring flows together. Use an exclusive gateway if only "
            "one of them arrives, a parallel gateway if all do.",
        )


def _choice(drawing: Drawing, gateway: Element) -> Iterator[Finding]:
    ways = drawing.ways_out(gateway)
    default = gateway.default_flow
    if default and default not in gateway.outgoing:
        yield Finding(
            gateway.id, "default-flow-valid", "The default flow does not leave this gateway."
        )
    for way in ways:
        if way.id == default:
            if way.condition:
                yield Finding(
                    way.id, "default-flow-valid", "The default flow needs no condition. Remove it."
                )
        elif not way.condition and len(ways) > 1:
            yield Finding(
                way.id,
                "every-choice-answered",
                "Say when this way is taken, or make it the default flow.",
            )


def _race(drawing: Drawing, gateway: Element) -> Iterator[Finding]:
    yield from _unconditional(drawing, gateway)
    if len(gateway.outgoing) < 2:
        yield Finding(
            gateway.id, "event-gateway-events", "An event-based gateway needs at least two events."
        )
    for way in drawing.ways_out(gateway):
        target = drawing.elements.get(way.target)
        if target is not None and (
            target.kind not in {"catch", "receive"} or len(target.incoming) > 1
        ):
            yield Finding(
                target.id,
                "event-gateway-events",
                "After an event-based gateway comes a message or timer event of its own.",
            )


def _unconditional(drawing: Drawing, element: Element) -> Iterator[Finding]:
    for way in drawing.ways_out(element):
        if way.condition:
            yield Finding(
                way.id,
                "no-condition-off-task",
                "Conditions belong on flows that leave an exclusive gateway.",
            )
    if element.default_flow:
        yield Finding(
            element.id, "default-flow-valid", "Only a gateway that chooses can have a default flow."
        )


def _starts(holder_id: str, inside: list[Element], *, embedded: bool = False) -> Iterator[Finding]:
    starts = [e for e in inside if e.kind == "start"]
    if not starts:
        rule = "subprocess-one-start" if embedded else "start-event-required"
        yield Finding(holder_id, rule, "There is no start event.")
    if embedded and (len(starts) > 1 or any(e.event != "none" for e in starts)):
        yield Finding(
            holder_id,
            "subprocess-one-start",
            "A sub-process has one plain start event and no other.",
        )
    events = [e.event for e in starts]
    for start in starts:
        if events.count(start.event) > 1 and not embedded:
            yield Finding(
                start.id, "one-start-of-a-kind", "There are two start events of this kind."
            )
    if not any(e.kind == "end" for e in inside):
        yield Finding(holder_id, "end-event-required", "There is no end event.")
