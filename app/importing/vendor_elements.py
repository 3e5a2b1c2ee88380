"""Extension elements of other engines: mappings, forms, properties, scripts."""

import difflib
import re
from collections.abc import Callable

from app.engine.reader import KINDS
from app.engine.reading import TODO
from app.engine.rules.properties import OF_ELEMENTS, OF_PROCESSES
from app.engine.xml import BPMN, ZEEBE, Node, local, text_of
from app.importing import juel
from app.importing.content import content, told
from app.importing.starters import STARTER, is_starter, may_be_starter
from app.importing.work import Work, called, everything, made_extension, quoted

_RESOURCE = re.compile(r"\s*(user|group)\s*\(([^)]*)\)|([^,]+)")
TASKS = frozenset(("userTask", "manualTask", "task"))
FIELDS = frozenset(("formField", "formProperty"))
OWNERS = frozenset((*KINDS, "process"))
_NAME = re.compile(r"[A-Za-z_]\w{0,99}")


def _input_output(work: Work, node: Node, found: Node) -> None:
    for child in found.iterchildren("*"):
        name = child.get("name") or ""
        said = content(child)
        into = "input" if local(child) == "inputParameter" else "output"
        source = None if len(child) else juel.value("".join(str(t) for t in child.itertext()))
        if source is None or not _NAME.fullmatch(name):
            words = f"The {into} “{name}” came from “{said}”. Map it by hand."
            work.todo(node, "mapping", words)
            work.say(node, "other-engine", f"The {into} “{name}” is left out: “{said}”.")
            continue
        map_fact(node, into, source, name)
        work.say(node, "translated", f"The {into} “{name}” is mapped from “{quoted(source)}”.")


def map_fact(node: Node, into: str, source: str, target: str) -> None:
    mapping = made_extension(node, "ioMapping")
    made = mapping.makeelement(f"{ZEEBE}{into}")
    made.set("source", source)
    made.set("target", target)
    mapping.append(made)


def _call_mapping(work: Work, node: Node, found: Node) -> None:
    """``camunda:in`` and ``camunda:out`` of a call: what goes in, what comes back."""
    into = "input" if local(found) == "in" else "output"
    target = found.get("target") or ""
    source = found.get("sourceExpression") or ""
    source = (juel.value(source) or "") if source else f"={found.get('source') or ''}"
    if not _NAME.fullmatch(target) or len(source) < 2:
        said = quoted(" ".join(f"{name!s}={value!s}" for name, value in found.attrib.items()))
        work.todo(node, "mapping", f"Say what goes into the called process and out ({said}).")
        work.say(node, "other-engine", f"A mapping of another engine is left out ({said}).")
        return
    map_fact(node, into, source, target)
    work.say(node, "translated", f"The {into} “{target}” is mapped from “{quoted(source)}”.")


def _connector(work: Work, node: Node, found: Node) -> None:
    said = content(found)
    if local(node) in {"serviceTask", "sendTask", "businessRuleTask"}:
        work.todo(node, "step", f"A connector did this step ({said}). Choose an automatic step.")
    work.say(node, "other-engine", f"A connector of another engine is left out: {said}.")


def _properties(work: Work, node: Node, found: Node) -> None:
    for child in found.iterchildren("*"):
        name, value = child.get("name") or child.get("id") or "", child.get("value") or ""
        if name == "formJsonSchemaFilename":
            work.todo(node, "form", f"Its form was “{quoted(value)}”. Make or choose the form.")
        words = f"The property “{quoted(name)}” (“{quoted(value)}”) is left out."
        work.say(node, "other-engine", words)


def leave_out_properties(work: Work) -> None:
    """What other tools keep in our kind of properties. A misspelt one of ours stays, to be seen."""
    known = OF_ELEMENTS | OF_PROCESSES
    lower = [name.lower() for name in known]
    for holder in list(work.root.iter(f"{ZEEBE}properties")):
        node = next((a for a in holder.iterancestors() if a.get("id")), None)
        if node is None or local(node) not in OWNERS:
            continue
        for child in list(holder.iterfind(f"{ZEEBE}property")):
            name = (child.get("name") or "").strip()
            kept = name in known or name.startswith(TODO) or not name
            own_setting = local(node) == "serviceTask" and "." not in name
            if kept or own_setting or difflib.get_close_matches(name.lower(), lower, n=1):
                continue
            words = f"The property “{quoted(name)}” (“{quoted(child.get('value') or '')}”)"
            work.drop(child, "left-out", f"{words} is left out: nothing here reads it.", at=node)
        if not len(holder):
            work.forget(holder)


