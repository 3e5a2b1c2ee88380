"""The token game beside the engine: every state the process may be in, given what was seen."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from app import feel
from app.calendars import WorkingCalendar
from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.results import Snapshot
from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.rules import AnyWay
from app.engine.tokengame.values import Known, Pool, State, TooManyTokens

MOST_STATES = 400
MOST_ITEMS = 4
ANY_TIME = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Items(AnyWay):
    """Lists as ``choices`` makes them; of a list that is worked out any length may be right."""

    def items(self, element: Element, known: Known) -> Iterator[tuple[Hashable, ...]]:
        del known
        text = element.loop.input_collection if element.loop else ""
        if text.removeprefix("=").strip().isidentifier():
            yield (1, 2)
            return
        known_length = _length(text)
        for count in range(MOST_ITEMS + 1) if known_length is None else (known_length,):
            yield tuple(range(count))


def _length(text: str) -> int | None:
    """How long a list is that reads no facts; None when that depends."""
    if not text.startswith("=") or feel.parse(text[1:]).names:
        return None
    environment = feel.Environment(now=ANY_TIME, calendar=WorkingCalendar())
    value = feel.parse(text[1:]).evaluate({}, environment).value
    return len(value) if isinstance(value, list) else None


class Watcher:
    """``difference`` says where engine and game came apart; ``gave_up`` that there were too many."""

    def __init__(
        self, drawings: Mapping[str, Drawing], process_id: str, message: str | None
    ) -> None:
        self._game = TokenGame(drawings, Items())
        self._kinds = {e: d.elements[e] for d in drawings.values() for e in d.elements}
        self.difference = ""
        self.gave_up = False
        self._states: set[State] = set()
        start = self._start(process_id, message)
        self._guarded(lambda: self._game.start(process_id, at=start))

    def _start(self, process_id: str, message: str | None) -> str | None:
        """The start event of a message; None for the usual one."""
        return next(
            (
                e.id
                for e in self._kinds.values()
                if message
                and e.kind == "start"
                and e.message == message
                and (e.process_id, e.parent) == (process_id, None)
            ),
            None,
        )

    def move(self, what: str, *element_ids: str, flow_id: str = "") -> None:
        """Something happened at one of these; at which of several cannot be told from outside."""
        self._guarded(
            lambda: (
                after
                for state in self._states
                for move in self._game.moves(state)
                if move.what == what
                and move.element_id in element_ids
                and (not flow_id or move.flow_id == flow_id)
                for after in self._game.after(state, move)
            )
        )

    def see(self, now: Snapshot) -> None:
        """Keep the states that look as the engine does; none left is a difference."""
        if self.gave_up or self.difference:
            return
        seen = Counter(task.element_id for task in now.open_tasks)
        fitting = {
            state
            for state in self._states
            if not state.problem
            and (not state.tokens) == now.finished
            and Counter(self._open(state.tokens)) == seen
        }
        if not fitting:
            shown = ", ".join(sorted(seen)) or ("the end" if now.finished else "nothing open")
            self.difference = f"The engine comes to {shown}; by the drawing it should not."
        self._states = fitting

    def _guarded(self, find: Callable[[], Iterator[State]]) -> None:
        if self.gave_up or self.difference:
            return
        try:
            self._states = set(islice(find(), MOST_STATES + 1))
        except (TooManyTokens, RecursionError):
            self.gave_up = True
        if len(self._states) > MOST_STATES:
            self.gave_up = True

    def _open(self, pool: Pool) -> Iterator[str]:
        for token in pool:
            element = self._kinds[token.at]
            for inner in (token.inside, token.each, token.reminders):
                yield from self._open(inner)
            if not (token.inside or token.each) and (element.kind == "user" or element.sign_off):
                yield token.at
