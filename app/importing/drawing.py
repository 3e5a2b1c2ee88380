"""The picture of a draft: kept where the file has one, added where steps are new, made where none is."""

from collections import Counter
from copy import deepcopy

from lxml import etree

from app.engine.xml import BPMN, Node, local
from app.importing.layout import Box, arrange
from app.importing.picture import DI, NOTE, SMALL, TASK, Picture, box_of, line_between, size_of
from app.importing.pools import TOP, scopes_of
from app.importing.scope import steps
from app.importing.work import DIAGRAM, Work, everything

LAID_OUT = "no-layout"
POOL_HEAD = 30


def draw(work: Work, shell: Node, diagrams: list[Node], moved: set[Node]) -> None:
    """Give a draft its diagrams. ``moved`` are flows whose ends were changed."""
    picture = _taken_over(shell, diagrams)
    process = next(shell.iterchildren(f"{BPMN}process"))
    main = _main_plane(shell, picture, process)
    for scope in scopes_of(shell):
        inside = steps(scope)
        scope_id = str(scope.get("id"))
        plane = main if scope is process else _plane_of(picture, scope, main)
        if not inside:
            continue
        known = [node for node in inside if node.get("id") in picture.boxes]
        if known:
            _fit_in(picture, plane, inside)
        else:
            plane = main if scope is process else scope_id
            _lay_out(picture, plane, scope, inside)
            if scope is process:
                work.note("", LAID_OUT, "The file says not where to draw it. It is laid out here.")
        _notes(picture, plane, scope)
        _connect(picture, plane, scope, moved)
    _write(picture, main)


def note_strays(work: Work, diagrams: list[Node]) -> None:
    """A picture of something that is not in the file would leave the canvas empty."""
    seen = Counter(node.get("id") for node in everything(work.root) if node.get("id"))
    ids = seen.keys()
    if any(count > 1 for count in seen.values()):
        words = "Parts of the picture shared an id. Each has its own now."
        work.note("", LAID_OUT, words)
    for diagram in diagrams:
        for plane in diagram.iterchildren(f"{DI}BPMNPlane"):
            if plane.get("bpmnElement") not in ids:
                words = (
                    "A picture said to be of something that is not in the file. It is drawn anew."
                )
                work.note("", LAID_OUT, words)


# ---------------------------------------------------------------------- what is there


