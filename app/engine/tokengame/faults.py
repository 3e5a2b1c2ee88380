"""What can go wrong on one level of a drawing: every state it may come to, within bounds."""

from collections import defaultdict
from dataclasses import dataclass, field
from math import inf
from time import thread_time
from typing import Literal, TypeAlias

from app.engine.tokengame.scope import ScopeGame, State, Step, Token

MOST_STATES = 20_000
MOST_TOKENS = 40
MOST_FAULTS = 5
Kind: TypeAlias = Literal["stuck", "twice", "more-and-more", "never-ends"]


@dataclass(frozen=True)
class Fault:
    """Something that can happen and must not.

    ``path`` leads from the start to ``state``; ``element_id`` is where it shows.
    """

    kind: Kind
    element_id: str
    path: tuple[Step, ...]
    state: State


@dataclass(frozen=True)
class Explored:
    """``reached`` are the elements a case may come to.

    ``whole`` is False when there were more states than were looked at, so that only ``faults``
    is sure.
    """

    faults: tuple[Fault, ...]
    reached: frozenset[str]
    states: int
    whole: bool


@dataclass
class _Search:
    game: ScopeGame
    most_states: int
    until: float
    came: dict[State, tuple[State | None, Step]] = field(default_factory=dict)
    before: dict[State, list[State]] = field(default_factory=lambda: defaultdict(list))
    waiting: list[State] = field(default_factory=list)
    stuck: list[State] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    found: dict[tuple[Kind, str], State] = field(default_factory=dict)
    whole: bool = True


def look_for_faults(
    game: ScopeGame, *, most_states: int = MOST_STATES, until: float = inf
) -> Explored:
    """Look at every state, the nearest first, so that paths are as short as they can be.

    Gives up after ``most_states``, or at the reading ``until`` of ``thread_time``.
    """
    search = _Search(game, most_states, until)
    for step, state in game.begin():
        _note(search, None, step, state)
    _explore(search)
    _say_stuck(search)
    if search.whole and not search.found:
        _say_endless(search)
    return Explored(
        faults=tuple(
            Fault(kind, element_id, _path(search, state), state)
            for (kind, element_id), state in list(search.found.items())[:MOST_FAULTS]
        ),
        reached=frozenset(search.reached),
        states=len(search.came),
        whole=search.whole,
    )


def _explore(search: _Search) -> None:
    position = 0
    while position < len(search.waiting):
        if len(search.came) > search.most_states or thread_time() > search.until:
            search.whole = False
            return
        state = search.waiting[position]
        position += 1
        moved = False
        for step, after in search.game.moves(state):
            moved = True
            _note(search, state, step, after)
        if state and not moved:
            search.stuck.append(state)


def _note(search: _Search, state: State | None, step: Step, after: State) -> None:
    search.reached.add(step.element_id)
    if state is not None:
        search.before[after].append(state)
    if after in search.came:
        return
    search.came[after] = (state, step)
    search.reached.update(token.at for token in after)
    if not _too_much(search, after):
        search.waiting.append(after)


def _too_much(search: _Search, state: State) -> bool:
    """Whether something is open twice; True when it would go on like that for ever."""
    if len(state) > MOST_TOKENS:
        search.whole = False
        return True
    if len(set(state)) == len(state):
        return False
    for token in state:
        if search.game.rests(token) and state.count(token) > 1:
            search.found.setdefault(("twice", token.at), state)
    if not _grows(search, state):
        return False
    search.found.setdefault(("more-and-more", _most(state)), state)
    return True


def _grows(search: _Search, state: State) -> bool:
    """Whether a state before this one had some of the same tokens and no others."""
    earlier = search.came[state][0]
    while earlier is not None:
        if len(earlier) < len(state) and not _more(earlier, state):
            return True
        earlier = search.came[earlier][0]
    return False


def _more(some: State, than: State) -> list[Token]:
    left = list(than)
    more = []
    for token in some:
        if token in left:
            left.remove(token)
        else:
            more.append(token)
    return more


def _most(state: State) -> str:
    return max(state, key=state.count).at


def _say_stuck(search: _Search) -> None:
    for state in search.stuck:
        search.found.setdefault(("stuck", state[0].at), state)


def _say_endless(search: _Search) -> None:
    """States from which no end can be reached."""
    good: set[State] = set()
    waiting: list[State] = [()] if () in search.came else []
    while waiting:
        state = waiting.pop()
        if state not in good:
            good.add(state)
            waiting += search.before[state]
    for state in search.came:
        if state not in good:
            search.found[("never-ends", state[0].at)] = state
            return


def _path(search: _Search, state: State) -> tuple[Step, ...]:
    steps = []
    here: State | None = state
    while here is not None:
        here, step = search.came[here]
        steps.append(step)
    return tuple(reversed(steps))
