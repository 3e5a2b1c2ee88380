"""The ``zeebe`` extension elements of one BPMN node, as Camunda Modeler and bpmn.io write them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.engine.unread import unread_attributes, unread_settings
from app.engine.xml import BPMN, ZEEBE, Node, local

FOREIGN = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
    "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "http://operaton.org/schema/1.0/bpmn",
    "http://www.jboss.org/drools",
)
"""Name spaces of other engines. What they say would be ignored here, so it is refused."""


@dataclass
class Extensions:
    properties: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    form_id: str | None = None
    assignee: str | None = None
    candidate_groups: str | None = None
    due_date: str | None = None
    task_type: str | None = None
    script: str | None = None
    decision_id: str | None = None
    result_variable: str | None = None
    called_process: str | None = None
    correlation_key: str | None = None
    loop: dict[str, str] = field(default_factory=dict)
    not_run: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)


def read_extensions(node: Node) -> Extensions:
    """What the extension elements of ``node`` say.

    ``not_run`` lists what another engine would act on and this one would not; ``not_read`` what
    is lawful and does nothing here.
    """
    found = Extensions()
    holder = node.find(f"{BPMN}extensionElements")
    for child in [] if holder is None else holder.iterchildren("*"):
        read = READERS.get(local(child)) if child.tag.startswith(ZEEBE) else None
        if read is not None:
            read(found, child)
            found.not_run += [f"{name} of zeebe:{local(child)}" for name in settings_not_run(child)]
            found.not_read += unread_settings(child)
        elif child.tag.startswith(ZEEBE) and local(child) in NOT_RUN:
            found.not_run.append(f"zeebe:{local(child)}")
        elif child.tag.startswith(ZEEBE) and local(child) not in MARKS:
            found.not_read.append(f"zeebe:{local(child)}")
        elif _is_foreign(child.tag):
            found.not_run.append(local(child))
    found.not_run += [str(name) for name in node.attrib if _is_foreign(str(name))]
    found.not_read += unread_attributes(n for n in map(str, node.attrib) if not _is_foreign(n))
    return found


NOT_RUN_SETTINGS = {
    "assignmentDefinition": ("candidateUsers",),
    "formDefinition": ("formKey", "externalReference"),
    "calledElement": ("propagateAllParentVariables", "propagateAllChildVariables"),
}
"""By tag, attributes by which another engine would find people, forms and facts."""


def settings_not_run(node: Node) -> list[str]:
    names = NOT_RUN_SETTINGS.get(local(node), ())
    return [name for name in names if node.get(name, "").strip() not in {"", "false", "0"}]


MARKS = frozenset(("userTask",))
"""What only says that a task is what it is."""
NOT_RUN = frozenset(("executionListeners", "taskListeners", "adHoc", "conditionalFilter"))


def _is_foreign(name: str) -> bool:
    return name.startswith(tuple(f"{{{space}}}" for space in FOREIGN))


def _attribute(node: Node, name: str) -> str | None:
    value = node.get(name)
    return value.strip() or None if value is not None else None


def _properties(found: Extensions, node: Node) -> None:
    for item in node.iterfind(f"{ZEEBE}property"):
        if name := _attribute(item, "name"):
            found.properties[name] = item.get("value") or ""


def _mapping(found: Extensions, node: Node) -> None:
    for tag, target in (("input", found.inputs), ("output", found.outputs)):
        for item in node.iterfind(f"{ZEEBE}{tag}"):
            name, source = _attribute(item, "target"), (item.get("source") or "").strip()
            if name:
                target[name] = source
            if not name or not source:
                found.not_read.append(f"{tag} {name or source} (only half of it is there)")


def _assignment(found: Extensions, node: Node) -> None:
    found.assignee = _attribute(node, "assignee")
    found.candidate_groups = _attribute(node, "candidateGroups")


def _script(found: Extensions, node: Node) -> None:
    found.script = _attribute(node, "expression")
    found.result_variable = _attribute(node, "resultVariable")


def _decision(found: Extensions, node: Node) -> None:
    found.decision_id = _attribute(node, "decisionId")
    found.result_variable = _attribute(node, "resultVariable")


def _form(found: Extensions, node: Node) -> None:
    found.form_id = _attribute(node, "formId")


def _schedule(found: Extensions, node: Node) -> None:
    found.due_date = _attribute(node, "dueDate")


def _task_type(found: Extensions, node: Node) -> None:
    found.task_type = _attribute(node, "type")


def _called(found: Extensions, node: Node) -> None:
    found.called_process = _attribute(node, "processId")


def _subscription(found: Extensions, node: Node) -> None:
    found.correlation_key = _attribute(node, "correlationKey")


def _loop(found: Extensions, node: Node) -> None:
    found.loop = {str(name): str(value) for name, value in node.attrib.items() if value}


READERS: dict[str, Callable[[Extensions, Node], None]] = {
    "properties": _properties,
    "ioMapping": _mapping,
    "assignmentDefinition": _assignment,
    "script": _script,
    "calledDecision": _decision,
    "formDefinition": _form,
    "taskSchedule": _schedule,
    "taskDefinition": _task_type,
    "calledElement": _called,
    "subscription": _subscription,
    "loopCharacteristics": _loop,
}
