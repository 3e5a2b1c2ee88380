"""What a diagram here consists of; every other part of the standard is left out with a line."""

from collections.abc import Iterator

from app.engine.extensions import FOREIGN, MARKS, NOT_RUN, READERS
from app.engine.reader import KINDS
from app.engine.reading import UNSUPPORTED
from app.engine.xml import BPMN, ZEEBE, Node, flag, local
from app.importing.content import told
from app.importing.work import DIAGRAM, Work, called, everything, id_of, quoted

DRAWN = frozenset(
    [
        "textAnnotation",
        "text",
        "association",
        "group",
        "category",
        "categoryValue",
        "collaboration",
        "participant",
        "messageFlow",
        "laneSet",
        "lane",
        "childLaneSet",
        "flowNodeRef",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
    ]
)
"""Drawn and read by people, or holds the rest together; nothing of it moves a token."""
READ = frozenset(
    [
        "definitions",
        "process",
        "sequenceFlow",
        "conditionExpression",
        "message",
        "error",
        "signal",
        "escalation",
        "messageEventDefinition",
        "timerEventDefinition",
        "errorEventDefinition",
        "terminateEventDefinition",
        "timeDate",
        "timeDuration",
        "timeCycle",
        "multiInstanceLoopCharacteristics",
        "completionCondition",
        "standardLoopCharacteristics",
        "condition",
        "source",
        "target",
        "loopCondition",
    ]
)
KEPT = frozenset((*KINDS, *UNSUPPORTED, *DRAWN, *READ))
LEFT_OUT = {
    "dataObject": "Data objects",
    "dataObjectReference": "Data objects",
    "dataStore": "Data stores",
    "dataStoreReference": "Data stores",
    "ioSpecification": "Lists of inputs and outputs",
    "dataInputAssociation": "Arrows from data",
    "dataOutputAssociation": "Arrows to data",
    "dataInput": "Data inputs",
    "dataOutput": "Data outputs",
    "property": "Properties of the standard",
    "itemDefinition": "Types of data",
    "import": "Imports of other files",
    "interface": "Interfaces of services",
    "resource": "Resources",
    "choreography": "Choreographies",
    "conversation": "Conversations",
    "callConversation": "Conversations",
    "subConversation": "Conversations",
    "conversationLink": "Conversations",
    "globalConversation": "Conversations",
    "correlationProperty": "Correlation properties",
    "correlationKey": "Correlation keys of the standard",
    "correlationSubscription": "Correlation keys of the standard",
    "monitoring": "Monitoring",
    "auditing": "Auditing",
    "participantMultiplicity": "How many take part",
    "partitionElement": "Other partitions of lanes",
    "relationship": "Relationships to other models",
    "globalTask": "Global tasks",
    "globalUserTask": "Global tasks",
    "globalScriptTask": "Global tasks",
    "globalBusinessRuleTask": "Global tasks",
    "globalManualTask": "Global tasks",
    "dataState": "States of data",
    "rendering": "How other tools show a task",
    "script": "Scripts in other languages",
    "callChoreography": "Choreographies",
    "choreographyTask": "Choreographies",
    "subChoreography": "Choreographies",
}
"""By tag, what it is called in words. All of them are kept out of drafts."""
TRUE_UNLESS_SAID = frozenset(("isExecutable", "cancelActivity", "isInterrupting"))
FLAGS = TRUE_UNLESS_SAID | {
    "triggeredByEvent",
    "isForCompensation",
    "instantiate",
    "isSequential",
    "parallelMultiple",
}
"""Attributes that say yes or no about what a token does, and what they say when they are missing."""
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NOT_READ = {
    "taskHeaders": "headers for a worker",
    "versionTag": "a version tag",
    "priorityDefinition": "a priority",
    "userTaskForm": "a form inside the diagram",
    "linkedResources": "linked resources",
    "publishMessage": "how a message is published",
    "followUpDate": "a day to look at it again",
    "bindingType": "which version is called",
}
"""``zeebe`` elements and attributes that are lawful and mean nothing here."""
HARMLESS = frozenset(
    (
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://camunda.org/schema/modeler/1.0",
        ZEEBE[1:-1],
        BPMN[1:-1],
        "",
    )
)
"""Name spaces of which nothing has to be said."""


