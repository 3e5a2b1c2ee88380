"""The document of a saved process, with every token on its step of the new drawing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from app.engine.catalogue import Element
from app.engine.elements.repeats import EACH
from app.engine.moving.matching import Drawings, Spot, element_at, spot_of, unfit
from app.engine.moving.routes import chain_to
from app.engine.moving.seats import Saved, element_id, is_loop, is_one_of_several
from app.engine.spiff import TaskState


@dataclass(frozen=True)
class Reason:
    """Why a process cannot be moved: at which element of the old drawing, in words."""

    process_id: str
    element_id: str
    message: str


@dataclass
class Moved:
    """``seated`` are the tokens that stayed, by id: the old element and the new one.

    ``beside``: the events of the new drawing beside such a token that the old one had, too; one of
    them that does not wait has happened already. ``opened`` are the ids of sub-processes and calls that the new drawing has around a token;
    ``dropped`` the events beside a step that the new drawing no longer has.
    """

    document: Saved
    seated: dict[str, tuple[Element, Element]] = field(default_factory=dict)
    beside: dict[str, frozenset[str]] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    dropped: list[Element] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def reseat(document: Saved, old: Drawings, new: Drawings, places: Mapping[Spot, Spot]) -> Moved:
    """Put every token on its place. ``places`` says where an element is that keeps not its own."""
    moved = Moved({**document})
    if document["process"] not in new:
        raise ValueError(f"the new drawings do not contain {document['process']}")
    scope = _Scope(old, new, places, moved, document["process"], document["facts"])
    moved.document["tokens"] = scope.seated(document["tokens"])
    moved.document["facts"] = scope.facts
    return moved


@dataclass
class _Leaf:
    """A token and the sub-processes around it, outermost first."""

    token: Saved
    around: tuple[Saved, ...]


@dataclass
class _Scope:
    """The inside of one process, its embedded sub-processes included."""

    old: Drawings
    new: Drawings
    places: Mapping[Spot, Spot]
    moved: Moved
    process_id: str
    facts: Saved
    _kept: dict[str, Saved] = field(default_factory=dict)
    _made: dict[tuple[int, str], Saved] = field(default_factory=dict)
    #: by the id of a token: the token as it is now, and what it is in, by element
    _placed: dict[str, Saved] = field(default_factory=dict)
    _inside: dict[str, dict[str, Saved]] = field(default_factory=dict)
    #: an event beside a step that is beside what encloses the step now
    _outside: list[tuple[str, str, str]] = field(default_factory=list)

    def seated(self, tokens: list[Saved]) -> list[Saved]:
        found: list[Saved] = []
        leaves = list(self._leaves(tokens, ()))
        hosts = {leaf.token["id"]: leaf.token for leaf in leaves}
        hosts |= {outer["id"]: outer for leaf in leaves for outer in leaf.around}
        for leaf in leaves:
            target = self._target(leaf.token, hosts)
            if target is not None:
                self._seat(leaf, target, found)
        self._dissolve(leaves, found)
        self._watch_outside()
        return found

    # ------------------------------------------------------------------ where to

    def _leaves(self, tokens: list[Saved], around: tuple[Saved, ...]) -> Iterator[_Leaf]:
        for token in tokens:
            if self._element(token).kind == "subprocess" and "inside" in token:
                yield from self._leaves(token["inside"], (*around, token))
            else:
                yield _Leaf(token, around)

    def _element(self, token: Saved) -> Element:
        return self.old[self.process_id].elements[element_id(token)]

    def _place(self, element: Element) -> Element | None:
        return element_at(self.new, self.places.get(spot_of(element), spot_of(element)))

    def _target(self, token: Saved, hosts: Mapping[str, Saved]) -> Element | None:
        """The new element of a token; None when it has none, and the reason is written down."""
        element, marks = self._element(token), token.get("marks", {})
        if element.kind == "boundary" and "host" in marks:
            return self._beside(token, element, hosts.get(_plain(marks["host"])))
        target = self._place(element)
        if target is None:
            return self._refuse(element, "The new version does not have this step.")
        if marks.get("incident") and target.loop == element.loop:
            return target
        if said := unfit(element, target):
            return self._refuse(element, said)
        if is_loop(token, element) or not is_one_of_several(token) or target.loop:
            return target
        return self._refuse(element, "In the new version it is done only once.")

    def _beside(self, token: Saved, element: Element, host: Saved | None) -> Element | None:
        """An event beside a step stays beside it, or goes with it."""
        at = self._place(self._element(host)) if host is not None else None
        target = self._place(element)
        if host and target is not None and at is not None and unfit(element, target) is None:
            if target.attached_to == at.id:
                return target
            chain = chain_to(self.new, self.process_id, at) or ()
            if target.attached_to in {step.id for step in chain}:
                self._outside.append((token["id"], host["id"], str(target.attached_to)))
                return target
        self.moved.dropped.append(element)
        return None

    def _refuse(self, element: Element, message: str) -> Element | None:
        self.moved.reasons.append(Reason(element.process_id, element.id, message))
        return None

    # ------------------------------------------------------------------ seating

    def _seat(self, leaf: _Leaf, target: Element, found: list[Saved]) -> None:
        element = self._element(leaf.token)
        chain = chain_to(self.new, self.process_id, target)
        if chain is None:
            self._refuse(element, "The new version has it in another process that is not called.")
            return
        inside = found
        for step in chain:
            kept = next((t for t in leaf.around if self._is_now(t, step)), None)
            if kept is None and step.loop is not None:
                self._refuse(element, f"In the new version “{step.name}” repeats it.")
                return
            enclosing = self._carried(kept, step) if kept else self._opened(step, inside)
            if not any(other is enclosing for other in inside):
                inside.append(enclosing)
            inside = enclosing["inside"]
            self._inside.setdefault(leaf.token["id"], {})[step.id] = enclosing
        made = self._moved(leaf.token, element, target)
        inside.append(made)
        self._placed[made["id"]] = made
        for enclosing in self._inside.get(made["id"], {}).values():
            if enclosing["id"] in self.moved.opened:
                known = self.moved.beside.get(enclosing["id"], frozenset())
                self.moved.beside[enclosing["id"]] = known | self.moved.beside[made["id"]]

    def _is_now(self, token: Saved, step: Element) -> bool:
        place = self._place(self._element(token))
        return place is not None and spot_of(place) == spot_of(step)

    def _note(self, token: Saved, element: Element, target: Element) -> None:
        beside = self.old[self.process_id].boundaries.get(element.id, ())
        places = [self._place(boundary) for boundary in beside]
        self.moved.seated[token["id"]] = (element, target)
        self.moved.beside[token["id"]] = frozenset(place.id for place in places if place)

    def _moved(self, token: Saved, element: Element, target: Element) -> Saved:
        several = is_one_of_several(token)
        made = {**token, "at": target.id + EACH if several else target.id}
        self._note(token, element, target)
        if element.kind == "parallel" and target.kind == "parallel":
            made["marks"] = {**token.get("marks", {}), "via": self._way(token, element, target)}
        if element.kind == "call" and "inside" in token:
            called = element.called_process or ""
            scope = _Scope(
                self.old, self.new, self.places, self.moved, called, token.get("facts", {})
            )
            made["inside"] = scope.seated(token["inside"])
            made["facts"] = scope.facts
        return made

    def _way(self, token: Saved, element: Element, target: Element) -> str | None:
        """The flow by which a waiting token came to a join, as the new drawing has it."""
        via = token.get("marks", {}).get("via")
        if via in target.incoming or via is None:
            return str(via) if via else None
        source = self.old[self.process_id].elements[self.old[self.process_id].flows[via].source]
        place = self._place(source)
        drawing = self.new[target.process_id]
        ways = [f for f in target.incoming if place and drawing.flows[f].source == place.id]
        if len(ways) == 1:
            return ways[0]
        message = f"One way is done already and waits here; it came from “{source.name}”."
        self._refuse(element, message)
        return None

    def _carried(self, token: Saved, step: Element) -> Saved:
        """A sub-process that is open already, with nothing in it yet."""
        if token["id"] not in self._kept:
            at = step.id + EACH if is_one_of_several(token) else step.id
            self._note(token, self._element(token), step)
            self._kept[token["id"]] = {**token, "at": at, "inside": []}
        return self._kept[token["id"]]

    def _opened(self, step: Element, inside: list[Saved]) -> Saved:
        """A sub-process or call that only the new drawing has around a step."""
        key = (id(inside), step.id)
        if key not in self._made:
            self._made[key] = {
                "id": uuid4().hex,
                "at": step.id,
                "state": TaskState.STARTED,
                "facts": {},
                "inside": [],
            }
            self.moved.opened.append(self._made[key]["id"])
        return self._made[key]

    def _watch_outside(self) -> None:
        """Clocks beside what encloses their step now, and the reminders they began, go with it."""
        instead: dict[str, str] = {}
        for token_id, host_id, around in self._outside:
            outer = self._inside.get(host_id, {}).get(around)
            if outer is not None:
                instead[host_id] = str(UUID(hex=outer["id"]))
                made = self._placed[token_id]
                made["marks"] = {**made["marks"], "host": instead[host_id]}
        for made in self._placed.values() if instead else ():
            side = made.get("marks", {}).get("side", ())
            if any(_plain(host) in instead for host in side):
                now = [instead.get(_plain(host), host) for host in side]
                made["marks"] = {**made["marks"], "side": now}

    def _dissolve(self, leaves: list[_Leaf], found: list[Saved]) -> None:
        """Sub-processes that are no more: what they knew goes outwards, what watched them goes."""
        gone = {
            outer["id"]: outer
            for leaf in leaves
            for outer in leaf.around
            if outer["id"] not in self._kept
        }
        for outer in gone.values():
            self.facts = {**outer.get("facts", {}), **self.facts}
        if gone and not self.moved.reasons:
            _without_what_watched(found, set(gone))


def _without_what_watched(tokens: list[Saved], gone: set[str]) -> None:
    """The events beside something that is no more go with it, and the reminders they began."""
    for token in list(tokens):
        marks = token.get("marks", {})
        hangs_on = {_plain(side) for side in (*marks.get("side", ()), marks.get("host", ""))}
        if gone & hangs_on:
            tokens.remove(token)
        else:
            _without_what_watched(token.get("inside", []), gone)


def _plain(token_id: Any) -> str:
    return str(token_id).replace("-", "")
