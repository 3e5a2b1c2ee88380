"""What the import of a foreign file left to do, kept in the file as properties of its elements."""

from collections.abc import Callable, Iterator

from app.engine.errors import Finding
from app.engine.reading import TODO
from app.engine.xml import BPMN, ZEEBE, Node


def todos(root: Node) -> Iterator[Finding]:
    """Everything that is left to do. A to-do that asks for a setting ends when the setting is there."""
    for found in root.iter(f"{ZEEBE}property"):
        name = found.get("name") or ""
        owner = next(
            (a for a in found.iterancestors() if a.tag.startswith(BPMN) and a.get("id")), None
        )
        if not name.startswith(TODO) or owner is None:
            continue
        is_done = DONE.get(name.removeprefix(TODO))
        if is_done is None or not is_done(owner):
            yield Finding(str(owner.get("id")), "to-do", found.get("value") or "")


def _has(path: str) -> Callable[[Node], bool]:
    return lambda node: node.find(path) is not None


def _said(tag: str, attribute: str) -> Callable[[Node], bool]:
    return _has(f"{BPMN}extensionElements/{ZEEBE}{tag}[@{attribute}]")


def _way_is_said(flow: Node) -> bool:
    """A flow with a condition, or the one for all other cases."""
    if flow.find(f"{BPMN}conditionExpression") is not None:
        return True
    root = flow.getroottree().getroot()
    return any(node.get("default") == flow.get("id") for node in root.iter(f"{BPMN}*"))


DONE: dict[str, Callable[[Node], bool]] = {
    "condition": _way_is_said,
    "form": _said("formDefinition", "formId"),
    "due": _said("taskSchedule", "dueDate"),
    "step": _said("taskDefinition", "type"),
    "table": _said("calledDecision", "decisionId"),
    "call": _said("calledElement", "processId"),
    "script": _said("script", "expression"),
    "role": lambda node: any(
        _said("assignmentDefinition", name)(node) for name in ("candidateGroups", "assignee")
    ),
    "collection": _has(f".//{ZEEBE}loopCharacteristics[@inputCollection]"),
    "until": _has(f".//{BPMN}completionCondition"),
    "timer": lambda node: any(
        node.find(f".//{BPMN}{tag}") is not None
        for tag in ("timeDate", "timeDuration", "timeCycle")
    ),
    "other-cases": lambda node: bool(node.get("default")),
}
"""How the file shows by itself that a to-do is done. The others are ended by people."""
