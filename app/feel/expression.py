"""Expressions: parsed once, evaluated as often as wanted."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from app.feel.environment import Environment, Outcome
from app.feel.errors import LimitReached
from app.feel.functions import Lent
from app.feel.parser import tree_of, tree_of_tests
from app.feel.scope import Run, Scope
from app.feel.syntax.node import INPUT_VALUE, Node
from app.feel.types import Types
from app.feel.wide import narrow
from app.feel.wire import from_json

NO_TYPES: Types = MappingProxyType({})
_UNSET = object()
CACHED = 4_096


class Expression:
    """A parsed expression or unary test. Immutable; may be shared between threads."""

    __slots__ = ("names", "node", "text")

    def __init__(self, text: str, node: Node) -> None:
        self.text = text
        #: The tree, for decisions, which put it under boxed expressions.
        self.node = node
        #: The names it reads from the facts; a name in a filter may also be an item's entry.
        self.names = frozenset(node.free_names(frozenset()))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(
        self,
        facts: Mapping[str, object],
        env: Environment,
        *,
        input_value: object = _UNSET,
        types: Types = NO_TYPES,
    ) -> Outcome:
        """The value among these facts. Never raises for what the expression says.

        A moment or time that comes out has no billionths of seconds.

        Args:
            facts: as JSON holds them, or values as expressions see them.
            env: now, the calendar and the limits.
            input_value: what a unary test tests, also visible as ``?``.
            types: further types by name, for ``instance of`` and parameters.
        """
        run = Run(env, types)
        try:
            scope = Scope(run, self._known(facts, env, input_value))
            value = self.node.value(scope)
            check_size(value, run)
        except LimitReached as reason:
            return _null(run, f"Stopped: {reason}")
        except RecursionError:
            return _null(run, "Stopped: nested too deeply")
        except ArithmeticError:
            return _null(run, "a number is out of range")
        except (TypeError, ValueError) as reason:
            return _null(run, str(reason))
        return Outcome(narrow(value), tuple(run.problems), run.spent)

    def _known(
        self, facts: Mapping[str, object], env: Environment, input_value: object
    ) -> dict[str, object]:
        lent = {name: Lent(name, work) for name, work in env.functions.items()}
        read = {name: from_json(facts[name]) for name in self.names if name in facts}
        known: dict[str, object] = {**lent, **read}
        if input_value is not _UNSET:
            known[INPUT_VALUE] = from_json(input_value)
        return known


def _null(run: Run, reason: str) -> Outcome:
    return Outcome(None, (*run.problems, reason), run.spent)


def check_size(value: object, run: Run) -> None:
    """Refuse a value that shares parts so often that writing it out would never end."""
    most = run.environment.limits.items
    waiting, met = [value], 0
    while waiting:
        piece = waiting.pop()
        met += 1
        if met > most:
            raise LimitReached(f"the result has more than {most} parts")
        if isinstance(piece, list):
            run.list_of(piece)
            waiting.extend(piece)
        elif isinstance(piece, dict):
            waiting.extend(piece.values())


@lru_cache(maxsize=CACHED)
def _parsed(text: str, names: frozenset[str]) -> Expression:
    return Expression(text, tree_of(text, names))


@lru_cache(maxsize=CACHED)
def _parsed_tests(text: str, names: frozenset[str]) -> Expression:
    return Expression(text, tree_of_tests(text, names))


def parse(text: str, names: Iterable[str] = ()) -> Expression:
    """Parse an expression.

    Args:
        text: without a leading ``=``.
        names: names with signs or keywords in them that the text may use; names of plain words,
            with spaces or without, need no telling.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    return _parsed(text, frozenset(names))


def parse_unary(text: str, names: Iterable[str] = ()) -> Expression:
    """Parse the tests of a table cell: ``-``, ``< 5``, ``"a", "b"``, ``not(null)``, ``? > 3``.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    return _parsed_tests(text, frozenset(names))
