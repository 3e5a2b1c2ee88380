"""What the standard says without drawing it is drawn: beginnings, ends, splits and jumps."""

from app.engine.xml import BPMN, Node, local
from app.importing.content import told
from app.importing.flows import GATEWAYS, write_condition
from app.importing.scope import Graph, event_of, is_apart, scopes, steps
from app.importing.settings import retag
from app.importing.work import Work, called, taken


def draw_what_is_meant(work: Work) -> Graph:
    graph = Graph(work)
    for scope in list(scopes(work)):
        _links(graph, scope)
        for node in steps(scope):
            _after_end(graph, node)
            _split(graph, scope, node)
        for node in steps(scope):
            _into_start(graph, scope, node)
        _several_starts(graph, scope)
        _first(graph, scope)
        _last(graph, scope)
    return graph


# ---------------------------------------------------------------------- jumps


def _links(graph: Graph, scope: Node) -> None:
    """A pair of link events is a flow from one place to the other."""
    thrown: dict[str, list[Node]] = {}
    caught: dict[str, list[Node]] = {}
    for node in steps(scope):
        definition = node.find(f"{BPMN}linkEventDefinition")
        if definition is None or event_of(node) == "several":
            continue
        name = definition.get("name") or node.get("name") or ""
        ends = thrown if local(node) == "intermediateThrowEvent" else caught
        if local(node) in {"intermediateThrowEvent", "intermediateCatchEvent"}:
            ends.setdefault(" ".join(name.split()), []).append(node)
    pairs = {name: caught[name] for name in thrown if len(caught.get(name, [])) == 1}
    if not pairs and len(thrown) == len(caught) == 1:  # some tools name only one of the two
        pairs = {name: next(iter(caught.values())) for name in thrown}
    for name, (target,) in ((n, t) for n, t in pairs.items() if len(t) == 1):
        for source in thrown[name]:
            _jump(graph, scope, source, target)
        _plain(graph.work, target)


def _jump(graph: Graph, scope: Node, source: Node, target: Node) -> None:
    _plain(graph.work, source)
    graph.add_flow(scope, source, target)
    words = f"The link from {called(source)} to {called(target)} is drawn as a flow."
    graph.work.say(source, "no-link-events", words)


def _plain(work: Work, node: Node) -> None:
    for definition in node.findall(f"{BPMN}linkEventDefinition"):
        words = f"{called(node)} is a plain event here: the flow says where it goes on"
        words = f"{words}{told(definition)}."
        work.drop(definition, "no-link-events", words, at=node)
    retag(node, "intermediateThrowEvent")


# ---------------------------------------------------------------------- splits


def _after_end(graph: Graph, node: Node) -> None:
    leads_on = local(node) == "endEvent" and graph.leaving(node)
    if leads_on and event_of(node) in {"", "messageEventDefinition"}:
        retag(node, "intermediateThrowEvent")
        graph.work.say(
            node, "flow-after-end", "A flow leaves it, so it is an event on the way here."
        )


def _split(graph: Graph, scope: Node, node: Node) -> None:
    """Several flows off a step, or one with a condition: a gateway that says what it means."""
    if local(node) in GATEWAYS or local(node) == "complexGateway":
        return
    ways = list(graph.leaving(node))
    default = taken(node, "default")
    chosen = [way for way in ways if way.find(f"{BPMN}conditionExpression") is not None]
    if len(ways) == 1 and not chosen:
        if default:
            graph.work.say(
                node, "default-flow-valid", "Its only flow needs not be the default one."
            )
        return
    if not ways or local(node) == "endEvent":
        return
    gateway = _gateway(graph, scope, node, chosen or (ways if default else []))
    if chosen:
        _conditions(graph, gateway, ways, default)
    for way in ways:
        graph.begin_at(way, gateway)
    graph.add_flow(scope, node, gateway)


def _gateway(graph: Graph, scope: Node, node: Node, chosen: list[Node]) -> Node:
    tag = "inclusiveGateway" if chosen else "parallelGateway"
    gateway = graph.add_node(scope, tag, f"{node.get('id')}_split"[:100], beside=node)
    if chosen:
        words = f"Flows with conditions leave {called(node)}. A gateway says which are taken."
        graph.work.say(node, "no-condition-off-task", words)
    else:
        words = f"Several flows leave {called(node)}. A parallel gateway says that all are taken."
        graph.work.say(node, "no-split-off-task", words)
    return gateway


