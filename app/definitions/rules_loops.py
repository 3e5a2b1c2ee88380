"""Rules: what goes round must wait for somebody or something on the way."""

from collections.abc import Iterable, Iterator, Mapping

from app.definitions.findings import Finding
from app.definitions.paths import name_of
from app.definitions.place import Place
from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.parse import Diagram

_ROUTING = frozenset(("throw", "exclusive", "inclusive", "parallel"))
_AT_ONCE = _ROUTING | {"start", "end", "service", "rule", "script", "send"}
MOST_NESTED = 40
"""Calls in calls that are followed; the engine opens no more either."""


def loops_wait(place: Place) -> Iterator[Finding]:
    quick = _Quick(place.view.diagrams)
    for process in place.diagram.processes:
        for circle in _circles(place.diagram.drawing, process.elements.values(), quick):
            first = circle[0]
            if all(element.kind in _ROUTING for element in circle):
                yield place.finding(
                    first.id,
                    "loop-without-human-or-timer",
                    f"The flow goes round through {_names(circle)} and nothing on the way takes "
                    "time or changes anything, so it would never leave again.",
                    path=tuple(element.id for element in circle),
                )
            else:
                yield place.finding(
                    first.id,
                    "loop-without-human-or-timer",
                    f"The flow goes round through {_names(circle)} without waiting for anybody. "
                    "If the steps on the way do not change what the choice reads, it never stops.",
                    severity="note",
                    path=tuple(element.id for element in circle),
                )


def calls_wait(place: Place) -> Iterator[Finding]:
    quick = _Quick(place.view.diagrams)
    for process in place.diagram.processes:
        for element in quick.calls_at_once(place.diagram.drawing, process.id):
            if process.id in quick.opened_at_once(element.called_process or ""):
                yield place.finding(
                    element.id,
                    "loop-depth",
                    f"{name_of(element)} opens this same process again before anybody has done "
                    "anything, and so on without end.",
                )


def calls_at_once(diagrams: Mapping[str, Diagram], process_id: str) -> list[Element]:
    """The calls of a process that are opened in the moment it begins."""
    return _Quick(diagrams).calls_at_once(diagrams[process_id].drawing, process_id)


def _names(circle: list[Element]) -> str:
    return " and ".join(name_of(element) for element in circle[:4])


class _Quick:
    """What is passed without waiting for a person, a message or a timer."""

    def __init__(self, diagrams: Mapping[str, Diagram]) -> None:
        self._diagrams = diagrams
        self._passed: dict[tuple[str, str | None], bool] = {}
        self._depth = 0

    def passes(self, drawing: Drawing, element: Element) -> bool:
        """Whether a token may leave the element in the moment it comes."""
        if element.loop is not None:
            return True  # for an empty collection
        if element.sign_off is not None:
            return bool(element.sign_off.when or element.sign_off.decision)
        if element.kind == "subprocess":
            return self._scope_passes(drawing, element.process_id, element.id)
        if element.kind == "call":
            called = self._diagrams.get(element.called_process or "")
            name = element.called_process or ""
            return called is not None and self._scope_passes(called.drawing, name, None)
        return element.kind in _AT_ONCE

    def _scope_passes(self, drawing: Drawing, process_id: str, parent: str | None) -> bool:
        key = (process_id, parent)
        if key not in self._passed:
            if self._depth > MOST_NESTED:
                return True
            self._passed[key] = False  # while it is being looked at, and if it calls itself
            self._depth += 1
            reached = self._reached(drawing, process_id, parent)
            self._depth -= 1
            self._passed[key] = any(drawing.elements[each].kind == "end" for each in reached)
        return self._passed[key]

    def _reached(self, drawing: Drawing, process_id: str, parent: str | None) -> set[str]:
        """Where a token may come to in the moment the level begins."""
        waiting = [
            e.id
            for e in drawing.elements.values()
            if (e.process_id, e.parent, e.kind) == (process_id, parent, "start")
        ]
        found: set[str] = set()
        while waiting:
            element = drawing.elements[waiting.pop()]
            if element.id not in found:
                found.add(element.id)
                if self.passes(drawing, element):
                    waiting += [flow.target for flow in drawing.ways_out(element)]
        return found

    def calls_at_once(self, drawing: Drawing, process_id: str) -> list[Element]:
        """Calls that are opened in the moment the process begins, in sub-processes too."""
        found: list[Element] = []
        scopes: list[str | None] = [None]
        while scopes:
            for each in sorted(self._reached(drawing, process_id, scopes.pop())):
                element = drawing.elements[each]
                if element.kind == "subprocess":
                    scopes.append(element.id)
                elif element.kind == "call":
                    found.append(element)
        return found

    def opened_at_once(self, process_id: str) -> set[str]:
        """Every process that begins in the moment this one does, itself included."""
        found: set[str] = set()
        waiting = [process_id]
        while waiting:
            name = waiting.pop()
            if name in self._diagrams and name not in found:
                found.add(name)
                calls = self.calls_at_once(self._diagrams[name].drawing, name)
                waiting += [call.called_process or "" for call in calls]
        return found


def _circles(
    drawing: Drawing, elements: Iterable[Element], quick: _Quick
) -> Iterator[list[Element]]:
    """Groups of elements that lead round to each other without waiting."""
    inside = {e.id for e in elements if quick.passes(drawing, e)}
    after = _without_ends(
        {
            each: {f.target for f in drawing.ways_out(drawing.elements[each])} & inside
            for each in inside
        }
    )
    before = _turned(after)
    told: set[str] = set()
    for element in drawing.elements.values():
        if element.id in after and element.id not in told:
            circle = _reach(after, element.id) & _reach(before, element.id)
            if circle:
                told |= circle
                yield [e for e in drawing.elements.values() if e.id in circle]


def _without_ends(after: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is left when everything goes that leads nowhere, again and again: circles and between."""
    before = _turned(after)
    ends = [each for each, targets in after.items() if not targets]
    while ends:
        end = ends.pop()
        del after[end]
        for source in before[end]:
            if source in after:
                after[source].discard(end)
                if not after[source]:
                    ends.append(source)
    return after


def _turned(after: Mapping[str, set[str]]) -> dict[str, set[str]]:
    before: dict[str, set[str]] = {each: set() for each in after}
    for source, targets in after.items():
        for target in targets:
            before[target].add(source)
    return before


def _reach(lines: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = lines[waiting.pop()] - found
        found |= new
        waiting += new
    return found
