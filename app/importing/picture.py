"""Shapes and lines by what they stand for, in the words of the standard's diagram interchange."""

from lxml import etree

from app.engine.xml import Node, local
from app.importing.layout import Box
from app.importing.pools import TOP

DI = "{" + TOP["bpmndi"] + "}"
DC = "{" + TOP["dc"] + "}"
LINE = "{" + TOP["di"] + "}"
SMALL = (36.0, 36.0)
GATEWAY = (50.0, 50.0)
TASK = (100.0, 80.0)
NOTE = (160.0, 60.0)


class Picture:
    """Shapes and lines of one draft by what they stand for."""

    def __init__(self, shell: Node) -> None:
        self.shell = shell
        self.parts: dict[str, Node] = {}
        self.planes: dict[str, list[str]] = {}
        self.boxes: dict[str, Box] = {}
        self.styles: list[Node] = []

    def add(self, plane: str, part: Node) -> None:
        name = str(part.get("bpmnElement"))
        if name in self.parts:
            return
        self.parts[name] = part
        self.planes.setdefault(plane, []).append(name)
        box = box_of(part)
        if box is not None:
            self.boxes[name] = box

    def shape(self, plane: str, node: Node, box: Box, **marks: str) -> None:
        part = etree.Element(f"{DI}BPMNShape", nsmap=TOP)
        part.set("id", f"{node.get('id')}_di")
        part.set("bpmnElement", str(node.get("id")))
        for name, value in marks.items():
            part.set(name, value)
        bounds = etree.SubElement(part, f"{DC}Bounds")
        for name, value in zip(
            ("x", "y", "width", "height"),
            (f"{number:g}" for number in (box.x, box.y, box.width, box.height)),
            strict=True,
        ):
            bounds.set(name, value)
        self.add(plane, part)

    def edge(self, plane: str, flow: Node, points: list[tuple[float, float]]) -> None:
        part = etree.Element(f"{DI}BPMNEdge", nsmap=TOP)
        part.set("id", f"{flow.get('id')}_di")
        part.set("bpmnElement", str(flow.get("id")))
        for x, y in points:
            point = etree.SubElement(part, f"{LINE}waypoint")
            point.set("x", f"{x:g}")
            point.set("y", f"{y:g}")
        self.parts.pop(str(flow.get("id")), None)
        for names in self.planes.values():
            if flow.get("id") in names:
                names.remove(str(flow.get("id")))
        self.add(plane, part)


def box_of(part: Node) -> Box | None:
    bounds = part.find(f"{DC}Bounds")
    if bounds is None or local(part) != "BPMNShape":
        return None
    try:
        return Box(*(float(bounds.get(name, "")) for name in ("x", "y", "width", "height")))
    except ValueError:
        return None


def line_between(source: Box, target: Box) -> list[tuple[float, float]]:
    (sx, sy), (tx, ty) = source.middle, target.middle
    if target.x >= source.right:
        half = (source.right + target.x) / 2
        begin, end = (source.right, sy), (target.x, ty)
        return [begin, end] if sy == ty else [begin, (half, sy), (half, ty), end]
    low = max(source.bottom, target.bottom) + 20
    return [(sx, source.bottom), (sx, low), (tx, low), (tx, target.bottom)]


def size_of(node: Node) -> tuple[float, float]:
    tag = local(node)
    if tag.endswith("Event"):
        return SMALL
    return GATEWAY if tag.endswith("Gateway") else TASK
