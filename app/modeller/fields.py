"""What of a step can be changed in words, and where in the file each of it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.engine.reading import TODO
from app.engine.xml import BPMN, ZEEBE, Node, local
from app.modeller.document import (
    PREFIXES,
    XSI_TYPE,
    add,
    extensions,
    made_extension,
    remove,
    remove_if_empty,
)
from app.modeller.written import ClockKind, wrong_with_moment

TIMERS: dict[str, ClockKind] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}
HUMAN = frozenset({"userTask", "manualTask", "task"})


@dataclass(frozen=True)
class Field:
    """One thing to change. ``choices`` names a list to choose from; ``longest`` counts letters."""

    key: str
    label: str
    read: Callable[[Node], str]
    write: Callable[[Node, str], None]
    hint: str = ""
    kind: str = "line"
    choices: str = ""
    longest: int = 500
    #: What is wrong with a text typed here; empty when nothing is.
    wrong: Callable[[Node, str], str] = lambda _node, _text: ""


def fields_of(node: Node) -> Iterator[Field]:
    """What can be changed at this element, in the order of the page."""
    tag = local(node)
    yield NAME
    yield from (_todo(name) for name in _todos_of(node))
    yield DOCUMENTATION if tag in HUMAN else ABOUT
    if tag in HUMAN:
        yield from (FORM, ROLE, DUE)
    if (kind := _timer_kind(node)) is not None:
        yield replace(TIMER, hint=TIMER_HINTS[kind])
    if tag == "exclusiveGateway":
        yield from (SIGN_OFF_ROLE, SIGN_OFF_DUE, SIGN_OFF_REMINDER)
    yield SOURCE


def _todos_of(node: Node) -> list[str]:
    names = [
        each.get("name") or ""
        for holder in extensions(node, "properties")
        for each in holder.iterfind(f"{ZEEBE}property")
    ]
    return sorted({name for name in names if name.startswith(TODO)})


def _todo(name: str) -> Field:
    return Field(
        name,
        "To do, from the file this came from",
        *_property(name),
        hint="Empty this when it is done. It cannot be published before",
        kind="text",
        longest=5000,
    )


def condition_of(flow: Node) -> str:
    child = flow.find(f"{BPMN}conditionExpression")
    return "" if child is None else (child.text or "").strip()


def write_condition(flow: Node, text: str) -> None:
    child = flow.find(f"{BPMN}conditionExpression")
    if not text:
        if child is not None:
            remove(child)
        return
    if child is None:
        child = add(flow, f"{BPMN}conditionExpression")
        if PREFIXES["xsi"] in child.nsmap.values():
            prefix = f"{flow.prefix}:" if flow.prefix else ""
            child.set(XSI_TYPE, f"{prefix}tFormalExpression")
    child.text = text


def _write_attribute(node: Node, name: str, value: str) -> None:
    if value:
        node.set(name, value)
    elif name in node.attrib:
        del node.attrib[name]


def _read_name(node: Node) -> str:
    return " ".join((node.get("name") or "").split())


def _write_name(node: Node, value: str) -> None:
    _write_attribute(node, "name", value)


def _read_documentation(node: Node) -> str:
    child = node.find(f"{BPMN}documentation")
    return "" if child is None else "".join(str(part) for part in child.itertext()).strip()


def _write_documentation(node: Node, value: str) -> None:
    child = node.find(f"{BPMN}documentation")
    if value:
        if child is None:
            child = add(node, f"{BPMN}documentation", after=())
        child.text = value
    elif child is not None:
        remove(child)


def _extension(
    tag: str, attribute: str
) -> tuple[Callable[[Node], str], Callable[[Node, str], None]]:
    """Read and write one attribute of one extension element."""

    def read(node: Node) -> str:
        return next((each.get(attribute) or "" for each in extensions(node, tag)), "").strip()

    def write(node: Node, value: str) -> None:
        if value:
            made_extension(node, tag).set(attribute, value)
            return
        for each in list(extensions(node, tag)):
            _write_attribute(each, attribute, "")
            _tidy(each)

    return read, write


def _property(name: str) -> tuple[Callable[[Node], str], Callable[[Node, str], None]]:
    """Read and write one ``zeebe:property``."""

    def found(node: Node) -> Iterator[Node]:
        for holder in extensions(node, "properties"):
            yield from (p for p in holder.iterfind(f"{ZEEBE}property") if p.get("name") == name)

    def read(node: Node) -> str:
        return next((each.get("value") or "" for each in found(node)), "").strip()

    def write(node: Node, value: str) -> None:
        here = list(found(node))
        if value and here:
            here[0].set("value", value)
        elif value:
            added = add(made_extension(node, "properties"), f"{ZEEBE}property")
            added.set("name", name)
            added.set("value", value)
        for each in [] if value else here:
            holder = each.getparent()
            remove(each)
            if holder is not None:
                _tidy(holder)

    return read, write


def _tidy(extension: Node) -> None:
    """An extension element that says nothing any more goes, and what held it."""
    holder = extension.getparent()
    remove_if_empty(extension)
    remove_if_empty(holder)


def _timer(node: Node) -> Node | None:
    definition = node.find(f"{BPMN}timerEventDefinition")
    if definition is None:
        return None
    found = (definition.find(f"{BPMN}{tag}") for tag in TIMERS)
    return next((each for each in found if each is not None), None)


def _timer_kind(node: Node) -> ClockKind | None:
    """None where there is no clock."""
    timer = _timer(node)
    return None if timer is None else TIMERS[local(timer)]


def _read_timer(node: Node) -> str:
    timer = _timer(node)
    return "" if timer is None else (timer.text or "").strip()


def _write_timer(node: Node, value: str) -> None:
    timer = _timer(node)
    if timer is not None:
        timer.text = value


def _wrong_with_due(_node: Node, text: str) -> str:
    return wrong_with_moment(text)


def _wrong_with_timer(node: Node, text: str) -> str:
    return wrong_with_moment(text, _timer_kind(node)) or (
        "" if text else "A clock needs a moment to ring at."
    )


NAME = Field("name", "Name", _read_name, _write_name, longest=300)
DOCUMENTATION = Field(
    "documentation",
    "Help text",
    _read_documentation,
    _write_documentation,
    hint="Shown beside the task to whoever does it",
    kind="text",
    longest=10_000,
)
ABOUT = replace(DOCUMENTATION, label="Explanation", hint="")
FORM = Field(
    "form", "Form", *_extension("formDefinition", "formId"), kind="choice", choices="forms"
)
ROLE = Field(
    "role",
    "Who does it",
    *_extension("assignmentDefinition", "candidateGroups"),
    hint="Leave it to the lane, unless this one task is somebody else’s",
    kind="choice",
    choices="roles",
)
DUE = Field(
    "due",
    "Due",
    *_extension("taskSchedule", "dueDate"),
    hint="For example =working days(5), or P3D for three days. Leave empty if it is not urgent.",
    wrong=_wrong_with_due,
)
TIMER = Field(
    "timer",
    "When the clock rings",
    _read_timer,
    _write_timer,
    wrong=_wrong_with_timer,
)
TIMER_HINTS: dict[ClockKind, str] = {
    "date": "For example =working days(10), or another expression that gives a date",
    "duration": "For example P14D for 14 days, or PT48H for 48 hours",
    "cycle": "For example R/P7D for every seven days",
}
SIGN_OFF_ROLE = Field(
    "sign_off_role",
    "Who signs off this choice",
    *_property("signOff.role"),
    hint="Then a person decides here, and the conditions only recommend",
    kind="choice",
    choices="roles",
)
SIGN_OFF_DUE = Field(
    "sign_off_due",
    "Sign-off due",
    *_property("signOff.due"),
    hint="For example =working days(2)",
    wrong=_wrong_with_due,
)
SIGN_OFF_REMINDER = Field(
    "sign_off_reminder",
    "Sign-off reminder",
    *_property("signOff.reminder"),
    hint="Before it is due, for example =working days(1). Leave empty for one working day.",
    wrong=_wrong_with_due,
)
SOURCE = Field(
    "source",
    "Guide rules this carries",
    *_property("source"),
    hint="Rule ids such as HULL-36, with commas between them",
)
