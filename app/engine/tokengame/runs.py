"""Tokens run by themselves until they rest: gateways, ends, and the beginning of activities."""

from collections.abc import Hashable, Iterator, Mapping

from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.tokengame.rules import AnyWay
from app.engine.tokengame.values import (
    NO_CODE,
    TERMINATED,
    After,
    Arrival,
    Body,
    Known,
    Pool,
    Token,
    TooManyTokens,
    in_order,
)

MOST_TOKENS = 60
_AUTOMATIC = frozenset(("service", "rule", "script", "send"))
_PASSED = frozenset(("start", "throw", "boundary"))


class Runs:
    """Tokens that run through the drawings until they rest. ``TokenGame`` adds the moves."""

    def __init__(self, drawings: Mapping[str, Drawing], rules: AnyWay | None = None) -> None:
        self.rules = rules or AnyWay()
        self._drawing = {e: d for d in drawings.values() for e in d.elements}
        self._starts: dict[str, str] = {}
        for drawing in drawings.values():
            for element in drawing.elements.values():
                scope = element.parent or element.process_id
                if element.kind == "start" and (
                    element.event == "none" or scope not in self._starts
                ):
                    self._starts[scope] = element.id
        self._reminders = {
            boundary.id: _is_reminder(drawing, boundary)
            for drawing in drawings.values()
            for boundaries in drawing.boundaries.values()
            for boundary in boundaries
        }

    def _element(self, element_id: str) -> Element:
        return self._drawing[element_id].elements[element_id]

    def _onwards(self, element: Element) -> list[Arrival]:
        return [(flow.target, flow.id) for flow in self._drawing[element.id].ways_out(element)]

    def _settle(self, pool: Pool, arrivals: list[Arrival], known: Known) -> Iterator[After]:
        """Let tokens run until they rest; every way it may turn out."""
        seen: set[Hashable] = set()
        waiting = [(in_order(pool), tuple(sorted(arrivals)), known)]
        while waiting:
            case = waiting.pop()
            if case in seen:
                continue
            seen.add(case)
            pool, coming, known = case
            if len(pool) + len(coming) > MOST_TOKENS:
                raise TooManyTokens
            if not coming:
                yield After(pool, known)
                continue
            for first in self.rules.first_of(coming):
                others = coming[:first] + coming[first + 1 :]
                for found, more in self._arrive(pool, coming[first], known):
                    if found.raised:
                        yield found
                    else:
                        left = tuple(sorted((*others, *more)))
                        waiting.append((in_order(found.pool), left, found.known))

    def _arrive(
        self, pool: Pool, arrival: Arrival, known: Known
    ) -> Iterator[tuple[After, list[Arrival]]]:
        element = self._element(arrival[0])
        stays = After((*pool, Token(element.id)), known)
        match element.kind:
            case "end":
                raised = {"terminate": TERMINATED, "error": element.error_code or NO_CODE}
                yield After(pool, known, raised.get(element.event or "")), []
            case "catch" | "event_gateway":
                yield stays, []
            case "parallel":
                yield self._join(pool, arrival, known, element)
            case "exclusive" | "inclusive":
                for signed in self.rules.is_signed_off(element, known):
                    if signed:
                        yield stays, []
                    else:
                        yield from self._choose(pool, known, element)
            case kind if kind in _PASSED:
                yield After(pool, known), self._onwards(element)
            case _:
                yield from self._enter(pool, known, element)

    def _choose(
        self, pool: Pool, known: Known, gateway: Element
    ) -> Iterator[tuple[After, list[Arrival]]]:
        ways = self._drawing[gateway.id].ways_out(gateway)
        for chosen in self.rules.ways(gateway, ways, known):
            yield After(pool, known), [(flow.target, flow.id) for flow in chosen]

    def _join(
        self, pool: Pool, arrival: Arrival, known: Known, element: Element
    ) -> tuple[After, list[Arrival]]:
        """One token of each flow that leads here goes up in the one that goes on."""
        here = Token(element.id, via=arrival[1])
        needed = [Token(element.id, via=flow) for flow in element.incoming if flow != arrival[1]]
        if any(token not in pool for token in needed):
            return After((*pool, here), known), []
        left = list(pool)
        for token in needed:
            left.remove(token)
        return After(tuple(left), known), self._onwards(element)

    def _enter(
        self, pool: Pool, known: Known, element: Element
    ) -> Iterator[tuple[After, list[Arrival]]]:
        watched = tuple(
            boundary.id
            for boundary in self._drawing[element.id].boundaries.get(element.id, ())
            if boundary.event != "error"
        )
        for body in self._begin_all(element, known):
            if body.raised:
                catcher = self._catcher(element, body.raised)
                onwards = [] if catcher is None else self._onwards(catcher)
                yield After(pool, body.known, None if catcher else body.raised), onwards
            elif body.token is None:
                yield After(pool, body.known), self._onwards(element)
            else:
                yield After((*pool, body.token._replace(watched=watched)), body.known), []

    def _begin_all(self, element: Element, known: Known) -> Iterator[Body]:
        if element.loop is None:
            yield from self._begin(element, known, None)
            return
        for items in self.rules.items(element, known):
            yield from self._next_instances(Token(element.id), items, known)

    def _next_instances(
        self, token: Token, items: tuple[Hashable, ...], known: Known
    ) -> Iterator[Body]:
        """Begin the next instance of a sequence, or all; those done at once are passed."""
        element = self._element(token.at)
        if not items:
            yield Body(token if token.each else None, known)
            return
        one_by_one = element.loop is not None and element.loop.sequential
        for body in self._begin(element, known, items[0]):
            if body.raised:
                yield body
            elif body.token is not None and one_by_one:
                yield Body(token._replace(each=(body.token,), left=items[1:]), body.known)
            else:
                begun = () if body.token is None else (body.token,)
                more = token._replace(each=in_order((*token.each, *begun)))
                yield from self._next_instances(more, items[1:], body.known)

    def _begin(self, element: Element, known: Known, item: Hashable) -> Iterator[Body]:
        if element.kind in _AUTOMATIC:
            yield Body(None, known)
        elif element.kind not in {"call", "subprocess"}:
            yield Body(Token(element.id, item=item), known)
        else:
            is_call = element.kind == "call"
            inner = self.rules.into_call(element, known) if is_call else known
            begin = self._starts[(element.called_process if is_call else element.id) or ""]
            for after in self._settle((), [(begin, "")], inner):
                yield self._scope(Token(element.id, item=item), known, after)

    def _catcher(self, element: Element, code: str) -> Element | None:
        for boundary in self._drawing[element.id].boundaries.get(element.id, ()):
            if boundary.event == "error" and boundary.error_code in {None, code}:
                return boundary
        return None

    def _scope(self, token: Token, known: Known, after: After) -> Body:
        """A sub-process or call after something happened inside."""
        element = self._element(token.at)
        is_call = element.kind == "call"
        if after.raised not in {None, TERMINATED}:
            return Body(token, known if is_call else after.known, after.raised)
        inside = () if after.raised else after.pool
        if inside:
            outer, inner = (known, after.known) if is_call else (after.known, None)
            return Body(token._replace(inside=inside, known=inner), outer)
        if is_call:
            return Body(None, self.rules.out_of_call(element, known, after.known))
        return Body(None, after.known)


def _is_reminder(drawing: Drawing, boundary: Element) -> bool:
    """A non-interrupting timer whose branch ends by itself: it closes with what it watches."""
    if boundary.interrupting or boundary.event != "timer":
        return False
    entries = [e.id for e in drawing.elements.values() if e.kind == "start"]
    main = drawing.reach(entries, without=[boundary.id])
    shared = drawing.reach([boundary.id]) & main
    return all(drawing.elements[element_id].kind == "end" for element_id in shared)
