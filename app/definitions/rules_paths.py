"""Rule: a name that is read is there whichever way a case came."""

from collections.abc import Iterator, Mapping

from app.definitions.crossing import crossing_of
from app.definitions.facts import ALWAYS_THERE
from app.definitions.findings import Finding
from app.definitions.knowing import (
    Names,
    given_by,
    known_before,
    own_names,
    payloads,
    way_around,
)
from app.definitions.paths import name_of
from app.definitions.place import Place, called
from app.definitions.readings import read
from app.definitions.rules_names import decisive_texts, known_anywhere, other_texts
from app.engine.catalogue import Element, ProcessInfo

MOST_TOLD = 6


def known_on_every_path(place: Place) -> Iterator[Finding]:
    messages = payloads(crossing_of(place.view).senders)
    drawing = place.diagram.drawing
    for process in place.diagram.processes:
        anywhere = known_anywhere(place, process)
        at_start = _at_start(place, process, messages)
        before = known_before(drawing, process.id, at_start, place.view, messages).before
        for element in process.elements.values():
            if element.id in before:
                there = before[element.id] | own_names(element)
                for name in sorted((_read(place, element) & anywhere) - there):
                    yield from _missing(place, element, name, messages)


def _read(place: Place, element: Element) -> Names:
    texts = [*decisive_texts(place, element), *other_texts(element)]
    found: set[str] = set()
    for text in texts:
        found |= read(text).names - read(text).guarded
    return frozenset(found)


def _at_start(place: Place, process: ProcessInfo, messages: Mapping[str, Names]) -> Names:
    """What whoever starts the process hands in: as it says itself, or what all callers map."""
    said = process.properties.get("facts", "").split(",")
    callers = crossing_of(place.view).callers.get(process.id, ())
    handed = [frozenset(caller.inputs) for caller in callers]
    starts = [e for e in process.elements.values() if e.kind == "start" and not e.parent]
    if not all(start.message for start in starts):
        handed = handed or [frozenset()]
    handed += [messages.get(start.message or "", frozenset()) for start in starts if start.message]
    common = frozenset.intersection(*handed) if handed else frozenset()
    return frozenset(name.strip() for name in said) | ALWAYS_THERE | common


def _missing(
    place: Place, element: Element, name: str, messages: Mapping[str, Names]
) -> Iterator[Finding]:
    drawing = place.diagram.drawing
    giving = frozenset(
        e.id
        for e in drawing.elements.values()
        if e.process_id == element.process_id and name in given_by(e, place.view, messages)
    )
    way = way_around(drawing, element, giving)
    if not way:
        return
    told = [name_of(e) for e in way[1:-1] if e.is_activity or e.kind in {"catch", "boundary"}]
    by_way = (
        f" by way of {', then '.join(told[-MOST_TOLD:])}" if told else " straight from the start"
    )
    yield place.finding(
        element.id,
        "name-known-on-every-path",
        f"{called(element)} reads “{name}”, which nobody has given when a case comes{by_way}.",
        severity="note",
        path=tuple(e.id for e in way),
    )
