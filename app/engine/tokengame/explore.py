"""Everything a process could ever do, as far as the drawing says."""

from dataclasses import dataclass

from app.engine.tokengame.game import TokenGame
from app.engine.tokengame.values import Pool, State

MOST_STATES = 50_000


@dataclass(frozen=True)
class Explored:
    """``stuck`` are states in which nothing can happen any more although tokens are left.

    ``rested_at`` are the elements at which a token ever waited. ``whole`` is False when there were
    too many states to see them all.
    """

    states: int
    finishes: bool
    stuck: tuple[State, ...]
    problems: frozenset[str]
    rested_at: frozenset[str]
    whole: bool


def explore(game: TokenGame, process_id: str, *, most: int = MOST_STATES) -> Explored:
    """Visit every state that the process can come to.

    Raises:
        TooManyTokens: a loop makes more and more tokens.
    """
    seen = set(game.start(process_id))
    waiting, stuck = list(seen), []
    while waiting and len(seen) < most:
        state = waiting.pop()
        moves = game.moves(state)
        if state.tokens and not moves:
            stuck.append(state)
        for move in moves:
            found = set(game.after(state, move)) - seen
            seen |= found
            waiting += found
    return Explored(
        states=len(seen),
        finishes=any(not state.tokens and state.problem is None for state in seen),
        stuck=tuple(stuck),
        problems=frozenset(state.problem for state in seen if state.problem is not None),
        rested_at=frozenset(at for state in seen for at in _places(state.tokens)),
        whole=not waiting,
    )


def _places(pool: Pool) -> set[str]:
    found: set[str] = set()
    for token in pool:
        found.add(token.at)
        for inner in (token.inside, token.each, token.reminders):
            found |= _places(inner)
    return found