def adopt_bare_parts(work: Work) -> None:
    """BPMN elements that were written without their name space are what they look like."""
    for node in everything(work.root):
        space = _space(node.tag)
        strange = not space or ("omg.org/bpmn" in space and space != BPMN[1:-1])
        if strange and local(node) in KEPT and not (_is_gone(node, work.root) or _in_foreign(node)):
            node.tag = f"{BPMN}{local(node)}"
            work.say(
                node, "namespace", f"“{local(node)}” was not marked as BPMN. It was read as such."
            )


def mend_types(work: Work) -> None:
    """``xsi:type`` names a type with a prefix; one that leads nowhere would cost the whole part."""
    for node in everything(work.root):
        said = node.get(XSI_TYPE)
        if said is None or not node.tag.startswith(BPMN) or _in_foreign(node):
            continue
        prefix, _, name = said.rpartition(":")
        if node.nsmap.get(prefix or None) == BPMN[1:-1]:
            continue
        right = next((p for p, space in node.nsmap.items() if space == BPMN[1:-1]), None)
        node.set(XSI_TYPE, f"{right}:{name}" if right else name)
        work.say(node, "namespace", f"The type of its “{local(node)}” was not marked as BPMN.")


def mend_flags(work: Work) -> None:
    """Yes and no are written as every editor reads them; the standard allows 1 and 0, too."""
    for node in work.root.iter(f"{BPMN}*"):
        if _in_foreign(node):
            continue
        for name in FLAGS & {str(each) for each in node.attrib}:
            said = str(node.get(name))
            meant = str(flag(node, name, otherwise=name in TRUE_UNLESS_SAID)).lower()
            if said != meant:
                node.set(name, meant)
                words = f"Its “{name}” was “{quoted(said)}”. It was read as “{meant}”."
                work.say(node, "translated", words)


def leave_out_strangers(work: Work) -> None:
    """BPMN elements that nothing here reads or draws go, each with a line at its owner."""
    for node in list(everything(work.root)):
        if _is_gone(node, work.root) or not node.tag.startswith(BPMN):
            continue
        tag = local(node)
        if tag in KEPT or _in_foreign(node):
            continue
        what = LEFT_OUT.get(tag, f"“{tag}” elements")
        name = f" {called(node)}" if node.get("name") else " one"
        words = f"{what} have no effect here:{name} is left out{told(node)}."
        work.drop(node, "left-out", words)


def _in_foreign(node: Node) -> bool:
    """Inside of some tool's extension, where BPMN tags mean what that tool wants."""
    return any(local(around) == "extensionElements" for around in node.iterancestors())


def _is_gone(node: Node, root: Node) -> bool:
    if node.tag == DIAGRAM:
        return True
    top = node
    for around in node.iterancestors():
        if around.tag == DIAGRAM:
            return True
        top = around
    return top is not root


def note_strangers(work: Work) -> None:
    """What other tools keep in the file for themselves stays, and does nothing."""
    places: dict[str, list[str]] = {}
    for node in everything(work.root):
        if _is_gone(node, work.root):
            continue
        for space in {_space(str(name)) for name in (node.tag, *node.attrib)} - HARMLESS:
            if space not in FOREIGN:
                places.setdefault(space, []).append(id_of(node))
        if node.tag.startswith(ZEEBE):
            for what in _not_read(node):
                work.note(node, "not-read", f"It has {what}, which does nothing here.")
    for space, where in places.items():
        count = len(set(where))
        words = f"What another tool noted for itself at {count} places is kept and does nothing"
        work.note("", "kept", f"{words} ({quoted(space)}).")


def _not_read(node: Node) -> Iterator[str]:
    """Settings that nothing reads, in words: attributes, and an element as a whole."""
    names = {local(node), *map(str, node.attrib)} & NOT_READ.keys()
    yield from (NOT_READ[name] for name in sorted(names))
    parent = node.getparent()
    whole = parent is not None and local(parent) == "extensionElements"
    if whole and local(node) not in {*READERS, *NOT_RUN, *MARKS, *NOT_READ}:
        yield f"“zeebe:{local(node)}”"


def _space(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""
