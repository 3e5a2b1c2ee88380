"""What is written in expressions, timers and due dates."""

from collections.abc import Iterator
from dataclasses import dataclass

from app import feel
from app.engine import moments
from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.errors import Finding


@dataclass(frozen=True)
class Place:
    """A text that may be an expression. ``must`` says that it has to be one."""

    element_id: str
    where: str
    text: str
    must: bool = False


def places(drawing: Drawing) -> Iterator[Place]:
    """Every text of the drawing that the engine evaluates."""
    for flow in drawing.flows.values():
        if flow.condition:
            yield Place(flow.id, "the condition", flow.condition, must=True)
    for element in drawing.elements.values():
        for place in (*_of_task(element), *_of_sign_off(element), *_of_loop(element)):
            if place.text:
                yield place


def _of_task(element: Element) -> Iterator[Place]:
    yield Place(element.id, "the candidate groups", element.candidate_groups or "")
    yield Place(element.id, "the assignee", element.assignee or "")
    yield Place(element.id, "the due date", element.due_date or "")
    yield Place(element.id, "the timer", element.timer or "")
    yield Place(element.id, "message.expires", element.message_expires or "")
    yield Place(element.id, "the correlation key", element.correlation_key or "", must=True)
    yield Place(element.id, "the script", element.script or "", must=True)
    for name, source in element.inputs.items():
        yield Place(element.id, f"the input “{name}”", source)
    for name, source in element.outputs.items():
        yield Place(element.id, f"the output “{name}”", source)


def _of_sign_off(element: Element) -> Iterator[Place]:
    rule = element.sign_off
    if rule is not None:
        yield Place(element.id, "signOff.role", rule.role or "")
        yield Place(element.id, "signOff.due", rule.due or "")
        yield Place(element.id, "signOff.reminder", rule.remind or "")
        yield Place(element.id, "signOff.when", rule.when or "", must=True)


def _of_loop(element: Element) -> Iterator[Place]:
    loop = element.loop
    if loop is not None:
        yield Place(element.id, "the input collection", loop.input_collection, must=True)
        yield Place(element.id, "the output element", loop.output_element or "", must=True)
        yield Place(element.id, "the completion condition", loop.completion_condition or "", True)


def text_findings(drawing: Drawing) -> Iterator[Finding]:
    for place in places(drawing):
        yield from _syntax(place)
    for element in drawing.elements.values():
        yield from _written_moments(element)


def names_read(drawing: Drawing) -> frozenset[str]:
    """Every fact that any expression of the drawing reads. Call only when there are no findings."""
    names: set[str] = set()
    for place in places(drawing):
        if place.text.startswith("="):
            names |= feel.parse(place.text[1:]).names
    return frozenset(names - {"parameters"})


def _syntax(place: Place) -> Iterator[Finding]:
    if not place.text.startswith("="):
        if place.must:
            yield Finding(
                place.element_id,
                "expression-has-equals-sign",
                f"“{place.text}” in {place.where} is not an expression: it must begin with “=”.",
            )
        return
    try:
        feel.parse(place.text[1:])
    except feel.FeelSyntaxError as error:
        yield Finding(
            place.element_id,
            "expression-compiles",
            f"There is a mistake in {place.where}, line {error.line}, column {error.column}: "
            f"{error.message}",
        )


def _written_moments(element: Element) -> Iterator[Finding]:
    rule = element.sign_off
    written = {
        "due-date-parses": [
            element.due_date,
            rule.due if rule else None,
            rule.remind if rule else None,
            element.message_expires,
        ],
        "timer-parses": [element.timer],
    }
    for name, texts in written.items():
        for text in texts:
            if not text or text.startswith("="):
                continue
            try:
                kind = element.timer_kind if name == "timer-parses" else None
                if kind is None and text[:1] in "Pp":
                    kind = "duration"
                moments.parse_timer(text, kind)
            except moments.NotAMoment as error:
                yield Finding(element.id, name, str(error))
