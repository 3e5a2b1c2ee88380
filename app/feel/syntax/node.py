"""What all pieces of an expression have in common."""

from collections.abc import Iterable

from app.feel.scope import Scope
from app.feel.types import TypeName

#: How many pieces of an expression one step pays for, where they are evaluated again and again.
PIECES_A_STEP = 20
#: The name under which unary tests find the value they test.
INPUT_VALUE = "?"


class Node:
    """A piece of an expression."""

    __slots__ = ()

    def value(self, scope: Scope) -> object:
        """Evaluate. Anything undefined is None, with a reason recorded in ``scope.run``."""
        raise NotImplementedError

    def children(self) -> Iterable["Node"]:
        """The pieces directly below this one."""
        return ()

    def free_names(self, bound: frozenset[str]) -> set[str]:
        """The names this piece takes from outside, ``bound`` ones left out."""
        found: set[str] = set()
        for child in self.children():
            found |= child.free_names(bound)
        return found

    def type_told(self) -> TypeName | None:
        """The type of every value this piece can have, where its text alone tells it."""
        return None

    def matches(self, scope: Scope, tested: object) -> bool | None:
        """Evaluate as a unary test of ``tested``; see ``tests.py``."""
        raise NotImplementedError


def cost_of(*nodes: Node) -> int:
    """The steps that evaluating these once costs, whatever loops in them cost besides."""
    waiting, met = list(nodes), 0
    while waiting:
        met += 1
        waiting.extend(waiting.pop().children())
    return 1 + met // PIECES_A_STEP