def _conditions(graph: Graph, gateway: Node, ways: list[Node], default: str) -> None:
    """Flows without one are always taken; the default one when no other is."""
    if default in {way.get("id") for way in ways}:
        gateway.set("default", default)
    elif len(ways) == 1:
        words = (
            "Only one way leads on, and it has a condition. Say what happens in all other cases."
        )
        graph.work.todo(gateway, "other-cases", words)
    for way in ways:
        if way.get("id") != default and way.find(f"{BPMN}conditionExpression") is None:
            if any(p.get("name") == "todo.condition" for p in way.iter("{*}property")):
                continue
            write_condition(way, "=true")
            graph.work.say(way, "always", "It had no condition, so it is always taken.")


def _into_start(graph: Graph, scope: Node, node: Node) -> None:
    coming = list(graph.arriving(node))
    if local(node) != "startEvent" or not coming:
        return
    again = graph.add_node(scope, "exclusiveGateway", f"{node.get('id')}_again"[:100], beside=node)
    for flow in coming:
        graph.lead_to(flow, again)
    for flow in list(graph.leaving(node)):
        graph.begin_at(flow, again)
    graph.add_flow(scope, node, again)
    words = "Flows led back into this start. They lead to a gateway behind it now."
    graph.work.say(node, "flow-into-start", words)


# ---------------------------------------------------------------------- beginnings and ends


def _several_starts(graph: Graph, scope: Node) -> None:
    """Plain starts beside each other: one of them begins, so somebody has to say which."""
    starts = [n for n in steps(scope) if local(n) == "startEvent" and not event_of(n)]
    if len(starts) < 2:
        return
    names = " and ".join(called(start) for start in starts)
    start = graph.add_node(scope, "startEvent", "start", beside=starts[0])
    which = graph.add_node(scope, "exclusiveGateway", "which_start", beside=starts[0])
    graph.add_flow(scope, start, which)
    for each in starts:
        retag(each, "intermediateThrowEvent")
        way = graph.add_flow(scope, which, each)
        graph.work.todo(way, "condition", f"Say when it begins with {called(each)}.")
        graph.work.say(
            each, "one-start-of-a-kind", "It is one of several starts: a gateway leads to it now."
        )
    words = f"{names} all began the process. Say on the ways when which of them does."
    graph.work.todo(which, "start", words)


def _first(graph: Graph, scope: Node) -> None:
    """Without a start event everything that nothing leads to begins."""
    inside = steps(scope)
    if is_apart(scope) or any(local(node) == "startEvent" for node in inside):
        return
    first = [
        node
        for node in inside
        if not graph.arriving(node) and local(node) != "boundaryEvent" and not is_apart(node)
    ]
    if not inside:
        if local(scope) != "process":
            words = "Nothing is drawn inside of this sub-process. Draw it, or make it a task."
            graph.work.todo(scope, "empty", words)
        return
    if not first:
        return
    start = graph.add_node(scope, "startEvent", f"{scope.get('id')}_start"[:100], beside=first[0])
    before = start
    if len(first) > 1:
        before = graph.add_node(
            scope, "parallelGateway", f"{scope.get('id')}_all"[:100], beside=first[0]
        )
        graph.add_flow(scope, start, before)
    for node in first:
        graph.add_flow(scope, before, node)
    names = ", ".join(called(node) for node in first[:5])
    graph.work.say(
        scope, "start-event-required", f"No start was drawn. It begins with {names} now."
    )


def _last(graph: Graph, scope: Node) -> None:
    """Where nothing follows, it ends."""
    for node in steps(scope):
        if graph.leaving(node) or local(node) == "endEvent" or is_apart(node) or _undoes(node):
            continue
        end = graph.add_node(scope, "endEvent", f"{node.get('id')}_end"[:100], beside=node)
        graph.add_flow(scope, node, end)
        graph.work.say(
            node, "no-implicit-end", f"Nothing follows {called(node)}. An end event does now."
        )


def _undoes(node: Node) -> bool:
    """A compensation event at a border leads to its task by another kind of line."""
    return event_of(node) == "compensateEventDefinition" and local(node) == "boundaryEvent"
