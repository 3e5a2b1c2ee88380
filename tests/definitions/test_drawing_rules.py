"""What people read in a drawing is what happens; where it is not, a note says so."""

from app.definitions.checks import check
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.place import Surroundings
from tests.support.diagrams import bpmn, end, flow, node, process, start, user, xor
from tests.support.published import CORE_PACK, form, pack_file

SPACES = (
    'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
)
LINE = flow("start > ask > end")


def said(*parts: str, file: bytes = b"", more: str = "") -> list[tuple[str, str, str]]:
    xml = file or bpmn(process("p", start(), end(), *parts), more)
    source = SourceFile(Kind.BPMN, "core", "p", xml.decode(), "core/p.bpmn")
    library = Library([pack_file(CORE_PACK, pack="core"), form("ask", ["answer"]), source])
    findings = check([source], Surroundings(library))
    return [(f.element_id, f.rule, f.severity) for f in findings]


def task(element_id: str, name: str) -> str:
    return user(element_id, form="ask", groups="practitioner", name=name)


def test_a_task_says_in_a_name_of_its_own_what_to_do() -> None:
    label = "label-unique-and-verb"
    assert said(task("ask", "Phone the family"), LINE) == []
    assert said(task("ask", ""), LINE) == [("ask", label, "note")]
    assert said(task("ask", "Verification of the need"), LINE) == [("ask", label, "note")]
    twins = (
        task("ask", "Phone them"),
        task("twin", "phone them"),
        flow("start > ask > twin > end"),
    )
    assert said(*twins) == [("twin", label, "note")]


def test_a_choice_without_default_is_noted() -> None:
    parts = (
        task("ask", "Phone them"),
        xor("which"),
        end("other"),
        flow("start > ask > which"),
        flow("which > end", '=answer = "yes"'),
        flow("which > other", '=answer = "no"'),
    )
    assert ("which", "every-choice-answered", "note") in said(*parts)


def test_a_single_way_with_a_condition_leaves_cases_without_a_way() -> None:
    parts = (
        task("ask", "Phone them"),
        xor("which"),
        flow("start > ask > which"),
        flow("which > end", '=answer = "yes"'),
    )
    assert ("which", "every-choice-answered", "note") in said(*parts)
    plain = (*parts[:3], flow("which > end"))
    assert "every-choice-answered" not in {rule for _, rule, _ in said(*plain)}


def test_data_stores_are_only_shown() -> None:
    store = node("dataStoreReference", "files", name="Case files")
    assert said(task("ask", "Phone them"), store, LINE) == [("files", "data-store-none", "note")]


def test_a_second_pool_that_is_not_executable_never_happens() -> None:
    other = process("them", start("s"), end("e"), flow("s > e")).replace("true", "false")
    pools = node(
        "collaboration", "c", '<bpmn:messageFlow id="arrow" sourceRef="ask" targetRef="s"/>'
    )
    assert said(task("ask", "Phone them"), LINE, more=other + pools) == [
        ("them", "single-process-executable", "note"),
        ("arrow", "message-flow-drawn-only", "note"),
    ]


def shape(element_id: str, x: int, y: int, width: int, height: int) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<di:BPMNShape bpmnElement="{element_id}">{bounds}</di:BPMNShape>'


def drawn(left: int, top: int) -> str:
    shapes = shape("ask", 100, 100, 100, 80) + shape("end", left, top, 36, 36)
    return f"<di:BPMNDiagram {SPACES}><di:BPMNPlane>{shapes}</di:BPMNPlane></di:BPMNDiagram>"


def test_an_event_on_the_border_of_a_task_must_be_attached_to_it() -> None:
    touching = said(task("ask", "Phone them"), LINE, more=drawn(180, 162))
    assert touching == [("end", "no-overlap-looks-attached", "note")]
    assert said(task("ask", "Phone them"), LINE, more=drawn(300, 122)) == []
