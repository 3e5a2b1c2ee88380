"""What other engines say about an element, in our dialect: ``camunda:assignee`` and its relatives."""

import re
from collections.abc import Callable
from typing import TypeAlias

from app.engine.extensions import FOREIGN, NOT_RUN, settings_not_run
from app.engine.xml import BPMN, ZEEBE, Node, local
from app.importing import juel
from app.importing.vendor_elements import ELEMENTS, leave_out_properties
from app.importing.work import Work, everything, extension, made_extension, owner_of, quoted, taken

_FORM = re.compile(r"[\w.-]{1,100}")
IN_CODE = "This step was done by “{value}”, code of another engine. Choose an automatic step."

FORM = "Its form was “{value}”. Choose one of the forms here."
PEOPLE = "It was for the people “{value}”. Choose the role it is for."
ZEEBE_SETTINGS = {
    "candidateUsers": ("role", PEOPLE),
    "formKey": ("form", FORM),
    "externalReference": ("form", FORM),
    "propagateAllParentVariables": ("mapping", "All facts went in. Map those the process needs."),
    "propagateAllChildVariables": ("mapping", "All facts came back. Map those that are needed."),
}

Setter: TypeAlias = Callable[[Work, Node, str], str | None]
"""Carries one setting over; returns what the line says about it, None to leave it out."""


def _write(tag: str, attribute: str, rule: str, left: str) -> Setter:
    """A setting that is one attribute of one of our extension elements."""

    def carry(work: Work, node: Node, value: str) -> str | None:
        text = juel.value(value)
        made = extension(node, tag)
        if text is None or (made is not None and made.get(attribute)):
            work.todo(node, rule, left.format(value=quoted(value)))
            return None
        made_extension(node, tag).set(attribute, text)
        return f"is “{quoted(text)}” here"

    return carry


def _form(work: Work, node: Node, value: str) -> str | None:
    if not _FORM.fullmatch(value):
        work.todo(node, "form", FORM.format(value=quoted(value)))
        return None
    made_extension(node, "formDefinition").set("formId", value)
    return f"is the form “{value}” here"


def _people(work: Work, node: Node, value: str) -> str | None:
    work.todo(node, "role", PEOPLE.format(value=quoted(value)))
    return None


def _code(work: Work, node: Node, value: str) -> str | None:
    if local(node) in {"serviceTask", "sendTask", "businessRuleTask"}:
        work.todo(node, "step", IN_CODE.format(value=quoted(value)))
    return None


def _type(work: Work, node: Node, value: str) -> str | None:
    if value == "external" or local(node) != "serviceTask":
        return None
    return _code(work, node, value)


def _result(work: Work, node: Node, value: str) -> str | None:
    del work
    tag = {"businessRuleTask": "calledDecision", "scriptTask": "script"}.get(local(node))
    if tag is None:
        return None
    made_extension(node, tag).set("resultVariable", value)
    return f"is “{quoted(value)}” here"


def _collection(work: Work, node: Node, value: str) -> str | None:
    text = juel.value(value)
    if text is None:
        words = f"It was repeated for “{quoted(value)}”. Name the list it is repeated for."
        work.todo(next(node.iterancestors(), node), "collection", words)
        return None
    text = text if text.startswith("=") else f"={text}"
    made_extension(node, "loopCharacteristics").set("inputCollection", text)
    return f"is “{quoted(text)}” here"


def _item(work: Work, node: Node, value: str) -> str | None:
    del work
    made_extension(node, "loopCharacteristics").set("inputElement", value)
    return f"is “{quoted(value)}” here"


ATTRIBUTES: dict[str, Setter] = {
    "assignee": _write(
        "assignmentDefinition", "assignee", "role", "It was for “{value}”. Choose who does it."
    ),
    "candidateGroups": _write(
        "assignmentDefinition",
        "candidateGroups",
        "role",
        "It was for the groups “{value}”. Choose the role it is for.",
    ),
    "candidateUsers": _people,
    "formKey": _form,
    "formRef": _form,
    "dueDate": _write(
        "taskSchedule", "dueDate", "due", "It was due at “{value}”. Say when it is due."
    ),
    "topic": _write(
        "taskDefinition", "type", "step", "It was done by “{value}”. Choose an automatic step."
    ),
    "type": _type,
    "class": _code,
    "delegateExpression": _code,
    "expression": _code,
    "decisionRef": _write(
        "calledDecision", "decisionId", "table", "It asked the table “{value}”. Choose the table."
    ),
    "resultVariable": _result,
    "collection": _collection,
    "elementVariable": _item,
}
"""Every other attribute of another engine is left out with a line."""


def translate_vendors(work: Work) -> None:
    for node in list(everything(work.root)):
        if node.tag.startswith(BPMN):
            _attributes(work, node)
    leave_out_properties(work)
    for holder in list(work.root.iter(f"{BPMN}extensionElements")):
        for child in list(holder.iterchildren("*")):
            _element(work, holder, child)
        if not len(holder) and not (holder.text or "").strip():
            work.forget(holder)


def _attributes(work: Work, node: Node) -> None:
    for name in [str(name) for name in node.attrib if is_foreign(str(name))]:
        value, short = node.get(name, ""), name.partition("}")[2]
        del node.attrib[name]
        setter = ATTRIBUTES.get(short)
        done = setter(work, node, value.strip()) if setter and value.strip() else None
        where = node if node.get("id") else owner_of(node)
        said = f"“{short}” of another engine (“{quoted(value)}”)"
        if done:
            work.say(where, "translated", f"{said} {done}.")
        else:
            work.say(where, "other-engine", f"{said} is left out.")


def _element(work: Work, holder: Node, child: Node) -> None:
    node = holder.getparent()
    if node is None:
        return
    tag = local(child)
    if child.tag.startswith(ZEEBE):
        if tag in NOT_RUN:
            work.drop(child, "other-engine", f"“{tag}” of another engine is left out.", at=node)
        for name in settings_not_run(child):
            _setting(work, node, child, name)
    elif is_foreign(child.tag):
        translate = ELEMENTS.get(tag)
        if translate is not None:
            translate(work, node, child)
            work.forget(child)
        else:
            words = f"“{tag}” of another engine is left out{_content(child)}."
            work.drop(child, "other-engine", words, at=node)


def _setting(work: Work, node: Node, child: Node, name: str) -> None:
    """An attribute in our own name space that only another engine acts on."""
    value = quoted(taken(child, name))
    work.say(node, "other-engine", f"“{name}” of another engine (“{value}”) is left out.")
    rule, words = ZEEBE_SETTINGS[name]
    if not (rule == "form" and child.get("formId")):
        work.todo(node, rule, words.format(value=value))


def is_foreign(name: str) -> bool:
    return name.startswith(tuple(f"{{{space}}}" for space in FOREIGN))


def _content(node: Node) -> str:
    said = [f"{str(name).rpartition('}')[2]}={value!s}" for name, value in node.attrib.items()]
    said += [str(text) for text in node.itertext() if str(text).strip()]
    return f": {quoted(' '.join(said))}" if said else ""
