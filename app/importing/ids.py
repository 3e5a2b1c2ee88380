"""Every part gets an id that is its own, and what refers to it follows."""

import re

from app.engine.rules.settings import LONGEST_ID, RESERVED_IDS
from app.engine.xml import BPMN, Node, local
from app.importing.work import DIAGRAM, Line, Work, called, everything, owner_of, quoted

#: Parts that need an id because something may have to be said about them, or refers to them.
NAMED = frozenset(
    [
        "process",
        "participant",
        "collaboration",
        "lane",
        "message",
        "error",
        "signal",
        "escalation",
        "sequenceFlow",
        "messageFlow",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "complexGateway",
        "transaction",
        "adHocSubProcess",
        "startEvent",
        "endEvent",
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "callActivity",
        "subProcess",
    ]
)
REFERENCES = frozenset(
    [
        "sourceRef",
        "targetRef",
        "default",
        "attachedToRef",
        "processRef",
        "messageRef",
        "errorRef",
        "signalRef",
        "escalationRef",
        "bpmnElement",
        "dataObjectRef",
        "dataStoreRef",
        "categoryValueRef",
        "activityRef",
        "itemSubjectRef",
        "structureRef",
        "operationRef",
    ]
)
TEXT_REFERENCES = frozenset(
    [
        "flowNodeRef",
        "incoming",
        "outgoing",
        "sourceRef",
        "targetRef",
        "dataInputRefs",
        "dataOutputRefs",
        "loopDataInputRef",
        "loopDataOutputRef",
        "eventDefinitionRef",
        "resourceRef",
        "source",
        "target",
    ]
)
_GOOD = re.compile(r"[^\W\d][\w.-]*")


def give_ids(work: Work) -> None:
    """Fill in what is missing, part what shares an id, and replace what cannot be one here."""
    nodes = [node for node in everything(work.root) if _is_ours(node)]
    _bare_references(work)
    for node in nodes:
        if node.get("id"):
            node.set("id", node.get("id", "").strip(" \t\r\n"))
    taken = [node for node in nodes if node.get("id") and work.take(node.get("id", ""))]
    first = set(taken)
    renamed: dict[str, str] = {}
    for node in nodes:
        if node not in first and (node.get("id") or local(node) in NAMED):
            _name(work, node)
        elif node in first and not _is_good(node.get("id", "")):
            old = node.get("id", "")
            renamed[old] = _rename(work, node)
    if renamed:
        _follow(work, renamed)


def _is_ours(node: Node) -> bool:
    return node.tag.startswith(BPMN) and all(a.tag != DIAGRAM for a in node.iterancestors())


def _is_good(element_id: str) -> bool:
    return (
        bool(_GOOD.fullmatch(element_id))
        and len(element_id) <= LONGEST_ID
        and element_id not in RESERVED_IDS
        and not element_id.endswith(".EndJoin")
    )


def _name(work: Work, node: Node) -> None:
    tag, old = local(node), node.get("id")
    stem = old if old and _is_good(old) else tag
    node.set("id", work.fresh(stem))
    if tag not in NAMED:
        return
    if old:
        words = (
            f"The id “{quoted(old)}” was used twice. This {_kind(node)} is “{node.get('id')}” now; "
            "what refers to the id means the first."
        )
        work.say(node, "id-unique", words)
    elif tag == "sequenceFlow":
        ends = f"“{node.get('sourceRef')}” to “{node.get('targetRef')}”"
        work.say(node, "flow-has-id", f"The flow from {ends} had no id. It has one now.")
    else:
        name = f" {called(node)}" if node.get("name") else ""
        work.say(node, "element-has-id", f"The {_kind(node)}{name} had no id. It has one now.")


def _rename(work: Work, node: Node) -> str:
    old = node.get("id", "")
    stem = re.sub(r"[^\w.-]", "_", old)[: LONGEST_ID - 10].removesuffix(".EndJoin") or "part"
    if not re.match(r"[^\W\d]", stem):
        stem = f"_{stem}"
    new = stem if _is_good(stem) and work.take(stem) else work.fresh(stem)
    node.set("id", new)
    words = f"The id “{quoted(old)}” cannot be used here. It is “{new}” now."
    where = new if local(node) in NAMED else owner_of(node)
    work.lines.append(Line(where, "id-not-reserved", words, left_out=(old,)))
    return new


def _follow(work: Work, renamed: dict[str, str]) -> None:
    for node in everything(work.root):
        for name, value in node.attrib.items():
            if name in REFERENCES and value in renamed:
                node.set(name, renamed[str(value)])
        text = (node.text or "").strip()
        if text in renamed and local(node) in TEXT_REFERENCES:
            node.text = renamed[text]


def _bare_references(work: Work) -> None:
    """References may be written with a prefix (``tns:pay``); ids never are."""
    ids = {node.get("id") for node in everything(work.root) if node.get("id")}

    def bare(text: str) -> str:
        end = text.strip().rpartition(":")[2]
        return end if text.strip() not in ids and end in ids else text.strip()

    for node in everything(work.root):
        for name, value in list(node.attrib.items()):
            if name in REFERENCES and bare(str(value)) != value:
                node.set(name, bare(str(value)))
        if local(node) in TEXT_REFERENCES and node.text and not len(node):
            node.text = bare(node.text)


def _kind(node: Node) -> str:
    """``intermediateCatchEvent`` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local(node)).lower()
