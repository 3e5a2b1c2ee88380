"""The picture of a draft: kept, completed or made."""

from itertools import combinations

from lxml import etree

from app.modeller.drawing import sketch
from tests.importing.foreign import around, chain, file, one

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DRAWN = """<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">
<bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape id="a_di" bpmnElement="a">
<dc:Bounds x="500" y="300" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane>
</bpmndi:BPMNDiagram></definitions>"""


def boxes(root: etree._Element) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape[0]
        x, y, w, h = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
        found[str(shape.get("bpmnElement"))] = (x, y, x + w, y + h)
    return found


def test_a_file_without_a_picture_is_laid_out_from_left_to_right_without_overlaps() -> None:
    inside = around('<parallelGateway id="a"/>').replace(chain("a", "e"), "")
    inside += '<task id="b"/><task id="c"/>' + chain("a", "b", "e") + chain("a", "c", "e")
    imported, root = one(file(inside))
    found = boxes(root)
    assert set(found) == {"s", "a", "b", "c", "e"}
    lefts = [found[step][0] for step in ("s", "a", "b", "e")]
    assert lefts == sorted(set(lefts))
    assert found["b"][0] == found["c"][0]
    for one_box, other in combinations(found.values(), 2):
        apart = one_box[2] <= other[0] or other[2] <= one_box[0]
        assert apart or one_box[3] <= other[1] or other[3] <= one_box[1]
    assert len(list(root.iter(f"{DI}BPMNEdge"))) == 5
    assert sketch(imported.drafts[0].xml).is_laid_out


def test_a_loop_is_laid_out_too() -> None:
    inside = around('<exclusiveGateway id="a" default="a_e"/>')
    inside += '<task id="b"/>' + chain("b", "a")
    inside += '<sequenceFlow id="w" sourceRef="a" targetRef="b"/>'
    _imported, root = one(file(inside))
    assert set(boxes(root)) == {"s", "a", "b", "e"}


def test_a_file_that_can_run_runs_with_or_without_a_picture() -> None:
    assert one(file(around('<task id="a"/>')))[0].runs


def test_steps_that_are_added_stand_beside_those_they_belong_to() -> None:
    content = file('<task id="a"/>').replace(b"</definitions>", DRAWN.encode())
    _imported, root = one(content)
    found = boxes(root)
    assert list(found["a"]) == [500, 300, 600, 380]
    assert found["p_start_1"][2] < 500
    assert found["a_end_1"][0] > 600


def test_notes_are_drawn_with_the_line_to_what_they_are_about() -> None:
    note = '<textAnnotation id="n"><text>Mind this</text></textAnnotation>'
    line = '<association id="l" sourceRef="n" targetRef="a"/>'
    _imported, root = one(file(around('<task id="a"/>') + note + line))
    assert boxes(root)["n"][1] > boxes(root)["a"][3]
    assert "l" in {edge.get("bpmnElement") for edge in root.iter(f"{DI}BPMNEdge")}


def test_lanes_are_drawn_around_their_steps() -> None:
    lanes = (
        '<laneSet id="ls"><lane id="l1" name="Team"><flowNodeRef>s</flowNodeRef></lane>'
        '<lane id="l2" name="Family"><flowNodeRef>a</flowNodeRef><flowNodeRef>e</flowNodeRef>'
        "</lane></laneSet>"
    )
    pool = '<collaboration id="c"><participant id="pool" name="P" processRef="p"/></collaboration>'
    _imported, root = one(file(lanes + around('<task id="a"/>'), root=pool))
    found = boxes(root)
    assert found["l1"][1] <= found["s"][1] <= found["s"][3] <= found["l1"][3] <= found["l2"][1]
    assert found["l2"][1] <= found["a"][1] <= found["a"][3] <= found["l2"][3]
    assert found["pool"][0] < found["l1"][0]


def test_a_sub_process_without_a_picture_gets_a_page_of_its_own() -> None:
    inside = f'<startEvent id="i"/><endEvent id="o"/>{chain("i", "o")}'
    _imported, root = one(file(around(f'<subProcess id="a">{inside}</subProcess>')))
    planes = [str(plane.get("bpmnElement")) for plane in root.iter(f"{DI}BPMNPlane")]
    assert planes == ["p", "a"]
    assert {"i", "o"} <= set(boxes(root))