def _taken_over(shell: Node, diagrams: list[Node]) -> Picture:
    picture = Picture(shell)
    ids = {str(node.get("id")) for node in everything(shell) if node.get("id")}
    subs = {str(node.get("id")) for node in shell.iter(f"{BPMN}subProcess")}
    for diagram in diagrams:
        picture.styles += diagram.findall(f"{DI}BPMNLabelStyle")
        for plane in diagram.iterchildren(f"{DI}BPMNPlane"):
            name = str(plane.get("bpmnElement"))
            for part in plane.iterchildren(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
                usable = local(part) == "BPMNEdge" or box_of(part) is not None
                if part.get("bpmnElement") in ids and usable:
                    picture.add(name if name in subs else "", deepcopy(part))
    return picture


def _main_plane(shell: Node, picture: Picture, process: Node) -> str:
    """What the main picture shows: the pool if it is drawn or there are lanes, else the process."""
    collaboration = shell.find(f"{BPMN}collaboration")
    pool = None if collaboration is None else collaboration.find(f"{BPMN}participant")
    inside = [str(node.get("id")) for node in steps(process)]
    drawn = any(name in picture.boxes for name in inside)
    if collaboration is not None and pool is not None:
        if drawn and pool.get("id") not in picture.boxes:
            boxes = [picture.boxes[name] for name in inside if name in picture.boxes]
            picture.shape("", pool, _around(boxes), isHorizontal="true")
        return ""
    return ""


def _plane_of(picture: Picture, scope: Node, main: str) -> str:
    inside = [str(node.get("id")) for node in steps(scope)]
    for plane, names in picture.planes.items():
        if plane and any(name in names for name in inside):
            return plane
    return main


def _around(boxes: list[Box]) -> Box:
    left, top = min(b.x for b in boxes) - 80, min(b.y for b in boxes) - 40
    right, bottom = max(b.right for b in boxes) + 50, max(b.bottom for b in boxes) + 40
    return Box(left, top, right - left, bottom - top)


# ---------------------------------------------------------------------- what is new


def _fit_in(picture: Picture, plane: str, inside: list[Node]) -> None:
    """Steps without a place, beside the step they were added for."""
    missing = [node for node in inside if node.get("id") not in picture.boxes]
    boxes = [picture.boxes[str(n.get("id"))] for n in inside if n.get("id") in picture.boxes]
    near = _neighbours(inside)
    below = max(box.bottom for box in boxes) + 40
    left = min(box.x for box in boxes)
    for node in missing:
        size = size_of(node)
        box = _beside(picture, near, str(node.get("id")), size)
        if box is None:
            box = Box(left, below, *size)
            left += size[0] + 40
        picture.shape(plane, node, box)


def _neighbours(inside: list[Node]) -> dict[str, tuple[list[str], list[str]]]:
    """By step, what leads to it and what it leads to."""
    near: dict[str, tuple[list[str], list[str]]] = {}
    scope = inside[0].getparent()
    process = next((a for a in inside[0].iterancestors() if local(a) == "process"), scope)
    for flow in () if process is None else process.iter(f"{BPMN}sequenceFlow"):
        source, target = str(flow.get("sourceRef")), str(flow.get("targetRef"))
        near.setdefault(source, ([], []))[1].append(target)
        near.setdefault(target, ([], []))[0].append(source)
    return near


def _beside(
    picture: Picture,
    near: dict[str, tuple[list[str], list[str]]],
    name: str,
    size: tuple[float, float],
) -> Box | None:
    before, after = near.get(name, ([], []))
    for other in before:
        box = picture.boxes.get(other)
        if box is not None:
            return Box(box.right + 20, box.middle[1] - size[1] / 2, *size)
    for other in after:
        box = picture.boxes.get(other)
        if box is not None:
            return Box(box.x - 20 - size[0], box.middle[1] - size[1] / 2, *size)
    return None


def _lay_out(picture: Picture, plane: str, scope: Node, inside: list[Node]) -> None:
    """A picture of a scope that has none."""
    hosts = {
        str(n.get("id")): str(n.get("attachedToRef")) for n in inside if n.get("attachedToRef")
    }
    placed = [node for node in inside if str(node.get("id")) not in hosts]
    flows = [
        (hosts.get(s, s), t)
        for s, t in (
            (str(f.get("sourceRef")), str(f.get("targetRef")))
            for f in scope.iterchildren(f"{BPMN}sequenceFlow")
        )
    ]
    lanes, order = _lanes(scope)
    sizes = {str(node.get("id")): size_of(node) for node in placed}
    boxes, bands = arrange(
        sizes,
        flows,
        lanes if plane == "" else {},
        [str(n.get("id")) for n in order] if plane == "" else [],
    )
    if plane == "":
        _pool(picture, scope, boxes, bands, order)
    for node in placed:
        marks = {"isExpanded": "false"} if local(node) == "subProcess" else {}
        picture.shape(plane, node, boxes[str(node.get("id"))], **marks)
    _on_borders(picture, plane, inside, hosts)


def _on_borders(picture: Picture, plane: str, inside: list[Node], hosts: dict[str, str]) -> None:
    taken: dict[str, int] = {}
    for node in inside:
        host = hosts.get(str(node.get("id")))
        if host is None:
            continue
        box = picture.boxes.get(host, Box(0, 0, *TASK))
        number = taken[host] = taken.get(host, 0) + 1
        x = box.right - number * 40
        picture.shape(plane, node, Box(x, box.bottom - 18, *SMALL))


def _lanes(scope: Node) -> tuple[dict[str, str], list[Node]]:
    """By step the id of its lane, and the innermost lanes in order."""
    lanes: dict[str, str] = {}
    order: list[Node] = []
    for lane in scope.iterfind(f"{BPMN}laneSet//{BPMN}lane"):
        if lane.find(f".//{BPMN}lane") is not None:
            continue
        order.append(lane)
        for reference in lane.iterfind(f"{BPMN}flowNodeRef"):
            lanes[(reference.text or "").strip()] = str(lane.get("id"))
    return lanes, order


def _pool(
    picture: Picture,
    process: Node,
    boxes: dict[str, Box],
    bands: dict[str, tuple[float, float]],
    order: list[Node],
) -> None:
    pool = picture.shell.find(f"{BPMN}collaboration/{BPMN}participant")
    if pool is None or not bands:
        return
    del process
    left = min(box.x for box in boxes.values()) - 60
    right = max(box.right for box in boxes.values()) + 60
    top, bottom = min(b[0] for b in bands.values()), max(b[1] for b in bands.values())
    picture.shape(
        "",
        pool,
        Box(left - POOL_HEAD, top, right - left + POOL_HEAD, bottom - top),
        isHorizontal="true",
    )
    for lane in order:
        begin, end = bands[str(lane.get("id"))]
        picture.shape("", lane, Box(left, begin, right - left, end - begin), isHorizontal="true")


def _notes(picture: Picture, plane: str, scope: Node) -> None:
    """Notes and groups without a place stand below everything, one beside the other."""
    inside = [str(node.get("id")) for node in steps(scope)]
    boxes = [picture.boxes[name] for name in inside if name in picture.boxes]
    left, below = min(box.x for box in boxes), max(box.bottom for box in boxes) + 60
    for node in scope.iterchildren(f"{BPMN}textAnnotation", f"{BPMN}group"):
        if node.get("id") not in picture.boxes:
            picture.shape(plane, node, Box(left, below, *NOTE))
            left += NOTE[0] + 40


def _connect(picture: Picture, plane: str, scope: Node, moved: set[Node]) -> None:
    for flow in scope.iterchildren(f"{BPMN}sequenceFlow", f"{BPMN}association"):
        if flow in moved or str(flow.get("id")) not in picture.parts:
            source = picture.boxes.get(str(flow.get("sourceRef")))
            target = picture.boxes.get(str(flow.get("targetRef")))
            if source is not None and target is not None:
                picture.edge(plane, flow, line_between(source, target))


def _write(picture: Picture, main: str) -> None:
    shell = picture.shell
    top = next(shell.iterchildren(f"{BPMN}collaboration", f"{BPMN}process"))
    for number, plane in enumerate([main, *(p for p in picture.planes if p != main)], start=1):
        diagram = etree.SubElement(shell, DIAGRAM, nsmap=TOP)
        diagram.set("id", f"diagram_{number}")
        surface = etree.SubElement(diagram, f"{DI}BPMNPlane")
        surface.set("id", f"plane_{number}")
        surface.set("bpmnElement", plane or str(top.get("id")))
        for name in picture.planes.get(plane, ()):
            surface.append(picture.parts[name])
        for style in picture.styles if number == 1 else ():
            diagram.append(deepcopy(style))
    _own_ids(shell)


def _own_ids(shell: Node) -> None:
    """Ids in the picture that something else has, too, would cost that part when it is opened."""
    taken: set[str] = set()
    for node in everything(shell):
        name = node.get("id")
        if not name:
            continue
        number = 2
        while node.get("id") in taken and not node.tag.startswith(BPMN):
            node.set("id", f"{name}_{number}")
            number += 1
        taken.add(str(node.get("id")))
