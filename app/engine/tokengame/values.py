"""What the token game plays with: values that can be compared and hashed."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Known: TypeAlias = Hashable
"""The facts of one process, in whatever form the rules understand."""
TERMINATED = "\0terminated"
"""Raised like an error by an end event that terminates its scope."""
NO_CODE = "\0error"
"""An error without a code of its own."""


class Token(NamedTuple):
    """Where a token stands, and everything that lives and dies with it.

    ``via`` is the flow it came by to a join; ``inside`` the tokens in its sub-process or call and
    ``known`` that call's facts; ``each`` its instances, ``left`` the items still to come;
    ``watched`` the boundary events that may still happen; ``reminders`` what they started.
    """

    at: str
    via: str = ""
    item: Hashable = None
    inside: "tuple[Token, ...]" = ()
    known: Known = None
    each: "tuple[Token, ...]" = ()
    left: tuple[Hashable, ...] = ()
    watched: tuple[str, ...] = ()
    reminders: "tuple[Token, ...]" = ()


Pool: TypeAlias = tuple[Token, ...]
Arrival: TypeAlias = tuple[str, str]
"""An element and the flow by which a token comes to it."""


class State(NamedTuple):
    """A process at rest. Finished when no token is left; ``problem`` is an error nobody took."""

    tokens: Pool
    known: Known = None
    problem: str | None = None


@dataclass(frozen=True, order=True)
class Move:
    """Somebody completes a task, an event happens, a gateway is signed off by a flow.

    ``item`` is what the nearest repeated activity around it is repeated for.
    """

    what: Literal["complete", "event", "sign"]
    element_id: str
    item: Hashable = None
    flow_id: str = ""


class After(NamedTuple):
    """``raised``: an error code, or that an end event terminated the scope."""

    pool: Pool
    known: Known
    raised: str | None = None


class Body(NamedTuple):
    """An activity after something happened in it; without a token it is done."""

    token: Token | None
    known: Known
    raised: str | None = None


class TooManyTokens(Exception):
    """A loop makes more and more tokens."""


def state_of(after: After) -> State:
    if after.raised in {None, TERMINATED}:
        return State(() if after.raised else after.pool, after.known)
    return State((), after.known, after.raised)


def in_order(pool: Pool) -> Pool:
    """The same tokens always in the same order, so that equal states are equal values."""
    return tuple(sorted(pool, key=hash)) if len(pool) > 1 else pool
