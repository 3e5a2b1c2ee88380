"""A process or sub-process as a graph that can be changed: its own steps, and the flows of both ends."""

from collections.abc import Iterator

from app.engine.xml import BPMN, Node, local
from app.importing.settings import FLOW_NODES
from app.importing.work import Work

HOLDERS = frozenset(("process", "subProcess", "transaction", "adHocSubProcess"))


class Graph:
    """All flows of one file by their ends. Kept right by going through its methods."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.outs: dict[str, list[Node]] = {}
        self.ins: dict[str, list[Node]] = {}
        #: Flows whose ends were changed: they are drawn anew.
        self.moved: set[Node] = set()
        for flow in work.root.iter(f"{BPMN}sequenceFlow"):
            self.outs.setdefault(flow.get("sourceRef") or "", []).append(flow)
            self.ins.setdefault(flow.get("targetRef") or "", []).append(flow)

    def leaving(self, node: Node) -> list[Node]:
        return self.outs.get(str(node.get("id")), [])

    def arriving(self, node: Node) -> list[Node]:
        return self.ins.get(str(node.get("id")), [])

    def begin_at(self, flow: Node, node: Node) -> None:
        self.leaving_of(flow).remove(flow)
        flow.set("sourceRef", str(node.get("id")))
        self.leaving_of(flow).append(flow)
        self.moved.add(flow)

    def lead_to(self, flow: Node, node: Node) -> None:
        self.arriving_of(flow).remove(flow)
        flow.set("targetRef", str(node.get("id")))
        self.arriving_of(flow).append(flow)
        self.moved.add(flow)

    def leaving_of(self, flow: Node) -> list[Node]:
        return self.outs.setdefault(str(flow.get("sourceRef")), [])

    def arriving_of(self, flow: Node) -> list[Node]:
        return self.ins.setdefault(str(flow.get("targetRef")), [])

    def add_node(self, scope: Node, tag: str, stem: str, *, beside: Node | None = None) -> Node:
        """A new step in a scope, in the lane of the step ``beside`` it."""
        made = scope.makeelement(f"{BPMN}{tag}")
        made.set("id", self.work.fresh(stem))
        scope.append(made)
        if beside is not None:
            self._into_lane(made, beside)
        return made

    def add_flow(self, scope: Node, source: Node, target: Node) -> Node:
        made = scope.makeelement(f"{BPMN}sequenceFlow")
        made.set("id", self.work.fresh(f"{source.get('id')}_to_{target.get('id')}"[:100]))
        made.set("sourceRef", str(source.get("id")))
        made.set("targetRef", str(target.get("id")))
        scope.append(made)
        self.leaving_of(made).append(made)
        self.arriving_of(made).append(made)
        return made

    def _into_lane(self, made: Node, beside: Node) -> None:
        wanted = str(beside.get("id"))
        scope = made.getparent()
        for reference in () if scope is None else list(scope.iter(f"{BPMN}flowNodeRef")):
            if (reference.text or "").strip() == wanted:
                reference.addnext(reference.makeelement(f"{BPMN}flowNodeRef"))
                after = reference.getnext()
                if after is not None:
                    after.text = str(made.get("id"))
                return


def scopes(work: Work) -> Iterator[Node]:
    """Processes and sub-processes, outer ones first; none inside of a tool's own extension."""
    for process in work.root.iterfind(f"{BPMN}process"):
        yield process
        yield from process.iter(f"{BPMN}subProcess")


def steps(scope: Node) -> list[Node]:
    """The steps directly in a scope."""
    return [node for node in scope.iterchildren(f"{BPMN}*") if local(node) in FLOW_NODES]


def is_apart(node: Node) -> bool:
    """What no flow ever reaches, and what begins without one: it is no part of the flow."""
    return node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true"


def event_of(node: Node) -> str:
    """The tag of its only event definition; empty without one, ``several`` with more."""
    found = [
        local(child) for child in node.iterchildren("*") if local(child).endswith("EventDefinition")
    ]
    return (found[0] if len(found) == 1 else "several") if found else ""
