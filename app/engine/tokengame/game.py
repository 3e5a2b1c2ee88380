"""The moves: somebody completes a task, an event happens, a gateway is signed off."""

from collections.abc import Hashable, Iterator

from app.engine.tokengame.runs import Runs
from app.engine.tokengame.values import (
    After,
    Body,
    Known,
    Move,
    Pool,
    State,
    Token,
    in_order,
    state_of,
)


class TokenGame(Runs):
    """The game over some drawings: ``start``, then ``after`` a move the states it may lead to."""

    def start(
        self, process_id: str, known: Known = None, *, at: str | None = None
    ) -> Iterator[State]:
        """Where a process first rests. ``at`` is its start event, if it has several."""
        begin = at or self._starts[process_id]
        yield from dict.fromkeys(state_of(a) for a in self._settle((), [(begin, "")], known))

    def after(self, state: State, move: Move, known: Known = None) -> Iterator[State]:
        """The states a move may lead to; none if nothing like it is open.

        ``known`` replaces the facts of the process in which it happens.
        """
        found = self._act(state.tokens, state.known, move, None, known)
        yield from dict.fromkeys(map(state_of, found))

    def moves(self, state: State) -> set[Move]:
        """Everything that may happen next."""
        return set(self._moves(state.tokens, None))

    # ------------------------------------------------------------------ what may happen

    def _moves(self, pool: Pool, item: Hashable) -> Iterator[Move]:
        for token in pool:
            here = item if token.item is None else token.item
            yield from (Move("event", event, here) for event in token.watched)
            for inner in (token.inside, token.each, token.reminders):
                yield from self._moves(inner, here)
            if not (token.inside or token.each):
                yield from self._own_moves(token, here)
                yield from self._choices(token, here)

    def _own_moves(self, token: Token, item: Hashable) -> Iterator[Move]:
        element = self._element(token.at)
        match element.kind:
            case "user":
                yield Move("complete", element.id, item)
            case "catch" | "receive":
                yield Move("event", element.id, item)

    def _choices(self, token: Token, item: Hashable) -> Iterator[Move]:
        element = self._element(token.at)
        for flow in self._drawing[token.at].ways_out(element):
            if element.kind == "event_gateway":
                yield Move("event", flow.target, item)
            elif element.kind == "exclusive":
                yield Move("sign", element.id, item, flow.id)

    # ------------------------------------------------------------------ something happens

    def _act(
        self, pool: Pool, known: Known, move: Move, item: Hashable, new: Known
    ) -> Iterator[After]:
        for number, token in enumerate(pool):
            if token in pool[:number]:
                continue  # one like it has been tried
            rest = pool[:number] + pool[number + 1 :]
            here = item if token.item is None else token.item
            yield from self._watched(rest, token, known, move, here, new)
            for after in self._act(token.reminders, known, move, here, new):
                yield self._kept(rest, token._replace(reminders=after.pool), after)
            yield from self._chosen(rest, token, known, move, here, new)
            for body in self._in_body(token, known, move, here, new):
                yield from self._outcome(rest, token, body)

    def _kept(self, rest: Pool, token: Token, after: After) -> After:
        return after if after.raised else After(in_order((*rest, token)), after.known)

    def _watched(
        self, rest: Pool, token: Token, known: Known, move: Move, item: Hashable, new: Known
    ) -> Iterator[After]:
        """An event at the border of the token's activity."""
        if (move.what, move.item) != ("event", item) or move.element_id not in token.watched:
            return
        boundary, known = self._element(move.element_id), known if new is None else new
        if boundary.interrupting:
            yield from self._settle(rest, self._onwards(boundary), known)
            return
        if boundary.event == "timer" and boundary.timer_kind != "cycle":
            left = tuple(event for event in token.watched if event != boundary.id)
            token = token._replace(watched=left)
        if self._reminders[boundary.id]:
            for after in self._settle(token.reminders, self._onwards(boundary), known):
                yield self._kept(rest, token._replace(reminders=after.pool), after)
        else:
            yield from self._settle((*rest, token), self._onwards(boundary), known)

    def _chosen(
        self, rest: Pool, token: Token, known: Known, move: Move, item: Hashable, new: Known
    ) -> Iterator[After]:
        """A gateway at which somebody, or the first event, says how it goes on."""
        if move not in self._choices(token, item):
            return
        known = known if new is None else new
        if move.what == "event":
            yield from self._settle(rest, self._onwards(self._element(move.element_id)), known)
        else:
            flow = self._drawing[token.at].flows[move.flow_id]
            yield from self._settle(rest, [(flow.target, flow.id)], known)

    def _in_body(
        self, token: Token, known: Known, move: Move, item: Hashable, new: Known
    ) -> Iterator[Body]:
        element = self._element(token.at)
        if token.each:
            yield from self._in_instances(token, known, move, item, new)
        elif token.inside:
            is_call = element.kind == "call"
            inner = token.known if is_call else known
            for after in self._act(token.inside, inner, move, item, new):
                yield self._scope(token, known, after)
        elif move in self._own_moves(token, item):
            yield Body(None, known if new is None else new)

    def _in_instances(
        self, token: Token, known: Known, move: Move, item: Hashable, new: Known
    ) -> Iterator[Body]:
        for number, instance in enumerate(token.each):
            here = item if instance.item is None else instance.item
            rest = token.each[:number] + token.each[number + 1 :]
            for body in self._in_body(instance, known, move, here, new):
                if body.raised:
                    yield body
                elif body.token is not None:
                    each = in_order((*rest, body.token))
                    yield Body(token._replace(each=each), body.known)
                else:
                    yield from self._one_done(token._replace(each=rest), body.known)

    def _one_done(self, token: Token, known: Known) -> Iterator[Body]:
        element = self._element(token.at)
        for enough in self.rules.is_enough(element, known):
            if enough:
                yield Body(None, known)
            elif token.left:
                yield from self._next_instances(token._replace(left=()), token.left, known)
            else:
                yield Body(token if token.each else None, known)

    def _outcome(self, rest: Pool, token: Token, body: Body) -> Iterator[After]:
        """The activity goes on, is done, or ended in an error."""
        element = self._element(token.at)
        if body.raised:
            catcher = self._catcher(element, body.raised)
            if catcher is None:
                yield After((), body.known, body.raised)
            else:
                yield from self._settle(rest, self._onwards(catcher), body.known)
        elif body.token is not None:
            yield After(in_order((*rest, body.token)), body.known)
        else:
            yield from self._settle(rest, self._onwards(element), body.known)
