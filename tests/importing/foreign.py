"""Files as other tools write them, in small. All of them are ours."""

import itertools

from lxml import etree

from app.importing.imported import Imported, import_file

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:flowable="http://flowable.org/bpmn" xmlns:signavio="http://www.signavio.com" '
    'xmlns:operaton="http://operaton.org/schema/1.0/bpmn" '
    'xmlns:drools="http://www.jboss.org/drools" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def file(inside: str, *, root: str = "") -> bytes:
    """A file with the default name space, one process ``p``, and ``root`` beside it."""
    return (
        f'<definitions xmlns="{BPMN}" {SPACES} targetNamespace="t">{root}'
        f'<process id="p" isExecutable="true">{inside}</process></definitions>'
    ).encode()


def chain(*ids: str) -> str:
    """Flows from each to the next, with ids of their own."""
    pairs = itertools.pairwise(ids)
    return "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def around(step: str, step_id: str = "a") -> str:
    """A step with a start before it and an end behind it."""
    return f'<startEvent id="s"/>{step}<endEvent id="e"/>{chain("s", step_id, "e")}'


def words(imported: Imported) -> str:
    return "\n".join(f"{line.element_id}: {line.words}" for line in imported.lines)


def todos(imported: Imported) -> str:
    found = [todo for draft in imported.drafts for todo in draft.todos]
    return "\n".join(f"{todo.element_id}: {todo.message}" for todo in found)


def tree(content: bytes | str) -> etree._Element:
    return etree.fromstring(content.encode() if isinstance(content, str) else content)


def one(content: bytes) -> tuple[Imported, etree._Element]:
    """The import of a file that draws one process, and the draft's tree."""
    imported = import_file(content)
    (draft,) = imported.drafts
    return imported, tree(draft.xml)


def node(root: etree._Element, element_id: str) -> etree._Element:
    return next(each for each in root.iter("*") if each.get("id") == element_id)


def tag(element: etree._Element) -> str:
    return etree.QName(element).localname


def flows(root: etree._Element) -> set[tuple[str, str]]:
    return {
        (str(flow.get("sourceRef")), str(flow.get("targetRef")))
        for flow in root.iter(f"{{{BPMN}}}sequenceFlow")
    }


def zeebe(element: etree._Element, name: str) -> etree._Element | None:
    space = "{http://camunda.org/schema/zeebe/1.0}"
    return element.find(f"{{{BPMN}}}extensionElements/{space}{name}")


MIXED = f"""
<startEvent id="s"/><userTask id="a" camunda:assignee="demo" camunda:foo="bar"/>
<exclusiveGateway id="x"/><endEvent id="e"/><endEvent id="e"/><task name="Nobody knows me"/>
<adHocSubProcess id="any"><task id="one"/><task id="two"/></adHocSubProcess>
<transaction id="all"><startEvent id="ts"/><endEvent id="te"/>{chain("ts", "te")}</transaction>
<complexGateway id="c"/><dataObject id="d" name="Paper"/><dataObjectReference id="dr"/>
<task id="t"><ioSpecification id="io"><dataInput id="in"/></ioSpecification>
<dataInputAssociation id="ia"><sourceRef>dr</sourceRef></dataInputAssociation></task>
<boundaryEvent id="b" attachedToRef="t"><signalEventDefinition id="sd"/></boundaryEvent>
<intermediateThrowEvent id="l1"><linkEventDefinition name="A"/></intermediateThrowEvent>
<intermediateCatchEvent id="l2"><linkEventDefinition name="A"/></intermediateCatchEvent>
<sequenceFlow id="lost" sourceRef="x" targetRef="nobody"/><strange id="odd"><inner id="odd2"/></strange>
<textAnnotation id="note"><text>Mind this</text></textAnnotation>
<association id="line" sourceRef="note" targetRef="a"/>
<sequenceFlow sourceRef="s" targetRef="a"/>{chain("a", "x", "any", "all", "t", "l1")}
{chain("l2", "c", "e")}<sequenceFlow id="more" sourceRef="t" targetRef="c"/>
"""
"""A bit of everything that can be wrong."""

POOLS = f"""<definitions xmlns="{BPMN}" {SPACES} targetNamespace="t">
<collaboration id="col"><participant id="us" name="Council" processRef="p1"/>
<participant id="them" name="Health" processRef="p2"/><participant id="school" name="School"/>
<messageFlow id="mf" name="Ask" sourceRef="send" targetRef="start2"/>
<messageFlow id="back" sourceRef="end2" targetRef="wait"/>
<messageFlow id="tell" name="Tell" sourceRef="work" targetRef="school"/></collaboration>
<process id="p1"><startEvent id="start1"/><sendTask id="send"/><task id="work"/>
<receiveTask id="wait"/><endEvent id="end1"/>{chain("start1", "send", "work", "wait", "end1")}
</process>
<process id="p2"><startEvent id="start2"/><endEvent id="end2"/>{chain("start2", "end2")}</process>
</definitions>""".encode()
