"""Which facts are there for certain when a case comes to an element, whichever way it came.

Forward over the lines of each level: what comes together at a parallel join was all done before,
of other ways only one. A sub-process gives what each way through it gives; a step that may be
repeated no times, or that is interrupted, gives nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.definitions.library import View
from app.engine.catalogue import Element
from app.engine.drawing import Drawing

Names = frozenset[str]
NOTHING: Names = frozenset()


@dataclass(frozen=True)
class Knowing:
    """``before`` are the names that are there when a case comes to an element.

    Elements that no case comes to are not in it.
    """

    before: Mapping[str, Names]


def known_before(
    drawing: Drawing,
    process_id: str,
    at_start: Names,
    view: View,
    message_names: Mapping[str, Names],
) -> Knowing:
    """``message_names`` is what certainly comes with a message of a name."""
    return Knowing(_Levels(drawing, process_id, view, message_names).all(at_start))


def given_by(element: Element, view: View, message_names: Mapping[str, Names]) -> Names:
    """The names that are there once this element is done, apart from what is inside it."""
    names: set[str] = set()
    loop = element.loop
    if loop is not None:
        return frozenset(filter(None, (loop.output_collection,)))
    if element.outputs:
        names |= element.outputs.keys()
    else:
        form = view.forms.get(element.form_id or "")
        names |= set(form.keys) if form and element.kind == "user" else set()
        names |= {element.result_variable} if element.result_variable else set()
    if element.message and element.kind not in {"send", "throw", "end"}:
        names |= message_names.get(element.message, NOTHING)
    return frozenset(names)


def own_names(element: Element) -> Names:
    """Names that only the element itself, and what is inside it, can read."""
    loop = element.loop
    extra = {"loopCounter"} | ({loop.input_element} if loop and loop.input_element else set())
    return frozenset(element.inputs.keys() | extra)


def way_around(drawing: Drawing, target: Element, giving: Names) -> list[Element]:
    """The shortest way from a start to ``target`` past none of the elements named in ``giving``.

    A boundary event may still happen at one of them: then it is not done.
    """
    level = (target.process_id, target.parent)
    starts = [
        e
        for e in drawing.elements.values()
        if (e.process_id, e.parent) == level and e.kind == "start"
    ]
    came: dict[str, str | None] = {e.id: None for e in starts}
    waiting = [e.id for e in starts]
    for here in waiting:
        if here == target.id:
            return _back(drawing, came, here)
        for following in _following(drawing, here, done=here not in giving):
            if following not in came:
                came[following] = here
                waiting.append(following)
    return []


def _following(drawing: Drawing, here: str, *, done: bool) -> Iterator[str]:
    yield from (event.id for event in drawing.boundaries.get(here, ()))
    if done:
        yield from (flow.target for flow in drawing.ways_out(drawing.elements[here]))


def _back(drawing: Drawing, came: Mapping[str, str | None], here: str) -> list[Element]:
    found: list[Element] = []
    at: str | None = here
    while at is not None:
        found.append(drawing.elements[at])
        at = came[at]
    return list(reversed(found))


class _Levels:
    def __init__(
        self,
        drawing: Drawing,
        process_id: str,
        view: View,
        message_names: Mapping[str, Names],
    ) -> None:
        self._drawing = drawing
        self._view = view
        self._messages = message_names
        self._inside: dict[str | None, list[Element]] = {}
        for element in drawing.elements.values():
            if element.process_id == process_id:
                self._inside.setdefault(element.parent, []).append(element)
        self._through: dict[str, Names] = {}
        self._given: dict[str, Names] = {}

    def all(self, at_start: Names) -> dict[str, Names]:
        for parent in reversed(list(self._from_outside_in())):
            if parent is not None:
                self._through[parent] = self._gives_inside(parent)
        before: dict[str, Names] = {}
        for parent in self._from_outside_in():
            given = at_start
            if parent is not None:
                if parent not in before:
                    continue
                given = before[parent] | own_names(self._drawing.elements[parent])
            before |= self._level(parent, given)
        return before

    def _from_outside_in(self) -> Iterator[str | None]:
        waiting: list[str | None] = [None]
        for parent in waiting:
            yield parent
            waiting += [e.id for e in self._inside.get(parent, ()) if e.kind == "subprocess"]

    def _gives_inside(self, parent: str) -> Names:
        """What every way through a sub-process gives."""
        before = self._level(parent, NOTHING)
        ends = [
            before[e.id]
            for e in self._inside.get(parent, ())
            if e.kind == "end" and e.id in before and e.event != "error"
        ]
        return frozenset.intersection(*ends) if ends else NOTHING

    def _level(self, parent: str | None, at_start: Names) -> dict[str, Names]:
        elements = self._inside.get(parent, [])
        before: dict[str, Names] = {e.id: at_start for e in elements if e.kind == "start"}
        waiting, joins = list(before), set[str]()
        while waiting or joins:
            if not waiting:
                self._join_up(joins, before, waiting)
                continue
            here = self._drawing.elements[waiting.pop()]
            for following, names in self._onwards(here, before[here.id]):
                if self._is_join(following):
                    joins.add(following)
                else:
                    self._learn(following, names, before, waiting)
        return before

    def _join_up(self, joins: set[str], before: dict[str, Names], waiting: list[str]) -> None:
        """One join goes on: one to which all its ways have come, if there is any."""
        join = next((each for each in joins if self._sources(each) <= before.keys()), None)
        join = join or next(iter(joins))
        joins.remove(join)
        self._learn(join, self._joined(join, before), before, waiting)

    def _learn(
        self, element_id: str, names: Names, before: dict[str, Names], waiting: list[str]
    ) -> None:
        known = names & before.get(element_id, names)
        if before.get(element_id) != known:
            before[element_id] = known
            waiting.append(element_id)

    def _onwards(self, here: Element, before: Names) -> Iterator[tuple[str, Names]]:
        for event in self._drawing.boundaries.get(here.id, ()):
            yield event.id, before
        for flow in self._drawing.ways_out(here):
            yield flow.target, before | self._gives(here)

    def _is_join(self, element_id: str) -> bool:
        element = self._drawing.elements[element_id]
        return element.kind == "parallel" and len(element.incoming) > 1

    def _sources(self, join: str) -> set[str]:
        incoming = self._drawing.elements[join].incoming
        return {self._drawing.flows[flow].source for flow in incoming}

    def _joined(self, join: str, before: Mapping[str, Names]) -> Names:
        """Every way that comes together here was done."""
        done = [
            before[source] | self._gives(self._drawing.elements[source])
            for source in self._sources(join)
            if source in before
        ]
        return frozenset[str]().union(*done)

    def _gives(self, element: Element) -> Names:
        if element.id not in self._given:
            self._given[element.id] = given_by(element, self._view, self._messages)
        given = self._given[element.id]
        if element.kind == "subprocess" and element.loop is None:
            return given | self._through.get(element.id, NOTHING)
        return given


def payloads(senders: Mapping[str, Sequence[Element]]) -> dict[str, Names]:
    """What certainly comes with each message: what everyone who sends it puts in."""
    return {
        message: frozenset.intersection(*(frozenset(each.inputs) for each in elements))
        for message, elements in senders.items()
    }
