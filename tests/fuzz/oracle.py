"""The token game as a judge: it knows the two facts that random models read."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from app.engine.catalogue import Element, Flow
from app.engine.parse import parse_diagram
from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.rules import AnyWay
from app.engine.tokengame.values import Known, Move, Pool, State

Open = tuple[str, object]
"""A task by its element and the item it is for."""


class TwoFacts(AnyWay):
    """``known`` is (left, again); a call gets both and gives both back.

    ``any_order``: of tokens that move at one moment each may be the first.
    """

    def __init__(self, *, any_order: bool = False) -> None:
        self.any_order = any_order

    def ways(
        self, gateway: Element, ways: tuple[Flow, ...], known: Known
    ) -> Iterator[tuple[Flow, ...]]:
        assert isinstance(known, tuple)
        values = {"=left": known[0], "=again": known[1]}
        holding = [way for way in ways if way.condition and values[way.condition]]
        default = [way for way in ways if way.id == gateway.default_flow or len(ways) == 1]
        found = tuple(holding or default)
        yield found[:1] if gateway.kind == "exclusive" else found

    def items(self, element: Element, known: Known) -> Iterator[tuple[Hashable, ...]]:
        del element, known
        yield (1, 2)

    def first_of(self, arrivals: Sequence[object]) -> Iterable[int]:
        return range(len(arrivals)) if self.any_order else (0,)

    def out_of_call(self, element: Element, known: Known, inner: Known) -> Known:
        del element, known
        return inner


class Judge:
    """Every state the process may be in, given what was seen; usually one.

    Two tokens can look the same from outside and differ within, so there may be several.
    """

    def __init__(self, file: bytes, left: bool, *, any_order: bool = False) -> None:
        drawing = parse_diagram(file).drawing
        self._elements, self._flows = drawing.elements, drawing.flows
        self._people = {e.id for e in drawing.elements.values() if e.kind == "user"}
        self._game = TokenGame({"file": drawing}, TwoFacts(any_order=any_order))
        self.states = set(self._game.start("p", (left, False)))

    def agrees(
        self, seen: list[Open], finished: bool, waiting: Sequence[str] | None = None
    ) -> bool:
        """Keep the states that look like this; whether there are any.

        ``waiting`` are the events that may happen, one for each token, if they were looked at.
        """
        self.states = {
            state
            for state in self.states
            if self._open(state) == seen
            and (not state.tokens) == finished
            and (waiting is None or sorted(self._waits(state.tokens)) == sorted(waiting))
        }
        return bool(self.states)

    def possible(self) -> list[Move]:
        return sorted({move for state in self.states for move in self._game.moves(state)}, key=repr)

    def move(self, move: Move, known: tuple[bool, bool] | None) -> None:
        self.states = {new for old in self.states for new in self._game.after(old, move, known)}

    def happen(self, event_id: str) -> None:
        """An event, whichever of several like it: which item it is for cannot be told outside."""
        self.states = {
            new
            for old in self.states
            for move in self._game.moves(old)
            if move.element_id == event_id
            for new in self._game.after(old, move)
        }

    def _open(self, state: State) -> list[Open]:
        return sorted(self._tasks(state.tokens, None), key=repr)

    def _waits(self, pool: Pool) -> Iterator[str]:
        for token in pool:
            yield from token.watched
            for inner in (token.inside, token.each, token.reminders):
                yield from self._waits(inner)
            element = self._elements[token.at]
            if element.kind == "catch":
                yield element.id
            elif element.kind == "event_gateway":
                yield from (self._flows[flow].target for flow in element.outgoing)

    def _tasks(self, pool: Pool, item: Hashable) -> Iterator[Open]:
        for token in pool:
            here = item if token.item is None else token.item
            for inner in (token.inside, token.each, token.reminders):
                yield from self._tasks(inner, here)
            if not (token.inside or token.each) and token.at in self._people:
                yield token.at, here
