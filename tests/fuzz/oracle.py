"""The token game as a judge: it knows the two facts that random models read."""

from collections.abc import Hashable, Iterator

from app.engine.catalogue import Element, Flow
from app.engine.parse import parse_diagram
from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.rules import AnyWay
from app.engine.tokengame.values import Known, Move, Pool, State

Open = tuple[str, object]
"""A task by its element and the item it is for."""


class TwoFacts(AnyWay):
    """``known`` is (left, again); a call gets both and gives both back."""

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

    def out_of_call(self, element: Element, known: Known, inner: Known) -> Known:
        del element, known
        return inner


class Judge:
    """Every state the process may be in, given what was seen; usually one.

    Two tokens can look the same from outside and differ within, so there may be several.
    """

    def __init__(self, file: bytes, left: bool) -> None:
        drawing = parse_diagram(file).drawing
        self._people = {e.id for e in drawing.elements.values() if e.kind == "user"}
        self._game = TokenGame({"file": drawing}, TwoFacts())
        self.states = set(self._game.start("p", (left, False)))

    def agrees(self, seen: list[Open], finished: bool) -> bool:
        """Keep the states that look like this; whether there are any."""
        self.states = {
            state
            for state in self.states
            if self._open(state) == seen and (not state.tokens) == finished
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

    def _tasks(self, pool: Pool, item: Hashable) -> Iterator[Open]:
        for token in pool:
            here = item if token.item is None else token.item
            for inner in (token.inside, token.each, token.reminders):
                yield from self._tasks(inner, here)
            if not (token.inside or token.each) and token.at in self._people:
                yield token.at, here
