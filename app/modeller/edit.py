"""Changing a step in words: the same file as the canvas writes, touched only where asked."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.reader import KINDS
from app.engine.xml import BPMN, Node, local
from app.errors import InvalidInput, NotFound
from app.modeller.document import Document
from app.modeller.fields import Field, condition_of, fields_of, write_condition
from app.modeller.written import wrong_with_condition

#: What XML cannot carry.
UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_CONDITION = 2000
#: The process itself has a name and a text, too.
STEPS = frozenset({*KINDS, "process"})


class StepNotFound(NotFound):
    """That step is not in the drawing any more."""


class EditRefused(InvalidInput):
    """This cannot be written into the drawing. ``problems`` says why, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__()


@dataclass(frozen=True)
class WayField:
    """A way out of a choice, as it can be changed. ``key`` begins the names of its inputs."""

    key: str
    flow_id: str
    name: str
    condition: str


@dataclass(frozen=True)
class StepForm:
    """What can be changed at one step, with what stands there now."""

    element_id: str
    fields: tuple[tuple[Field, str], ...]
    ways: tuple[WayField, ...]
    default: str

    @property
    def fingerprint(self) -> str:
        """Changes when somebody changes this step, whatever they do to others."""
        said = [(field.key, value) for field, value in self.fields]
        return hashlib.sha256(repr((said, self.ways, self.default)).encode()).hexdigest()[:16]


def step_form(xml: str, element_id: str) -> StepForm:
    """The step as it is.

    Raises:
        DiagramRefused: the drawing cannot be read.
        StepNotFound: it has no such step.
    """
    document = Document(xml)
    node = _step(document, element_id)
    return StepForm(
        element_id=element_id,
        fields=tuple((field, field.read(node)) for field in fields_of(node)),
        ways=tuple(
            WayField(
                f"way-{number}", str(flow.get("id")), flow.get("name") or "", condition_of(flow)
            )
            for number, flow in enumerate(_ways(document, node), start=1)
        ),
        default=node.get("default") or "",
    )


def changed(xml: str, element_id: str, answers: Mapping[str, str]) -> str:
    """The drawing with one step as people want it. What is the same, or not said, is left alone.

    Args:
        answers: values by field key, ``way-1-name``, ``way-1-condition`` and ``default``.

    Raises:
        DiagramRefused, StepNotFound: as ``step_form``.
        EditRefused: a value is too long, cannot be in a file, or is no expression or moment.
    """
    document = Document(xml)
    node = _step(document, element_id)
    said = {key: value.replace("\r\n", "\n").strip() for key, value in answers.items()}
    form = step_form(xml, element_id)
    _refuse_unfit(form, said)
    _refuse_unreadable(node, form, said)
    before = document.text()
    for field, value in form.fields:
        if said.get(field.key, value) != value:
            field.write(node, said[field.key])
    _change_ways(document, node, form, said)
    after = document.text()
    return xml if after == before else after


def _change_ways(document: Document, node: Node, form: StepForm, said: Mapping[str, str]) -> None:
    default = said.get("default", form.default)
    if default != form.default and default in {way.flow_id for way in form.ways}:
        node.set("default", default)
    for way in form.ways:
        flow = _node(document, way.flow_id)
        name = said.get(f"{way.key}-name", way.name)
        if name != way.name:
            flow.set("name", name)
        wanted = said.get(f"{way.key}-condition", way.condition)
        if way.flow_id == default != form.default:
            wanted = ""  # what has become the way for all other cases has no condition any more
        if wanted != way.condition:
            write_condition(flow, wanted)


def _refuse_unfit(form: StepForm, said: Mapping[str, str]) -> None:
    longest = {field.key: field.longest for field, _value in form.fields}
    for way in form.ways:
        longest |= {f"{way.key}-name": 300, f"{way.key}-condition": LONGEST_CONDITION}
    problems = {}
    for key, most in longest.items():
        if UNFIT.search(said.get(key, "")):
            problems[key] = "There is a character in this that cannot be stored. Type it again."
        elif len(said.get(key, "")) > most:
            problems[key] = f"Use at most {most} letters"
    if problems:
        raise EditRefused(problems)


def _refuse_unreadable(node: Node, form: StepForm, said: Mapping[str, str]) -> None:
    """Only what is typed now: what stands there already is told by the checks."""
    problems = {
        field.key: words
        for field, value in form.fields
        if said.get(field.key, value) != value and (words := field.wrong(node, said[field.key]))
    }
    default = said.get("default", form.default)
    for way in form.ways:
        key = f"{way.key}-condition"
        typed = said.get(key, way.condition)
        if typed != way.condition and way.flow_id != default:
            problems |= {key: words} if (words := wrong_with_condition(typed)) else {}
    if problems:
        raise EditRefused(problems)


def _step(document: Document, element_id: str) -> Node:
    node = _node(document, element_id)
    if local(node) not in STEPS:
        raise StepNotFound
    return node


def _node(document: Document, element_id: str) -> Node:
    node = document.node(element_id)
    if node is None:
        raise StepNotFound
    return node


def _ways(document: Document, node: Node) -> list[Node]:
    """Flows out of a gateway that chooses by conditions, in the order of the file."""
    if node.tag not in (f"{BPMN}exclusiveGateway", f"{BPMN}inclusiveGateway"):
        return []
    flows = [
        flow
        for flow in document.root.iter(f"{BPMN}sequenceFlow")
        if flow.get("sourceRef") == node.get("id") and flow.get("id")
    ]
    return flows if len(flows) > 1 else []