def _fields(work: Work, node: Node, found: Node) -> None:
    """A form that is a list of fields inside the diagram."""
    fields = [child for child in everything(found) if local(child) in FIELDS]
    names = ", ".join(dict.fromkeys(filter(None, map(_label, fields)))) or "none"
    work.todo(node, "form", f"Make its form. It asked for: {quoted(names)}.")
    work.say(node, "other-engine", f"A form inside the diagram is left out: {content(found)}.")


def _label(field: Node) -> str:
    """What a field is called, and for whom its name is not enough, what it keeps."""
    name = field.get("label") or field.get("name") or ""
    kept = field.get("id") or ""
    return f"{name} ({kept})" if name and kept and name != kept else name or kept


def listener(work: Work, node: Node, found: Node) -> None:
    """Code that ran when a step began, ended or changed hands."""
    said = content(found)
    words = f"Another engine also did something at it ({said}). Draw it as a step, if it is needed."
    work.todo(node, "listener", words)
    work.say(node, "other-engine", f"“{local(found)}” of another engine is left out: {said}.")


def _event_type(work: Work, node: Node, found: Node) -> None:
    """Events of a register beside the diagram: messages, here."""
    said = content(found)
    if local(node) != "serviceTask":
        work.todo(node, "message", f"It had to do with the event “{said}”. Choose the message.")
    work.say(node, "other-engine", f"The event “{said}” of another engine is left out.")


def _payload(work: Work, node: Node, found: Node) -> None:
    said = content(found)
    words = f"What the message {called(node)} brings was “{said}”. Map it where it is sent."
    work.todo(node, "mapping", words)
    work.say(node, "other-engine", f"“{local(found)}” of another engine is left out: {said}.")


def _first_value(work: Work, node: Node, found: Node) -> None:
    """A data object that holds something from the beginning."""
    process = next((a for a in node.iterancestors() if local(a) in {"process", "subProcess"}), node)
    words = f"“{node.get('name') or node.get('id')}” began as “{content(found)}”."
    work.todo(process, "first-value", f"{words} Say where it comes from now.")
    work.say(process, "other-engine", f"{words} This is left out.")


def _asked(work: Work, node: Node, found: Node) -> None:
    made_extension(node, "calledDecision").set("decisionId", content(found))
    work.say(node, "translated", f"The table “{content(found)}” is asked here.")


def _told_to_people(work: Work, node: Node, found: Node) -> None:
    made = node.makeelement(f"{BPMN}documentation")
    made.text = found.text
    node.insert(len(node.findall(f"{BPMN}documentation")), made)
    work.say(node, "translated", "What people are told at it is kept as its documentation.")


def _throws(work: Work, node: Node, found: Node) -> None:
    said = content(found)
    words = f"It ended with an error when another engine found so ({said}). Draw this."
    work.todo(node, "listener", words)
    work.say(node, "other-engine", f"“{local(found)}” of another engine is left out: {said}.")


def _collected(work: Work, node: Node, found: Node) -> None:
    said = content(found)
    around = next(node.iterancestors(), node)
    task = around if local(node) == "multiInstanceLoopCharacteristics" else node
    words = f"What all repeats brought was put together ({said}). Map it by hand."
    work.todo(task, "mapping", words)
    work.say(task, "other-engine", f"“{local(found)}” of another engine is left out: {said}.")


