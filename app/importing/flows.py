"""Flows between steps: those that lead nowhere, their conditions, and the way for all other cases."""

from app.engine.xml import BPMN, Node, local, text_of
from app.importing import juel
from app.importing.content import told
from app.importing.parts import XSI_TYPE
from app.importing.settings import FLOW_NODES
from app.importing.work import Work, called, everything, quoted, taken

CHOOSES = frozenset(("exclusiveGateway", "inclusiveGateway", "complexGateway"))
GATEWAYS = CHOOSES | {"parallelGateway", "eventBasedGateway"}


def flow_nodes(work: Work) -> dict[str, Node]:
    return {
        str(node.get("id")): node
        for process in work.root.iterfind(f"{BPMN}process")
        for node in everything(process)
        if node.tag.startswith(BPMN) and local(node) in FLOW_NODES
    }


def mend_flows(work: Work) -> None:
    nodes = flow_nodes(work)
    for flow in list(work.root.iter(f"{BPMN}sequenceFlow")):
        source, target = (
            nodes.get(flow.get("sourceRef") or ""),
            nodes.get(flow.get("targetRef") or ""),
        )
        if source is None or target is None:
            _loose(work, flow, source, target)
        elif process_of(source) is not process_of(target):
            _across(work, flow, source, target)
        else:
            _at_home(flow, source)
            _condition(work, flow, source)
    for node in nodes.values():
        _default(work, node)


def process_of(node: Node) -> Node | None:
    return next((around for around in node.iterancestors() if local(around) == "process"), None)


def outgoing(node: Node) -> list[Node]:
    """The flows that leave a node, in the order of the file."""
    process = process_of(node)
    wanted = node.get("id")
    found = [] if process is None else process.iter(f"{BPMN}sequenceFlow")
    return [flow for flow in found if flow.get("sourceRef") == wanted]


def _loose(work: Work, flow: Node, source: Node | None, target: Node | None) -> None:
    node = source if source is not None else target
    name = f" {called(flow)}" if flow.get("name") else ""
    missing = flow.get("targetRef") if source is not None else flow.get("sourceRef")
    end = f"“{quoted(missing)}”, which is no step of a process" if missing else "nowhere"
    way = f"led to {end}" if source is not None else f"came from {end}"
    work.drop(
        flow,
        "flow-connects",
        f"The flow{name} {way}. It is left out{told(flow)}.",
        at=node if node is not None else flow,
    )
    if node is not None:
        work.todo(node, "loose-flow", f"A flow{name} {way}. Connect it, if it is needed.")


def _across(work: Work, flow: Node, source: Node, target: Node) -> None:
    words = f"The flow from {called(source)} to {called(target)} crosses into another process."
    work.drop(flow, "flow-within-process", f"{words} It is left out{told(flow)}.", at=source)
    for node in (source, target):
        work.todo(node, "border", f"{words} Send a message, or call the other process.")


def _at_home(flow: Node, source: Node) -> None:
    """Some tools keep all flows in one process, whichever they belong to."""
    home, around = process_of(source), process_of(flow)
    if home is not around:
        parent = source.getparent()
        if parent is not None:
            parent.append(flow)


def _condition(work: Work, flow: Node, source: Node) -> None:
    condition = flow.find(f"{BPMN}conditionExpression")
    if condition is None:
        return
    text = text_of(flow, "conditionExpression")
    if text is None:
        work.drop(
            condition, "every-choice-answered", "Its condition was empty and is left out.", at=flow
        )
        return
    if local(source) in {"parallelGateway", "eventBasedGateway"}:
        words = f"Its condition “{quoted(text)}” is left out: all ways are open at this gateway."
        work.drop(condition, "no-condition-off-task", words, at=flow)
        return
    language = condition.get("language") or ""
    if text.startswith("=") and (not language or "feel" in language.lower()):
        return
    found = juel.as_feel(text) if juel.is_juel(text) else juel.comparison_as_feel(text)
    for name in ("language", "evaluatesToTypeRef"):
        taken(condition, name)
    said = f"“{quoted(text)}”" + (f" in {language}" if language else "")
    if found:
        condition.text = found
        for child in list(condition):
            condition.remove(child)
        work.say(flow, "translated", f"Its condition {said} is “{quoted(found)}” here.")
    else:
        work.todo(flow, "condition", f"The condition was {said}. Write it in FEEL.")
        work.drop(condition, "other-engine", f"Its condition {said} is left out.", at=flow)


def write_condition(flow: Node, text: str) -> None:
    made = flow.makeelement(f"{BPMN}conditionExpression")
    prefix = next((p for p, space in flow.nsmap.items() if space == BPMN[1:-1]), None)
    made.set(XSI_TYPE, f"{prefix}:tFormalExpression" if prefix else "tFormalExpression")
    made.text = text
    flow.append(made)


def _default(work: Work, node: Node) -> None:
    default = node.get("default")
    if default is None:
        return
    ways = {str(flow.get("id")): flow for flow in outgoing(node)}
    way = ways.get(default)
    if way is None or local(node) in {"parallelGateway", "eventBasedGateway"}:
        del node.attrib["default"]
        if default:
            words = f"Its default flow “{quoted(default)}” is left out: no choice is made by it."
            work.say(node, "default-flow-valid", words)
        return
    condition = way.find(f"{BPMN}conditionExpression")
    if condition is not None:
        words = (
            f"Its condition “{quoted(condition.text or '')}” is left out: it is the default flow."
        )
        work.drop(condition, "default-flow-valid", words, at=way)
