"""What is set on an element: events, messages, calls, names."""

import re
from collections.abc import Iterator

from app.engine.catalogue import DEEPEST, Element
from app.engine.drawing import Drawing
from app.engine.errors import Finding

RESERVED_IDS = frozenset(("Start", "End", "Root"))
LONGEST_ID = 120
"""Of everything that rows name: elements, flows, messages."""
RESERVED_NAMES = frozenset(("parameters",))
_NAME = re.compile(r"[A-Za-z_]\w{0,99}")
ALLOWED_EVENTS = {
    "start": ("none", "message", "timer"),
    "end": ("none", "message", "error", "terminate"),
    "catch": ("message", "timer"),
    "throw": ("none", "message"),
    "boundary": ("message", "timer", "error"),
}

#: Rule and words for an activity that does not say what it does.
NEEDS = {
    "service": ("service-task-has-connector", "It names no automatic step (task definition type)."),
    "rule": ("decision-exists", "It names no decision table (called decision)."),
    "script": ("script-is-feel", "It holds no FEEL expression (zeebe:script)."),
    "call": ("call-target-deployed", "It names no process or slot to call."),
}


def setting_findings(drawing: Drawing) -> Iterator[Finding]:
    for process in drawing.processes:
        yield from _reserved(process.id)
    for flow_id in drawing.flows:
        yield from _too_long(flow_id)
    for element in drawing.elements.values():
        yield from _reserved(element.id)
        yield from _event(element)
        yield from _work(element)
        yield from _names(element)
        if element.kind in {"subprocess", "call"}:
            yield from _depth(drawing, element)
        if element.kind == "boundary":
            yield from _attachment(drawing, element)


def _reserved(element_id: str) -> Iterator[Finding]:
    if element_id in RESERVED_IDS or element_id.endswith(".EndJoin") or " " in element_id:
        yield Finding(
            element_id, "id-not-reserved", f"The id “{element_id}” is taken. Choose another."
        )
    yield from _too_long(element_id)


def _too_long(element_id: str) -> Iterator[Finding]:
    if len(element_id) > LONGEST_ID:
        yield Finding(
            element_id,
            "id-not-reserved",
            f"The id has {len(element_id)} letters. Choose one of at most {LONGEST_ID}.",
        )


def _depth(drawing: Drawing, element: Element) -> Iterator[Finding]:
    around, depth = element.parent, 0
    while around is not None:
        around, depth = drawing.elements[around].parent, depth + 1
    if depth == DEEPEST:  # said once; what lies deeper lies in this one
        yield Finding(
            element.id, "too-deep", f"It lies in {DEEPEST} sub-processes, which is too deep to run."
        )


def _event(element: Element) -> Iterator[Finding]:
    allowed = ALLOWED_EVENTS.get(element.kind)
    if allowed and element.event is not None and element.event not in allowed:
        yield Finding(
            element.id,
            "event-supported",
            f"This {element.kind} event cannot be of the kind “{element.event}”.",
        )
    if len(element.message or "") > LONGEST_ID:
        yield Finding(
            element.id,
            "message-has-name",
            f"Give the message a shorter name: at most {LONGEST_ID} letters.",
        )
    waits = element.kind in {"catch", "receive", "boundary"}
    if waits and element.event == "message" and not element.correlation_key:
        yield Finding(
            element.id,
            "message-has-key",
            "It does not say which family's message is meant. Give the message a subscription "
            "correlation key, such as =case_id.",
        )
    throws = element.kind in {"throw", "send", "end"} and element.event == "message"
    if element.message_expires and not throws:
        yield Finding(
            element.id,
            "message-expiry-thrown",
            "message.expires belongs to an event or task that sends a message. Put it there.",
        )
    catches = element.kind in {"start", "catch", "receive", "boundary"} and element.message
    if element.message_sent_by and not catches:
        yield Finding(
            element.id,
            "message-sender-caught",
            "message.sentBy belongs to an event or task that waits for a message. Put it there.",
        )
    if element.timer_kind == "cycle" and element.kind == "catch":
        yield Finding(
            element.id,
            "timer-repeats-lawfully",
            "A repeating timer cannot stand in the flow. Use a duration.",
        )
    if element.timer_kind == "cycle" and element.kind == "boundary" and element.interrupting:
        yield Finding(
            element.id,
            "timer-repeats-lawfully",
            "A repeating timer must not interrupt. Make it non-interrupting.",
        )


def _attachment(drawing: Drawing, boundary: Element) -> Iterator[Finding]:
    host = drawing.elements.get(boundary.attached_to or "")
    if host is not None and host.sign_off:
        yield Finding(
            boundary.id,
            "boundary-attached",
            "A sign-off gateway has no boundary events. Use signOff.due and signOff.reminder.",
        )
    elif host is None or not host.is_activity:
        yield Finding(boundary.id, "boundary-attached", "This event is not attached to a task.")
    elif (host.process_id, host.parent) != (boundary.process_id, boundary.parent):
        yield Finding(
            boundary.id, "boundary-attached", "This event is drawn outside of its task's process."
        )
    elif boundary.event == "error":
        if host.kind not in {"call", "subprocess"}:
            yield Finding(
                boundary.id,
                "boundary-attached",
                "Only a sub-process or called process can end in an error.",
            )
        if not boundary.interrupting:
            yield Finding(boundary.id, "boundary-attached", "An error always interrupts.")
    elif host.kind in {"service", "rule", "script", "send"} and host.loop is None:
        yield Finding(
            boundary.id,
            "boundary-attached",
            "This task is over at once, so the event would never happen.",
        )


def _work(element: Element) -> Iterator[Finding]:
    """What an element needs so that it can do its work."""
    value = {
        "service": element.task_type,
        "rule": element.decision_id,
        "script": element.script,
        "call": element.called_process,
    }.get(element.kind)
    if element.kind in NEEDS and not value:
        yield Finding(element.id, *NEEDS[element.kind])
    elif value and value.startswith("=") and element.kind != "script":
        yield Finding(
            element.id, "name-not-computed", "Write the name itself here, not an expression."
        )
    needs_variable = element.kind == "script" or (element.kind == "rule" and not element.outputs)
    if needs_variable and not element.result_variable:
        yield Finding(element.id, "result-has-name", "Name the variable the result goes into.")
    if element.loop is not None and not element.is_activity:
        yield Finding(
            element.id, "repeat-complete", "Only tasks, calls and sub-processes can be repeated."
        )
    loop = element.loop
    if loop is not None and bool(loop.output_collection) != bool(loop.output_element):
        yield Finding(
            element.id,
            "repeat-complete",
            "Give both an output collection and an output element, or neither.",
        )


def _names(element: Element) -> Iterator[Finding]:
    loop = element.loop
    named = [
        *element.inputs,
        *element.outputs,
        element.result_variable,
        loop.input_element if loop else None,
        loop.output_collection if loop else None,
    ]
    for name in named:
        if name and (not _NAME.fullmatch(name) or name in RESERVED_NAMES):
            yield Finding(
                element.id,
                "fact-name-valid",
                f"“{name}” cannot name a fact: use letters, digits and underscores.",
            )