ELEMENTS: dict[str, Callable[[Work, Node, Node], None]] = {
    "inputOutput": _input_output,
    "in": _call_mapping,
    "out": _call_mapping,
    "properties": _properties,
    "formData": _fields,
    "formProperty": _fields,
    "executionListener": listener,
    "taskListener": listener,
    "eventListener": listener,
    "preScript": listener,
    "postScript": listener,
    "onEntry-script": listener,
    "onExit-script": listener,
    "eventType": _event_type,
    "messagePayload": _payload,
    "messageVariable": _payload,
    "value": _first_value,
    "calledDecisionId": _asked,
    "instructionsForEndUser": _told_to_people,
    "errorEventDefinition": _throws,
    "mapException": _throws,
    "variableAggregation": _collected,
    "connector": _connector,
}
"""Every other element of another engine is left out with a line."""


def translate_resources(work: Work) -> None:
    """``potentialOwner`` and its relatives: who does a task, as the standard writes it."""
    tags = ("potentialOwner", "humanPerformer", "performer", "resourceRole")
    named = work.root.iter(f"{BPMN}resource", f"{BPMN}participant")  # Bonita has actors as pools
    names = {node.get("id"): node.get("name") for node in named}
    for tag in tags:
        for node in list(work.root.iter(f"{BPMN}{tag}")):
            _resource(work, node, names)
    for node in list(work.root.iter(f"{BPMN}dataInput")):
        _group_in_data(work, node)


def _group_in_data(work: Work, node: Node) -> None:
    """JBPM keeps the group of a task as an input of this name."""
    task = next((around for around in node.iterancestors() if local(around) in TASKS), None)
    if task is None or node.get("name") != "GroupId":
        return
    wanted = node.get("id")
    for arrow in task.iterfind(f"{BPMN}dataInputAssociation"):
        said = text_of(arrow, "assignment/{*}from") if text_of(arrow, "targetRef") == wanted else ""
        made = made_extension(task, "assignmentDefinition") if said else None
        if said and made is not None and not made.get("candidateGroups"):
            made.set("candidateGroups", juel.value(said) or said)
            work.say(task, "translated", f"Its group “{quoted(said)}” is who does it here.")


def _resource(work: Work, node: Node, names: dict[str | None, str | None]) -> None:
    task = node.getparent()
    if task is None or local(task) not in TASKS:
        words = f"“{local(node)}” has no effect here and is left out{told(node)}."
        work.drop(node, "left-out", words)
        return
    reference = text_of(node, "resourceRef")
    said = node.find(f".//{BPMN}formalExpression")
    text = (said.text or "").strip() if said is not None else ""
    groups, people = _who(text, local(node) == "potentialOwner")
    if reference:
        groups.append(names.get(reference) or names.get(reference.rpartition(":")[2]) or reference)
    assignment = made_extension(task, "assignmentDefinition")
    attribute, value = _assigned(work, groups, people)
    if value is None or assignment.get(attribute):
        who = quoted(text or reference or node.get("name") or "nobody in particular")
        work.todo(task, "role", f"It was for {who}. Choose the role it is for.")
        work.drop(node, "left-out", f"“{local(node)}” ({who}) is left out{told(node)}.")
    else:
        assignment.set(attribute, value)
        words = f"Who does it is written as “{quoted(value)}” here{told(node)}."
        work.drop(node, "translated", words)
        if groups and people:
            work.say(task, "left-out", f"That it is also for {', '.join(people)} is left out.")
    if not assignment.attrib:
        work.forget(assignment)


def _assigned(work: Work, groups: list[str], people: list[str]) -> tuple[str, str | None]:
    """The attribute that says who does it, and its value; None: somebody has to choose."""
    names = groups or people
    if len(names) == 1 and is_starter(work.starters, names[0]):
        return "candidateGroups", STARTER
    if (not groups and len(people) > 1) or any(may_be_starter(work.starters, n) for n in names):
        return "assignee", None
    attribute = "candidateGroups" if groups else "assignee"
    return attribute, juel.value(",".join(names)) if names else None


def _who(text: str, owner: bool) -> tuple[list[str], list[str]]:
    """Groups and people of ``user(kermit), group(management), accounting``."""
    groups: list[str] = []
    people: list[str] = []
    if juel.is_juel(text):
        return ([text], []) if owner else ([], [text])
    for kind, inside, plain in (match.groups() for match in _RESOURCE.finditer(text)):
        found = (inside or plain or "").strip()
        if found:
            is_person = kind == "user" or (not kind and not owner)
            (people if is_person else groups).append(found)
    return groups, people
