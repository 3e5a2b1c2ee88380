"""Properties of elements (``zeebe:property``): one that nobody reads would be passed over in silence."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

from app.engine.catalogue import MESSAGE_EXPIRES, MESSAGE_SENT_BY, ONE_AT_A_TIME, Element
from app.engine.drawing import Drawing
from app.engine.errors import Finding
from app.engine.reading import TODO

SIGN_OFF = frozenset(
    f"signOff.{name}"
    for name in (
        "role",
        "due",
        "reminder",
        "when",
        "decision",
        "decisionType",
        "fields",
        "sendBackTo",
    )
)
#: For what at most one instance of the process may run.
SCOPES = ("case",)
OF_ELEMENTS = SIGN_OFF | {"source", MESSAGE_EXPIRES, MESSAGE_SENT_BY, ONE_AT_A_TIME}
OF_PROCESSES = frozenset(("source", "facts"))


def property_findings(drawing: Drawing) -> Iterator[Finding]:
    for process in drawing.processes:
        yield from _unknown(process.id, process.properties, OF_PROCESSES)
    for element in drawing.elements.values():
        yield from _unknown(element.id, _ours(element), OF_ELEMENTS)
        if ONE_AT_A_TIME in element.properties:
            yield from _one_at_a_time(element)


def _ours(element: Element) -> Iterable[str]:
    """What only we could read: an automatic step may have settings of its own, without a dot."""
    names = element.properties
    return [name for name in names if "." in name] if element.kind == "service" else names


def _unknown(
    element_id: str, names: Iterable[str] | Mapping[str, str], known: frozenset[str]
) -> Iterator[Finding]:
    for name in names:
        if name not in known and not name.startswith(TODO):  # the reader refuses those by itself
            yield Finding(
                element_id,
                "property-known",
                f"Nobody reads the property “{name}”. {_meant(name, known)}",
            )


def _meant(name: str, known: frozenset[str]) -> str:
    lower = {each.lower(): each for each in sorted(known)}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    return f"Did you mean “{lower[near[0]]}”?" if near else "Remove it."


def _one_at_a_time(element: Element) -> Iterator[Finding]:
    if element.kind != "start" or element.event != "message" or element.parent:
        yield Finding(
            element.id,
            "one-at-a-time",
            f"“{ONE_AT_A_TIME}” is for a start event that a message begins. Set it there.",
        )
    elif element.properties[ONE_AT_A_TIME] not in SCOPES:
        yield Finding(
            element.id,
            "one-at-a-time",
            f"“{ONE_AT_A_TIME}” cannot be “{element.properties[ONE_AT_A_TIME]}”. Write “case”.",
        )
