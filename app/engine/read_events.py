"""Reading events: the message, timer or error of an element."""

from dataclasses import replace
from typing import Literal, cast

from app.engine.catalogue import Element, Event
from app.engine.extensions import Extensions
from app.engine.reading import UNSUPPORTED, Reading
from app.engine.xml import Node, local, text_of

EVENTS: dict[str, Event] = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "errorEventDefinition": "error",
    "terminateEventDefinition": "terminate",
}


def with_event(reading: Reading, node: Node, element: Element, said: Extensions) -> Element:
    """The element with its message, timer or error, if it is an event or a message task."""
    if element.kind in {"send", "receive"}:
        return _with_message(reading, node, replace(element, event="message"), said)
    if element.kind not in {"start", "end", "catch", "throw", "boundary"}:
        return element
    definitions = [c for c in node if str(c.tag).endswith("EventDefinition")]
    if not definitions:
        return replace(element, event="none")
    tag = local(definitions[0])
    if tag not in EVENTS or len(definitions) > 1:
        _refuse(reading, element, tag, several=len(definitions) > 1)
        return element
    element = replace(element, event=EVENTS[tag])
    if element.event == "message":
        return _with_message(reading, definitions[0], element, said)
    if element.event == "timer":
        return _with_timer(reading, definitions[0], element)
    if element.event == "error":
        return replace(
            element, error_code=reading.error_codes.get(definitions[0].get("errorRef", ""))
        )
    return element


def _refuse(reading: Reading, element: Element, tag: str, *, several: bool) -> None:
    if several:
        reading.refuse(
            element.id,
            "one-trigger",
            "An event with several triggers cannot run. Use an event-based gateway.",
        )
    elif tag == "signalEventDefinition" and element.kind == "end":
        reading.refuse(
            element.id,
            "no-signal-end",
            "A signal end event cannot run. Throw a message with a key, then end.",
        )
    elif tag in UNSUPPORTED:
        reading.refuse_unsupported(element.id, tag)
    else:
        reading.refuse(element.id, "element-supported", f"{tag} cannot run here.")


def _with_message(reading: Reading, node: Node, element: Element, said: Extensions) -> Element:
    name, key = reading.messages.get(node.get("messageRef", ""), (None, None))
    if not name:
        reading.refuse(element.id, "message-has-name", "Choose the message, and give it a name.")
    return replace(element, message=name, correlation_key=said.correlation_key or key)


def _with_timer(reading: Reading, node: Node, element: Element) -> Element:
    for tag, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
        if text := text_of(node, tag):
            return replace(
                element,
                timer=text,
                timer_kind=cast('Literal["date", "duration", "cycle"]', kind),
            )
    reading.refuse(element.id, "timer-parses", "The timer says no date, duration or cycle.")
    return element
