"""Settings that are lawful, and that nothing here reads: somebody may have meant them to do something."""

from collections.abc import Iterable, Iterator

from app.engine.xml import ZEEBE, Node, local

_OF_BPMN = frozenset(
    (
        *("id", "name", "default", "attachedToRef", "cancelActivity", "isForCompensation"),
        *("startQuantity", "completionQuantity", "triggeredByEvent", "instantiate", "method"),
        *("eventGatewayType", "gatewayDirection", "messageRef", "operationRef", "implementation"),
        *("calledElement", "parallelMultiple", "isInterrupting", "scriptFormat", "ordering"),
        *("cancelRemainingInstances", "isExecutable", "isClosed", "processType"),
        *("definitionalCollaborationRef", "isSequential", "behavior", "activationCondition"),
    )
)
"""Attributes that the standard knows: they are read, have no effect in any engine, or are refused."""
_OF_SETTINGS = {
    "properties": (),
    "property": ("name", "value"),
    "ioMapping": (),
    "input": ("source", "target"),
    "output": ("source", "target"),
    "assignmentDefinition": ("assignee", "candidateGroups", "candidateUsers"),
    "script": ("expression", "resultVariable"),
    "calledDecision": ("decisionId", "resultVariable"),
    "formDefinition": ("formId", "formKey", "externalReference"),
    "taskSchedule": ("dueDate",),
    "taskDefinition": ("type",),
    "calledElement": ("processId", "propagateAllParentVariables", "propagateAllChildVariables"),
    "subscription": ("correlationKey",),
    "loopCharacteristics": (
        *("inputCollection", "inputElement", "outputCollection", "outputElement"),
    ),
}
"""By tag, the attributes that are read, or refused where they say something."""
_SILENT = (
    "http://www.w3.org/",
    "http://bpmn.io/schema/",
    "http://www.omg.org/spec/BPMN/",
    "http://camunda.org/schema/modeler/",
)
"""Name spaces of attributes that only say how something looks, or who wrote it."""


def unread_attributes(names: Iterable[str]) -> Iterator[str]:
    """Of those of a step, an event, a gateway or a process."""
    for name in names:
        if name.startswith(ZEEBE):
            yield f"zeebe:{local_name(name)}"
        elif name.startswith("{"):
            if not name.startswith(tuple(f"{{{space}" for space in _SILENT)):
                yield local_name(name)
        elif name not in _OF_BPMN:
            yield name


def unread_settings(node: Node) -> Iterator[str]:
    """Of one extension element that is read, and of those in it."""
    for each in (node, *node.iterchildren("*")):
        known = _OF_SETTINGS.get(local(each), ())
        for name in map(str, each.attrib):
            if name not in known and name != "id" and each.get(name, "").strip():
                yield f"{local_name(name)} of zeebe:{local(each)}"


def local_name(attribute: str) -> str:
    return attribute.rpartition("}")[2]
