"""Whether a process could come to a halt from where its tokens are, by the token game.

Only the drawing is looked at: what a condition would say is left open. So a drawing that could
halt anyway says nothing about a move; see ``new_dead_end``.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable

from app.engine.catalogue import Element
from app.engine.moving.matching import Drawings, elements_of
from app.engine.moving.seats import Saved, element_id, is_one_of_several
from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.values import Pool, State, Token, TooManyTokens, in_order

#: Looked at from one case on; with more it is not said that there is a dead end.
MOST_STATES = 400


def new_dead_end(before: Pool, old: Drawings, after: Pool, new: Drawings) -> Element | None:
    """The meeting of ways that would wait for ever after a move, but not without it."""
    if _outlook(before, old) == _outlook(after, new):
        return None  # every token may come to the same meetings of ways as before
    found = dead_end(after, new)
    return found if found is not None and dead_end(before, old) is None else None


def marking(document: Saved, drawings: Drawings) -> Pool:
    """The tokens of a saved process as the game has them.

    Empty when one stands in front of an element that failed: where it goes is not known.
    """
    tokens = document["tokens"]
    if _has_incident(tokens):
        return ()
    return _Marking(drawings).pool(tokens, document["process"])


def dead_end(tokens: Pool, drawings: Drawings) -> Element | None:
    """Where tokens could be left for which nothing can happen any more; None if nowhere."""
    game = TokenGame(drawings)
    start = State(tokens)
    seen, waiting = {start}, [start]
    while waiting and len(seen) < MOST_STATES:
        state = waiting.pop()
        moves = game.moves(state)
        if state.tokens and not moves:
            return _join(state.tokens, drawings)
        try:
            found = {each for move in moves for each in game.after(state, move)} - seen
        except TooManyTokens:
            return None
        seen |= found
        waiting += found
    return None


def _outlook(tokens: Pool, drawings: Drawings) -> Hashable:
    """Where tokens are and to which meetings of ways each can come, and what those wait for."""
    joins = {
        element.id: len(element.incoming)
        for element in elements_of(drawings)
        if element.kind == "parallel" and len(element.incoming) > 1
    }
    found: list[Hashable] = []
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        waiting += (*token.inside, *token.each, *token.reminders)
        drawing = next(d for d in drawings.values() if token.at in d.elements)
        found.append((token.at, token.via, frozenset(drawing.reach([token.at]) & joins.keys())))
    return frozenset(joins.items()), frozenset(Counter(found).items())


def _has_incident(tokens: Iterable[Saved]) -> bool:
    return any(
        token.get("marks", {}).get("incident") or _has_incident(token.get("inside", ()))
        for token in tokens
    )


def _join(pool: Pool, drawings: Drawings) -> Element | None:
    for token in pool:
        inner = _join((*token.inside, *token.each, *token.reminders), drawings)
        if inner is not None:
            return inner
        for drawing in drawings.values():
            if token.via and token.at in drawing.elements:
                return drawing.elements[token.at]
    return None


class _Marking:
    """From live tokens to those of the game."""

    def __init__(self, drawings: Drawings) -> None:
        self._drawings = drawings

    def pool(self, tokens: list[Saved], process_id: str) -> Pool:
        watched: dict[str, list[str]] = defaultdict(list)
        instances: dict[str, list[Saved]] = defaultdict(list)
        reminders: dict[str, list[Saved]] = defaultdict(list)
        own: list[Saved] = []
        for token in tokens:
            marks = token.get("marks", {})
            if "host" in marks:
                watched[_plain(marks["host"])].append(element_id(token))
            elif "each" in marks:
                instances[_plain(marks["each"])].append(token)
            elif marks.get("side"):
                reminders[_plain(marks["side"][-1])].append(token)
            else:
                own.append(token)
        elements = self._drawings[process_id].elements

        def made(token: Saved) -> Token:
            element = elements[element_id(token)]
            each = [made(one) for one in instances[token["id"]]]
            return Token(
                at=element.id,
                via=self._via(token, element),
                item=token["marks"]["index"] if is_one_of_several(token) else None,
                inside=self._inside(token, element, process_id),
                each=in_order(tuple(each)),
                left=_left(token, element),
                watched=tuple(e for e in watched[token["id"]] if elements[e].event != "error"),
                reminders=in_order(tuple(made(one) for one in reminders[token["id"]])),
            )

        alone = [token for token in own if "race" not in token.get("marks", {})]
        raced = {t["marks"]["race"]: t for t in own if "race" in t.get("marks", {})}
        gateways = [Token(at=self._gateway(t, process_id)) for t in raced.values()]
        return in_order((*map(made, alone), *gateways))

    def _via(self, token: Saved, element: Element) -> str:
        joins = element.kind == "parallel"
        return str(token.get("marks", {}).get("via", "")) if joins else ""

    def _inside(self, token: Saved, element: Element, process_id: str) -> Pool:
        inner = element.called_process if element.kind == "call" else process_id
        return self.pool(token["inside"], inner or "") if "inside" in token else ()

    def _gateway(self, token: Saved, process_id: str) -> str:
        """Of events that race: the gateway in front of them, where the game's token rests."""
        drawing = self._drawings[process_id]
        flows = (drawing.flows[f] for f in drawing.elements[element_id(token)].incoming)
        return next(f.source for f in flows if drawing.elements[f.source].kind == "event_gateway")


def _left(token: Saved, element: Element) -> tuple[int, ...]:
    """Items of a sequence that are still to come."""
    if element.loop is None or is_one_of_several(token):
        return ()
    marks = token.get("marks", {})
    return tuple(range(marks.get("begun", 0), len(marks.get("items", ()))))


def _plain(token_id: object) -> str:
    return str(token_id).replace("-", "")
