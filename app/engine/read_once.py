"""What can be said once of an element, and is said twice: only one of both would count."""

from collections import Counter
from collections.abc import Iterator

from app.engine.extensions import READERS
from app.engine.reading import Reading
from app.engine.xml import BPMN, ZEEBE, Node, local

#: By tag, in words. What goes by the same words is the same setting.
ONCE = {
    "conditionExpression": "condition",
    "timeDate": "time",
    "timeDuration": "time",
    "timeCycle": "time",
    "multiInstanceLoopCharacteristics": "repetition",
    "standardLoopCharacteristics": "repetition",
    "completionCondition": "end of the repetition",
    "extensionElements": "list of extensions",
}
#: Of these there may be several: they are read together.
TOGETHER = frozenset(("properties", "ioMapping"))
NAMED = {"property": "name", "input": "target", "output": "target"}


def refuse_said_twice(reading: Reading, node: Node, element_id: str) -> None:
    """``node`` is a step or a flow; what lies in a sub-process is looked at by itself."""
    for holder in (node, *_settings(node)):
        for what, count in Counter(_said(holder)).items():
            if count > 1:
                reading.refuse(
                    element_id, "said-once", f"Its {what} is given {count} times. Leave one."
                )


def refuse_two_lanes(reading: Reading, process: Node) -> None:
    """A step stands in one lane, and in those around it."""
    lanes: dict[str, list[Node]] = {}
    for lane in process.iter(f"{BPMN}lane"):
        for ref in lane.iterfind(f"{BPMN}flowNodeRef"):
            lanes.setdefault((ref.text or "").strip(), []).append(lane)
    for element_id, found in lanes.items():
        around = {each for lane in found for each in lane.iterancestors(f"{BPMN}lane")}
        names = list(dict.fromkeys(lane.get("name") or "" for lane in found if lane not in around))
        if len(names) > 1:
            listed = " and ".join(f"“{name}”" for name in names)
            reading.refuse(
                element_id, "said-once", f"It stands in the lanes {listed}. Leave it in one."
            )


def _settings(node: Node) -> Iterator[Node]:
    for child in node.iterchildren("*"):
        if child.tag.startswith(BPMN) and local(child).endswith(
            ("EventDefinition", "LoopCharacteristics")
        ):
            yield child
            yield from child.iterfind(f"{BPMN}extensionElements")
        elif child.tag == f"{BPMN}extensionElements":
            yield child


def _said(holder: Node) -> Iterator[str]:
    names: list[str] = []
    for child in holder.iterchildren("*"):
        tag = local(child)
        if child.tag.startswith(BPMN) and tag in ONCE:
            yield ONCE[tag]
        elif child.tag.startswith(ZEEBE) and tag in READERS:
            if tag not in TOGETHER:
                yield f"“{tag}”"
            else:
                names += _named(child)
    yield from names


def _named(holder: Node) -> Iterator[str]:
    for child in holder.iterchildren("*"):
        name = NAMED.get(local(child))
        key = child.get(name, "").strip() if name else ""
        if key:
            yield f"{local(child)} “{key}”"
