"""Rules: a condition decides something, and an expression is written as one."""

from collections.abc import Iterator

from app import feel
from app.definitions.facts import ALWAYS_THERE
from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.definitions.readings import PARAMETERS
from app.definitions.rules_names import known_anywhere
from app.engine.catalogue import Element
from app.feel.syntax.leaves import Literal

_QUOTES = ('"', "“")


def conditions_decide(place: Place) -> Iterator[Finding]:
    for gateway in place.elements:
        if gateway.kind not in {"exclusive", "inclusive"}:
            continue
        before: dict[str, str] = {}
        for flow in place.diagram.drawing.ways_out(gateway):
            if not flow.condition:
                continue
            constant = _constant(flow.condition)
            if isinstance(constant, bool):
                yield _says_nothing(
                    place, flow.id, "always" if constant else "never", "whatever is answered"
                )
            same = before.setdefault(" ".join(flow.condition.split()), flow.id)
            if same != flow.id and gateway.kind == "exclusive":
                other = place.diagram.flows[same]
                target = place.diagram.elements[other.target]
                yield _says_nothing(
                    place,
                    flow.id,
                    "never",
                    f"because the way to {called(target)} has the same condition and comes first",
                )


def _says_nothing(place: Place, flow_id: str, how: str, why: str) -> Finding:
    return place.finding(
        flow_id,
        "condition-decides",
        f"This way is {how} taken, {why}.",
        severity="note",
    )


def _constant(text: str) -> object:
    try:
        node = feel.parse(text[1:]).node if text.startswith("=") else None
    except feel.FeelSyntaxError:
        return None
    return node.constant if isinstance(node, Literal) else None


def texts_meant(place: Place) -> Iterator[Finding]:
    """A text that looks like an expression of which the “=” was forgotten."""
    for process in place.diagram.processes:
        known = known_anywhere(place, process) | ALWAYS_THERE
        for element in process.elements.values():
            for text in dict.fromkeys(_texts(element)):
                if text.startswith(_QUOTES) or text in known or f"{PARAMETERS}." in text:
                    yield place.finding(
                        element.id,
                        "expression-has-equals-sign",
                        f"{called(element)} takes the text “{text}” letter for letter, which looks "
                        "like an expression.",
                        severity="note",
                    )


def _texts(element: Element) -> Iterator[str]:
    texts = (element.assignee, element.script, *element.inputs.values(), *element.outputs.values())
    yield from (text for text in texts if text and not text.startswith("="))
