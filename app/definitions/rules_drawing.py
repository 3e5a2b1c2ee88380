"""Rules: what people read in a drawing is what happens."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.xml import BPMN, Node, read

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_ILLUSTRATIONS = {
    f"{BPMN}dataStoreReference": "data store",
    f"{BPMN}dataObjectReference": "data object",
}
_FLOW_NODES = ("Task", "Gateway", "Event", "task", "callActivity", "subProcess")
_EVENTS = frozenset(("start", "end", "catch", "throw"))
#: Endings by which English makes a noun out of what is done.
_NOUN = re.compile(r"\w{4,}(tion|sion|ment|ness|ance|ence|ity)s?", re.IGNORECASE)
_NO_NOUNS = frozenset(("mention", "question", "position", "commission", "document", "comment"))
_NEAR = 4.0
"""Points by which a border may be missed and still look touched."""


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def is_on_border_of(self, other: "Box") -> bool:
        """Partly in and partly out, or touching."""
        meets = (
            self.left < other.right + _NEAR
            and self.right > other.left - _NEAR
            and self.top < other.bottom + _NEAR
            and self.bottom > other.top - _NEAR
        )
        inside = (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )
        return meets and not inside


def drawn_as_meant(place: Place) -> Iterator[Finding]:
    root = read(place.file.content.encode())
    yield from _illustrations(place, root)
    yield from _other_pools(place, root)
    yield from _looks_attached(place, root)


def names_say_what_to_do(place: Place) -> Iterator[Finding]:
    by_name: dict[str, list[Element]] = defaultdict(list)
    for element in place.elements:
        if element.kind != "user":
            continue
        by_name[element.name.casefold()].append(element)
        words = element.name.split()
        if element.name == element.id:
            yield _label(place, element, f"The task “{element.id}” has no name.")
        elif _NOUN.fullmatch(words[0]) and words[0].casefold() not in _NO_NOUNS:
            yield _label(
                place, element, f"{called(element)} does not begin with what there is to do."
            )
    for same in by_name.values():
        for element in same[1:]:
            yield _label(
                place,
                element,
                f"Two tasks are called {called(element)}; nobody can tell them apart.",
            )


def needs_default(element: Element, drawing: Drawing) -> bool:
    """Also with a single way: when its condition is not true there is none."""
    if element.kind not in {"exclusive", "inclusive"} or element.default_flow or element.sign_off:
        return False
    ways = [drawing.flows[flow] for flow in element.outgoing if flow in drawing.flows]
    return len(ways) > 1 or any(way.condition for way in ways)


def without_default(file: str, drawing: Drawing) -> Iterator[Finding]:
    """Choices that can run, until a case comes for which no condition is true."""
    for element in drawing.elements.values():
        if needs_default(element, drawing):
            yield no_default(file, element)


def no_default(file: str, gateway: Element) -> Finding:
    return Finding(
        file,
        gateway.id,
        "every-choice-answered",
        "No way is the one for all other cases. When no condition is true, a case stops "
        "here with a problem.",
        severity="note",
        mend="Make one way the default.",
    )


def _label(place: Place, element: Element, message: str) -> Finding:
    return place.finding(element.id, "label-unique-and-verb", message, severity="note")


def _illustrations(place: Place, root: Node) -> Iterator[Finding]:
    for tag, what in _ILLUSTRATIONS.items():
        for node in root.iter(tag):
            name = node.get("name") or node.get("id", "")
            yield place.finding(
                node.get("id", ""),
                "data-store-none",
                f"“{name}” is a {what}: it is shown, and nothing is kept in it.",
                severity="note",
            )


def _other_pools(place: Place, root: Node) -> Iterator[Finding]:
    for node in root.iterfind(f"{BPMN}process"):
        parts = [part for part in node.iterchildren("*") if str(part.tag).endswith(_FLOW_NODES)]
        if node.get("isExecutable", "true") != "true" and parts:
            yield place.finding(
                node.get("id", ""),
                "single-process-executable",
                f"“{node.get('name') or node.get('id', '')}” is not marked as executable, so "
                f"nothing of what is drawn in it ({len(parts)} elements) happens.",
                severity="note",
            )
    for node in root.iter(f"{BPMN}messageFlow"):
        yield place.finding(
            node.get("id", ""),
            "message-flow-drawn-only",
            f"The arrow “{node.get('name') or node.get('id', '')}” between two pools is shown, but "
            "sends nothing by itself.",
            severity="note",
        )


def _looks_attached(place: Place, root: Node) -> Iterator[Finding]:
    boxes = _boxes(root)
    tasks = [e for e in place.elements if e.is_activity and e.id in boxes]
    events = [e for e in place.elements if e.kind in _EVENTS and e.id in boxes]
    for event in events:
        for task in tasks:
            if task.parent == event.parent and boxes[event.id].is_on_border_of(boxes[task.id]):
                yield place.finding(
                    event.id,
                    "no-overlap-looks-attached",
                    f"{called(event)} is drawn on the border of {called(task)}, but is not "
                    "attached to it.",
                    severity="note",
                )
                break


def _boxes(root: Node) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        if bounds is None:
            continue
        try:
            left, top, width, height = (
                float(bounds.get(name, "")) for name in ("x", "y", "width", "height")
            )
        except ValueError:
            continue
        found[shape.get("bpmnElement", "")] = Box(left, top, left + width, top + height)
    return found
