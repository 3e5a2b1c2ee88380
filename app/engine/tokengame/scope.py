"""The token game over one level of a drawing, in steps small enough to tell as a path.

A process or sub-process is looked at by itself: what lies inside another sub-process or call is one
step here, which is done or raises an error. Every task rests until it is done, so that nothing is
passed unseen; gateways and events that wait for nothing are passed at once.

An event that does not interrupt happens at most once for each time its task is open: more often
adds nothing that could go wrong in another way.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Literal, NamedTuple, TypeAlias

from app.engine.catalogue import Element, Flow
from app.engine.drawing import Drawing

MOST_COMBINED = 4
"""Of an inclusive gateway with more ways: each by itself, every two, and all of them."""
_PASSED = frozenset(("start", "throw", "exclusive", "inclusive", "end"))


class Token(NamedTuple):
    """Where a token stands.

    ``via`` is the flow it came by to a join; ``fired`` the events at its border that have
    happened; ``owner`` the task it reminds of, with which it ends.
    """

    at: str
    via: str = ""
    fired: tuple[str, ...] = ()
    owner: str = ""


State: TypeAlias = tuple[Token, ...]
What: TypeAlias = Literal["start", "pass", "choose", "complete", "event", "raise"]


class Step(NamedTuple):
    """Something happens at an element, and tokens leave by ``flows``.

    ``host`` is the task whose border an event sits on.
    """

    what: What
    element_id: str
    flows: tuple[str, ...] = ()
    host: str = ""


Moves: TypeAlias = Iterator[tuple[Step, State]]


class ScopeGame:
    """``parent`` is the sub-process to look into; None for the process itself.

    ``raises`` says which errors a sub-process or call may end in.
    """

    def __init__(
        self,
        drawing: Drawing,
        process_id: str,
        parent: str | None = None,
        raises: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.drawing = drawing
        self.process_id = process_id
        self.parent = parent
        self.raises = raises or {}
        self.elements = {
            e.id: e
            for e in drawing.elements.values()
            if e.process_id == process_id and e.parent == parent
        }
        self.reminders = frozenset(e.id for e in self.elements.values() if self._reminds(e))

    def begin(self) -> Moves:
        """Every way the level may begin."""
        for element in self.elements.values():
            if element.kind == "start":
                yield self._step("start", element, (), Token(element.id))

    def moves(self, state: State) -> Moves:
        """What may happen next. Whatever waits for nothing happens first, and alone."""
        for token in state:
            if self._is_passed(state, token):
                yield from self._act(state, token)
                return
        for token in dict.fromkeys(state):
            yield from self._act(state, token)

    def next_passed(self, state: State) -> tuple[Step, State] | None:
        """One way to pass something that waits for nothing; None when everything rests."""
        for token in state:
            if self._is_passed(state, token):
                return next(self._act(state, token))
        return None

    def rests(self, token: Token) -> bool:
        """Whether something has to happen before the token goes on."""
        return self.elements[token.at].kind not in _PASSED

    # ------------------------------------------------------------------ one token

    def _is_passed(self, state: State, token: Token) -> bool:
        element = self.elements[token.at]
        return element.kind in _PASSED or (
            element.kind == "parallel" and self._joined(state, token) is not None
        )

    def _act(self, state: State, token: Token) -> Moves:
        element = self.elements[token.at]
        match element.kind:
            case "end":
                yield self._ended(state, token, element)
            case "exclusive" | "inclusive":
                yield from self._choices(state, token, element)
            case "parallel":
                taken = self._joined(state, token)
                if taken is not None:
                    yield self._step("pass", element, taken, token)
            case "event_gateway":
                for way in self.drawing.ways_out(element):
                    event = self.elements[way.target]
                    yield self._step("event", event, _without(state, token), token)
            case "catch":
                yield self._step("event", element, _without(state, token), token)
            case "start" | "throw":
                yield self._step("pass", element, _without(state, token), token)
            case _:
                yield from self._activity(state, token, element)

    def _ended(self, state: State, token: Token, element: Element) -> tuple[Step, State]:
        if element.event == "error":
            return Step("raise", element.id), ()
        left = () if element.event == "terminate" else _without(state, token)
        return Step("pass", element.id), left

    def _choices(self, state: State, token: Token, gateway: Element) -> Moves:
        ways = self.drawing.ways_out(gateway)
        left = _without(state, token)
        what: What = "choose" if len(ways) > 1 else "pass"
        for chosen in _chosen(gateway, ways):
            yield self._step(what, gateway, left, token, flows=chosen)

    def _joined(self, state: State, token: Token) -> State | None:
        """What is left when the join fires; None while a flow is missing."""
        element = self.elements[token.at]
        if len(element.incoming) < 2:
            return _without(state, token)
        left = list(state)
        for flow in element.incoming:
            found = next((t for t in left if (t.at, t.via) == (element.id, flow)), None)
            if found is None:
                return None
            left.remove(found)
        return tuple(left)

    def _activity(self, state: State, token: Token, element: Element) -> Moves:
        left = self._left(state, token)
        what: What = "event" if element.kind == "receive" else "complete"
        yield self._step(what, element, left, token)
        caught: set[str | None] = set()
        codes = self.raises.get(element.id, frozenset())
        for event in self.drawing.boundaries.get(element.id, ()):
            if event.event == "error":
                if codes and (event.error_code is None or event.error_code in codes):
                    yield self._step("raise", event, left, token, host=element.id)
                caught.add(event.error_code)
            elif event.interrupting:
                yield self._step("event", event, left, token, host=element.id)
            elif event.id not in token.fired:
                yield self._meanwhile(state, token, event)
        if codes - caught and None not in caught:
            yield Step("raise", element.id), ()

    def _meanwhile(self, state: State, token: Token, event: Element) -> tuple[Step, State]:
        """An event at the border that leaves the task open."""
        again = token._replace(fired=tuple(sorted((*token.fired, event.id))))
        left = (*_without(state, token), again)
        owner = token.at if event.id in self.reminders else token.owner
        return self._step("event", event, left, token._replace(owner=owner), host=token.at)

    # ------------------------------------------------------------------ states

    def _left(self, state: State, token: Token) -> State:
        """The rest when a task is over; its reminders go with it."""
        return tuple(t for t in _without(state, token) if t.owner != token.at)

    def _step(
        self,
        what: What,
        element: Element,
        left: State,
        token: Token,
        *,
        flows: tuple[Flow, ...] | None = None,
        host: str = "",
    ) -> tuple[Step, State]:
        """Tokens leave ``element`` by all its flows, or by those chosen."""
        ways = self.drawing.ways_out(element) if flows is None else flows
        state = (*left, *(self._arrived(way, token.owner) for way in ways))
        return Step(what, element.id, tuple(way.id for way in ways), host), tuple(sorted(state))

    def _arrived(self, way: Flow, owner: str) -> Token:
        target = self.elements[way.target]
        joins = target.kind == "parallel" and len(target.incoming) > 1
        return Token(target.id, way.id if joins else "", (), owner)

    def _reminds(self, event: Element) -> bool:
        """A non-interrupting timer whose branch meets the main flow nowhere but at an end."""
        if event.kind != "boundary" or event.interrupting or event.event != "timer":
            return False
        starts = [e.id for e in self.elements.values() if e.kind == "start"]
        main = self.drawing.reach(starts, without=[event.id])
        shared = self.drawing.reach([event.id]) & main
        return all(self.drawing.elements[each].kind == "end" for each in shared)


def _without(state: State, token: Token) -> State:
    position = state.index(token)
    return state[:position] + state[position + 1 :]


def _chosen(gateway: Element, ways: tuple[Flow, ...]) -> Iterator[tuple[Flow, ...]]:
    if gateway.kind == "exclusive" or len(ways) == 1:
        yield from ((way,) for way in ways)
        return
    few = len(ways) <= MOST_COMBINED
    for count in range(1, len(ways) + 1) if few else (1, 2, len(ways)):
        yield from combinations(ways, count)
