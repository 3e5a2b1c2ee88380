"""Single settings of other engines, such as ``camunda:assignee``, each carried over or left to do."""

import re
from collections.abc import Callable
from typing import TypeAlias

from app.engine.xml import Node, local
from app.importing import juel
from app.importing.starters import STARTER, is_starter, may_be_starter
from app.importing.work import Work, extension, made_extension, quoted

_FORM = re.compile(r"[\w.-]{1,100}")
IN_CODE = "This step was done by “{value}”, code of another engine. Choose an automatic step."

FORM = "Its form was “{value}”. Choose one of the forms here."
PEOPLE = "It was for the people “{value}”. Choose the role it is for."
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


def _assignee(work: Work, node: Node, value: str) -> str | None:
    """One person; whoever started the process is a part in the case here, and no name."""
    if may_be_starter(work.starters, value):
        words = "It was for whoever started it, or for somebody called so."
        work.todo(node, "role", f"{words} It said “{quoted(value)}”. Choose who does it.")
        return None
    if not is_starter(work.starters, value):
        return _PERSON(work, node, value)
    made = made_extension(node, "assignmentDefinition")
    others = made.get("candidateGroups")
    made.set("candidateGroups", STARTER)
    instead = f", and not “{quoted(others)}”" if others else ""
    return f"is whoever started it here{instead}"


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
    if value == "external":
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


def _mapped_by_code(work: Work, node: Node, value: str) -> str | None:
    words = f"Code said what goes in and out (“{quoted(value)}”). Map what is needed."
    work.todo(node, "mapping", words)
    return None


def _all_facts(work: Work, node: Node, value: str) -> str | None:
    if value == "true":
        work.todo(node, "mapping", "All facts went in. Map those the process needs.")
    return None


def _kept_as(work: Work, node: Node, value: str) -> str | None:
    """What an error or escalation brought was kept under a name."""
    words = f"What it caught was kept as “{quoted(value)}”. Say where it comes from now."
    work.todo(_event(node), "mapping", words)
    return None


def _skipped(work: Work, node: Node, value: str) -> str | None:
    words = f"It was passed over when “{quoted(value)}”. Draw a gateway that leads past it."
    work.todo(node, "skipped", words)
    return None


def _ends_all(work: Work, node: Node, value: str) -> str | None:
    """An end that also ends what is around its sub-process, or all the repeats of it."""
    if value == "true" and any(local(around) == "subProcess" for around in node.iterancestors()):
        words = "It also ended what runs around its sub-process. Here it ends the sub-process only."
        work.todo(_event(node), "ends-all", words)
    return None


def _from_file(work: Work, node: Node, value: str) -> str | None:
    holder = next(node.iterancestors(), node)
    if local(node) == "conditionExpression":
        words = f"The condition stood in the file “{quoted(value)}”. Write it in FEEL."
        work.todo(holder, "condition", words)
    elif local(node) in {"script", "scriptTask"}:
        words = f"The script stood in the file “{quoted(value)}”. Write it as one FEEL expression."
        work.todo(node if local(node) == "scriptTask" else holder, "script", words)
    return None


def _message(work: Work, node: Node, value: str) -> str | None:
    words = f"Its message was “{quoted(value)}”, worked out while it ran. Choose the message."
    work.todo(_event(node), "message", words)
    return None


def _key(work: Work, node: Node, value: str) -> str | None:
    words = f"Its message was matched by “{quoted(value)}”. Write this key at the message."
    work.todo(_event(node), "message", words)
    return None


def _program(work: Work, node: Node, value: str) -> str | None:
    if local(node) in {"task", "serviceTask", "sendTask"}:
        words = f"A program did this (“{quoted(value)}”). Make it an automatic step, or leave it to people."
        work.todo(node, "by-program", words)
    return None


def _event(node: Node) -> Node:
    """The event of a definition; the node itself, where it is none."""
    around = node.getparent()
    is_definition = local(node).endswith("EventDefinition") and around is not None
    return around if is_definition and around is not None else node


_PERSON = _write(
    "assignmentDefinition", "assignee", "role", "It was for “{value}”. Choose who does it."
)
TASKS = frozenset(("userTask", "manualTask", "task"))
ONLY_AT = {
    "assignee": TASKS,
    "candidateGroups": TASKS,
    "candidateUsers": TASKS,
    "dueDate": TASKS,
    "topic": frozenset(("serviceTask", "sendTask", "businessRuleTask", "scriptTask")),
}
"""Where a setting means something, if not everywhere."""
ATTRIBUTES: dict[str, Setter] = {
    "assignee": _assignee,
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
    "variableMappingClass": _mapped_by_code,
    "variableMappingDelegateExpression": _mapped_by_code,
    "inheritVariables": _all_facts,
    "errorCodeVariable": _kept_as,
    "errorMessageVariable": _kept_as,
    "errorVariableName": _kept_as,
    "escalationCodeVariable": _kept_as,
    "skipExpression": _skipped,
    "messageExpression": _message,
    "correlationKey": _key,
    "taskName": _program,
    "terminateAll": _ends_all,
    "terminateMultiInstance": _ends_all,
    "resource": _from_file,
}
"""Every other attribute of another engine is left out with a line."""
